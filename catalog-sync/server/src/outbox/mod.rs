//! Stored events on their way to NATS JetStream.
//!
//! An event and the note that it is to be published are written by one transaction, so none is forgotten
//! whatever ends when. What is published twice carries the same `Nats-Msg-Id`, and JetStream keeps one.

mod publish;
mod rows;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

pub(crate) use publish::Publisher;
pub(crate) use rows::enqueue;
pub(crate) use stream::Broker;

/// Tells the publisher that there is work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bell(Arc<Notify>);

impl Bell {
    /// There is work; nobody waits for who is to do it.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Until it rings, or this long: other replicas leave work behind, too, and cannot ring here.
    pub async fn wait(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.0.notified()).await;
    }
}
