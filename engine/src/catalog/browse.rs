//! Browses a catalogue without a query: products in an order, and the facets that can filter them.

use roaring::RoaringBitmap;

use crate::catalog::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::merchandise::guidance::{Guidance, RuleEffect};
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::product::gtin::Gtin;
use crate::product::sortable_price;
use crate::product::{Price, Product};
use crate::store::facet_bitmaps;
use crate::store::view::View;

/// A column of the feed with more values than this is no facet: its values name single products.
const MOST_VALUES: usize = 60;

/// The order of browsed products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// In the order of insertion.
    #[default]
    Catalog,
    /// Cheapest first; those without a price last.
    PriceUp,
    /// Dearest first; those without a price last.
    PriceDown,
}

/// A product that is shown without a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BrowsedProduct {
    /// The product.
    pub product: Product,
    /// What rules did to it.
    pub effects: Vec<RuleEffect>,
    /// The id of the product in whose place it stands.
    pub replaces: Option<String>,
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
        let view = self.view();
        let items = facet_bitmaps::matching(view, filter)?;
        if order == Order::Catalog {
            return items.iter().take(limit).map(|item| self.product_at(item)).collect();
        }
        by_price(view, &items, order)?.into_iter().take(limit).map(|item| self.product_at(item)).collect()
    }

    /// The first `limit` products that pass `filter`. In the order of the catalogue, rules change it: pinned products are
    /// in their places, boosted ones come first and buried ones last, and successors stand where the products are that
    /// they replace. By price, products that are replaced are left out, since their successors have a price of their own.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn browse_guided(
        &self,
        filter: &Filter,
        order: Order,
        limit: usize,
        guidance: &Guidance,
    ) -> Result<Vec<BrowsedProduct>> {
        let items = self.matching(filter)?;
        let successors = &guidance.successors;
        if order != Order::Catalog {
            let items = by_price(self.view(), &(items - successors.replaced()), order)?;
            let plain = |item| Ok(BrowsedProduct { product: self.product_at(item)?, ..Default::default() });
            return items.into_iter().take(limit).map(plain).collect();
        }
        let pins = guidance.pins.iter().map(|pin| (pin.item, pin.replaces));
        let pinned: RoaringBitmap = pins.clone().map(|(item, _)| item).collect();
        let mut seen = pinned.clone();
        let most = limit.saturating_add(successors.len()).saturating_add(guidance.pins.len());
        let places = weighed(&items, most, guidance).into_iter().map(|item| match successors.of(item) {
            Some(successor) => (successor, Some(item)),
            None => (item, None),
        });
        let mut places: Vec<(u32, Option<u32>)> = places.filter(|(item, _)| seen.insert(*item)).collect();
        for (pin, place) in guidance.pins.iter().zip(pins) {
            places.insert((pin.place - 1).min(places.len()), place);
        }
        let product = |(item, replaces): (u32, Option<u32>)| {
            let is_pinned = pinned.contains(item);
            let effects = guidance.effects(item, replaces.filter(|_| !is_pinned).unwrap_or(item), is_pinned);
            let replaces = replaces.map(|item| Ok::<_, Error>(self.product_at(item)?.id)).transpose()?;
            Ok(BrowsedProduct { product: self.product_at(item)?, effects, replaces })
        };
        places.into_iter().take(limit).map(product).collect()
    }

    /// The lowest and the highest price among the products that pass `filter`; `None` if none of them
    /// has a price.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn price_bounds(&self, filter: &Filter) -> Result<Option<(Price, Price)>> {
        let view = self.view();
        let prices = facet_bitmaps::prices(view, &facet_bitmaps::matching(view, filter)?)?;
        let priced = || prices.iter().filter(|(_, price)| *price != sortable_price::NONE);
        let (low, high) = (priced().min_by_key(|(_, price)| price), priced().max_by_key(|(_, price)| price));
        let (Some((low, _)), Some((high, _))) = (low, high) else { return Ok(None) };
        Ok(self.product_at(*low)?.price.zip(self.product_at(*high)?.price))
    }

    /// The products with this number below their barcode or that of a variant, in the order of the catalogue.
    ///
    /// # Errors
    /// LMDB cannot be read, or a product is damaged.
    pub fn with_gtin(&self, gtin: &Gtin) -> Result<Vec<Product>> {
        let filter = Filter::default().with(Field::Gtin, gtin.as_str());
        let items = facet_bitmaps::matching(self.view(), &filter)?;
        items.iter().map(|item| self.product_at(item)).collect()
    }

    /// The facets that can narrow the products that pass `filter` further. The values of a field that `filter` names
    /// are counted without that condition, since choosing a second value of a field widens the result.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn facets(&self, filter: &Filter) -> Result<Vec<FacetCounts>> {
        let view = self.view();
        let all = facet_bitmaps::matching(view, filter)?;
        let known = Field::KNOWN.iter().map(|name| Field::named(name));
        let attributes = facet_bitmaps::attributes(view)?.into_iter().map(Field::Attribute);
        let mut found = Vec::new();
        for field in known.chain(attributes) {
            let chosen = filter.values().any(|(f, _)| *f == field);
            let among =
                if chosen { facet_bitmaps::matching(view, &filter.without(&field))? } else { all.clone() };
            let most = if matches!(field, Field::Attribute(_)) { MOST_VALUES } else { usize::MAX - 1 };
            let counts = facet_bitmaps::few_counts(view, &field, &among, most)?;
            // A field with a single value narrows nothing.
            if let Some(values) = counts.filter(|values| values.len() > 1 || chosen) {
                found.push(FacetCounts { field, values });
            }
        }
        Ok(found)
    }
}

/// The items, cheapest or dearest first, those without a price last.
fn by_price(view: View<'_>, items: &RoaringBitmap, order: Order) -> Result<Vec<u32>> {
    let mut prices = facet_bitmaps::prices(view, items)?;
    prices.sort_by_key(|&(_, price)| match price {
        sortable_price::NONE => (true, 0),
        price if order == Order::PriceUp => (false, price),
        price => (false, -price),
    });
    Ok(prices.into_iter().map(|(item, _)| item).collect())
}

/// The first `limit` items: those that rules boost, most first, then those that no rule weighs, then buried ones.
fn weighed(items: &RoaringBitmap, limit: usize, guidance: &Guidance) -> Vec<u32> {
    let all = guidance.boosts.iter().fold(RoaringBitmap::new(), |all, boost| all | &boost.items);
    let weight = |item: u32| (item, guidance.boost(item).unwrap_or_default());
    let mut weighed: Vec<(u32, f32)> = (items & &all).iter().map(weight).collect();
    weighed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let up = weighed.partition_point(|(_, by)| *by > 0.0);
    let item = |(item, _): &(u32, f32)| *item;
    let others = items - &all;
    let order = weighed[..up].iter().map(item).chain(&others).chain(weighed[up..].iter().map(item));
    order.take(limit).collect()
}
