//! Splits texts into words and folds them for comparison: without case, accents, and the Arabic article's
//! letters' variants.

use std::ops::Range;

/// A word of a text, as it is compared, and its bytes there.
pub(super) struct FoldedWord {
    pub range: Range<usize>,
    pub folded: String,
}

/// The words of a text. Chinese is written without spaces, so each of its characters is a word.
pub(super) fn folded_words(text: &str) -> Vec<FoldedWord> {
    let mut folded_words: Vec<FoldedWord> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if is_han(c) {
            folded_words.push(FoldedWord { range: at..end, folded: c.to_string() });
            open = false;
        } else if c.is_alphanumeric() || is_mark(c) {
            match folded_words.last_mut().filter(|_| open) {
                Some(word) => word.range.end = end,
                None => folded_words.push(FoldedWord { range: at..end, folded: String::new() }),
            }
            let word = folded_words.last_mut();
            word.into_iter().for_each(|word| c.to_lowercase().for_each(|c| fold(c, &mut word.folded)));
            open = true;
        } else {
            open = false;
        }
    }
    folded_words
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Accents that follow their letter, Latin and Arabic.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

fn fold(c: char, into: &mut String) {
    into.push(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'ß' => return into.push_str("ss"),
        'œ' => return into.push_str("oe"),
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        // A stroke that makes Arabic words longer on the page.
        '\u{640}' => return,
        mark if is_mark(mark) => return,
        other => other,
    });
}
