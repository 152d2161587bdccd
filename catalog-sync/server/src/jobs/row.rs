//! A job as the database has it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// For a worker.
    Waiting,
    /// A worker has it.
    Running,
    /// It ended well.
    Done,
    /// It ended with an error.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

impl JobState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// Whether nothing more happens to it.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        })
    }
}

impl FromStr for JobState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|state| state.to_string() == text);
        known.ok_or_else(|| format!("{text:?} is no state of a job"))
    }
}

/// How far a running job is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobProgress {
    /// What it does, such as `pictures`.
    pub step: String,
    /// How much of the step is done.
    pub done: i64,
    /// How much there is to do; 0 if that is not known.
    pub of: i64,
    /// Things a second, since the step began.
    pub rate: f64,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id; ids grow with time.
    pub id: String,
    /// What is done: `feed`, `publish`, `rollback` or `refresh`.
    pub kind: String,
    /// The catalogue that it is about.
    pub catalog: String,
    /// Who asked for it: an account's id, `key:` and an API key's id, or `schedule`.
    pub actor: String,
    /// Where it is.
    pub state: JobState,
    /// Whether somebody wants it to end.
    pub cancelled: bool,
    /// What came of it, once it is done.
    #[schema(value_type = Object)]
    pub output: serde_json::Value,
    /// A stable name of why it failed, or of why it waits again.
    pub error_code: String,
    /// The same, for people.
    pub error: String,
    /// How often it was begun.
    pub attempts: i64,
    /// How far it is.
    pub progress: JobProgress,
    /// When it was asked for, in milliseconds since 1970.
    pub made_ms: i64,
    /// When it was begun last; 0 before that.
    pub started_ms: i64,
    /// When it ended; 0 before that.
    pub ended_ms: i64,
    /// What it is to do.
    #[serde(skip)]
    pub input: serde_json::Value,
}

impl Job {
    /// The columns that [`Self::of`] reads.
    pub(super) const COLUMNS: &str = "id, kind, catalog, actor, state, cancelled, output, error_code, error, attempts, \
                                      step, done, total, step_ms, made_ms, started_ms, ended_ms, input";

    /// Reads a row. `now_ms` tells the rate of a step that is under way.
    pub(super) fn of(row: &AnyRow, now_ms: i64) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get(4)?;
        let state: JobState = state.parse().map_err(|error: String| sqlx::Error::Decode(error.into()))?;
        let (done, step_ms, ended_ms): (i64, i64, i64) =
            (row.try_get(11)?, row.try_get(13)?, row.try_get(16)?);
        let until = if ended_ms > 0 { ended_ms } else { now_ms };
        let seconds = (until - step_ms).max(1) as f64 / 1_000.0;
        Ok(Self {
            id: row.try_get(0)?,
            kind: row.try_get(1)?,
            catalog: row.try_get(2)?,
            actor: row.try_get(3)?,
            state,
            cancelled: row.try_get::<i64, _>(5)? != 0,
            output: json(row.try_get(6)?),
            error_code: row.try_get(7)?,
            error: row.try_get(8)?,
            attempts: row.try_get(9)?,
            progress: JobProgress {
                step: row.try_get(10)?,
                done,
                of: row.try_get(12)?,
                rate: if step_ms > 0 { done as f64 / seconds } else { 0.0 },
            },
            made_ms: row.try_get(14)?,
            started_ms: row.try_get(15)?,
            ended_ms,
            input: json(row.try_get(17)?),
        })
    }
}

fn json(text: String) -> serde_json::Value {
    serde_json::from_str(&text).unwrap_or_else(|_| serde_json::Value::Object(serde_json::Map::new()))
}

/// A job to be.
#[derive(Clone, Debug, Default)]
pub struct NewJob {
    /// Its id, where something was stored under it before; else one is made.
    pub id: Option<String>,
    /// What is to be done.
    pub kind: &'static str,
    /// The catalogue that it is about.
    pub catalog: String,
    /// What it must have for itself while it runs; its own id if empty.
    pub lane: String,
    /// The replica that must do it; any if empty.
    pub node: String,
    /// Who asks for it.
    pub actor: String,
    /// What it is to do.
    pub input: serde_json::Value,
}
