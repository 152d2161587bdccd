//! The state of the delivery of each catalogue's events. It is stored, so it survives restarts.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use knytt_wire::Uuid;
use rand::Rng as _;
use serde::{Deserialize, Serialize};

use crate::bounds::millis;

/// No wait is longer than this. A later time was written while the clock was wrong, and is ignored.
const LONGEST_HOLD_MS: i64 = 25 * 60 * 60 * 1000;

/// In the search for what the backend refuses, so many refusals in a row are sent without a pause: more
/// than the halvings of a full batch down to one event.
const QUICK_REFUSALS: u32 = 16;

/// How long failures are waited out: exponentially longer, with full jitter, so that devices that failed
/// together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first wait lasts at most this long; each further one twice as long.
    pub first: Duration,
    /// No wait is longer, unless the backend asks for it.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(10 * 60) }
    }
}

impl Backoff {
    /// Anything between nothing and the longest wait.
    fn wait(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        let longest = self.first.saturating_mul(1 << doublings).min(self.longest);
        longest.mul_f64(rand::rng().random_range(0.0..=1.0))
    }
}

/// The delivery states by catalogue.
pub(crate) type DeliveryStates = BTreeMap<String, DeliveryState>;

/// The state of one catalogue's delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct DeliveryState {
    /// Batches that were begun, the next one first: usually one, more while a refused one is taken apart.
    pub parts: VecDeque<Part>,
    /// How often in a row it failed.
    failures: u32,
    /// How many parts in a row were refused for what is in them.
    refusals: u32,
    /// Nothing is sent before: milliseconds since 1970.
    not_before_ms: i64,
}

/// A batch that may have reached the backend: sent again, it is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub key: Uuid,
    pub ids: Vec<Uuid>,
}

impl Part {
    pub fn new(ids: Vec<Uuid>) -> Self {
        Self { key: Uuid::new_v4(), ids }
    }
}

impl DeliveryState {
    /// From when on something may be sent.
    pub fn opens_ms(&self, now_ms: i64) -> i64 {
        if self.not_before_ms - now_ms > LONGEST_HOLD_MS { now_ms } else { self.not_before_ms }
    }

    /// The next batch was taken.
    pub fn taken(&mut self) {
        self.parts.pop_front();
        (self.failures, self.refusals, self.not_before_ms) = (0, 0, 0);
    }

    /// The next batch could not be sent, or not be answered.
    pub fn failed(&mut self, after: Option<Duration>, backoff: Backoff, now_ms: i64) {
        self.failures = self.failures.saturating_add(1);
        let wait = after.unwrap_or_default().max(backoff.wait(self.failures));
        self.not_before_ms = now_ms.saturating_add(millis(wait));
    }

    /// The next batch was refused for what is in it, and is taken apart if it can be. Otherwise it is
    /// returned: this is what was refused.
    pub fn refused(&mut self, backoff: Backoff, now_ms: i64) -> Option<Part> {
        self.refusals = self.refusals.saturating_add(1);
        if self.refusals > QUICK_REFUSALS {
            self.not_before_ms = now_ms.saturating_add(millis(backoff.first));
        }
        let mut part = self.parts.pop_front()?;
        if part.ids.len() == 1 {
            return Some(part);
        }
        let second = part.ids.split_off(part.ids.len() / 2);
        self.parts.push_front(Part::new(second));
        self.parts.push_front(Part::new(part.ids));
        None
    }

    /// Nobody may send here, or there is nothing here: the next batch is returned, and the others wait.
    pub fn turned_away(&mut self, backoff: Backoff, now_ms: i64) -> Option<Part> {
        self.failed(None, backoff, now_ms);
        self.parts.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(events: usize) -> DeliveryState {
        let ids = (0..events).map(|_| Uuid::now_v7()).collect();
        DeliveryState { parts: [Part::new(ids)].into(), ..DeliveryState::default() }
    }

    #[test]
    fn waits_grow_jitter_and_end() {
        let backoff = Backoff::default();
        for failures in 1..100 {
            let longest = Duration::from_secs(1 << (failures - 1).min(20)).min(backoff.longest);
            assert!(backoff.wait(failures) <= longest);
        }
        let waits: Vec<_> = (0..200).map(|_| backoff.wait(10).as_millis()).collect();
        assert!(waits.iter().max().unwrap() - waits.iter().min().unwrap() > 60_000, "all at one time");
    }

    #[test]
    fn the_backend_may_ask_for_longer() {
        let mut state = state(1);
        state.failed(Some(Duration::from_secs(3600)), Backoff::default(), 1_000);
        assert_eq!(state.opens_ms(1_000), 3_601_000);
        let (failures, parts) = (state.failures, state.parts.len());
        assert_eq!((failures, parts), (1, 1));
        state.taken();
        assert_eq!((state.opens_ms(2_000), state.failures), (0, 0));
    }

    #[test]
    fn a_clock_that_was_wrong_does_not_hold_for_ever() {
        let mut state = state(1);
        state.failed(None, Backoff::default(), 4_000_000_000_000);
        assert_eq!(state.opens_ms(1_750_000_000_000), 1_750_000_000_000);
    }

    #[test]
    fn the_refused_one_is_found_among_the_others() {
        let mut state = state(500);
        let poison = state.parts[0].ids[137];
        let (mut dead, mut taken, mut requests) = (Vec::new(), 0, 0);
        while let Some(part) = state.parts.front().cloned() {
            requests += 1;
            if part.ids.contains(&poison) {
                dead.extend(state.refused(Backoff::default(), 0).map(|part| part.ids).unwrap_or_default());
            } else {
                taken += part.ids.len();
                state.taken();
            }
        }
        assert_eq!((dead, taken), (vec![poison], 499));
        assert!(requests < 25, "{requests} requests");
        assert_eq!(state, DeliveryState::default());
    }

    #[test]
    fn a_backend_that_refuses_everything_is_not_hammered() {
        let mut state = state(64);
        for _ in 0..QUICK_REFUSALS {
            state.refused(Backoff::default(), 5);
        }
        assert_eq!(state.opens_ms(5), 0);
        state.refused(Backoff::default(), 5);
        assert_eq!(state.opens_ms(5), 1_005);
    }
}
