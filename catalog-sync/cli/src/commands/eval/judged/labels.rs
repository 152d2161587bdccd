//! Labelled pictures as judged queries.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use knytt_engine::Catalog;

use super::super::EvalArgs;
use super::super::labelled;
use super::set::{JudgedQuery, Picture, Relevance};
use crate::source::field;

/// A query for each row with a label that counts: right is what has the same label.
///
/// # Errors
/// No feed, or no label on either side.
pub fn queries(args: &EvalArgs, catalog: &Catalog) -> Result<Vec<JudgedQuery>> {
    let ignored: BTreeSet<&str> = args.ignore.iter().map(String::as_str).collect();
    let feed = labelled::feed(args)?;
    let (counts, labels) = labels_of(catalog, &args.label, &ignored)?;
    let mut queries = Vec::new();
    for row in labelled::queries(args, &feed, &ignored)? {
        let Ok(item) = feed.item(&row) else { continue };
        let value = row.get(&args.label).unwrap_or_default().trim().to_owned();
        // A query never finds itself, so it does not count itself.
        let own = usize::from(labels.get(&item.product.id) == Some(&value));
        let count = counts.get(&value).copied().unwrap_or(0) - own;
        queries.push(JudgedQuery {
            kind: value.clone(),
            picture: Some(Picture::At(item.picture)),
            relevance: Relevance::Labelled { column: args.label.clone(), value, count },
            ..JudgedQuery::default()
        });
    }
    Ok(queries)
}

type Labels = (BTreeMap<String, usize>, BTreeMap<String, String>);

/// How many products have each label, and each product's.
fn labels_of(catalog: &Catalog, column: &str, ignored: &BTreeSet<&str>) -> Result<Labels> {
    let (mut counts, mut labels) = (BTreeMap::new(), BTreeMap::new());
    for product in catalog.read()?.products()? {
        let product = product?;
        if let Some(value) = field(&product, column).filter(|value| !ignored.contains(value.as_str())) {
            *counts.entry(value.clone()).or_insert(0) += 1;
            labels.insert(product.id, value);
        }
    }
    Ok((counts, labels))
}
