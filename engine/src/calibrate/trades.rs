//! What kinds of shops a catalogue's texts speak of.
//!
//! A model finds something for every word. Where the texts of a grocer's products name food and never clothes, "dress"
//! has no good match, whatever the model holds for one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::lexical::terms::is_words;
use crate::look::words::trade::{Trade, trades_in};
use crate::product::Product;

/// The least share of products that name goods of a trade in a shop of that trade.
const OWN: f32 = 0.1;

/// The share of products from which on a shop sells goods of a trade, too.
const ALSO: f32 = 0.01;

/// The shares of a catalogue's products whose texts name goods of each trade.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trades(BTreeMap<Trade, f32>);

impl Trades {
    /// Counts the products of a sample. `None` if their texts name no trade often enough to tell.
    pub(crate) fn from_products(sample: &[Product]) -> Option<Self> {
        let mut counts: BTreeMap<Trade, usize> = BTreeMap::new();
        for product in sample {
            let others = product.attributes.values().map(String::as_str).filter(|value| is_words(value));
            let texts = [product.title.as_str(), &product.category].into_iter().chain(others);
            for trade in texts.flat_map(|text| trades_in(text, None)).collect::<BTreeSet<_>>() {
                *counts.entry(trade).or_default() += 1;
            }
        }
        let shares: BTreeMap<Trade, f32> =
            counts.into_iter().map(|(trade, count)| (trade, count as f32 / sample.len() as f32)).collect();
        shares.values().any(|share| *share >= OWN).then_some(Self(shares))
    }

    /// Whether words name goods, and none of a trade that the catalogue's texts speak of.
    pub(crate) fn sells_none_of(&self, words: &str, language: Option<&str>) -> bool {
        let asked: BTreeSet<Trade> = trades_in(words, language);
        !asked.is_empty() && asked.iter().all(|trade| self.0.get(trade).is_none_or(|share| *share < ALSO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(title: &str) -> Product {
        Product { title: title.into(), ..Product::default() }
    }

    #[test]
    fn a_grocer_sells_no_dress_and_a_tailor_no_milk() {
        let grocer = [product("Whole milk 1 l"), product("Apples"), product("Dish soap")];
        let trades = Trades::from_products(&grocer).unwrap();
        assert!(trades.sells_none_of("red dress", None) && trades.sells_none_of("Kleid", None));
        assert!(!trades.sells_none_of("bananas", None) && !trades.sells_none_of("soap", None));
        let tailor = Trades::from_products(&[product("Silk dress"), product("Hemd")]).unwrap();
        assert!(tailor.sells_none_of("milk", None) && !tailor.sells_none_of("hat", None));
    }

    #[test]
    fn texts_that_name_no_goods_tell_nothing() {
        assert_eq!(Trades::from_products(&[product("Art. 4711"), product("Art. 4712")]), None);
        assert_eq!(Trades::from_products(&[]), None);
    }
}
