//! When what waits is sent.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use heed::{Env, RoTxn, RwTxn, WithoutTls};
use knytt_wire::{CatalogIdentity, MAX_BATCH_EVENTS, takes_feedback};
use tokio::task::spawn_blocking;

use crate::batch::{Batch, BatchOutcome, BatchThreshold};
use crate::bounds::millis;
use crate::delivery_handle::DeliveryHandle;
use crate::delivery_state::Backoff;
use crate::destination::Destination;
use crate::error::{Error, Result};
use crate::http_sender::HttpSender;
use crate::outbox::Outbox;
use crate::reply::Reply;

/// Gives the environment and the outbox in it, or none while they are closed. What it gives is let go at
/// once: an environment can be closed between any two transactions.
pub type Access = Arc<dyn Fn() -> Option<(Env<WithoutTls>, Outbox<'static>)> + Send + Sync>;

/// Where a catalogue's events go; those of a catalogue that has no such place wait. It may read files.
pub type Route = Arc<dyn Fn(&CatalogIdentity) -> Option<Destination> + Send + Sync>;

/// True while nothing may be sent: offline, or on a network that is paid for by the byte. It is asked only
/// when there is something to send.
pub type Hold = Arc<dyn Fn() -> bool + Send + Sync>;

/// Beside the environment; whoever holds its lock delivers.
const LOCK: &str = "outbox.lock";

/// A device may sleep, and its clock be set: no timer is trusted for longer.
const LONGEST_SLEEP: Duration = Duration::from_secs(5 * 60);

/// Between two looks, however often the handle wakes the delivery.
const SHORTEST_SLEEP: Duration = Duration::from_millis(200);

/// When batches are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryTiming {
    /// So many events of a catalogue are a batch.
    pub events: u64,
    /// So old an event is a batch by itself.
    pub age: Duration,
    /// So long a request may take; half a minute if it is not said.
    pub timeout: Option<Duration>,
    /// How failures are waited out.
    pub backoff: Backoff,
}

impl Default for DeliveryTiming {
    fn default() -> Self {
        let (age, backoff) = (Duration::from_secs(60), Backoff::default());
        Self { events: 100, age, timeout: None, backoff }
    }
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Events that the backend has now.
    pub events: u64,
    /// Events that it refused.
    pub dead: u64,
    /// Requests that failed and will be made again.
    pub failures: u64,
    /// Nothing was tried: another delivery runs, or the network is not to be used.
    pub held: bool,
    /// How long until there is something to send; none if nothing waits.
    pub next: Option<Duration>,
}

/// A catalogue's next batch: where it goes, and from when on.
struct Due {
    to: Destination,
    catalog: CatalogIdentity,
    at_ms: i64,
}

/// Sends what waits.
pub struct Delivery {
    access: Access,
    route: Route,
    hold: Hold,
    timing: DeliveryTiming,
    handle: DeliveryHandle,
    sender: Arc<HttpSender>,
}

impl Delivery {
    /// # Errors
    /// The HTTP client cannot start.
    pub fn new(
        access: Access,
        route: Route,
        hold: Hold,
        timing: DeliveryTiming,
        handle: DeliveryHandle,
    ) -> Result<Self> {
        let sender = Arc::new(HttpSender::new(timing.timeout)?);
        Ok(Self { access, route, hold, timing, handle, sender })
    }

