//! Words that mean nothing.

use super::Chance;

const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxz";
const VOWELS: &[u8] = b"aeiouy";

/// The nonsense of this number: one to three words, some of them pronounceable. The same number is the same
/// nonsense.
pub(crate) fn nonsense(number: u32) -> String {
    let mut chance = Chance::new(u64::from(number) | 1 << 40);
    let words = 1 + chance.whole(3);
    (0..words).map(|_| word(&mut chance)).collect::<Vec<_>>().join(" ")
}

fn word(chance: &mut Chance) -> String {
    let vowels = if chance.happens(0.5) { 0.7 } else { 0.15 };
    let mut word = String::new();
    for _ in 0..2 + chance.whole(4) {
        word.push(char::from(chance.one(CONSONANTS)));
        if chance.happens(vowels) {
            word.push(char::from(chance.one(VOWELS)));
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
