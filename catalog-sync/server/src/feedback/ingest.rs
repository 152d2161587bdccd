//! The queue of batches before the database. A writer commits all batches that wait together, because a
//! commit waits once for the disk, however many rows it has.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use knytt_wire::{Outcome, Uuid};
use tokio::sync::oneshot;

use super::admission::Admission;
use super::batch::Incoming;
use super::busy::busy;
use super::fair_queue::{FairQueue, FairSender, Taken, fair_queue};
use super::job::{Answer, IngestJob};
use super::memory::{BatchMemory, MemoryShare};
use super::pace::Pace;
use super::readers::Readers;
use super::row::Row;
use super::store::{self, Repeats, Stored};
use crate::Result;
use crate::config::Config;
use crate::db::Database;
use crate::http::metrics::Metrics;
use crate::http::refusal::Refusal;
use crate::outbox::wake::WakeSignal;

/// How many batches may wait.
const QUEUE: usize = 4_096;

/// Events of a batch that are committed together. A larger batch is several jobs, between which others have a turn.
const PART_EVENTS: usize = 16;

/// How long a batch waits for memory before it is refused as busy.
const PLACE: Duration = Duration::from_secs(5);

/// Commits under way at once. SQLite has one writer; on PostgreSQL one commit's rows are sent while the
/// other waits for the disk.
const POSTGRES_WRITERS: usize = 2;

/// The queue to the database. Clones share it.
#[derive(Clone)]
pub struct Ingest {
    queue: FairSender<IngestJob>,
    memory: BatchMemory,
    /// Where bodies are read.
    pub readers: Readers,
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
        let (queue, jobs) = fair_queue(QUEUE);
        let admission = Admission::open(db, config).await?;
        for _ in 0..if db.is_sqlite() { 1 } else { POSTGRES_WRITERS } {
            let writer = Writer {
                db: db.clone(),
                publishes: !config.events.is_empty(),
                wake: wake.clone(),
                metrics: metrics.clone(),
                jobs: jobs.clone(),
                admission: admission.clone(),
                repeats: Repeats::default(),
            };
            tokio::spawn(writer.run());
        }
        Ok(Self { queue, memory: BatchMemory::new(), readers: Readers::new(), admission })
    }

    /// Waits for the memory that a batch of so many bytes takes, which comes from `address`.
    pub async fn memory(&self, bytes: usize, address: Option<IpAddr>) -> Result<MemoryShare, Refusal> {
        self.memory.take(bytes, address, PLACE).await
    }

    /// Stores a batch; returns when it cannot be lost any more.
    ///
    /// Events are counted once by their own ids, so the parts of a large batch need no common transaction: after a
    /// failure the sender sends all of it again.
    pub async fn store(
        &self,
        key: String,
        digest: [u8; 32],
        batch: Incoming,
        memory: MemoryShare,
    ) -> Result<Answer, Refusal> {
        let mut parts = parts(key, digest, batch, memory).into_iter();
        // The first part tells whether the key was used for another body, before anything else is stored.
        let Some(first) = parts.next() else { return Ok(Answer::Stored(Outcome::default())) };
        let Answer::Stored(mut whole) = self.store_part(first).await? else { return Ok(Answer::OtherBody) };
        for answer in try_join_all(parts.map(|part| self.store_part(part))).await? {
            let Answer::Stored(part) = answer else { return Ok(Answer::OtherBody) };
            whole.accepted += part.accepted;
            whole.duplicates += part.duplicates;
        }
        Ok(Answer::Stored(whole))
    }

    async fn store_part(&self, part: Part) -> Result<Answer, Refusal> {
        let (reply, answer) = oneshot::channel();
        let Part { key, digest, rows, rejected, memory } = part;
        let sender = (rows.first().map(|row| row.catalog.clone()).unwrap_or_default(), memory.address);
        let job = IngestJob { key, digest, rows, rejected, _memory: memory, reply };
        let bytes = job.bytes();
        if !self.queue.send(sender, job, bytes) {
            return Err(busy());
        }
        let failed =
            || Refusal::new(503, "database_unavailable", "The database does not answer").retry_after(5);
        // Without an answer the part gave up its place to one of somebody who sends less.
        answer.await.map_err(|_| busy())?.ok_or_else(failed)
    }
}

/// A part of a batch.
struct Part {
    key: String,
    digest: [u8; 32],
    rows: Vec<Row>,
    rejected: Vec<(Uuid, String)>,
    memory: Arc<MemoryShare>,
}

/// Cuts a batch into parts, each with a key of its own. The first has the batch's.
fn parts(key: String, digest: [u8; 32], batch: Incoming, memory: MemoryShare) -> Vec<Part> {
    let (memory, mut rows, mut parts) = (Arc::new(memory), batch.rows.into_iter(), Vec::new());
    let mut rejected = batch.rejected;
    loop {
        let some: Vec<Row> = rows.by_ref().take(PART_EVENTS).collect();
        if some.is_empty() && !parts.is_empty() {
            return parts;
        }
        // Keys of devices are ASCII, and those of browsers and orders begin otherwise.
        let key = if parts.is_empty() { key.clone() } else { format!("part{}·{key}", parts.len()) };
        let rejected = std::mem::take(&mut rejected);
        parts.push(Part { key, digest, rows: some, rejected, memory: memory.clone() });
    }
}

impl Ingest {
    /// As [`Self::store`], with a refusal for a key that was used for another body.
    pub async fn stored(
        &self,
        key: String,
        digest: [u8; 32],
        batch: Incoming,
        memory: MemoryShare,
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

struct Writer {
    db: Database,
    publishes: bool,
    wake: WakeSignal,
    metrics: Arc<Metrics>,
    jobs: FairQueue<IngestJob>,
    admission: Admission,
    repeats: Repeats,
}

impl Writer {
    async fn run(self) {
        let mut pace = Pace::new();
        while let Some(first) = self.jobs.receive().await {
            let group = self.group(first, &pace);
            let (started, bytes) = (Instant::now(), group.iter().map(IngestJob::bytes).sum());
            self.commit(group).await;
            pace.note(bytes, started.elapsed());
        }
    }

    /// The first job and those that wait now, up to what a commit may have. Who stored little lately does not wait for
    /// those who stored much.
    fn group(&self, first: Taken<IngestJob>, pace: &Pace) -> Vec<IngestJob> {
        let (most_bytes, most_stored) = (pace.group_bytes(first.is_beside_others), first.most_beside());
        let (mut bytes, mut group) = (first.job.bytes(), vec![first.job]);
        while bytes < most_bytes
            && let Some(job) = self.jobs.try_receive(most_stored)
        {
            bytes += job.bytes();
            group.push(job);
        }
        group
    }

    async fn commit(&self, group: Vec<IngestJob>) {
        let started = Instant::now();
        match store::store(&self.db, &group, self.publishes, &self.repeats).await {
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
