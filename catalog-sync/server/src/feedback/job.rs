//! A batch that waits for its commit, and the answer to it.

use std::sync::Arc;

use knytt_wire::{Outcome, Uuid};
use tokio::sync::oneshot;

use super::memory::MemoryShare;
use super::row::Row;

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is on the disk, from now on or from an earlier request.
    Stored(Outcome),
    /// Its key was used for another body before.
    OtherBody,
}

/// A batch that waits for its commit.
pub struct IngestJob {
    pub key: String,
    pub digest: [u8; 32],
    pub rows: Vec<Row>,
    pub rejected: Vec<(Uuid, String)>,
    /// The share of the memory for batches that it holds until it is answered.
    pub _memory: Arc<MemoryShare>,
    /// Where the request waits for the answer.
    pub reply: oneshot::Sender<Option<Answer>>,
}

impl IngestJob {
    /// How many bytes of JSON its events have.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.payload.len()).sum()
    }

    /// Answers the request; `None` says that the database failed. A client that has gone away gets no answer.
    pub fn answer(self, answer: Option<Answer>) {
        let _ = self.reply.send(answer);
    }
}
