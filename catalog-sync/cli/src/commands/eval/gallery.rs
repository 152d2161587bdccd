//! The labelled part of a catalogue, in memory.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use knytt_engine::Catalog;
use knytt_models::Embedding;
use rayon::prelude::*;

use crate::catalog::explain;
use crate::failure::Failure;
use crate::source::field;

/// Products that have a label, with their vectors.
pub struct Gallery {
    ids: Vec<String>,
    labels: Vec<String>,
    /// `[products, dimension]`, unit norm.
    vectors: Vec<f32>,
    dimension: usize,
}

impl Gallery {
    /// # Errors
    /// No product has such a label.
    pub fn read(catalog: &Catalog, label: &str, ignored: &BTreeSet<&str>) -> Result<Self> {
        let snapshot = catalog.read()?;
        let dimension = catalog.dimension();
        let mut gallery = Self { ids: Vec::new(), labels: Vec::new(), vectors: Vec::new(), dimension };
        for product in snapshot.products().map_err(explain)? {
            let product = product.map_err(explain)?;
            let value = field(&product, label).filter(|value| !ignored.contains(value.as_str()));
            let (Some(value), Some(vector)) = (value, snapshot.vector(&product.id)?) else { continue };
            gallery.ids.push(product.id);
            gallery.labels.push(value);
            gallery.vectors.extend_from_slice(vector.as_slice());
        }
        if gallery.ids.is_empty() {
            return Err(Failure::new(format!("no product of the catalogue has a {label}"))
                .hint(format!("its attributes: {}", snapshot.attributes()?.join(", ")))
                .into());
        }
        Ok(gallery)
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Products for each label.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for label in &self.labels {
            *counts.entry(label.clone()).or_insert(0) += 1;
        }
        counts
    }

    /// The whole gallery, nearest first, as right or wrong; the query's own product is left out.
    pub fn rank(&self, query: &Embedding, own: &str, label: &str) -> Vec<bool> {
        let query = query.as_slice();
        let score = |vector: &[f32]| vector.iter().zip(query).map(|(a, b)| a * b).sum::<f32>();
        let mut scored: Vec<(f32, usize)> = self
            .vectors
            .par_chunks(self.dimension)
            .enumerate()
            .map(|(at, vector)| (score(vector), at))
            .collect();
        scored.retain(|&(_, at)| self.ids[at] != own);
        // Ties in the catalogue's order, so that two runs agree.
        scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.iter().map(|&(_, at)| self.labels[at] == label).collect()
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn gallery() -> Gallery {
        Gallery {
            ids: ["a", "b", "c"].map(String::from).to_vec(),
            labels: ["hat", "shirt", "hat"].map(String::from).to_vec(),
            vectors: vec![0.0, 1.0, 1.0, 0.0, 0.6, 0.8],
            dimension: 2,
        }
    }

    #[test]
    fn the_nearest_comes_first_and_ones_own_product_never() {
        let query = Embedding::new(vec![0.0, 1.0], Fingerprint::of(&[])).unwrap();
        assert_eq!(gallery().rank(&query, "", "hat"), [true, true, false]);
        assert_eq!(gallery().rank(&query, "a", "shirt"), [false, true]);
    }

    #[test]
    fn labels_are_counted() {
        assert_eq!(gallery().counts(), BTreeMap::from([("hat".into(), 2), ("shirt".into(), 1)]));
    }
}
