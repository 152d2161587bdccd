//! How long after a wrong PIN the next one is taken.

use std::time::Duration;

/// The wait after the first wrong PIN; each further one doubles it.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(3600);

/// Wrong PINs in a row. Closing the pad does not forget them; the right one does.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    wrong: u32,
    until: Duration,
}

impl Guard {
    /// A wrong PIN.
    pub fn refuse(&mut self, now: Duration) {
        let wait = FIRST.saturating_mul(1 << self.wrong.min(12)).min(LONGEST);
        self.wrong += 1;
        self.until = now + wait;
    }

    /// The right PIN.
    pub fn admit(&mut self) {
        *self = Self::default();
    }

    /// How long no PIN is taken; none if one is.
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        Some(self.until.saturating_sub(now)).filter(|wait| !wait.is_zero())
    }

    /// Wrong PINs since the last right one.
    pub fn wrong(&self) -> u32 {
        self.wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_pin_waits_longer_up_to_an_hour() {
        let (mut guard, mut waits) = (Guard::default(), Vec::new());
        for _ in 0..14 {
            guard.refuse(Duration::from_secs(100));
            waits.push(guard.wait(Duration::from_secs(100)).unwrap().as_secs());
        }
        assert_eq!(waits[..5], [2, 4, 8, 16, 32]);
        assert!(waits.is_sorted() && waits[13] == 3600);
        assert_eq!(guard.wait(Duration::from_secs(3700)), None);
        guard.admit();
        guard.refuse(Duration::ZERO);
        assert_eq!(guard.wait(Duration::ZERO), Some(FIRST));
    }
}
