//! What a product becomes in the databases. It is made of the product alone, so the entries of many are made
//! on all cores before the one transaction that there is writes them.

use rayon::prelude::*;

use crate::content::Element;
use crate::facet::{Field, facet_key, facets_of, text_key};
use crate::facts::Facts;
use crate::lexical::{Terms, terms_of};
use crate::{Product, Result, price};

/// How many entries are in memory at once, some kilobytes each.
pub(crate) const AT_ONCE: usize = 1024;

/// All that is written of one product.
pub(crate) struct Entry {
    /// Of its identifier.
    pub(crate) key: Vec<u8>,
    /// The product itself.
    pub(crate) json: Vec<u8>,
    pub(crate) derived: Derived,
    /// What it adds to the catalogue's hash.
    pub(crate) element: Element,
}

impl Entry {
    /// `vector` as it is stored, little-endian f16.
    ///
    /// # Errors
    /// Only if the product cannot be written as JSON.
    pub(crate) fn of(product: &Product, vector: &[u8], thumbnail: Option<&[u8]>) -> Result<Self> {
        Ok(Self {
            key: text_key(&product.id),
            json: serde_json::to_vec(product)?,
            derived: Derived::of(product),
            element: Element::of(product, vector, thumbnail),
        })
    }
}

/// What is looked up by, or ranked by. Without a product there is nothing of it.
pub(crate) struct Derived {
    pub(crate) price: i64,
    pub(crate) facts: Option<Facts>,
    /// Keys of what it is filtered by, and the values as the feed writes them.
    pub(crate) facets: Vec<(Vec<u8>, String)>,
    pub(crate) terms: Terms,
}

impl Derived {
    pub(crate) fn of(product: &Product) -> Self {
        let keyed = |(field, value): (Field, String)| (facet_key(&field, &value), value);
        Self {
            price: price::encode(product),
            facts: Some(Facts::of(product)),
            facets: facets_of(product).into_iter().map(keyed).collect(),
            terms: terms_of(product),
        }
    }

    /// Whether a filter for this key lets it pass.
    pub(crate) fn passes(&self, key: &[u8]) -> bool {
        self.facets.iter().any(|(own, _)| own == key)
    }
}

impl Default for Derived {
    fn default() -> Self {
        Self { price: price::NONE, facts: None, facets: Vec::new(), terms: Terms::new() }
    }
}

/// What `make` gives for each of `rows`, in their order, made on all cores. No caller may run in rayon's pool
/// and hold a lock: a thread of it that waits here may take up other work, which may ask for that lock.
pub(crate) fn each<R: Sync, T: Send>(
    rows: &[R],
    make: impl Fn(&R) -> Result<T> + Send + Sync,
) -> Result<Vec<T>> {
    rows.par_iter().map(make).collect()
}
