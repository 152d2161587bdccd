//! Conditions on products.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rust_decimal::Decimal;

use crate::error::FilterError;
use crate::product::field::{Field, facets_of};
use crate::product::fold::fold;
use crate::product::sortable_price::encode_bound;
use crate::product::{Availability, Product, gtin};

/// A condition on products: any of the values inside one field, and all of the fields, none of the values
/// that are excluded, and the price within its range. Values compare without case. The empty filter lets
/// everything through.
///
/// ```
/// use knytt_engine::Filter;
///
/// let filter = Filter::parse(&["color=red", "color=blue", "price=10..49.90"])?;
/// assert_eq!(filter.to_string(), "color=blue color=red price=10..49.90");
/// # Ok::<(), knytt_engine::FilterError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Field → folded values.
    values: BTreeMap<Field, BTreeSet<String>>,
    /// Field → folded values that a product must not have.
    excluded: BTreeMap<Field, BTreeSet<String>>,
    min_price: Option<Decimal>,
    max_price: Option<Decimal>,
    /// Ids of the only products that pass; none: any may.
    products: BTreeSet<String>,
    /// Further filters that products must pass. [`Self::and`] would make two values of one field alternatives.
    narrowed: Vec<Filter>,
    /// Filters that products must not pass.
    hidden: Vec<Filter>,
}

impl Filter {
    /// Lets only these products through.
    pub fn of_products<S: AsRef<str>>(ids: &[S]) -> Self {
        Self { products: ids.iter().map(|id| id.as_ref().to_owned()).collect(), ..Self::default() }
    }

    /// Only what passes both: a field that both name must have a value of each.
    #[must_use]
    pub fn narrowed(mut self, other: &Self) -> Self {
        if !other.is_empty() {
            self.narrowed.push(other.clone());
        }
        self
    }

    /// Nothing that passes `other`.
    #[must_use]
    pub fn hiding(mut self, other: &Self) -> Self {
        self.hidden.push(other.clone());
        self
    }

    /// Reads `key=value` conditions (as the command line takes them): several values of one key are
    /// alternatives, several keys must all hold; `key!=value` excludes. The price takes `price=10..50` with either end left
    /// out, `price=12.50`, `price<=50` and `price>=10`.
    ///
    /// # Errors
    /// [`FilterError`] names the condition that cannot be read, and how to write it.
    pub fn parse<S: AsRef<str>>(conditions: &[S]) -> Result<Self, FilterError> {
        conditions.iter().try_fold(Self::default(), |filter, c| filter.parse_one(c.as_ref()))
    }

    fn parse_one(self, condition: &str) -> Result<Self, FilterError> {
        let syntax = || FilterError::Syntax(condition.into());
        let price = |text: &str| {
            Decimal::from_str_exact(text.trim()).map_err(|_| FilterError::Price(condition.into()))
        };
        if let Some((_, bound)) = condition.split_once("<=").filter(|(key, _)| fold(key) == "price") {
            return self.price(None, Some(price(bound)?));
        }
        if let Some((_, bound)) = condition.split_once(">=").filter(|(key, _)| fold(key) == "price") {
            return self.price(Some(price(bound)?), None);
        }
        let (key, value) = condition.split_once('=').ok_or_else(syntax)?;
        let (key, excludes) = key.strip_suffix('!').map_or((key, false), |key| (key, true));
        if fold(key).is_empty() || fold(value).is_empty() {
            return Err(syntax());
        }
        if excludes {
            return Ok(self.but(Field::named(key), value));
        }
        if fold(key) == "price" {
            let end = |text: &str| Some(text).filter(|t| !t.trim().is_empty()).map(price).transpose();
            let (min, max) = value.split_once("..").unwrap_or((value, value));
            return self.price(end(min)?, end(max)?);
        }
        Ok(self.with(Field::named(key), value))
    }

    /// Also lets products through that have `value` in `field`; a field that was not named yet
    /// becomes a condition.
    #[must_use]
    pub fn with(mut self, field: Field, value: &str) -> Self {
        let value = compared(&field, value);
        self.values.entry(field).or_default().insert(value);
        self
    }

    /// Lets no product through that has `value` in `field`.
    #[must_use]
    pub fn but(mut self, field: Field, value: &str) -> Self {
        let value = compared(&field, value);
        self.excluded.entry(field).or_default().insert(value);
        self
    }

