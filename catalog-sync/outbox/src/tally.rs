//! What is counted.

use serde::{Deserialize, Serialize};

/// Running numbers, kept beside the events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tally {
    pub bytes: u64,
    pub dead_bytes: u64,
    pub delivered: u64,
    pub refused: u64,
    pub crowded_out: u64,
    pub outlived: u64,
    pub retracted: u64,
}

/// What an outbox holds, and what became of the rest since consent was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that wait.
    pub waiting: u64,
    /// Their JSON, in bytes.
    pub waiting_bytes: u64,
    /// Events that the backend refused and that are kept.
    pub dead: u64,
    /// Events that the backend has.
    pub delivered: u64,
    /// Events that the backend refused, kept or not.
    pub refused: u64,
    /// Events that newer ones crowded out.
    pub crowded_out: u64,
    /// Events that waited too long.
    pub outlived: u64,
    /// Events that a later one took back before they were sent.
    pub retracted: u64,
}
