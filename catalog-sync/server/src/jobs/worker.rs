//! The workers of one process: a bounded pool that claims jobs and does them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::claim::{ATTEMPTS, JobClaim, Lost, claim};
use super::row::JobState;
use crate::accounts::now_ms;
use crate::db::Database;

/// How often it is looked for jobs of other replicas and for leases that ran out.
const LOOK: Duration = Duration::from_secs(1);

/// How often a worker sends a heartbeat and asks whether the job should end.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// The pause before a job is begun again; it doubles with each time.
const PAUSE_MS: i64 = 2_000;

/// How a job ended that did not end well.
#[derive(Debug)]
pub enum Failure {
    /// It cannot be done: a stable name, and the reason for people.
    Final(&'static str, String),
    /// It may be done later.
    Later(&'static str, String),
    /// Somebody ended it, or the process ends.
    Stopped,
    /// Another worker has it, or the database is away.
    Lost(Lost),
}

impl From<Lost> for Failure {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Lost(Lost::Database(error))
    }
}

/// What a job is done with.
pub struct Context {
    pub claim: JobClaim,
    /// Becomes true when the job should end: it was cancelled, another worker has it, or the process stops.
    pub stop: watch::Receiver<bool>,
}

impl Context {
    /// Waits until the job should end.
    pub async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // A worker that is gone ends the job, too.
        let _ = stop.wait_for(|stop| *stop).await.map(drop);
    }

    /// Whether the job should end.
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }
}

/// What is done for jobs of one or more kinds.
pub trait Work: Send + Sync + 'static {
    /// Does a job whose claim is held. The worker ends it with the output.
    fn run(&self, context: Context) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + '_>>;
}

/// The workers. Clones wake the same ones.
#[derive(Clone)]
pub struct JobWorkers {
    db: Database,
    node: Arc<str>,
    wake: Arc<Notify>,
    work: Arc<dyn Work>,
}

impl JobWorkers {
    /// None of them works yet.
    pub fn new(db: &Database, node: &str, work: Arc<dyn Work>) -> Self {
        Self { db: db.clone(), node: node.into(), wake: Arc::default(), work }
    }

    /// Says that there is a job.
    pub fn wake(&self) {
        self.wake.notify_waiters();
    }

    /// Works with so many workers, for as long as it is awaited.
    pub async fn run(self, workers: usize) {
        let mut tasks = JoinSet::new();
        for _ in 0..workers {
            tasks.spawn(self.clone().one());
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn one(self) {
        let worker = Uuid::now_v7().to_string();
        loop {
            let woken = self.wake.notified();
            match claim(&self.db, &self.node, &worker, now_ms()).await {
                Ok(Some(claim)) => {
                    self.perform(claim).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "no job can be claimed"),
            }
            let _ = tokio::time::timeout(LOOK, woken).await;
        }
    }

    /// Does one job to its end.
    pub async fn perform(&self, claim: JobClaim) {
        let (job, kind) = (claim.job.id.clone(), claim.job.kind.clone());
        tracing::info!(job, kind, catalog = claim.job.catalog, attempt = claim.job.attempts, "a job begins");
        let (stop, stopped) = watch::channel(false);
        let done = self.work.run(Context { claim: claim.clone(), stop: stopped });
        let done = watched(done, &claim, &stop).await;
        match end(&claim, done).await {
            Ok(state) => tracing::info!(job, kind, %state, "a job ended"),
            Err(error) => tracing::warn!(job, kind, %error, "a job was left"),
        }
    }
}

/// Does the work, and sends heartbeats meanwhile. The work is told to stop, and awaited, when the job was cancelled
/// or taken: what it started must have ended before another may begin.
async fn watched(
    work: impl Future<Output = Result<Value, Failure>>,
    claim: &JobClaim,
    stop: &watch::Sender<bool>,
) -> Result<Value, Failure> {
    let life = async {
        loop {
            tokio::time::sleep(SIGN_OF_LIFE).await;
            match claim.renew(now_ms()).await {
                Ok(false) => {}
                Ok(true) | Err(Lost::Taken) => _ = stop.send_replace(true),
                // The lease runs on without it; a database that comes back in time changes nothing.
                Err(error) => tracing::warn!(%error, job = claim.job.id, "a job sent no heartbeat"),
            }
        }
    };
    tokio::select! {
        done = work => done,
        () = life => Err(Failure::Stopped),
    }
}

/// Notes how the job ended.
async fn end(claim: &JobClaim, done: Result<Value, Failure>) -> Result<JobState, Lost> {
    let now = now_ms();
    match done {
        Ok(output) => claim.succeed(&output, now).await.map(|()| JobState::Done),
        Err(Failure::Final(code, reason)) => {
            claim.fail(JobState::Failed, code, &reason, now).await.map(|()| JobState::Failed)
        }
        Err(Failure::Later(code, reason)) if claim.job.attempts >= ATTEMPTS => {
            claim.fail(JobState::Failed, code, &reason, now).await.map(|()| JobState::Failed)
        }
        Err(Failure::Later(code, reason)) => {
            let pause = PAUSE_MS << claim.job.attempts.clamp(0, 8);
            claim.put_back(code, &reason, now + pause).await.map(|()| JobState::Waiting)
        }
        Err(Failure::Stopped) if claim.renew(now).await? => {
            claim.fail(JobState::Cancelled, "cancelled", "", now).await.map(|()| JobState::Cancelled)
        }
        // The process ends: the next one goes on.
        Err(Failure::Stopped) => {
            claim.put_back("stopped", "the server stopped", now).await.map(|()| JobState::Waiting)
        }
        Err(Failure::Lost(lost)) => Err(lost),
    }
}
