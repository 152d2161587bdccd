//! Jobs as those see them who ask for them.

use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use super::row::{Job, NewJob};
use crate::db::Database;

/// How long an ended job is kept.
const KEPT_MS: i64 = 90 * 86_400_000;

/// Stores a job for the workers. Returns its id.
pub async fn add(db: &Database, job: NewJob, now_ms: i64) -> Result<String, sqlx::Error> {
    let id = job.id.unwrap_or_else(|| Uuid::now_v7().to_string());
    let lane = if job.lane.is_empty() { id.clone() } else { job.lane };
    sqlx::query(
        "INSERT INTO jobs (id, kind, catalog, lane, node, actor, state, cancelled, input, output, error_code, error, \
         attempts, token, worker, lease_ms, due_ms, made_ms, started_ms, ended_ms, step, done, total, step_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, '{}', '', '', 0, 0, '', 0, $8, $8, 0, 0, '', 0, 0, 0)",
    )
    .bind(id.clone())
    .bind(job.kind)
    .bind(job.catalog)
    .bind(lane)
    .bind(job.node)
    .bind(job.actor)
    .bind(job.input.to_string())
    .bind(now_ms)
    .execute(db.pool())
    .await?;
    Ok(id)
}

/// The job of this id.
pub async fn by_id(db: &Database, id: &str, now_ms: i64) -> Result<Option<Job>, sqlx::Error> {
    let sql = format!("SELECT {} FROM jobs WHERE id = $1", Job::COLUMNS);
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id.to_owned()).fetch_optional(db.pool()).await?;
    row.map(|row| Job::of(&row, now_ms)).transpose()
}

/// The newest jobs before an id, of one catalogue or of all.
pub async fn list(
    db: &Database,
    catalog: Option<&str>,
    before: Option<&str>,
    limit: u32,
    now_ms: i64,
) -> Result<Vec<Job>, sqlx::Error> {
    let sql = format!(
        "SELECT {} FROM jobs WHERE id < $1 AND ($2 = '' OR catalog = $2) ORDER BY id DESC LIMIT $3",
        Job::COLUMNS
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        // Every id is before `~`.
        .bind(before.unwrap_or("~").to_owned())
        .bind(catalog.unwrap_or_default().to_owned())
        .bind(i64::from(limit))
        .fetch_all(db.pool())
        .await?;
    rows.iter().map(|row| Job::of(row, now_ms)).collect()
}

/// Whether a catalogue has a job of this kind that has not ended.
pub async fn has_open(db: &Database, catalog: &str, kind: &str) -> Result<bool, sqlx::Error> {
    let open = sqlx::query_scalar::<_, i64>(
        "SELECT COUNT(*) FROM jobs WHERE catalog = $1 AND kind = $2 AND state IN ('waiting', 'running')",
    );
    Ok(open.bind(catalog.to_owned()).bind(kind.to_owned()).fetch_one(db.pool()).await? > 0)
}

/// Asks a job to end. One that waits ends at once; the worker of one that runs sees it with its next heartbeat.
/// `false`: there is no such job, or it has ended.
pub async fn cancel(db: &Database, id: &str, now_ms: i64) -> Result<bool, sqlx::Error> {
    let waiting = sqlx::query(
        "UPDATE jobs SET state = 'cancelled', cancelled = 1, ended_ms = $2 WHERE id = $1 AND state = 'waiting'",
    );
    if waiting.bind(id.to_owned()).bind(now_ms).execute(db.pool()).await?.rows_affected() > 0 {
        return Ok(true);
    }
    let running = sqlx::query("UPDATE jobs SET cancelled = 1 WHERE id = $1 AND state = 'running'");
    Ok(running.bind(id.to_owned()).execute(db.pool()).await?.rows_affected() > 0)
}

/// What a job said, from line number `after` on: the number of each line, when, and the line.
pub async fn lines(
    db: &Database,
    id: &str,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, i64, String)>, sqlx::Error> {
    let rows =
        sqlx::query("SELECT n, at_ms, text FROM job_lines WHERE job = $1 AND n > $2 ORDER BY n LIMIT $3")
            .bind(id.to_owned())
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(db.pool())
            .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// Forgets jobs that ended long ago, with their lines and problems.
pub async fn sweep(db: &Database, now_ms: i64) -> Result<u64, sqlx::Error> {
    let old = "SELECT id FROM jobs WHERE ended_ms > 0 AND ended_ms < $1";
    for table in ["job_lines", "job_problems"] {
        let sql = format!("DELETE FROM {table} WHERE job IN ({old})");
        sqlx::query(AssertSqlSafe(sql)).bind(now_ms - KEPT_MS).execute(db.pool()).await?;
    }
    let jobs = sqlx::query("DELETE FROM jobs WHERE ended_ms > 0 AND ended_ms < $1");
    Ok(jobs.bind(now_ms - KEPT_MS).execute(db.pool()).await?.rows_affected())
}
