//! Drafts, as rows.

use sqlx::Row as _;

use crate::accounts::now_ms;
use crate::db::{Database, Tx};

/// What is being worked on.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Grows with each change, so that of two who change it at once one is told.
    pub revision: i64,
    /// Who changed it last: their address, or the id of one who is gone.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The document as JSON.
    pub document: String,
}

/// The draft of a catalogue, if there is one.
pub async fn get(db: &Database, catalog: &str) -> Result<Option<Draft>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT d.revision, COALESCE(p.email, d.author), d.at_ms, d.document \
         FROM merchandising_drafts d LEFT JOIN people p ON p.id = d.author WHERE d.catalog = $1",
    );
    let row = row.bind(catalog.to_owned()).fetch_optional(db.pool()).await?;
    row.map(|row| {
        Ok(Draft {
            revision: row.try_get(0)?,
            author: row.try_get(1)?,
            at_ms: row.try_get(2)?,
            document: row.try_get(3)?,
        })
    })
    .transpose()
}

/// Stores a draft in place of that of `revision`, which is 0 if there is none. `false`: there is another one.
pub async fn set(
    db: &Database,
    catalog: &str,
    document: &str,
    author: &str,
    revision: i64,
) -> Result<bool, sqlx::Error> {
    let now = now_ms();
    if revision == 0 {
        // A number that no earlier draft had: one that was published or discarded is not taken for this one.
        let insert = sqlx::query(
            "INSERT INTO merchandising_drafts (catalog, document, revision, author, at_ms) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (catalog) DO NOTHING",
        );
        let insert = insert.bind(catalog.to_owned()).bind(document.to_owned()).bind(now);
        let insert = insert.bind(author.to_owned()).bind(now).execute(db.pool()).await?;
        return Ok(insert.rows_affected() > 0);
    }
    let update = sqlx::query(
        "UPDATE merchandising_drafts SET document = $2, author = $3, at_ms = $4, revision = revision + 1 \
         WHERE catalog = $1 AND revision = $5",
    );
    let update = update.bind(catalog.to_owned()).bind(document.to_owned()).bind(author.to_owned());
    let update = update.bind(now).bind(revision).execute(db.pool()).await?;
    Ok(update.rows_affected() > 0)
}

/// Removes a draft, whatever its revision; says whether there was one.
pub async fn discard(db: &Database, catalog: &str) -> Result<bool, sqlx::Error> {
    let delete = sqlx::query("DELETE FROM merchandising_drafts WHERE catalog = $1").bind(catalog.to_owned());
    Ok(delete.execute(db.pool()).await?.rows_affected() > 0)
}

/// Removes the draft of this revision; says whether it was there.
pub async fn take(tx: &mut Tx, catalog: &str, revision: i64) -> Result<bool, sqlx::Error> {
    let delete = sqlx::query("DELETE FROM merchandising_drafts WHERE catalog = $1 AND revision = $2");
    let delete = delete.bind(catalog.to_owned()).bind(revision).execute(&mut **tx).await?;
    Ok(delete.rows_affected() > 0)
}