    /// Both at once: values that either has of a field are alternatives, and the narrower price counts.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (field, values) in &other.values {
            self.values.entry(field.clone()).or_default().extend(values.iter().cloned());
        }
        for (field, values) in &other.excluded {
            self.excluded.entry(field.clone()).or_default().extend(values.iter().cloned());
        }
        let narrower = |a: Option<Decimal>, b: Option<Decimal>, pick: fn(Decimal, Decimal) -> Decimal| {
            a.zip(b).map(|(a, b)| pick(a, b)).or(a).or(b)
        };
        self.min_price = narrower(self.min_price, other.min_price, Decimal::max);
        self.max_price = narrower(self.max_price, other.max_price, Decimal::min);
        self.products.extend(other.products.iter().cloned());
        self.narrowed.extend(other.narrowed.iter().cloned());
        self.hidden.extend(other.hidden.iter().cloned());
        self
    }

    /// The fields that it asks about.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.values.keys().chain(self.excluded.keys())
    }

    /// The same without what it asks of `field`.
    #[must_use]
    pub fn without(&self, field: &Field) -> Self {
        let mut rest = self.clone();
        rest.values.remove(field);
        rest
    }

    /// The same without the price range.
    #[must_use]
    pub fn at_any_price(&self) -> Self {
        Self { min_price: None, max_price: None, ..self.clone() }
    }

    /// Only products whose price is at least `min` and at most `max` (an end that is `None` stays as
    /// it was), whatever their currency. Products without a price are left out.
    ///
    /// # Errors
    /// [`FilterError::PriceBound`] if an end has more than four decimals or is out of range.
    pub fn price(mut self, min: Option<Decimal>, max: Option<Decimal>) -> Result<Self, FilterError> {
        for bound in [min, max].into_iter().flatten() {
            encode_bound(bound).ok_or(FilterError::PriceBound(bound))?;
        }
        self.min_price = min.or(self.min_price);
        self.max_price = max.or(self.max_price);
        Ok(self)
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.excluded.is_empty()
            && !self.has_price()
            && self.products.is_empty()
            && self.narrowed.is_empty()
            && self.hidden.is_empty()
    }

    /// Whether `product` passes: the definition that the bitmaps on disk are tested against.
    pub fn matches(&self, product: &Product) -> bool {
        let facets: BTreeSet<_> = facets_of(product).into_iter().map(|(f, v)| (f, fold(&v))).collect();
        let values = self
            .values
            .iter()
            .all(|(field, any)| any.iter().any(|value| facets.contains(&(field.clone(), value.clone()))));
        let price = !self.has_price()
            || product.price_now().is_some_and(|p| {
                self.min_price.is_none_or(|min| p.amount >= min)
                    && self.max_price.is_none_or(|max| p.amount <= max)
            });
        let spared = self
            .excluded
            .iter()
            .all(|(field, none)| none.iter().all(|value| !facets.contains(&(field.clone(), value.clone()))));
        let named = self.products.is_empty() || self.products.contains(&product.id);
        let among = self.narrowed.iter().all(|filter| filter.matches(product));
        let hidden = self.hidden.iter().any(|filter| filter.matches(product));
        values && spared && price && named && among && !hidden
    }

    pub(crate) fn products(&self) -> &BTreeSet<String> {
        &self.products
    }

    pub(crate) fn narrowed_by(&self) -> &[Self] {
        &self.narrowed
    }

    pub(crate) fn hidden(&self) -> &[Self] {
        &self.hidden
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = (&Field, &BTreeSet<String>)> {
        self.values.iter()
    }

    pub(crate) fn excluded(&self) -> impl Iterator<Item = (&Field, &BTreeSet<String>)> {
        self.excluded.iter()
    }

    pub(crate) fn has_price(&self) -> bool {
        self.min_price.is_some() || self.max_price.is_some()
    }

    pub(crate) fn price_range(&self) -> (Option<Decimal>, Option<Decimal>) {
        (self.min_price, self.max_price)
    }
}

/// A value in the form that is compared.
fn compared(field: &Field, value: &str) -> String {
    match (field, value.parse::<Availability>()) {
        (Field::Availability, Ok(state)) => state.as_str().into(),
        (Field::Gtin, _) => gtin::compared(value),
        _ => fold(value),
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        let all = self.values.iter().map(|(field, values)| (field, "=", values));
        let none = self.excluded.iter().map(|(field, values)| (field, "!=", values));
        for (field, sign, values) in all.chain(none) {
            for value in values {
                write!(f, "{gap}{field}{sign}{value}")?;
                gap = " ";
            }
        }
        if self.has_price() {
            let end = |price: Option<Decimal>| price.map(|p| p.to_string()).unwrap_or_default();
            write!(f, "{gap}price={}..{}", end(self.min_price), end(self.max_price))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_in_every_documented_form() {
        for (conditions, shown) in [
            (vec![], ""),
            (vec!["Color=Dark  Red"], "color=dark red"),
            (vec!["colour=red", "material=wool"], "color=red material=wool"),
            (vec!["price=10..50"], "price=10..50"),
            (vec!["price=..50"], "price=..50"),
            (vec!["price >= 10", "price<=20.5"], "price=10..20.5"),
            (vec!["price=12.50"], "price=12.50..12.50"),
            (vec!["note=a=b"], "note=a=b"),
            (vec!["color=red", "color!=blue"], "color=red color!=blue"),
            (vec!["availability=In Stock"], "availability=in_stock"),
        ] {
            assert_eq!(Filter::parse(&conditions).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_that_shows_how() {
        for (bad, hint) in [
            ("red", "write key=value"),
            ("=red", "write key=value"),
            ("color=", "write key=value"),
            ("price=cheap", "price=10..50"),
            ("price<50", "write key=value"),
            ("price=0.00001", "decimals"),
        ] {
            let error = Filter::parse(&[bad]).unwrap_err().to_string();
            assert!(error.contains(hint), "{bad}: {error}");
        }
    }

    #[test]
    fn values_of_one_key_are_alternatives_and_keys_add_up() {
        let product = Product {
            brand: "Acme".into(),
            colors: vec!["Red".into()],
            price: Some("20 EUR".parse().unwrap()),
            ..Product::default()
        };
        for (conditions, passes) in [
            (vec!["color=red", "color=blue"], true),
            (vec!["color=red", "brand=other"], false),
            (vec!["brand=ACME", "price=20..20"], true),
            (vec!["price=20.01.."], false),
            (vec!["size=m"], false),
            (vec!["brand!=other"], true),
            (vec!["color=red", "brand!=acme"], false),
        ] {
            assert_eq!(Filter::parse(&conditions).unwrap().matches(&product), passes, "{conditions:?}");
        }
    }
}
