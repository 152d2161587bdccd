//! Products that go with a product, and cheaper alternatives to it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::catalog::snapshot::{ScoredProduct, Snapshot, VectorQuery};
use crate::error::{Error, Result};
use crate::index::Strategy;
use crate::merchandise::guidance::Guidance;
use crate::product::Product;
use crate::product::derived;
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::product::sortable_price::MAX_DECIMALS;
use crate::search::shown::ListRules;
use crate::store::rank_features::{RankFeatures, Tone};

/// Products whose vectors are averaged for a category.
const SAMPLE: usize = 24;

/// The nearest products of a category whose colours are compared.
const CHOICES: usize = 12;

/// The weight of colour harmony beside the similarity.
const HARMONY: f32 = 0.15;

/// Below this chroma a colour is a neutral.
const NEUTRAL: f32 = 12.0;

impl Snapshot {
    /// Up to `count` products that go well with the product of this `id`: one each of categories that
    /// look unlike its own, and in each the one that is nearest to it in style with colours that suit its.
    ///
    /// Categories that look alike replace each other (a shirt for a blouse); those that look unlike
    /// are worn together. So the categories are ranked by how far their mean is from that of the
    /// product's own, and the nearer half is left out. What the rules hide is not among them.
    ///
    /// # Errors
    /// [`UnknownProduct`](Error::UnknownProduct), or the storage fails.
    pub fn goes_with(&self, id: &str, count: usize, obeyed: ListRules<'_>) -> Result<Vec<Product>> {
        let product = self.product(id)?.ok_or_else(|| Error::UnknownProduct { id: id.into() })?;
        let Some(embedding) = self.vector(id)? else { return Ok(Vec::new()) };
        let own = RankFeatures::from_product(&product);
        let mut best: Vec<(f32, Product)> = Vec::new();
        for category in self.unlike(derived::category(&product))? {
            let of_category = Filter::default().with(Field::Category, &category);
            let guidance = self.list_guidance(obeyed, &of_category)?;
            let filter = of_category.narrowed(guidance.filter());
            let query = VectorQuery {
                embedding: &embedding,
                filter: &filter,
                k: CHOICES,
                strategy: Strategy::Auto,
                except: None,
            };
            let suits = |scored: ScoredProduct| {
                let tones = RankFeatures::from_product(&scored.product).tones;
                (scored.score + HARMONY * harmony(own.tones[0], tones[0]), scored.product)
            };
            let found = self.search(&query)?.products.into_iter().map(suits);
            if let Some((score, product)) = found.max_by(|a, b| a.0.total_cmp(&b.0)) {
                best.push((score, self.or_successor(product, &guidance)?));
            }
        }
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        Ok(best.into_iter().take(count).map(|(_, product)| product).collect())
    }

    /// A product, or what takes its place in a list.
    fn or_successor(&self, product: Product, guidance: &Guidance) -> Result<Product> {
        let successor = self.item(&product.id)?.and_then(|item| guidance.successors.of(item));
        successor.map_or(Ok(product), |successor| self.product_at(successor))
    }

    /// The filter for cheaper alternatives to the product of this `id`: its category, its currency, and a lower
    /// price.
    ///
    /// # Errors
    /// [`UnknownProduct`](Error::UnknownProduct), [`InvalidQuery`](Error::InvalidQuery) if it has no
    /// price, or the storage fails.
    pub fn cheaper_than(&self, id: &str) -> Result<Filter> {
        let product = self.product(id)?.ok_or_else(|| Error::UnknownProduct { id: id.into() })?;
        let price = product.price_now().ok_or(Error::InvalidQuery("the product has no price"))?;
        let just_below = price.amount.trunc_with_scale(MAX_DECIMALS) - Decimal::new(1, MAX_DECIMALS);
        let filter = Filter::default().with(Field::Currency, price.currency.as_str());
        let filter = match derived::category(&product) {
            "" => filter,
            category => filter.with(Field::Category, category),
        };
        Ok(filter.price(None, Some(just_below))?)
    }

    /// The half of the other categories that look least like `category`.
    fn unlike(&self, category: &str) -> Result<Vec<String>> {
        let names = self.facet_counts(&Field::Category, &Filter::default())?;
        let mut means = BTreeMap::new();
        for (name, _) in names {
            means.insert(name.clone(), self.mean_of(&name)?);
        }
        let Some(own) = means
            .iter()
            .find(|(name, _)| crate::product::fold::fold(name) == crate::product::fold::fold(category))
        else {
            return Ok(Vec::new());
        };
        let dot = |other: &[f32]| own.1.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let mut others: Vec<_> =
            means.iter().filter(|(name, _)| *name != own.0).map(|(name, mean)| (dot(mean), name)).collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = others.len().div_ceil(2);
        Ok(others.into_iter().take(half).map(|(_, name)| name.clone()).collect())
    }

    /// The mean of the first vectors of a category, of unit length.
    fn mean_of(&self, category: &str) -> Result<Vec<f32>> {
        let mut sum = vec![0.0; self.catalog().dimension()];
        let view = self.view();
        let filter = Filter::default().with(Field::Category, category);
        let pictured = crate::store::facet_bitmaps::matching(view, &filter)? - self.without_picture()?;
        for item in pictured.iter().take(SAMPLE) {
            sum.iter_mut().zip(self.vector_at(item)?).for_each(|(s, v)| *s += v);
        }
        let norm = sum.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        sum.iter_mut().for_each(|v| *v /= norm);
        Ok(sum)
    }
}

/// How well two colours are worn together, 0 to 1: neutrals go with everything, hues with their like and
/// with their opposites. 0 if one is not known.
fn harmony(a: Tone, b: Tone) -> f32 {
    if a.percent == 0 || b.percent == 0 {
        return 0.0;
    }
    let ([_, x, y], [_, u, v]) = (a.lab(), b.lab());
    if x.hypot(y) < NEUTRAL || u.hypot(v) < NEUTRAL {
        return 0.8;
    }
    let turn = (y.atan2(x) - v.atan2(u)).to_degrees().abs() % 360.0;
    match turn.min(360.0 - turn) {
        ..30.0 => 1.0,
        30.0..60.0 => 0.5,
        60.0..105.0 => 0.2,
        105.0..150.0 => 0.4,
        _ => 0.7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(lab: [i8; 3]) -> Tone {
        Tone { lab, percent: 90 }
    }

    #[test]
    fn neutrals_and_likes_are_in_harmony_and_clashes_are_not() {
        let (red, pink, green, grey) = ([50, 60, 30], [70, 40, 10], [50, -50, 40], [60, 1, 2]);
        let with_red = |other| harmony(tone(red), tone(other));
        assert!(with_red(pink) > with_red(grey) && with_red(grey) > with_red(green));
        assert_eq!(harmony(Tone::default(), tone(red)), 0.0);
    }
}
