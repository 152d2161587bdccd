//! How others reach a running delivery.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

/// Tells a delivery what happened. Clones are the same bell.
#[derive(Clone, Debug)]
pub struct Bell {
    told: watch::Sender<Told>,
    rung: Arc<Notify>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Grows with each interruption.
    pub interruptions: u64,
    /// Send what waits, whatever its age.
    pub flush: bool,
    /// Send what waits, then end.
    pub stop: bool,
}

impl Default for Bell {
    fn default() -> Self {
        Self { told: watch::Sender::new(Told::default()), rung: Arc::default() }
    }
}

impl Bell {
    /// Something was written: it may be time to send.
    pub fn ring(&self) {
        self.rung.notify_one();
    }

    /// Sends what waits now, even if it is not much.
    pub fn flush(&self) {
        self.told.send_modify(|told| told.flush = true);
        self.rung.notify_one();
    }

    /// Drops the request that is under way: the shopper took the consent back.
    pub fn interrupt(&self) {
        self.told.send_modify(|told| told.interruptions += 1);
    }

    /// Sends what waits once more, then ends the delivery.
    pub fn stop(&self) {
        self.told.send_modify(|told| told.stop = true);
        self.rung.notify_one();
    }

    pub(crate) async fn heard(&self) {
        self.rung.notified().await;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.told.borrow().stop
    }

    pub(crate) fn take_flush(&self) -> bool {
        let mut flush = false;
        self.told.send_modify(|told| flush = std::mem::take(&mut told.flush));
        flush
    }

    /// From here on, [`Interruption::happens`] sees what interrupts.
    pub(crate) fn listen(&self) -> Interruption {
        let told = self.told.subscribe();
        let before = told.borrow().interruptions;
        Interruption { told, before }
    }
}

/// Waits for [`Bell::interrupt`].
pub(crate) struct Interruption {
    told: watch::Receiver<Told>,
    before: u64,
}

impl Interruption {
    pub(crate) async fn happens(&mut self) {
        let before = self.before;
        // The bell outlives its delivery, so this never fails; if it did, nothing could interrupt.
        if self.told.wait_for(|told| told.interruptions != before).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
