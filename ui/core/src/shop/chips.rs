//! How typed words were understood, as chips that a shopper can take back one by one.

use knytt_engine::{ParsedQuery, SearchSession};
use knytt_ui_api::{Chip, Condition, Problem, SearchRequest, Understood};

use crate::problem::of_engine;

/// The longest negation, in letters.
const LONGEST_NEGATION: usize = 32;

/// Parses the words of `request`; none if there are none.
///
/// # Errors
/// The catalogue cannot be read.
pub fn read(session: &SearchSession, request: &SearchRequest) -> Result<Option<ParsedQuery>, Problem> {
    let words = request.words.trim();
    if words.is_empty() {
        return Ok(None);
    }
    let parsed = session.parse_words(words).map_err(of_engine)?;
    Ok(Some(parsed).filter(|parsed| !parsed.is_empty()))
}

/// The parsed words, for a screen.
///
/// # Errors
/// The catalogue cannot be read.
pub fn understood(
    session: &SearchSession,
    request: &SearchRequest,
    parsed: Option<&ParsedQuery>,
) -> Result<Understood, Problem> {
    let typed = parsed.map_or(&[][..], |parsed| &parsed.negative);
    let added = request.without.iter().map(|words| words.trim()).filter(|words| !words.is_empty());
    let mut without: Vec<String> = typed.to_vec();
    without.extend(added.map(str::to_owned));
    without.dedup();
    let has_words = !without.is_empty() || parsed.is_some_and(|parsed| !parsed.positive.is_empty());
    let texts_only = has_words && !session.encoder().embeds_words();
    let Some(parsed) = parsed else {
        return Ok(Understood { without, texts_only, ..Understood::default() });
    };
    let mut chips: Vec<Chip> = parsed.chips.iter().map(Chip::from).collect();
    // "not striped" excludes the pattern and pushes away what looks like it: to the shopper that is one.
    let is_said = |words: &&String| {
        !chips.iter().any(|chip| {
            matches!(chip.condition, Condition::Lacks { .. }) && chip.said.eq_ignore_ascii_case(words)
        })
    };
    let unlike: Vec<String> = parsed.negative.iter().filter(is_said).cloned().collect();
    for words in unlike {
        let rest = without_exclusion(request.words.trim(), &words, |text| session.parse_words(text).ok());
        let said = words.clone();
        chips.extend(rest.map(|rest| Chip { said, rest, condition: Condition::Unlike { words } }));
    }
    Ok(Understood { words: parsed.positive.clone(), without, chips, texts_only })
}

/// `typed` without the exclusion of `words` and the negation before them: as much before them as can go
/// while all the rest is read as it was.
fn without_exclusion(typed: &str, words: &str, read: impl Fn(&str) -> Option<ParsedQuery>) -> Option<String> {
    let before = read(typed)?;
    let mut left = before.negative.clone();
    left.remove(left.iter().position(|other| other == words)?);
    let (start, end) = place(typed, words)?;
    let starts = typed[..start].char_indices().rev().take(LONGEST_NEGATION).map(|(at, _)| at);
    let without = |at: usize| format!("{} {}", typed[..at].trim_end(), typed[end..].trim_start());
    let same = |text: &str| {
        read(text).is_some_and(|now| {
            let conditions = |parsed: &ParsedQuery| parsed.filter();
            now.positive == before.positive && now.negative == left && conditions(&now) == conditions(&before)
        })
    };
    let found = starts.filter(|at| same(&without(*at))).last()?;
    Some(without(found).trim().trim_end_matches([',', '，']).trim_end().to_owned())
}

/// Where `words` stand last in `typed`, whatever their case.
fn place(typed: &str, words: &str) -> Option<(usize, usize)> {
    let lower = typed.to_lowercase();
    // Some letters change their length with their case; then there is no telling where they stand.
    let (text, words) =
        if lower.len() == typed.len() { (lower, words.to_lowercase()) } else { (typed.into(), words.into()) };
    text.rfind(&words).map(|start| (start, start + words.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exclusion_goes_with_its_negation_and_leaves_the_rest() {
        let read = |text: &str| Some(ParsedQuery::parse(text, |_| true));
        for (typed, words, rest) in [
            ("dress not silk", "silk", "dress"),
            ("dress, not silk under 50", "silk", "dress under 50"),
            ("Kleid ohne Ärmel", "Ärmel", "Kleid"),
            ("bag without straps or zips", "zips", "bag without straps"),
        ] {
            assert_eq!(without_exclusion(typed, words, read).as_deref(), Some(rest), "{typed}");
        }
        assert_eq!(without_exclusion("dress", "silk", read), None);
    }
}
