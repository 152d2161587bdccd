//! Generates nonsense words.

use crate::calibrate::synthetic_negatives::seeded_rng::SeededRng;

const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxz";
const VOWELS: &[u8] = b"aeiouy";

/// One to three nonsense words, some of them pronounceable. The same number gives the same words.
pub(crate) fn nonsense(number: u32) -> String {
    let mut rng = SeededRng::new(u64::from(number) | 1 << 40);
    let words = 1 + rng.whole(3);
    (0..words).map(|_| word(&mut rng)).collect::<Vec<_>>().join(" ")
}

fn word(rng: &mut SeededRng) -> String {
    let vowels = if rng.happens(0.5) { 0.7 } else { 0.15 };
    let mut word = String::new();
    for _ in 0..2 + rng.whole(4) {
        word.push(char::from(rng.one(CONSONANTS)));
        if rng.happens(vowels) {
            word.push(char::from(rng.one(VOWELS)));
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_always_the_same_nonsense_and_hardly_two_are_alike() {
        let said: Vec<String> = (0..40).map(nonsense).collect();
        assert_eq!(said, (0..40).map(nonsense).collect::<Vec<_>>());
        let different: std::collections::HashSet<_> = said.iter().collect();
        assert!(different.len() > 38 && said.iter().all(|words| words.len() >= 2));
    }
}
