//! Products with their entries, made before the transaction that stores them.

use rayon::prelude::*;

use crate::catalog::Catalog;
use crate::catalog::entry::Entry;
use crate::catalog::transaction::ProductRow;
use crate::error::Result;
use crate::product::Product;
use crate::store::content_hash::ContentSum;

/// Products that one core prepares at a time.
const AT_A_TIME: usize = 128;

/// Products with all that a transaction writes of them. Whoever fills a catalogue prepares the next ones
/// ([`Catalog::prepare`]) while a transaction stores the ones before
/// ([`upsert_prepared`](crate::Transaction::upsert_prepared)).
pub struct PreparedProducts {
    pub(super) rows: Vec<PreparedProduct>,
    /// What all of them add to the content sum.
    pub(super) content: ContentSum,
    pub(super) dimension: usize,
}

pub(super) struct PreparedProduct {
    product: Product,
    pub(super) vector: Vec<u8>,
    pub(super) thumbnail: Option<Vec<u8>>,
    /// `None` once a transaction has taken it. One that runs again, in a larger map, makes it anew.
    entry: Option<Entry>,
}

impl PreparedProducts {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl PreparedProduct {
    /// What the databases hold of it. The content sum has what it adds.
    pub(super) fn take_entry(&mut self) -> Result<Entry> {
        if let Some(entry) = self.entry.take() {
            return Ok(entry);
        }
        let entry = Entry::from_product(&self.product, &self.vector, self.thumbnail.as_deref())?;
        Ok(Entry { element: None, ..entry })
    }
}

impl Catalog {
    /// Makes on all cores what a transaction of this catalogue writes of these products. Each comes with its vector,
    /// `[dimension]` little-endian f16 of unit length made by the catalogue's model, and its thumbnail, an encoded
    /// picture, if there is one.
    ///
    /// # Errors
    /// [`Error::InvalidProduct`](crate::Error::InvalidProduct),
    /// [`Error::DimensionMismatch`](crate::Error::DimensionMismatch).
    pub fn prepare(&self, rows: Vec<(Product, Vec<u8>, Option<Vec<u8>>)>) -> Result<PreparedProducts> {
        let dimension = self.dimension();
        let prepare = |some: Vec<(Product, Vec<u8>, Option<Vec<u8>>)>| {
            let mut content = ContentSum::empty();
            let rows = some.into_iter().map(|(product, vector, thumbnail)| {
                let row = ProductRow { product: &product, vector: &vector, thumbnail: thumbnail.as_deref() };
                let mut entry = row.entry(dimension)?;
                entry.element.take().iter().for_each(|element| content.add(element));
                Ok(PreparedProduct { product, vector, thumbnail, entry: Some(entry) })
            });
            Ok((rows.collect::<Result<Vec<_>>>()?, content))
        };
        let parts = rows.into_par_iter().chunks(AT_A_TIME).map(prepare).collect::<Result<Vec<_>>>()?;
        let mut all = PreparedProducts { rows: Vec::new(), content: ContentSum::empty(), dimension };
        for (rows, content) in parts {
            all.rows.extend(rows);
            all.content.add_sum(&content);
        }
        Ok(all)
    }
}
