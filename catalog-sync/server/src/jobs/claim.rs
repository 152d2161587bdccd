//! A worker's hold on a job. Every write names the token of the claim, and a later claim makes it void.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Row as _};

use super::problems::{self, FoundProblem};
use super::row::{Job, JobState};
use crate::db::{Database, Tx};

/// How long a claim lasts without a heartbeat.
pub const LEASE_MS: i64 = 30_000;

/// How often a job is begun before it is given up.
pub const ATTEMPTS: i64 = 5;

/// Lines that are kept of one job.
const LINES: i64 = 2_000;

/// The longest line.
const LONGEST_LINE: usize = 2_000;

/// A job in a worker's hands.
#[derive(Clone, Debug)]
pub struct JobClaim {
    pub db: Database,
    pub job: Job,
    /// Greater than that of every claim before.
    pub token: i64,
}

/// Why a worker must stop: another one has the job, or the database cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// The lease ran out and a later claim exists, or the job has ended.
    #[error("another worker has the job")]
    Taken,
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Takes the oldest job that this replica may do: one that waits, or one whose worker sent no heartbeat in time.
/// `None`: there is none. Jobs that were begun too often fail.
pub async fn claim(
    db: &Database,
    node: &str,
    worker: &str,
    now_ms: i64,
) -> Result<Option<JobClaim>, sqlx::Error> {
    give_up(db, now_ms).await?;
    let candidates = sqlx::query(
        "SELECT id, token FROM jobs WHERE (node = '' OR node = $1) AND ((state = 'waiting' AND due_ms <= $2 \
         AND NOT EXISTS (SELECT 1 FROM jobs busy WHERE busy.lane = jobs.lane AND busy.state = 'running')) \
         OR (state = 'running' AND lease_ms < $2)) ORDER BY due_ms, id LIMIT 8",
    );
    for row in candidates.bind(node.to_owned()).bind(now_ms).fetch_all(db.pool()).await? {
        let (id, token): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        if take(db, &id, token, worker, now_ms).await?
            && let Some(job) = super::by_id(db, &id, now_ms).await?
        {
            return Ok(Some(JobClaim { db: db.clone(), job, token: token + 1 }));
        }
    }
    Ok(None)
}

