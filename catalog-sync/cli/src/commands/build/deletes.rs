//! What a build would delete, before it does anything: a source that lost much of what the catalogue has, or that
//! is of another kind than before, is hardly what somebody meant.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::Result;
use knytt_engine::{Catalog, Origin};
use serde::Serialize;

use crate::args::BuildArgs;
use crate::failure::Failure;
use crate::output::{self, counted, number};
use crate::source::{Source, explain as explain_source};

/// A build that deletes more than one product of so many asks first.
const MOST_OF: usize = 5;

/// So few may go from however small a catalogue, unless they are all of it.
const FEW: usize = 2;

/// Products that are named of those that would go.
const NAMED: usize = 5;

/// A build that stopped before it deleted anything; the JSON of `knytt build --json` then.
#[derive(Debug, Serialize)]
pub struct Refused {
    /// Always `would-delete`.
    refused: &'static str,
    would_delete: usize,
    products: usize,
    /// The first of them.
    first: Vec<String>,
    /// What kind of source the catalogue is from, and what kind this one is, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    kinds: Option<[String; 2]>,
    catalog: String,
}

/// # Errors
/// Too much would be deleted, and `--allow-deletes` was not said; or the source cannot be read.
pub fn check(args: &BuildArgs, source: &Source, catalog: &Catalog, note: &Origin) -> Result<()> {
    let known: Vec<String> = {
        let snapshot = catalog.read()?;
        snapshot.sources()?.into_iter().map(|(source, _)| source).collect()
    };
    if known.is_empty() || args.allow_deletes {
        return Ok(());
    }
    let mut here: HashSet<u64> = HashSet::new();
    for entry in source.entries().map_err(explain_source)? {
        if let Ok(item) = entry.map_err(explain_source)? {
            here.insert(hash(&item.product.id));
        }
    }
    let gone: Vec<&String> = known.iter().filter(|id| !here.contains(&hash(id))).collect();
    let kind = source.kind().as_str();
    let kinds = note.kind.clone().filter(|before| before != kind).map(|before| [before, kind.to_owned()]);
    if gone.is_empty() || (kinds.is_none() && !is_too_many(gone.len(), known.len())) {
        return Ok(());
    }
    refuse(args, &gone, known.len(), kinds)
}

/// # Errors
/// Too much of the source could not be used this time; `gone` is what would be deleted for that.
pub fn check_used(args: &BuildArgs, gone: &[String], products: usize) -> Result<()> {
    if args.allow_deletes || !is_too_many(gone.len(), products) {
        return Ok(());
    }
    refuse(args, &gone.iter().collect::<Vec<_>>(), products, None)
}

fn is_too_many(gone: usize, products: usize) -> bool {
    gone * MOST_OF > products && (gone > FEW || gone == products)
}

fn refuse(args: &BuildArgs, gone: &[&String], products: usize, kinds: Option<[String; 2]>) -> Result<()> {
    let catalog = args.catalog.display().to_string();
    let first: Vec<String> = gone.iter().take(NAMED).map(|id| (*id).clone()).collect();
    let named = first.iter().map(|id| output::plain(id)).collect::<Vec<_>>().join(", ");
    let more = if gone.len() > NAMED { ", …" } else { "" };
    let changed = kinds
        .as_ref()
        .map_or_else(String::new, |[before, now]| format!(": it is from {before}, and this source is {now}"));
    let message = format!(
        "this build would delete {} of {} in {catalog}{changed} ({named}{more})",
        number(gone.len() as u64),
        counted(products as u64, "product"),
    );
    if args.json {
        let would_delete = gone.len();
        output::json(&Refused { refused: "would-delete", would_delete, products, first, kinds, catalog })?;
    }
    Err(Failure::new(message).hint("nothing was deleted; say --allow-deletes if that is meant").into())
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::is_too_many;

    #[test]
    fn a_fifth_may_go_and_two_of_a_small_catalogue_but_never_all() {
        assert!(!is_too_many(0, 0) && !is_too_many(1, 4) && !is_too_many(2, 3) && !is_too_many(20, 100));
        assert!(is_too_many(1, 1) && is_too_many(2, 2) && is_too_many(3, 4) && is_too_many(21, 100));
    }
}
