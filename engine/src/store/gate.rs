//! Keeps transactions apart from a resize of the map.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// While a resize waits, new transactions wait this long, then they go first: a thread that holds one snapshot and
/// opens another must not wait for itself.
const HOLD_BACK: Duration = Duration::from_millis(50);

/// Admits any number of transactions, or one resize.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    transactions: usize,
    closed: bool,
}

/// The permission of one live transaction. No resize runs before it is dropped.
pub(crate) struct Pass(Arc<Gate>);

/// The permission of one resize. No transaction begins before it is dropped.
pub(crate) struct Exclusive<'a>(&'a Gate);

impl Gate {
    /// Waits while the gate is closed, then admits a transaction.
    pub(crate) fn enter(self: &Arc<Self>) -> Pass {
        let waited = self.changed.wait_while(self.lock(), |s| s.closed);
        waited.unwrap_or_else(PoisonError::into_inner).transactions += 1;
        Pass(self.clone())
    }

    /// Waits until no transaction is live, and admits none until the result is dropped.
    ///
    /// # Errors
    /// [`Error::ReadersHoldMap`] if transactions are still live after `patience`.
    pub(crate) fn exclusive(&self, patience: Duration) -> Result<Exclusive<'_>> {
        let start = Instant::now();
        let mut state = self.lock();
        loop {
            state.closed = true;
            let waited = self.changed.wait_timeout_while(state, HOLD_BACK, |s| s.transactions > 0);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.transactions == 0 {
                return Ok(Exclusive(self));
            }
            state.closed = false;
            self.changed.notify_all();
            if start.elapsed() >= patience {
                let waited_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                return Err(Error::ReadersHoldMap { readers: state.transactions, waited_ms });
            }
            let let_pass = self.changed.wait_timeout(state, Duration::from_millis(5));
            state = let_pass.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Locks the state. A panic in another thread leaves it valid, so poisoning is ignored.
    fn lock(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.lock().transactions -= 1;
        self.0.changed.notify_all();
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        self.0.lock().closed = false;
        self.0.changed.notify_all();
    }
}
