//! The database entries of one product. They depend on the product alone, so all cores make the entries of many
//! products before the single write transaction stores them.

use rayon::prelude::*;

use crate::error::Result;
use crate::lexical::terms::{Terms, terms_of};
use crate::product::Product;
use crate::product::field::{Field, facet_key, facets_of, text_key};
use crate::product::sortable_price;
use crate::store::content_hash::Element;
use crate::store::rank_features::RankFeatures;

/// How many entries are made at a time. Each takes some kilobytes of memory.
pub(crate) const AT_ONCE: usize = 1024;

/// The entries of one product.
pub(crate) struct Entry {
    /// The text key of its id.
    pub(crate) key: Vec<u8>,
    /// The product as JSON.
    pub(crate) json: Vec<u8>,
    pub(crate) derived: Derived,
    /// What it adds to the content sum; `None` if that is added already.
    pub(crate) element: Option<Element>,
}

impl Entry {
    /// `vector`: the encoded embedding, little-endian f16.
    ///
    /// # Errors
    /// Only if the product cannot be written as JSON.
    pub(crate) fn from_product(product: &Product, vector: &[u8], thumbnail: Option<&[u8]>) -> Result<Self> {
        Ok(Self {
            key: text_key(&product.id),
            json: serde_json::to_vec(product)?,
            derived: Derived::from_product(product),
            element: Some(Element::from_product(product, vector, thumbnail)),
        })
    }
}

/// The entries that filters, words and ranking read. The default is that of no product.
pub(crate) struct Derived {
    pub(crate) price: i64,
    pub(crate) rank_features: Option<RankFeatures>,
    /// The key of each facet, and its value as the feed writes it.
    pub(crate) facets: Vec<(Vec<u8>, String)>,
    pub(crate) terms: Terms,
}

impl Derived {
    pub(crate) fn from_product(product: &Product) -> Self {
        let keyed = |(field, value): (Field, String)| (facet_key(&field, &value), value);
        Self {
            price: sortable_price::encode(product),
            rank_features: Some(RankFeatures::from_product(product)),
            facets: facets_of(product).into_iter().map(keyed).collect(),
            terms: terms_of(product),
        }
    }

    /// Whether the product has the facet of this key.
    pub(crate) fn has_facet(&self, key: &[u8]) -> bool {
        self.facets.iter().any(|(own, _)| own == key)
    }
}

impl Default for Derived {
    fn default() -> Self {
        Self { price: sortable_price::NONE, rank_features: None, facets: Vec::new(), terms: Terms::new() }
    }
}

/// Applies `make` to each of `rows` on all cores, and returns the results in order. A caller that runs in rayon's
/// pool must not hold a lock: while it waits here, its thread may run other work that needs that lock.
pub(crate) fn each<R: Sync, T: Send>(
    rows: &[R],
    make: impl Fn(&R) -> Result<T> + Send + Sync,
) -> Result<Vec<T>> {
    rows.par_iter().map(make).collect()
}