/// Takes one job, unless another worker was faster: with the job itself, or with another of its lane.
async fn take(db: &Database, id: &str, token: i64, worker: &str, now_ms: i64) -> Result<bool, sqlx::Error> {
    let taken = sqlx::query(
        "UPDATE jobs SET state = 'running', token = token + 1, worker = $3, lease_ms = $4, attempts = attempts + 1, \
         started_ms = $5, step = '', done = 0, total = 0, step_ms = 0 \
         WHERE id = $1 AND token = $2 AND (state = 'waiting' OR (state = 'running' AND lease_ms < $5))",
    );
    let taken =
        taken.bind(id.to_owned()).bind(token).bind(worker.to_owned()).bind(now_ms + LEASE_MS).bind(now_ms);
    match taken.execute(db.pool()).await {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Ends jobs whose workers were lost too often: whatever loses them would lose the next worker, too.
async fn give_up(db: &Database, now_ms: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE jobs SET state = 'failed', error_code = 'lost', error = $1, ended_ms = $2, token = token + 1 \
         WHERE state = 'running' AND lease_ms < $2 AND attempts >= $3",
    )
    .bind(format!("it was begun {ATTEMPTS} times, and each time its process ended before it did"))
    .bind(now_ms)
    .bind(ATTEMPTS)
    .execute(db.pool())
    .await
    .map(drop)
}

/// Ends the leases of a replica whose process before this one is known to be gone.
pub async fn free_own(db: &Database, node: &str) -> Result<u64, sqlx::Error> {
    let freed = sqlx::query("UPDATE jobs SET lease_ms = 0 WHERE node = $1 AND state = 'running'");
    Ok(freed.bind(node.to_owned()).execute(db.pool()).await?.rows_affected())
}

impl JobClaim {
    /// A heartbeat. Returns whether somebody wants the job to end.
    ///
    /// # Errors
    /// [`Lost`], here and below.
    pub async fn renew(&self, now_ms: i64) -> Result<bool, Lost> {
        let lease = sqlx::query(
            "UPDATE jobs SET lease_ms = $3 WHERE id = $1 AND token = $2 AND state = 'running' RETURNING cancelled",
        );
        let lease = lease.bind(self.job.id.clone()).bind(self.token).bind(now_ms + LEASE_MS);
        let row = lease.fetch_optional(self.db.pool()).await?.ok_or(Lost::Taken)?;
        Ok(row.try_get::<i64, _>(0)? != 0)
    }

    /// Says how far the job is.
    pub async fn progress(&self, step: &str, done: i64, total: i64, now_ms: i64) -> Result<(), Lost> {
        let said = sqlx::query(
            "UPDATE jobs SET step_ms = CASE WHEN step = $3 AND step_ms > 0 THEN step_ms ELSE $6 END, step = $3, \
             done = $4, total = $5 WHERE id = $1 AND token = $2 AND state = 'running'",
        );
        let said = said.bind(self.job.id.clone()).bind(self.token).bind(step.to_owned());
        let said = said.bind(done).bind(total).bind(now_ms).execute(self.db.pool()).await?;
        self.counts(said.rows_affected())
    }

    /// Adds a line to what the job said. Of too many lines the last are left out.
    pub async fn say(&self, text: &str, now_ms: i64) -> Result<(), Lost> {
        let text: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_LINE).collect();
        let mut tx = self.hold().await?;
        sqlx::query(
            "INSERT INTO job_lines (job, n, at_ms, text) SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3 \
             FROM job_lines WHERE job = $1 HAVING COUNT(*) < $4",
        )
        .bind(self.job.id.clone())
        .bind(now_ms)
        .bind(text)
        .bind(LINES)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Replaces what the job has set aside.
    pub async fn set_problems(&self, found: &[FoundProblem]) -> Result<(), Lost> {
        let mut tx = self.hold().await?;
        problems::replace(&self.db, &mut tx, &self.job.id, found).await?;
        Ok(tx.commit().await?)
    }

    /// Ends the job well.
    pub async fn succeed(&self, output: &Value, now_ms: i64) -> Result<(), Lost> {
        let ended = sqlx::query(
            "UPDATE jobs SET state = 'done', output = $3, error_code = '', error = '', ended_ms = $4 \
             WHERE id = $1 AND token = $2 AND state = 'running'",
        );
        let ended = ended.bind(self.job.id.clone()).bind(self.token).bind(output.to_string()).bind(now_ms);
        self.counts(ended.execute(self.db.pool()).await?.rows_affected())
    }

    /// Ends the job with an error, or because somebody wanted it to end.
    pub async fn fail(&self, state: JobState, code: &str, error: &str, now_ms: i64) -> Result<(), Lost> {
        let ended = sqlx::query(
            "UPDATE jobs SET state = $3, error_code = $4, error = $5, ended_ms = $6 \
             WHERE id = $1 AND token = $2 AND state = 'running'",
        );
        let ended = ended.bind(self.job.id.clone()).bind(self.token).bind(state.to_string());
        let ended = ended.bind(code.to_owned()).bind(error.to_owned()).bind(now_ms);
        self.counts(ended.execute(self.db.pool()).await?.rows_affected())
    }

    /// Gives the job back, to be begun again at `due_ms`.
    pub async fn put_back(&self, code: &str, error: &str, due_ms: i64) -> Result<(), Lost> {
        let back = sqlx::query(
            "UPDATE jobs SET state = 'waiting', error_code = $3, error = $4, due_ms = $5, lease_ms = 0 \
             WHERE id = $1 AND token = $2 AND state = 'running'",
        );
        let back = back.bind(self.job.id.clone()).bind(self.token);
        let back = back.bind(code.to_owned()).bind(error.to_owned()).bind(due_ms);
        self.counts(back.execute(self.db.pool()).await?.rows_affected())
    }

    /// Begins a transaction in which nobody else can claim the job: what it writes counts, or nothing of it.
    pub async fn hold(&self) -> Result<Tx, Lost> {
        let mut tx = self.db.begin().await?;
        // The update locks the row until the transaction ends.
        let own = "UPDATE jobs SET token = token WHERE id = $1 AND token = $2 AND state = 'running'";
        let own = sqlx::query(AssertSqlSafe(own)).bind(self.job.id.clone()).bind(self.token);
        let own = own.execute(&mut *tx).await?.rows_affected();
        match own {
            1 => Ok(tx),
            _ => {
                tx.rollback().await?;
                Err(Lost::Taken)
            }
        }
    }

    fn counts(&self, rows: u64) -> Result<(), Lost> {
        if rows == 1 { Ok(()) } else { Err(Lost::Taken) }
    }
}
