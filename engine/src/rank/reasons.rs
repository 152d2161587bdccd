//! What a hit's score is made of.

use serde::{Deserialize, Serialize};

/// What each part adds to a score, with its weight; they sum to it. Parts that were not looked at are
/// `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reasons {
    /// Nearness in the model's space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visual: Option<f32>,
    /// The very same picture, or a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<f32>,
    /// The same thing, as far as its picture tells, from whatever side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<f32>,
    /// Words that the product's texts have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<f32>,
    /// Colours alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<f32>,
    /// A category that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<f32>,
    /// The same pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<f32>,
    /// The same brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<f32>,
    /// A price near.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<f32>,
    /// The shopper's own taste; less than zero if they dismissed the like of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<f32>,
    /// What others chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<f32>,
    /// New in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<f32>,
}

impl Reasons {
    /// The parts by their names, those that were looked at.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let all = [
            ("visual", self.visual),
            ("likeness", self.likeness),
            ("identity", self.identity),
            ("words", self.words),
            ("color", self.color),
            ("category", self.category),
            ("pattern", self.pattern),
            ("brand", self.brand),
            ("price", self.price),
            ("personal", self.personal),
            ("popularity", self.popularity),
            ("freshness", self.freshness),
        ];
        all.into_iter().filter_map(|(name, part)| Some((name, part?)))
    }

    /// The score.
    pub fn sum(&self) -> f32 {
        self.named().map(|(_, part)| part).sum()
    }
}
