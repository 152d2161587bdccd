//! The limits of an outbox.

use std::time::Duration;

use knytt_wire::Uuid;

/// Bounds of an outbox. Beyond any of them the oldest events go first, and are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many events may wait.
    pub events: u64,
    /// The size of their JSON in total, in bytes.
    pub bytes: u64,
    /// The age after which an event is dropped, by the device's clock.
    pub age: Duration,
    /// How many refused events are kept as dead letters.
    pub dead: u64,
    /// The size of their JSON in total, in bytes.
    pub dead_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            events: 10_000,
            bytes: 8 << 20,
            age: Duration::from_secs(30 * 24 * 60 * 60),
            dead: 1_000,
            dead_bytes: 1 << 20,
        }
    }
}

impl Limits {
    /// Whether the event is too old at `now_ms`.
    pub(crate) fn outlived(&self, id: Uuid, now_ms: i64) -> bool {
        now_ms.saturating_sub(made_ms(id)) > millis(self.age)
    }
}

/// When an id of version 7 was made: milliseconds since 1970.
pub(crate) fn made_ms(id: Uuid) -> i64 {
    i64::try_from(id.as_u128() >> 80).unwrap_or(i64::MAX)
}

pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made() {
        let id: Uuid = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f".parse().unwrap();
        assert_eq!(made_ms(id), 0x017f_22e2_79b0);
        let limits = Limits { age: Duration::from_millis(10), ..Limits::default() };
        assert!(!limits.outlived(id, made_ms(id) + 10) && limits.outlived(id, made_ms(id) + 11));
        assert!(!limits.outlived(id, 0), "a clock that was set back makes nothing old");
    }
}
