//! Reviews products in comparison with each other: finds near-duplicate pictures, and guesses missing categories.

use std::collections::BTreeSet;

use knytt_models::Embedding;
use serde::Serialize;

use crate::catalog::Catalog;
use crate::catalog::snapshot::{Snapshot, VectorQuery};
use crate::error::Result;
use crate::index::Strategy;
use crate::look::Guess;
use crate::look::category::{CategoryPrompts, NEIGHBOURS, Neighbour, category_of_neighbours};
use crate::look::near_duplicates::{HashedPicture, near_duplicates};
use crate::product::Product;
use crate::product::filter::Filter;

/// The most products that a review compares: the embeddings of all are in memory.
const MOST: u64 = 200_000;

/// The result of [`Catalog::review`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reviewed {
    /// Products with a guessed category.
    pub guessed: u64,
    /// Products whose picture is a near-duplicate of an earlier product's picture.
    #[serde(rename = "twins")]
    pub near_duplicates: u64,
    /// Products with a flawed picture.
    pub flawed: u64,
}

impl Catalog {
    /// Compares all products and stores the findings in their [looks](Product::look). It writes only products whose
    /// findings change. It leaves a catalogue of more than 200,000 products as it is.
    ///
    /// A product without a category gets the most frequent category among its nearest neighbours, if enough of those
    /// have one and agree, and if the catalogue has more than one. If no product of
    /// the feed has a category, it gets the one of `kinds` that the model sees on its picture.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn review(&self, kinds: Option<&CategoryPrompts>) -> Result<Reviewed> {
        let snapshot = self.read()?;
        if snapshot.len()? > MOST {
            return Ok(Reviewed::default());
        }
        let products = snapshot.products()?.collect::<Result<Vec<Product>>>()?;
        let near_duplicates = near_duplicates_of(&snapshot, &products)?;
        let kinds_named: BTreeSet<&str> =
            products.iter().map(|product| product.category.trim()).filter(|kind| !kind.is_empty()).collect();
        // Where there is one kind only, everything would be of it.
        let (has_kinds, may_vote) = (!kinds_named.is_empty(), kinds_named.len() > 1);
        let mut reviewed = Reviewed::default();
        let mut changed = Vec::new();
        for (product, near_duplicate_of) in products.into_iter().zip(near_duplicates) {
            let mut look = product.look.clone();
            look.category = match product.category.trim() {
                "" if may_vote => kind_of(&snapshot, &product.id)?,
                "" if has_kinds => None,
                "" => seen_kind(&snapshot, &product.id, kinds)?,
                _ => None,
            };
            look.near_duplicate_of = near_duplicate_of;
            reviewed.guessed += u64::from(look.category.is_some());
            reviewed.near_duplicates += u64::from(look.near_duplicate_of.is_some());
            reviewed.flawed += u64::from(!look.flaws.is_empty());
            if look != product.look {
                changed.push(Product { look, ..product });
            }
        }
        drop(snapshot);
        let mut writer = self.write();
        changed.iter().try_for_each(|product| writer.update(product))?;
        if !changed.is_empty() {
            writer.commit()?;
        }
        Ok(reviewed)
    }
}

/// For each product, the id of the first product (in the order of ids) with a near-duplicate picture. The order of
/// ids makes the result independent of the order of insertion.
fn near_duplicates_of(snapshot: &Snapshot, products: &[Product]) -> Result<Vec<Option<String>>> {
    let mut hashed: Vec<usize> = (0..products.len()).filter(|&at| products[at].look.hash.is_some()).collect();
    hashed.sort_by(|&a, &b| products[a].id.cmp(&products[b].id));
    let embeddings: Vec<Option<Embedding>> =
        hashed.iter().map(|&at| snapshot.vector(&products[at].id)).collect::<Result<_>>()?;
    let known: Vec<(usize, HashedPicture<'_>)> = hashed
        .iter()
        .zip(&embeddings)
        .filter_map(|(&at, embedding)| {
            Some((at, HashedPicture { hash: products[at].look.hash?, embedding: embedding.as_ref()? }))
        })
        .collect();
    let seen: Vec<HashedPicture<'_>> = known.iter().map(|(_, seen)| *seen).collect();
    let mut found = vec![None; products.len()];
    for ((at, _), first) in known.iter().zip(near_duplicates(&seen)) {
        found[*at] = first.map(|first| products[known[first].0].id.clone());
    }
    Ok(found)
}

fn seen_kind(snapshot: &Snapshot, id: &str, kinds: Option<&CategoryPrompts>) -> Result<Option<Guess>> {
    let (Some(kinds), Some(embedding)) = (kinds, snapshot.vector(id)?) else { return Ok(None) };
    kinds.guess(&embedding)
}

/// The most frequent category among the nearest products. Those without one from the feed do not vote, and take
/// no other's place: among many of them a few with one say little.
fn kind_of(snapshot: &Snapshot, id: &str) -> Result<Option<Guess>> {
    let Some(embedding) = snapshot.vector(id)? else { return Ok(None) };
    let query = VectorQuery {
        embedding: &embedding,
        filter: &Filter::default(),
        k: NEIGHBOURS,
        strategy: Strategy::Auto,
        except: Some(id),
    };
    let near = snapshot.search(&query)?.products;
    let labelled = near.iter().filter(|near| !near.product.category.trim().is_empty());
    let neighbours: Vec<Neighbour<'_>> =
        labelled.map(|near| Neighbour { category: &near.product.category, cosine: near.score }).collect();
    Ok(category_of_neighbours(&neighbours))
}
