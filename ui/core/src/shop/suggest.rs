//! What somebody may be about to type.

use knytt_engine::{Field, Filter, ListRules, SearchSession};
use knytt_ui_api::{Card, FacetValue, Problem, SearchRequest, Verdict};

use super::measure::clipped;
use super::person::Person;
use super::picture::QueryPicture;
use super::search::answer;
use crate::problem::of_engine;

/// Completions of what was typed so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suggestions {
    /// Categories with a word that begins like it, the largest first.
    pub categories: Vec<FacetValue>,
    /// Brands with a word that begins like it, the largest first.
    pub brands: Vec<FacetValue>,
    /// Products that match it, best first.
    pub products: Vec<Card>,
}

/// At most `most` of each kind. Nothing typed has no suggestions.
///
/// # Errors
/// The catalogue or the model fails.
pub fn suggest(
    session: &SearchSession,
    typed: &str,
    most: usize,
    person: &Person,
) -> Result<Suggestions, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Suggestions::default());
    }
    let limit = u32::try_from(most).unwrap_or(u32::MAX);
    let request = SearchRequest {
        words: typed.into(),
        typing: true,
        alpha: 0.5,
        limit,
        language: person.language.clone(),
        ..SearchRequest::default()
    };
    let response = answer(session, &request, QueryPicture::default(), person)?;
    // What only comes nearest is no completion.
    let fits = response.verdict == Verdict::Found;
    let products = response.hits.into_iter().filter(|_| fits).map(|hit| hit.card).collect();
    let values = |field| values(session, &field, typed, most, person);
    Ok(Suggestions { categories: values(Field::Category)?, brands: values(Field::Brand)?, products })
}

fn values(
    session: &SearchSession,
    field: &Field,
    typed: &str,
    most: usize,
    person: &Person,
) -> Result<Vec<FacetValue>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let rules = session.rules(&snapshot).map_err(of_engine)?;
    let obeyed = ListRules { rules: rules.as_deref(), language: person.language.as_deref() };
    let shown = snapshot.shown_under(obeyed, &Filter::default()).map_err(of_engine)?;
    let counts = snapshot.facet_counts(field, &shown).map_err(of_engine)?;
    let begins = counts.into_iter().filter(|(value, _)| begins(value, typed));
    Ok(begins.take(most).map(|(value, count)| FacetValue { value, count: clipped(count) }).collect())
}

/// Whether `value`, or one of its later words, begins with what was typed, whatever the case.
fn begins(value: &str, typed: &str) -> bool {
    let (value, typed) = (value.to_lowercase(), typed.to_lowercase());
    let mut starts = value.char_indices().scan(false, |in_word, (at, letter)| {
        let is_start = letter.is_alphanumeric() && !*in_word;
        *in_word = letter.is_alphanumeric();
        Some((at, is_start))
    });
    starts.any(|(at, is_start)| is_start && value[at..].starts_with(&typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_completed_from_the_start_of_any_of_its_words() {
        for typed in ["t", "T-sh", "shirt", "shirts & t"] {
            assert!(begins("T-Shirts & Tops", typed), "{typed}");
        }
        for typed in ["hirts", "ops", "t-shirts & tops and"] {
            assert!(!begins("T-Shirts & Tops", typed), "{typed}");
        }
        assert!(begins("Ärmellos", "ärm"));
    }
}
