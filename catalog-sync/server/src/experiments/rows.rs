//! Experiments, as rows.

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::definition::Definition;
use crate::accounts::now_ms;
use crate::db::{Database, Tx};

/// Experiments of a list.
const LISTED: i64 = 100;

/// What has been done with an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ExperimentState)]
pub enum State {
    /// It was not started yet.
    Draft,
    /// Searches take part.
    Running,
    /// It has results, and searches take part no more.
    Ended,
}

/// One experiment.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: String,
    pub catalog: String,
    pub name: String,
    pub state: State,
    pub definition: Definition,
    /// What assigns visitors to arms.
    pub secret: String,
    /// Who made it: their address, or the id of one who is gone.
    pub author: String,
    pub created_ms: i64,
    /// 0: not yet.
    pub started_ms: i64,
    /// 0: not yet.
    pub ended_ms: i64,
    /// The arm that became the setting of all; -1: none.
    pub shipped: i64,
}

const COLUMNS: &str = "e.id, e.catalog, e.name, e.state, e.definition, e.secret, COALESCE(p.email, e.author), \
                       e.created_ms, e.started_ms, e.ended_ms, e.shipped";
const TABLES: &str = "experiments e LEFT JOIN people p ON p.id = e.author";

fn read(row: &AnyRow) -> Result<Stored, sqlx::Error> {
    let (state, definition): (String, String) = (row.try_get(3)?, row.try_get(4)?);
    let state = match state.as_str() {
        "draft" => State::Draft,
        "running" => State::Running,
        _ => State::Ended,
    };
    Ok(Stored {
        id: row.try_get(0)?,
        catalog: row.try_get(1)?,
        name: row.try_get(2)?,
        state,
        definition: serde_json::from_str(&definition).map_err(|error| sqlx::Error::Decode(error.into()))?,
        secret: row.try_get(5)?,
        author: row.try_get(6)?,
        created_ms: row.try_get(7)?,
        started_ms: row.try_get(8)?,
        ended_ms: row.try_get(9)?,
        shipped: row.try_get(10)?,
    })
}

/// Those of a catalogue, the newest first.
pub async fn list(db: &Database, catalog: &str) -> Result<Vec<Stored>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE e.catalog = $1 ORDER BY e.created_ms DESC, e.id DESC LIMIT {LISTED}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(catalog.to_owned()).fetch_all(db.pool()).await?;
    rows.iter().map(read).collect()
}

/// One of a catalogue.
pub async fn get(db: &Database, catalog: &str, id: &str) -> Result<Option<Stored>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE e.catalog = $1 AND e.id = $2");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(catalog.to_owned()).bind(id.to_owned());
    row.fetch_optional(db.pool()).await?.as_ref().map(read).transpose()
}

/// Those of all catalogues that searches take part in.
pub async fn running(db: &Database) -> Result<Vec<Stored>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE e.state = 'running' ORDER BY e.catalog");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(db.pool()).await?;
    rows.iter().map(read).collect()
}

/// Adds a draft.
pub async fn add(db: &Database, new: &Stored) -> Result<(), sqlx::Error> {
    let definition =
        serde_json::to_string(&new.definition).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let insert = sqlx::query(
        "INSERT INTO experiments (id, catalog, name, state, definition, secret, author, created_ms, started_ms, \
         ended_ms, shipped) VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, 0, 0, -1)",
    );
    let insert = insert.bind(new.id.clone()).bind(new.catalog.clone()).bind(new.name.clone());
    let insert = insert.bind(definition).bind(new.secret.clone()).bind(new.author.clone());
    insert.bind(new.created_ms).execute(db.pool()).await.map(drop)
}

/// Removes a draft; says whether there was one.
pub async fn remove(db: &Database, catalog: &str, id: &str) -> Result<bool, sqlx::Error> {
    let delete = sqlx::query("DELETE FROM experiments WHERE catalog = $1 AND id = $2 AND state = 'draft'");
    let delete = delete.bind(catalog.to_owned()).bind(id.to_owned());
    Ok(delete.execute(db.pool()).await?.rows_affected() > 0)
}

/// What became of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// Searches take part from now on.
    Now,
    /// It is no draft any more.
    NoDraft,
    /// Searches of the catalogue take part in another one.
    AnotherRuns,
}

/// Starts a draft.
pub async fn start(db: &Database, catalog: &str, id: &str) -> Result<Started, sqlx::Error> {
    let update = sqlx::query(
        "UPDATE experiments SET state = 'running', started_ms = $3 \
         WHERE catalog = $1 AND id = $2 AND state = 'draft'",
    );
    let update = update.bind(catalog.to_owned()).bind(id.to_owned()).bind(now_ms());
    match update.execute(db.pool()).await {
        Ok(done) if done.rows_affected() > 0 => Ok(Started::Now),
        Ok(_) => Ok(Started::NoDraft),
        // The index lets one of a catalogue run.
        Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
            Ok(Started::AnotherRuns)
        }
        Err(error) => Err(error),
    }
}

/// Ends one that runs, as of this moment; says whether it ran.
pub async fn stop(db: &Database, id: &str, at_ms: i64) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE experiments SET state = 'ended', ended_ms = $2 WHERE id = $1 AND state = 'running'";
    let update = sqlx::query(sql).bind(id.to_owned()).bind(at_ms);
    Ok(update.execute(db.pool()).await?.rows_affected() > 0)
}

/// Notes that an arm becomes the setting of all, once, and ends the experiment if it runs; says whether it was noted.
pub async fn ship(tx: &mut Tx, catalog: &str, id: &str, arm: i64) -> Result<bool, sqlx::Error> {
    let update = sqlx::query(
        "UPDATE experiments SET shipped = $3, state = 'ended', \
         ended_ms = CASE WHEN state = 'running' THEN $4 ELSE ended_ms END \
         WHERE catalog = $1 AND id = $2 AND state <> 'draft' AND shipped = -1",
    );
    let update = update.bind(catalog.to_owned()).bind(id.to_owned()).bind(arm).bind(now_ms());
    Ok(update.execute(&mut **tx).await?.rows_affected() > 0)
}
