//! A table of phrases with their meanings, and the search for them in a text.

use std::collections::HashMap;
use std::ops::Range;

use super::fold::{FoldedWord, folded_words};

/// The article that Arabic writes onto its word.
const ARABIC_ARTICLE: &str = "ال";

/// Endings of a German adjective.
const GERMAN_ENDINGS: [&str; 6] = ["", "e", "er", "es", "en", "em"];

/// Phrases and what each means.
pub(super) struct PhraseTable<T> {
    /// By the words of a phrase without spaces: "light blue" and "lightblue" are one.
    meanings: HashMap<String, Meaning<T>>,
    /// Words of the longest phrase.
    longest: usize,
}

struct Meaning<T> {
    value: T,
    /// Words of its phrase; the same letters in more words are something else.
    words: usize,
}

impl<T: Copy> PhraseTable<T> {
    /// From phrases between commas. `roj/o/a` is short for "rojo" and "roja", `rot~` for "rot" with the
    /// endings of a German adjective. A phrase that stands twice keeps its first meaning.
    pub(super) fn new(entries: &[(T, &str)]) -> Self {
        let mut phrase_table = Self { meanings: HashMap::new(), longest: 0 };
        for (value, phrases) in entries {
            for phrase in phrases.split(',').flat_map(|phrase| written_out(phrase.trim())) {
                let words = folded_words(&phrase);
                phrase_table.longest = phrase_table.longest.max(words.len());
                let meaning = Meaning { value: *value, words: words.len() };
                phrase_table.meanings.entry(joined(&words)).or_insert(meaning);
            }
        }
        phrase_table
    }

    /// The meanings of the phrases in a text, each with its bytes: from the left, the longest first.
    pub(super) fn find_in(&self, text: &str) -> Vec<(Range<usize>, T)> {
        let words = folded_words(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = self.longest.min(words.len() - at);
            let phrase = (1..=longest).rev().find_map(|count| {
                let phrase = &words[at..at + count];
                is_one_phrase(text, phrase)
                    .then(|| self.meaning(phrase))
                    .flatten()
                    .map(|value| (count, value))
            });
            match phrase {
                Some((count, value)) => {
                    found.push((words[at].range.start..words[at + count - 1].range.end, value));
                    at += count;
                }
                None => at += 1,
            }
        }
        found
    }

    /// What a phrase means as a whole, or else the first part of it that means something.
    pub(super) fn understood(&self, phrase: &str) -> Option<T> {
        self.meaning(&folded_words(phrase)).or_else(|| self.find_in(phrase).first().map(|(_, value)| *value))
    }

    fn meaning(&self, words: &[FoldedWord]) -> Option<T> {
        let joined = joined(words);
        let bare = joined.strip_prefix(ARABIC_ARTICLE);
        let meaning = self.meanings.get(&joined).or_else(|| self.meanings.get(bare?))?;
        (words.len() <= meaning.words).then_some(meaning.value)
    }
}

fn joined(words: &[FoldedWord]) -> String {
    words.iter().map(|word| word.folded.as_str()).collect()
}

/// Whether only spaces and hyphens stand between the words.
fn is_one_phrase(text: &str, words: &[FoldedWord]) -> bool {
    words.windows(2).all(|pair| {
        let between = &text[pair[0].range.end..pair[1].range.start];
        between.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '_' | '‐' | '\u{ad}'))
    })
}

fn written_out(phrase: &str) -> Vec<String> {
    if let Some(stem) = phrase.strip_suffix('~') {
        return GERMAN_ENDINGS.iter().map(|ending| format!("{stem}{ending}")).collect();
    }
    match phrase.split_once('/') {
        Some((stem, endings)) => endings.split('/').map(|ending| format!("{stem}{ending}")).collect(),
        None => vec![phrase.to_owned()],
    }
}
