//! The queue of batches before the database. A writer commits all batches that wait together, because a
//! commit waits once for the disk, however many rows it has.

use std::sync::Arc;
use std::time::Duration;

use knytt_wire::Outcome;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::admission::Admission;
use super::batch::Incoming;
use super::job::{Answer, IngestJob};
use super::store::{self, Stored};
use crate::Result;
use crate::config::Config;
use crate::db::Database;
use crate::http::metrics::Metrics;
use crate::http::refusal::Refusal;
use crate::outbox::wake::WakeSignal;

/// How many batches may wait.
const QUEUE: usize = 512;

/// About how many events one commit has.
const GROUP_EVENTS: usize = 4_000;

/// About how many bytes of JSON one commit has.
const GROUP_BYTES: usize = 4 << 20;

/// How many bytes of JSON may be in memory, before and in the queue.
const MEMORY_BYTES: usize = 64 << 20;

/// How long a batch waits for memory and for a place in the queue before it is refused as busy.
const PLACE: Duration = Duration::from_secs(5);

/// Commits under way at once. SQLite has one writer; on PostgreSQL one commit's rows are sent while the
/// other waits for the disk.
const POSTGRES_WRITERS: usize = 2;

/// The queue to the database. Clones share it.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<IngestJob>,
    memory: Arc<Semaphore>,
    /// Which batches are taken.
    pub admission: Admission,
}

impl Ingest {
    /// Starts the tasks that write. They end when the last clone is gone and the queue is empty.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn start(
        db: &Database,
        config: &Config,
        wake: &WakeSignal,
        metrics: &Arc<Metrics>,
    ) -> Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let jobs = Arc::new(tokio::sync::Mutex::new(jobs));
        let admission = Admission::open(db, config).await?;
        for _ in 0..if db.is_sqlite() { 1 } else { POSTGRES_WRITERS } {
            let writer = Writer {
                db: db.clone(),
                publishes: !config.events.is_empty(),
                wake: wake.clone(),
                metrics: metrics.clone(),
                jobs: jobs.clone(),
                admission: admission.clone(),
            };
            tokio::spawn(writer.run());
        }
        Ok(Self { queue, memory: Arc::new(Semaphore::new(MEMORY_BYTES)), admission })
    }

    /// Waits for the memory that a batch of so many bytes takes.
    pub async fn memory(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        let bytes = u32::try_from(bytes.clamp(1, MEMORY_BYTES)).unwrap_or(u32::MAX);
        let memory = tokio::time::timeout(PLACE, self.memory.clone().acquire_many_owned(bytes)).await;
        memory.ok().and_then(Result::ok).ok_or_else(busy)
    }

    /// Stores a batch; returns when it cannot be lost any more.
    pub async fn store(
        &self,
        key: String,
        digest: [u8; 32],
        batch: Incoming,
        memory: OwnedSemaphorePermit,
    ) -> Result<Answer, Refusal> {
        let (reply, answer) = oneshot::channel();
        let job =
            IngestJob { key, digest, rows: batch.rows, rejected: batch.rejected, _memory: memory, reply };
        self.queue.send_timeout(job, PLACE).await.map_err(|_| busy())?;
        let failed =
            || Refusal::new(503, "database_unavailable", "The database does not answer").retry_after(5);
        answer.await.ok().flatten().ok_or_else(failed)
    }
}

impl Ingest {
    /// As [`Self::store`], with a refusal for a key that was used for another body.
    pub async fn stored(
        &self,
        key: String,
        digest: [u8; 32],
        batch: Incoming,
        memory: OwnedSemaphorePermit,
    ) -> Result<Outcome, Refusal> {
        match self.store(key, digest, batch, memory).await? {
            Answer::Stored(outcome) => Ok(outcome),
            Answer::OtherBody => {
                Err(Refusal::new(422, "idempotency_key_reused", "Idempotency-Key used before")
                    .detail("another body came with this Idempotency-Key: take a new key for a new batch"))
            }
        }
    }
}

fn busy() -> Refusal {
    Refusal::new(503, "busy", "Too many batches wait").retry_after(2)
}

struct Writer {
    db: Database,
    publishes: bool,
    wake: WakeSignal,
    metrics: Arc<Metrics>,
    jobs: Arc<tokio::sync::Mutex<mpsc::Receiver<IngestJob>>>,
    admission: Admission,
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
    async fn next_group(&self) -> Vec<IngestJob> {
        let mut jobs = self.jobs.lock().await;
        let Some(first) = jobs.recv().await else { return Vec::new() };
        let (mut events, mut bytes) = (first.rows.len(), first.bytes());
        let mut group = vec![first];
        while events < GROUP_EVENTS
            && bytes < GROUP_BYTES
            && let Ok(job) = jobs.try_recv()
        {
            events += job.rows.len();
            bytes += job.bytes();
            group.push(job);
        }
        group
    }

    async fn commit(&self, group: Vec<IngestJob>) {
        let started = std::time::Instant::now();
        match store::store(&self.db, &group, self.publishes).await {
            Ok(Stored { answers, intake }) => {
                self.admission.note(intake);
                self.db.prove();
                let (accepted, duplicate) = counts(&answers);
                self.metrics.stored(started.elapsed(), accepted, duplicate);
                if self.publishes {
                    self.wake.notify();
                }
                group.into_iter().zip(answers).for_each(|(job, answer)| job.answer(Some(answer)));
            }
            Err(error) => {
                self.db.doubt();
                tracing::error!(%error, batches = group.len(), "events were not stored");
                group.into_iter().for_each(|job| job.answer(None));
            }
        }
    }
}

/// How many events of the answered batches were accepted, and how many were there already.
fn counts(answers: &[Answer]) -> (u64, u64) {
    let outcomes = answers.iter().filter_map(|answer| match answer {
        Answer::Stored(outcome) => Some(outcome),
        Answer::OtherBody => None,
    });
    outcomes.fold((0, 0), |(accepted, duplicate), outcome| {
        (accepted + u64::from(outcome.accepted), duplicate + u64::from(outcome.duplicates))
    })
}
