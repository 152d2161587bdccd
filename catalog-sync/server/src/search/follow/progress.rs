//! How far a followed catalogue is.

use std::sync::atomic::{AtomicBool, Ordering};

/// What is known of one followed catalogue. Readiness and metrics read it.
#[derive(Debug)]
pub struct Progress {
    /// Its id.
    pub name: String,
    caught_up: AtomicBool,
    failing: AtomicBool,
}

impl Progress {
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), caught_up: AtomicBool::new(false), failing: AtomicBool::new(false) }
    }

    /// Whether it has been at the newest release once since the start. From then on the replica can answer, even
    /// while it fetches the next release.
    pub fn caught_up(&self) -> bool {
        self.caught_up.load(Ordering::Relaxed)
    }

    /// Whether the last attempt failed.
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    pub fn succeeded(&self) {
        self.caught_up.store(true, Ordering::Relaxed);
        self.failing.store(false, Ordering::Relaxed);
    }

    pub fn failed(&self) {
        self.failing.store(true, Ordering::Relaxed);
    }
}
