//! Batches on their way to the database: those that wait together are committed together, since one commit
//! costs one wait for the disk whatever is in it.

use std::sync::Arc;
use std::time::Duration;

use knytt_wire::{Outcome, Uuid};
use tokio::sync::{mpsc, oneshot};

use super::batch::Incoming;
use super::row::Row;
use super::store;
use crate::db::Database;
use crate::http::{Metrics, Refusal};
use crate::outbox::Bell;

/// Batches that may wait.
const QUEUE: usize = 512;

/// Events of one commit, about.
const GROUP_EVENTS: usize = 4_000;

/// How long a batch waits for a place before it is told to come again.
const PLACE: Duration = Duration::from_secs(5);

/// Commits under way at once. SQLite has one writer; on PostgreSQL one commit's rows are sent while the
/// other waits for the disk.
const POSTGRES_WRITERS: usize = 2;

/// What becomes of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is on the disk, now or since an earlier time.
    Stored(Outcome),
    /// Its key came with another body before.
    OtherBody,
}

/// A batch that waits for its commit.
pub struct Job {
    pub key: String,
    pub digest: [u8; 32],
    pub rows: Vec<Row>,
    pub rejected: Vec<(Uuid, String)>,
    reply: oneshot::Sender<Option<Answer>>,
}

impl Job {
    /// Tells the request; `None` is a database that failed. Who has gone away needs no answer.
    pub fn answer(self, answer: Option<Answer>) {
        let _ = self.reply.send(answer);
    }
}

/// The way to the database. Clones share it.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Job>,
}

impl Ingest {
    /// Starts the tasks that write. They end when the last clone is gone and the queue is empty.
    pub fn start(db: &Database, publishes: bool, bell: &Bell, metrics: &Arc<Metrics>) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let jobs = Arc::new(tokio::sync::Mutex::new(jobs));
        for _ in 0..if db.is_sqlite() { 1 } else { POSTGRES_WRITERS } {
            let writer = Writer {
                db: db.clone(),
                publishes,
                bell: bell.clone(),
                metrics: metrics.clone(),
                jobs: jobs.clone(),
            };
            tokio::spawn(writer.run());
        }
        Self { queue }
    }

    /// Stores a batch; returns when it cannot be lost any more.
    pub async fn store(&self, key: String, digest: [u8; 32], batch: Incoming) -> Result<Answer, Refusal> {
        let (reply, answer) = oneshot::channel();
        let job = Job { key, digest, rows: batch.rows, rejected: batch.rejected, reply };
        let busy = || Refusal::new(503, "busy", "Too many batches wait").retry_after(2);
        self.queue.send_timeout(job, PLACE).await.map_err(|_| busy())?;
        let failed =
            || Refusal::new(503, "database_unavailable", "The database does not answer").retry_after(5);
        answer.await.ok().flatten().ok_or_else(failed)
    }
}

struct Writer {
    db: Database,
    publishes: bool,
    bell: Bell,
    metrics: Arc<Metrics>,
    jobs: Arc<tokio::sync::Mutex<mpsc::Receiver<Job>>>,
}

impl Writer {
    async fn run(self) {
        loop {
            let group = self.next_group().await;
            if group.is_empty() {
                return;
            }
            self.commit(group).await;
        }
    }

    /// The batches that wait now, or the next one; none when all senders are gone.
    async fn next_group(&self) -> Vec<Job> {
        let mut jobs = self.jobs.lock().await;
        let Some(first) = jobs.recv().await else { return Vec::new() };
        let mut events = first.rows.len();
        let mut group = vec![first];
        while events < GROUP_EVENTS
            && let Ok(job) = jobs.try_recv()
        {
            events += job.rows.len();
            group.push(job);
        }
        group
    }

    async fn commit(&self, group: Vec<Job>) {
        let started = std::time::Instant::now();
        match store::store(&self.db, &group, self.publishes).await {
            Ok(answers) => {
                self.metrics.stored(started.elapsed(), &answers);
                if self.publishes {
                    self.bell.ring();
                }
                group.into_iter().zip(answers).for_each(|(job, answer)| job.answer(Some(answer)));
            }
            Err(error) => {
                tracing::error!(%error, batches = group.len(), "events were not stored");
                group.into_iter().for_each(|job| job.answer(None));
            }
        }
    }
}