    /// Delivers until the handle stops it; then all waiting events are sent once more. Errors of the store
    /// are waited out: what waits is kept.
    pub async fn run(self) {
        let mut flush = false;
        loop {
            let stopping = self.handle.is_stopping();
            let round = self.deliver_once(flush || stopping).await;
            if stopping {
                return;
            }
            let sleep = match round {
                Ok(round) => round.next.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP),
                Err(_) => LONGEST_SLEEP / 5,
            };
            if !self.handle.is_stopping() {
                // Several wake-ups lead to one check.
                tokio::time::sleep(SHORTEST_SLEEP).await;
                let _ = tokio::time::timeout(sleep, self.handle.woken()).await;
            }
            flush = self.handle.take_flush();
        }
    }

    /// Sends every batch that is due, or with `flush` all that waits, unless the backend asked to wait.
    ///
    /// # Errors
    /// What waits cannot be read or written. What was sent and could not be noted is sent again, under
    /// the same key.
    pub async fn deliver_once(&self, flush: bool) -> Result<Delivered> {
        let mut done = Delivered::default();
        let lock = self.blocking(|env, _| lock(env.path())).await?;
        if lock.is_none() {
            return Ok(Delivered { held: true, next: Some(self.timing.age), ..done });
        }
        loop {
            let worth = if flush { BatchThreshold { events: 1, ..self.worth() } } else { self.worth() };
            let due = self.due(worth).await?;
            let now = now_ms();
            done.next = due.iter().map(|due| until(due.at_ms, now)).min();
            let ready: Vec<_> = due.into_iter().filter(|due| due.at_ms <= now).collect();
            if ready.is_empty() {
                return Ok(done);
            }
            for Due { to, catalog, .. } in ready {
                if self.is_held().await? {
                    return Ok(Delivered { held: true, next: Some(self.timing.age), ..done });
                }
                let Some(settled) = self.send_next(to, catalog).await? else { return Ok(done) };
                done.events += settled.delivered;
                done.dead += settled.dead;
                done.failures += u64::from(settled.failed);
            }
        }
    }

    /// The catalogues that have something to send, and somewhere to send it to.
    async fn due(&self, worth: BatchThreshold) -> Result<Vec<Due>> {
        let due = self.reading(move |outbox, txn| outbox.due(txn, worth, now_ms())).await?;
        let route = Arc::clone(&self.route);
        // Without the environment in hand: the route may wait for who closes it.
        let addressed = move || {
            let to = |catalog: &CatalogIdentity| route(catalog).filter(|to| takes_feedback(&to.url));
            let due = due.into_iter();
            due.filter_map(|(catalog, at_ms)| Some(Due { to: to(&catalog)?, catalog, at_ms })).collect()
        };
        Ok(spawn_blocking(addressed).await?)
    }

    /// Asked anew for each batch, and where it may take its time: a system is asked that may be slow.
    async fn is_held(&self) -> Result<bool> {
        let hold = Arc::clone(&self.hold);
        Ok(spawn_blocking(move || hold()).await?)
    }

    /// Sends a catalogue's next batch; none if that was interrupted.
    async fn send_next(&self, to: Destination, catalog: CatalogIdentity) -> Result<Option<BatchOutcome>> {
        // First of all: what is taken out of the box from here on is dropped if consent is.
        let mut interruption = self.handle.listen();
        let Some(batch) = self.next(&catalog).await? else { return Ok(Some(BatchOutcome::default())) };
        let reply = tokio::select! {
            biased;
            () = interruption.happens() => return Ok(None),
            reply = self.sender.send(&to, &batch) => reply,
        };
        self.settle(batch, reply).await.map(Some)
    }

    /// Takes a batch out of the box; the less room there is to note it, the smaller.
    async fn next(&self, catalog: &CatalogIdentity) -> Result<Option<Batch>> {
        let mut most = MAX_BATCH_EVENTS;
        loop {
            let of = catalog.clone();
            match self.writing(move |outbox, txn| outbox.next_batch(txn, &of, most, now_ms())).await {
                Err(Error::Full(_)) if most > 1 => most /= 4,
                taken => return taken,
            }
        }
    }

    /// Enters what became of a batch; if there is no room to do so at once, event by event, which makes
    /// room.
    async fn settle(&self, batch: Batch, reply: Reply) -> Result<BatchOutcome> {
        let (batch, reply) = (Arc::new(batch), Arc::new(reply));
        match self.settle_at_once(&batch, &reply).await {
            Err(Error::Full(_)) if matches!(*reply, Reply::Taken(_)) => {}
            settled => return settled,
        }
        let of = Arc::clone(&batch);
        let mut settled = BatchOutcome::default();
        for id in self.reading(move |outbox, txn| outbox.under_way(txn, &of)).await? {
            let reply = Arc::clone(&reply);
            let one = self.writing(move |outbox, txn| match &*reply {
                Reply::Taken(outcome) => outbox.taken(txn, &[id], outcome),
                _ => Ok(BatchOutcome::default()),
            });
            let one = one.await?;
            settled.delivered += one.delivered;
            settled.dead += one.dead;
        }
        self.settle_at_once(&batch, &reply).await?;
        Ok(settled)
    }

    async fn settle_at_once(&self, batch: &Arc<Batch>, reply: &Arc<Reply>) -> Result<BatchOutcome> {
        let (batch, reply, backoff) = (Arc::clone(batch), Arc::clone(reply), self.timing.backoff);
        self.writing(move |outbox, txn| outbox.settle(txn, &batch, &reply, backoff, now_ms())).await
    }

    fn worth(&self) -> BatchThreshold {
        BatchThreshold { events: self.timing.events, age: self.timing.age }
    }

    async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(Outbox<'static>, &RoTxn<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.blocking(move |env, outbox| read(outbox, &*env.read_txn()?)).await
    }

    async fn writing<T: Send + 'static>(
        &self,
        write: impl FnOnce(Outbox<'static>, &mut RwTxn<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let commit = move |env: &Env<WithoutTls>, outbox| {
            let mut txn = env.write_txn()?;
            let done = write(outbox, &mut txn)?;
            txn.commit()?;
            Ok(done)
        };
        self.blocking(commit).await
    }

    /// The disk is waited for on a thread that may wait.
    async fn blocking<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Env<WithoutTls>, Outbox<'static>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let access = Arc::clone(&self.access);
        spawn_blocking(move || {
            let (env, outbox) = access().ok_or(Error::Closed)?;
            run(&env, outbox)
        })
        .await?
    }
}

/// The lock of the outbox in this folder; none if another delivery has it. The system takes it back from
/// a process that ends, however it ends.
fn lock(folder: &Path) -> Result<Option<File>> {
    let file = fs_err::File::create(folder.join(LOCK))?.into_parts().0;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn until(at_ms: i64, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or_default())
}

fn now_ms() -> i64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
