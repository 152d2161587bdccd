//! The task that empties the outbox.

use std::sync::Arc;
use std::time::Duration;

use super::rows;
use super::stream::Broker;
use super::wake::WakeSignal;
use crate::db::Database;
use crate::http::metrics::Metrics;
use crate::{Error, Result};

/// How long other replicas leave alone what this one has taken. Longer than an acknowledgement may take.
const HOLD: Duration = Duration::from_secs(60);

/// How long the publisher waits before it checks the outbox when nothing wakes it.
const LOOK: Duration = Duration::from_millis(500);

/// How long to wait after a failure: at first, and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// Publishes what is stored. Every replica has one.
pub struct Publisher {
    pub db: Database,
    pub broker: Broker,
    pub wake: WakeSignal,
    pub metrics: Arc<Metrics>,
}

impl Publisher {
    /// Works until the task is ended.
    pub async fn run(self) {
        let mut ready = false;
        let mut backoff = BACKOFF.0;
        loop {
            match self.round(&mut ready).await {
                Ok(0) => {
                    backoff = BACKOFF.0;
                    self.note_pending().await;
                    self.wake.wait(LOOK).await;
                }
                Ok(_) => backoff = BACKOFF.0,
                Err(error) => {
                    tracing::warn!(%error, "events were not published; they stay in the outbox");
                    ready = false;
                    self.note_pending().await;
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(BACKOFF.1);
                }
            }
        }
    }

    /// Publishes some rows; returns how many events they held. What NATS never takes is put aside, so that it
    /// does not keep the others waiting.
    async fn round(&self, ready: &mut bool) -> Result<usize> {
        if !self.broker.is_connected() {
            return Err(Error::Events("no server is connected".into()));
        }
        if !*ready {
            self.broker.ensure_stream().await?;
            *ready = true;
        }
        let pending = rows::claim(&self.db, HOLD).await?;
        if pending.is_empty() {
            return Ok(0);
        }
        let mut events = Vec::new();
        for row in &pending {
            events.extend(row.body.lines().map(str::to_owned));
        }
        match self.broker.publish(events).await {
            Ok(published) => {
                rows::strike(&self.db, &pending, &published.dead).await?;
                for letter in &published.dead {
                    tracing::error!(event = %letter.id, reason = letter.reason, "an event was put aside");
                }
                self.metrics.published(published.events);
                self.metrics.put_aside(published.dead.len());
                Ok(published.events + published.dead.len())
            }
            Err(error) => {
                rows::release(&self.db, &pending).await?;
                Err(error)
            }
        }
    }

    async fn note_pending(&self) {
        if let Ok(rows) = rows::pending(&self.db).await {
            self.metrics.outbox_pending(rows);
        }
    }
}
