//! The terms that a word may mean: itself, words that begin with it while it is being typed, and words of
//! nearly the same letters if there is no such word.

use heed::RoTxn;
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use std::sync::LazyLock;

use super::postings::{after, term_of};
use crate::Result;
use crate::schema::Databases;

/// More would make a search of them all.
const MOST: usize = 24;

/// What a word that only begins like the asked one counts, and one with one or two other letters.
const BEGINS: f32 = 0.7;
const NEARLY: [f32; 3] = [1.0, 0.6, 0.4];

/// A term that an asked word may mean.
pub(super) struct Expansion {
    pub(super) term: String,
    /// 1 for the word itself, above 0.
    pub(super) likeness: f32,
}

/// Terms of the catalogue that `asked` may mean, itself first.
pub(super) fn expand(
    db: &Databases<'static>,
    txn: &RoTxn<'_>,
    asked: &str,
    unfinished: bool,
) -> Result<Vec<Expansion>> {
    let mut found = Vec::new();
    if exists(db, txn, asked)? {
        found.push(Expansion { term: asked.into(), likeness: 1.0 });
    }
    if unfinished && asked.chars().count() >= 2 {
        found.extend(beginning_with(db, txn, asked)?);
    }
    if found.is_empty() {
        found = nearly(db, txn, asked)?;
    }
    Ok(found)
}

fn exists(db: &Databases<'static>, txn: &RoTxn<'_>, term: &str) -> Result<bool> {
    let prefix = [term.as_bytes(), b"\0"].concat();
    Ok(db.words.prefix_iter(txn, &prefix)?.next().transpose()?.is_some())
}

fn beginning_with(db: &Databases<'static>, txn: &RoTxn<'_>, asked: &str) -> Result<Vec<Expansion>> {
    let mut found = Vec::new();
    let mut from = after(asked);
    while found.len() < MOST
        && let Some((key, _)) = db.words.get_greater_than_or_equal_to(txn, &from)?
    {
        let Some(term) = term_of(key).filter(|term| term.starts_with(asked)) else { break };
        found.push(Expansion { term: term.into(), likeness: BEGINS });
        from = after(term);
    }
    Ok(found)
}

/// Builds automata for one and two edits, where two neighbouring letters that changed places are one.
static EDITS: LazyLock<[LevenshteinAutomatonBuilder; 2]> =
    LazyLock::new(|| [1, 2].map(|edits| LevenshteinAutomatonBuilder::new(edits, true)));

/// A long word may be misspelt twice, a short one not at all: "hat" is not "cat".
fn nearly(db: &Databases<'static>, txn: &RoTxn<'_>, asked: &str) -> Result<Vec<Expansion>> {
    let letters = asked.chars().count();
    let builder = match letters {
        _ if asked.bytes().any(|b| b.is_ascii_digit()) => return Ok(Vec::new()),
        ..4 => return Ok(Vec::new()),
        4..8 => &EDITS[0],
        _ => &EDITS[1],
    };
    let automaton = builder.build_dfa(asked);
    let mut found = Vec::new();
    // No term begins with less; LMDB takes no empty key.
    let mut from = vec![1];
    while found.len() < MOST
        && let Some((key, _)) = db.words.get_greater_than_or_equal_to(txn, &from)?
    {
        let Some(term) = term_of(key) else { break };
        match walk(&automaton, term.as_bytes()) {
            Ok(Distance::Exact(edits)) => {
                found.push(Expansion { term: term.into(), likeness: NEARLY[usize::from(edits).min(2)] });
                from = after(term);
            }
            Ok(Distance::AtLeast(_)) => from = after(term),
            // Every term that begins like this is too far away.
            Err(dead) => from = successor(&term.as_bytes()[..=dead]),
        }
    }
    Ok(found)
}

/// How far away a term is, or the byte at which it cannot come nearer any more.
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
