//! The handle through which other threads control a running delivery.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

/// Wakes, flushes, interrupts or stops a delivery. Clones control the same delivery.
#[derive(Clone, Debug)]
pub struct DeliveryHandle {
    signals: watch::Sender<Signals>,
    wake: Arc<Notify>,
}

/// What the handle asks of the delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// How often requests were interrupted.
    pub interruptions: u64,
    /// Send all waiting events, whatever their age.
    pub flush: bool,
    /// Send all waiting events once, then end.
    pub stop: bool,
}

impl Default for DeliveryHandle {
    fn default() -> Self {
        Self { signals: watch::Sender::new(Signals::default()), wake: Arc::default() }
    }
}

impl DeliveryHandle {
    /// Tells the delivery that an event was written, so that it checks whether a batch is due.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Sends all waiting events now, even if they do not fill a batch.
    pub fn flush(&self) {
        self.signals.send_modify(|signals| signals.flush = true);
        self.wake.notify_one();
    }

    /// Cancels the request that is under way, because the shopper withdrew consent.
    pub fn interrupt(&self) {
        self.signals.send_modify(|signals| signals.interruptions += 1);
    }

    /// Sends all waiting events once more, then ends the delivery.
    pub fn stop(&self) {
        self.signals.send_modify(|signals| signals.stop = true);
        self.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.signals.borrow().stop
    }

    pub(crate) fn take_flush(&self) -> bool {
        let mut flush = false;
        self.signals.send_modify(|signals| flush = std::mem::take(&mut signals.flush));
        flush
    }

    /// Returns a listener: [`Interruption::happens`] resolves at the first interruption after this call.
    pub(crate) fn listen(&self) -> Interruption {
        let signals = self.signals.subscribe();
        let before = signals.borrow().interruptions;
        Interruption { signals, before }
    }
}

/// Waits for [`DeliveryHandle::interrupt`].
pub(crate) struct Interruption {
    signals: watch::Receiver<Signals>,
    before: u64,
}

impl Interruption {
    pub(crate) async fn happens(&mut self) {
        let before = self.before;
        // The handle outlives its delivery, so this never fails. If it did, nothing could interrupt.
        if self.signals.wait_for(|signals| signals.interruptions != before).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
