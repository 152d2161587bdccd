//! The signal between a commit and the publisher.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// Wakes the publisher when a commit has added rows to the outbox.
#[derive(Clone, Debug, Default)]
pub(crate) struct WakeSignal(Arc<Notify>);

impl WakeSignal {
    /// Wakes the publisher; does not wait for it.
    pub fn notify(&self) {
        self.0.notify_one();
    }

    /// Waits for a notification, or this long: other replicas leave rows behind too, and cannot notify this one.
    pub async fn wait(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.0.notified()).await;
    }
}
