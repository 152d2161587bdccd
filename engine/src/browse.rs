//! Looking around a catalogue without asking for anything: products in an order, and what they can be
//! filtered by.

use crate::facet::Field;
use crate::{Filter, Price, Product, Result, Snapshot, facets, price};

/// A column of the feed with more values than this is no facet: it names products.
const MOST_VALUES: usize = 60;

/// In what order products come that were not searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they came into the catalogue.
    #[default]
    Catalog,
    /// Cheapest first; those without a price last.
    PriceUp,
    /// Dearest first; those without a price last.
    PriceDown,
}

/// A field, its values, and how many products have each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCounts {
    /// The field.
    pub field: Field,
    /// Most frequent first.
    pub values: Vec<(String, u64)>,
}

impl Snapshot {
    /// The first `limit` products that pass `filter`.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn browse(&self, filter: &Filter, order: Order, limit: usize) -> Result<Vec<Product>> {
        let (db, txn) = self.parts();
        let items = facets::matching(db, txn, filter)?;
        if order == Order::Catalog {
            return items.iter().take(limit).map(|item| self.product_at(item)).collect();
        }
        let mut prices = facets::prices(db, txn, &items)?;
        prices.sort_by_key(|&(_, price)| match price {
            price::NONE => (true, 0),
            price if order == Order::PriceUp => (false, price),
            price => (false, -price),
        });
        prices.iter().take(limit).map(|&(item, _)| self.product_at(item)).collect()
    }

    /// The lowest and the highest price among the products that pass `filter`; `None` if none of them
    /// has a price.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn price_bounds(&self, filter: &Filter) -> Result<Option<(Price, Price)>> {
        let (db, txn) = self.parts();
        let prices = facets::prices(db, txn, &facets::matching(db, txn, filter)?)?;
        let priced = || prices.iter().filter(|(_, price)| *price != price::NONE);
        let (low, high) = (priced().min_by_key(|(_, price)| price), priced().max_by_key(|(_, price)| price));
        let (Some((low, _)), Some((high, _))) = (low, high) else { return Ok(None) };
        Ok(self.product_at(*low)?.price.zip(self.product_at(*high)?.price))
    }

    /// What the products that pass `filter` can be filtered by further. The values of a field that is
    /// filtered by already are counted as if it were not, since choosing another one widens.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn facets(&self, filter: &Filter) -> Result<Vec<FacetCounts>> {
        let (db, txn) = self.parts();
        let all = facets::matching(db, txn, filter)?;
        let known = Field::KNOWN.iter().map(|name| Field::named(name));
        let attributes = facets::attributes(db, txn)?.into_iter().map(Field::Attribute);
        let mut found = Vec::new();
        for field in known.chain(attributes) {
            let chosen = filter.values().any(|(f, _)| *f == field);
            let among =
                if chosen { facets::matching(db, txn, &filter.without(&field))? } else { all.clone() };
            let most = if matches!(field, Field::Attribute(_)) { MOST_VALUES } else { usize::MAX - 1 };
            let counts = facets::few_counts(db, txn, &field, &among, most)?;
            // One value that all have tells nothing apart.
            if let Some(values) = counts.filter(|values| values.len() > 1 || chosen) {
                found.push(FacetCounts { field, values });
            }
        }
        Ok(found)
    }
}
