//! What time it is, on a device whose clock may be wrong.

use std::sync::Arc;

use jiff::Timestamp;

/// Where the time is taken from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that is asked by `now`; for tests.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0)()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

impl Default for Clock {
    /// The device's.
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// The time by which expiries are judged: the device's, unless that is before a moment of which a
/// signature says that it has been. Then the server's word is taken, which is not signed, but can only
/// make metadata look older than it is. Nothing is kept of a clock that is ahead: when it is set right,
/// all is well again.
pub(crate) fn judged_now(clock: &Clock, signed_ms: i64, server: Option<Timestamp>) -> Timestamp {
    let signed = Timestamp::from_millisecond(signed_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let now = clock.now();
    if now >= signed { now } else { server.unwrap_or(signed).max(signed) }
}

/// How far the device's clock and that of a server may be apart before it is worth a word, in seconds.
const NOTABLE_SECS: i64 = 24 * 3600;

/// What to say when the server's `Date` disagrees with the device's clock. It is not signed, so it is
/// only said, never used.
pub(crate) fn disagreement(clock: &Clock, server: Option<Timestamp>) -> Option<String> {
    let server = server?;
    let apart = clock.now().as_second() - server.as_second();
    (apart.abs() > NOTABLE_SECS)
        .then(|| format!("; this device's clock may be wrong: the server says it is {server}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_behind_what_was_signed_is_not_believed() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let clock = |seconds| Clock::new(move || at(seconds));
        assert_eq!(judged_now(&clock(9), 5_000, Some(at(100))), at(9));
        assert_eq!(judged_now(&clock(1), 5_000, None), at(5));
        assert_eq!(judged_now(&clock(1), 5_000, Some(at(3))), at(5));
        assert_eq!(judged_now(&clock(1), 5_000, Some(at(100))), at(100));
    }

    #[test]
    fn a_disagreement_is_worth_a_word_only_when_it_is_large() {
        let clock = Clock::new(|| Timestamp::UNIX_EPOCH);
        assert!(disagreement(&clock, Timestamp::from_second(1_000_000).ok()).is_some());
        assert!(disagreement(&clock, Timestamp::from_second(60).ok()).is_none());
    }
}
