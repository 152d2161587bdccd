//! Which arm a visitor is in.

use crate::experiment::document::Experiment;

/// What an experiment does for a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// The visitor searches with the settings of this arm; 0 is the control.
    Arm(usize),
    /// The visitor's hits are those of both arms, merged.
    Interleaved,
}

impl Experiment {
    /// What it does for a visitor; `None` if the visitor is in no arm's share. The same visitor has the same answer
    /// wherever the document is. Visitors are spread anew by each experiment, since each has its own key.
    pub fn assign(&self, visitor: &[u8]) -> Option<Assignment> {
        let bucket = self.bucket(visitor)?;
        let mut first = 0;
        for (number, arm) in self.arms.iter().enumerate() {
            let after = first + arm.share;
            if (first..after).contains(&bucket) {
                return Some(if self.interleaved {
                    Assignment::Interleaved
                } else {
                    Assignment::Arm(number)
                });
            }
            first = after;
        }
        None
    }

    /// The visitor's bucket, from 0 to 9,999: a keyed hash of the experiment and the visitor.
    fn bucket(&self, visitor: &[u8]) -> Option<u32> {
        let number = self.number(&[b"arm", visitor])?;
        // Of 2^64 numbers, each bucket has the same to one in 10^15.
        u32::try_from(number % u64::from(Self::BUCKETS)).ok()
    }

    /// A number that whoever has the key computes from these parts, and nobody else foresees.
    pub(crate) fn number(&self, parts: &[&[u8]]) -> Option<u64> {
        let mut hasher = blake3::Hasher::new_keyed(&self.key_bytes()?);
        for part in [self.id.as_bytes()].iter().chain(parts) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let hash = hasher.finalize();
        let first = hash.as_bytes().first_chunk::<8>()?;
        Some(u64::from_le_bytes(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::document::tests::experiment;

    fn assigned(experiment: &Experiment, visitors: u32) -> [u32; 3] {
        let mut counts = [0; 3];
        for visitor in 0..visitors {
            match experiment.assign(&visitor.to_le_bytes()) {
                Some(Assignment::Arm(arm)) => counts[arm] += 1,
                _ => counts[2] += 1,
            }
        }
        counts
    }

    #[test]
    fn arms_have_their_shares_and_a_visitor_stays() {
        let mut experiment = experiment();
        (experiment.arms[0].share, experiment.arms[1].share) = (2_000, 1_000);
        let counts = assigned(&experiment, 100_000);
        for (count, expected) in counts.into_iter().zip([20_000_f64, 10_000.0, 70_000.0]) {
            // Five standard deviations.
            let bound = 5.0 * (expected * (1.0 - expected / 100_000.0)).sqrt();
            assert!((f64::from(count) - expected).abs() < bound, "{counts:?}");
        }
        assert_eq!(experiment.assign(b"somebody"), experiment.assign(b"somebody"));
    }

    #[test]
    fn two_experiments_do_not_put_the_same_visitors_together() {
        let (one, mut other) = (experiment(), experiment());
        other.key = "1e".repeat(32);
        let same = (0..10_000_u32)
            .filter(|visitor| {
                let visitor = visitor.to_le_bytes();
                one.assign(&visitor) == other.assign(&visitor)
            })
            .count();
        assert!((4_750..5_250).contains(&same), "{same}");
    }

    #[test]
    fn an_assignment_never_changes() {
        // Devices and servers of all versions must agree, so these are not to be renewed.
        let arms: Vec<_> = (0..8_u8).map(|visitor| experiment().assign(&[visitor])).collect();
        let of = |numbers: [usize; 8]| numbers.map(|number| Some(Assignment::Arm(number))).to_vec();
        assert_eq!(arms, of(EXPECTED));
    }

    const EXPECTED: [usize; 8] = [1, 0, 0, 1, 0, 1, 1, 0];
}
