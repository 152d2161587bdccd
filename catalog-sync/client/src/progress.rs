//! How far a sync is, and how to stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use crate::{Error, Result};

/// What a sync is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Progress {
    /// Asking what is newest.
    Checking,
    /// Fetching packs.
    Downloading {
        /// What is here, in bytes.
        done_bytes: u64,
        /// What is needed, in bytes.
        total_bytes: u64,
    },
    /// Writing them into the catalogue.
    Applying {
        /// Rows that were written.
        done: u64,
        /// Rows that there are.
        total: u64,
    },
}

/// Stops a sync at its next step. Clones are the same switch.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the sync to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// Where progress is told.
pub(crate) type Report<'r> = &'r (dyn Fn(Progress) + Send + Sync);
