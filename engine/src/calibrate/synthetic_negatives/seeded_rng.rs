//! A pseudorandom number generator whose numbers depend on its seed alone.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
pub(crate) struct SeededRng(u64);

impl SeededRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `from` to `to`.
    pub(crate) fn within(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * (self.next() >> 40) as f32 / (1 << 24) as f32
    }

    /// A whole number from 0 to `below`, exclusive.
    pub(crate) fn whole(&mut self, below: u32) -> u32 {
        (((self.next() >> 32) * u64::from(below)) >> 32) as u32
    }

    /// True with this probability, 0 to 1.
    pub(crate) fn happens(&mut self, share: f32) -> bool {
        self.within(0.0, 1.0) < share
    }

    /// A random element.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.whole(of.len() as u32) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_within_their_bounds_and_fill_them() {
        let mut rng = SeededRng::new(3);
        let seen: Vec<u32> = (0..200).map(|_| rng.whole(5)).collect();
        assert!((0..5).all(|n| seen.contains(&n)) && seen.iter().all(|n| *n < 5));
        let values: Vec<f32> = (0..200).map(|_| rng.within(-1.0, 2.0)).collect();
        assert!(values.iter().all(|v| (-1.0..2.0).contains(v)) && values.iter().any(|v| *v > 1.5));
    }
}
