//! How much one commit takes, so that who sends little does not wait long for those who send much.

use std::time::{Duration, Instant};

/// How long a commit of those who send much takes while others are there.
const COMMIT: Duration = Duration::from_millis(20);

/// How long others are there after their last batch.
const LATELY: Duration = Duration::from_secs(2);

/// The bytes of JSON that such a commit has at least, and that any has at most.
const LEAST: usize = 64 << 10;
const MOST: usize = 4 << 20;

/// The weight of a new measurement beside those before.
const NEWEST: f64 = 0.2;

/// What storing a byte took lately, and when somebody was there who sends little.
pub struct Pace {
    secs_per_byte: f64,
    light: Option<Instant>,
}

impl Pace {
    /// Begins with what a slow machine does.
    pub fn new() -> Self {
        Self { secs_per_byte: COMMIT.as_secs_f64() / (256 << 10) as f64, light: None }
    }

    /// About how many bytes the commit has that begins now: of light senders, or of the others.
    pub fn group_bytes(&mut self, is_light: bool, now: Instant) -> usize {
        if is_light {
            self.light = Some(now);
        }
        let alone = self.light.is_none_or(|light| now.saturating_duration_since(light) > LATELY);
        if is_light || alone {
            return MOST;
        }
        ((COMMIT.as_secs_f64() / self.secs_per_byte) as usize).clamp(LEAST, MOST)
    }

    /// Notes what a commit took. A small one mostly waits for the disk, and tells nothing of a byte.
    pub fn note(&mut self, bytes: usize, took: Duration) {
        if bytes >= LEAST {
            let measured = took.as_secs_f64() / bytes as f64;
            self.secs_per_byte += NEWEST * (measured - self.secs_per_byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_beside_light_senders_come_to_take_as_long_as_they_should() {
        for bytes_a_second in [1e7, 1e8] {
            let (mut pace, now) = (Pace::new(), Instant::now());
            pace.group_bytes(true, now);
            for _ in 0..60 {
                let bytes = pace.group_bytes(false, now);
                pace.note(bytes, Duration::from_secs_f64(bytes as f64 / bytes_a_second));
            }
            let took = pace.group_bytes(false, now) as f64 / bytes_a_second;
            assert!((took - COMMIT.as_secs_f64()).abs() < 2e-3, "{bytes_a_second}: {took}");
        }
    }

    #[test]
    fn those_who_send_much_are_not_bound_while_they_are_alone() {
        let (mut pace, now) = (Pace::new(), Instant::now());
        pace.note(1 << 20, Duration::from_secs(10));
        assert_eq!(pace.group_bytes(false, now), MOST);
        assert_eq!(pace.group_bytes(true, now), MOST);
        assert_eq!(pace.group_bytes(false, now), LEAST);
        assert_eq!(pace.group_bytes(false, now + LATELY * 2), MOST);
    }
}
