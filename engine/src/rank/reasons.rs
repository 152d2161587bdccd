//! The parts of a hit's score.

use serde::{Deserialize, Serialize};

/// Each part's contribution to a score, weight included. The contributions sum to the score. A part that was
/// not computed is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reasons {
    /// Similarity in the model's space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visual: Option<f32>,
    /// The same picture, or a part of it, by its template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<f32>,
    /// The same thing from any side, by its instance embedding.
    #[serde(rename = "identity", skip_serializing_if = "Option::is_none")]
    pub instance_embedding: Option<f32>,
    /// The words of the query in the product's texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<f32>,
    /// Similar colours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<f32>,
    /// The likely category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<f32>,
    /// The same pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<f32>,
    /// The same brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<f32>,
    /// A similar price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<f32>,
    /// The shopper's taste; negative if they dismissed similar products.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<f32>,
    /// Popularity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<f32>,
    /// Age in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<f32>,
    /// What the retailer's rules add; negative if they bury the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<f32>,
}

impl Reasons {
    /// The computed parts with their names.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let all = [
            ("visual", self.visual),
            ("likeness", self.likeness),
            ("identity", self.instance_embedding),
            ("words", self.words),
            ("color", self.color),
            ("category", self.category),
            ("pattern", self.pattern),
            ("brand", self.brand),
            ("price", self.price),
            ("personal", self.personal),
            ("popularity", self.popularity),
            ("freshness", self.freshness),
            ("rules", self.rules),
        ];
        all.into_iter().filter_map(|(name, part)| Some((name, part?)))
    }

    /// The score.
    pub fn sum(&self) -> f32 {
        self.named().map(|(_, part)| part).sum()
    }
}
