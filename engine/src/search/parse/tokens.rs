//! The words of a query with their places in it.

use std::ops::Range;

/// A word of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Lower case.
    pub(super) word: String,
    /// Bytes of the query.
    pub(super) range: Range<usize>,
}

/// Signs that are tokens: comparisons and currencies.
const SIGNS: &[char] = &['<', '>', '≤', '≥', '€', '$', '£', '¥', '￥'];

/// Chinese numbers.
const NUMERALS: &str = "零一二三四五六七八九十百千两";

/// Characters that separate words.
fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            ',' | ';' | '，' | '、' | '；' | '،' | '؛' | '!' | '?' | '？' | '！' | '。' | '(' | ')'
        )
}

/// Splits a text into words, numbers and signs, in order. `set_apart`: words of languages written without
/// spaces, which are found inside longer tokens.
pub(super) fn tokens(text: &str, set_apart: &[&str]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        // A comma or a point between digits belongs to a number.
        let inside = is_decimal(text, at, c);
        let ends = (is_gap(c) && !inside) || SIGNS.contains(&c);
        if let Some(from) = start.filter(|_| ends) {
            split(text, from..at, set_apart, &mut tokens);
            start = None;
        }
        if SIGNS.contains(&c) {
            tokens.push(token(text, at..at + c.len_utf8()));
        } else if !ends && start.is_none() {
            start = Some(at);
        }
    }
    tokens
}

fn is_decimal(text: &str, at: usize, c: char) -> bool {
    let digit = |c: Option<char>| c.is_some_and(char::is_numeric);
    c == ',' && digit(text[..at].chars().next_back()) && digit(text[at + 1..].chars().next())
}

fn token(text: &str, range: Range<usize>) -> Token {
    Token { word: text[range.clone()].to_lowercase(), range }
}

/// Splits off words without spaces around them, and numbers from the letters that follow them: `50元以下` gives
/// `50`, `元`, `以下`; `50euros` gives `50`, `euros`. Western sizes (`3xl`) stay whole.
fn split(text: &str, range: Range<usize>, set_apart: &[&str], tokens: &mut Vec<Token>) {
    let range = range.start..range.start + text[range].trim_end_matches('.').len();
    let part = &text[range.clone()];
    let found = set_apart.iter().filter_map(|word| Some((part.find(word)?, word.len())));
    // The first one, and of those that begin there the longest.
    if let Some((at, length)) = found.min_by_key(|&(at, length)| (at, usize::MAX - length)) {
        let (from, to) = (range.start + at, range.start + at + length);
        if from > range.start {
            split(text, range.start..from, &[], tokens);
        }
        tokens.push(token(text, from..to));
        if to < range.end {
            split(text, to..range.end, set_apart, tokens);
        }
        return;
    }
    // Numerals written without a space before what they count.
    let numerals = part.find(|c: char| !NUMERALS.contains(c)).unwrap_or(part.len());
    if numerals > 0 && numerals < part.len() {
        tokens.push(token(text, range.start..range.start + numerals));
        tokens.push(token(text, range.start + numerals..range.end));
        return;
    }
    let digits = part.find(|c: char| !c.is_numeric() && c != '.' && c != ',').unwrap_or(part.len());
    let unit = &part[digits..];
    if digits > 0
        && ["eur", "usd", "gbp", "dollar", "pound", "pfund", "livre"]
            .iter()
            .any(|u| unit.to_lowercase().starts_with(u))
    {
        tokens.push(token(text, range.start..range.start + digits));
        tokens.push(token(text, range.start + digits..range.end));
        return;
    }
    if !part.is_empty() {
        tokens.push(token(text, range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text, &["以下", "元", "不要"]).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn words_numbers_and_signs_stand_apart() {
        assert_eq!(words("Red dress, under 49,90€!"), ["red", "dress", "under", "49,90", "€"]);
        assert_eq!(words("<50"), ["<", "50"]);
        assert_eq!(words("size 3XL 50euros."), ["size", "3xl", "50", "euros"]);
        assert_eq!(words("50元以下裙子不要条纹"), ["50", "元", "以下", "裙子", "不要", "条纹"]);
        assert!(words(" , ").is_empty());
    }

    #[test]
    fn each_word_knows_its_place() {
        let text = "Été: größe M";
        for token in tokens(text, &[]) {
            assert_eq!(text[token.range.clone()].to_lowercase(), token.word);
        }
    }
}
