//! The terms that a query word may mean: the word itself, longer words if it is unfinished, and similarly spelt
//! words if the catalogue has neither.

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use std::sync::LazyLock;

use super::postings::{after, term_of};
use crate::error::Result;
use crate::store::view::View;

/// Terms per word at most, which bounds the cost of a query.
const MOST: usize = 24;

/// The weight of a longer word that begins with the query word, and of words at 0, 1 and 2 edits.
const BEGINS: f32 = 0.7;
const NEARLY: [f32; 3] = [1.0, 0.6, 0.4];

/// A term that a query word may mean.
pub(super) struct Expansion {
    pub(super) term: String,
    /// The weight of the term: 1 for the word itself, above 0 for others.
    pub(super) likeness: f32,
}

/// Terms of the catalogue that the query word `asked` may mean, beginning with itself.
pub(super) fn expand(view: View<'_>, asked: &str, unfinished: bool) -> Result<Vec<Expansion>> {
    let mut found = Vec::new();
    if exists(view, asked)? {
        found.push(Expansion { term: asked.into(), likeness: 1.0 });
    }
    if unfinished && asked.chars().count() >= 2 {
        found.extend(beginning_with(view, asked)?);
    }
    if found.is_empty() {
        found = nearly(view, asked)?;
    }
    Ok(found)
}

fn exists(view: View<'_>, term: &str) -> Result<bool> {
    let prefix = [term.as_bytes(), b"\0"].concat();
    Ok(view.db.words.prefix_iter(view.txn, &prefix)?.next().transpose()?.is_some())
}

fn beginning_with(view: View<'_>, asked: &str) -> Result<Vec<Expansion>> {
    let mut found = Vec::new();
    let mut from = after(asked);
    while found.len() < MOST
        && let Some((key, _)) = view.db.words.get_greater_than_or_equal_to(view.txn, &from)?
    {
        let Some(term) = term_of(key).filter(|term| term.starts_with(asked)) else { break };
        found.push(Expansion { term: term.into(), likeness: BEGINS });
        from = after(term);
    }
    Ok(found)
}

/// Builders of Levenshtein automata for one and two edits. A swap of two neighbouring letters is one edit.
static EDITS: LazyLock<[LevenshteinAutomatonBuilder; 2]> =
    LazyLock::new(|| [1, 2].map(|edits| LevenshteinAutomatonBuilder::new(edits, true)));

/// Similarly spelt terms. A word of eight or more letters may have two edits, one of four or more may have one, a
/// shorter one none: "hat" does not mean "cat".
fn nearly(view: View<'_>, asked: &str) -> Result<Vec<Expansion>> {
    let letters = asked.chars().count();
    let builder = match letters {
        _ if asked.bytes().any(|b| b.is_ascii_digit()) => return Ok(Vec::new()),
        ..4 => return Ok(Vec::new()),
        4..8 => &EDITS[0],
        _ => &EDITS[1],
    };
    let automaton = builder.build_dfa(asked);
    let mut found = Vec::new();
    // The smallest possible key, since LMDB takes no empty key.
    let mut from = vec![1];
    while found.len() < MOST
        && let Some((key, _)) = view.db.words.get_greater_than_or_equal_to(view.txn, &from)?
    {
        let Some(term) = term_of(key) else { break };
        match walk(&automaton, term.as_bytes()) {
            Ok(Distance::Exact(edits)) => {
                found.push(Expansion { term: term.into(), likeness: NEARLY[usize::from(edits).min(2)] });
                from = after(term);
            }
            Ok(Distance::AtLeast(_)) => from = after(term),
            // All terms with this prefix are too far away.
            Err(dead) => from = successor(&term.as_bytes()[..=dead]),
        }
    }
    Ok(found)
}

/// The distance of a term, or the position of the byte from which on no continuation can be near enough.
fn walk(automaton: &DFA, term: &[u8]) -> std::result::Result<Distance, usize> {
    let mut state = automaton.initial_state();
    for (at, byte) in term.iter().enumerate() {
        state = automaton.transition(state, *byte);
        if state == SINK_STATE {
            return Err(at);
        }
    }
    Ok(automaton.distance(state))
}

/// The first key after all that begin with `prefix`.
fn successor(prefix: &[u8]) -> Vec<u8> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if last < u8::MAX {
            next.push(last + 1);
            return next;
        }
    }
    // No term begins with this byte, since terms are UTF-8.
    vec![u8::MAX]
}
