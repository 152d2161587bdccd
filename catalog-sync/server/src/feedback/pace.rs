//! How much one commit takes, so that who sends little does not wait long for those who send much.

use std::time::Duration;

/// How long a commit takes while several senders are there.
const COMMIT: Duration = Duration::from_millis(5);

/// The bytes of JSON that such a commit has at least, and that any has at most.
const LEAST: usize = 8 << 10;
const MOST: usize = 4 << 20;

/// The weight of a new measurement beside those before.
const NEWEST: f64 = 0.2;

/// What storing a byte took lately.
pub struct Pace {
    secs_per_byte: f64,
}

impl Pace {
    /// Begins with what a slow machine does.
    pub fn new() -> Self {
        Self { secs_per_byte: COMMIT.as_secs_f64() / (256 << 10) as f64 }
    }

    /// About how many bytes the next commit has. A sender who is alone waits for nobody.
    pub fn group_bytes(&self, is_beside_others: bool) -> usize {
        match is_beside_others {
            true => ((COMMIT.as_secs_f64() / self.secs_per_byte) as usize).clamp(LEAST, MOST),
            false => MOST,
        }
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
    fn commits_beside_others_come_to_take_as_long_as_they_should() {
        for bytes_a_second in [1e7, 1e8] {
            let mut pace = Pace::new();
            for _ in 0..60 {
                let bytes = pace.group_bytes(true);
                pace.note(bytes, Duration::from_secs_f64(bytes as f64 / bytes_a_second));
            }
            let took = pace.group_bytes(true) as f64 / bytes_a_second;
            assert!((took - COMMIT.as_secs_f64()).abs() < 2e-3, "{bytes_a_second}: {took}");
        }
    }

    #[test]
    fn who_is_alone_is_not_bound_by_a_slow_disk() {
        let mut pace = Pace::new();
        pace.note(1 << 20, Duration::from_secs(60));
        assert_eq!((pace.group_bytes(true), pace.group_bytes(false)), (LEAST, MOST));
    }
}
