//! What is known of products only beside each other: which show the same picture, and of what kind those are
//! of which the feed does not say.

use knytt_models::Embedding;
use serde::Serialize;

use crate::look::{Kinds, NEIGHBOURS, Neighbour, Seen, category_of_neighbours, twins};
use crate::{Catalog, Filter, Guess, Product, Result, Snapshot, Strategy, VectorQuery};

/// With more products, their embeddings take too much memory to be compared at once.
const MOST: u64 = 200_000;

/// What [`Catalog::review`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reviewed {
    /// Products of which the category is a guess.
    pub guessed: u64,
    /// Products whose picture is nearly that of an earlier one.
    pub twins: u64,
    /// Products with something wrong with their picture.
    pub flawed: u64,
}

impl Catalog {
    /// Looks at all products side by side and keeps what it finds in their [looks](Product::look). Only
    /// products of which something else is found than before are written. A catalogue of more than
    /// 200,000 products is left as it is.
    ///
    /// The kind of a product of which the feed says none is that of most of those that are like it; in a
    /// catalogue where the feed never says one, that of `kinds` which the model sees.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn review(&self, kinds: Option<&Kinds>) -> Result<Reviewed> {
        let snapshot = self.read()?;
        if snapshot.len()? > MOST {
            return Ok(Reviewed::default());
        }
        let products = snapshot.products()?.collect::<Result<Vec<Product>>>()?;
        let twins = twins_of(&snapshot, &products)?;
        let has_kinds = products.iter().any(|product| !product.category.trim().is_empty());
        let mut reviewed = Reviewed::default();
        let mut changed = Vec::new();
        for (product, twin_of) in products.into_iter().zip(twins) {
            let mut look = product.look.clone();
            look.category = match product.category.trim() {
                "" if has_kinds => kind_of(&snapshot, &product.id)?,
                "" => seen_kind(&snapshot, &product.id, kinds)?,
                _ => None,
            };
            look.twin_of = twin_of;
            reviewed.guessed += u64::from(look.category.is_some());
            reviewed.twins += u64::from(look.twin_of.is_some());
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

/// For each product the id of the first one with nearly the same picture, in the order of their ids, so that
/// it does not depend on when they came.
fn twins_of(snapshot: &Snapshot, products: &[Product]) -> Result<Vec<Option<String>>> {
    let mut hashed: Vec<usize> = (0..products.len()).filter(|&at| products[at].look.hash.is_some()).collect();
    hashed.sort_by(|&a, &b| products[a].id.cmp(&products[b].id));
    let embeddings: Vec<Option<Embedding>> =
        hashed.iter().map(|&at| snapshot.vector(&products[at].id)).collect::<Result<_>>()?;
    let known: Vec<(usize, Seen<'_>)> = hashed
        .iter()
        .zip(&embeddings)
        .filter_map(|(&at, embedding)| {
            Some((at, Seen { hash: products[at].look.hash?, embedding: embedding.as_ref()? }))
        })
        .collect();
    let seen: Vec<Seen<'_>> = known.iter().map(|(_, seen)| *seen).collect();
    let mut found = vec![None; products.len()];
    for ((at, _), twin) in known.iter().zip(twins(&seen)) {
        found[*at] = twin.map(|twin| products[known[twin].0].id.clone());
    }
    Ok(found)
}

fn seen_kind(snapshot: &Snapshot, id: &str, kinds: Option<&Kinds>) -> Result<Option<Guess>> {
    let (Some(kinds), Some(embedding)) = (kinds, snapshot.vector(id)?) else { return Ok(None) };
    kinds.guess(&embedding)
}

/// What most of the nearest products are of which the feed says it.
fn kind_of(snapshot: &Snapshot, id: &str) -> Result<Option<Guess>> {
    let Some(embedding) = snapshot.vector(id)? else { return Ok(None) };
    let query = VectorQuery {
        embedding: &embedding,
        filter: &Filter::default(),
        k: 4 * NEIGHBOURS,
        strategy: Strategy::Auto,
        except: Some(id),
    };
    let near = snapshot.search(&query)?.products;
    let said = near.iter().filter(|near| !near.product.category.trim().is_empty());
    let neighbours: Vec<Neighbour<'_>> =
        said.map(|near| Neighbour { category: &near.product.category, cosine: near.score }).collect();
    Ok(category_of_neighbours(&neighbours))
}
