//! The weights of a score's parts.

use serde::{Deserialize, Serialize};

/// The weights of a score's parts. A catalogue may carry its own; a part of weight 0 is not computed.
///
/// Each part is between 0 and 1 (or −1 and 1 where it can speak against a product) before its weight.
/// What the defaults are worth is measured in `docs/relevance.md`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Similarity in the model's space, on the catalogue's scale.
    pub visual: f32,
    /// The same picture, or a part of it, by its template.
    pub likeness: f32,
    /// The same thing from any side, by its instance embedding; 0 where the bundle gives none.
    #[serde(rename = "identity")]
    pub instance_embedding: f32,
    /// The words of the query in the product's texts.
    pub words: f32,
    /// Similar colours.
    pub color: f32,
    /// The category that most of the nearest products have.
    pub category: f32,
    /// The same pattern.
    pub pattern: f32,
    /// The same brand as the product that hits should be like.
    pub brand: f32,
    /// A price near to that of the product that hits should be like.
    pub price: f32,
    /// The shopper's own taste.
    pub personal: f32,
    /// Popularity; 0 where the release has no counts.
    pub popularity: f32,
    /// New in the shop. Off unless the catalogue says otherwise: nothing measured speaks for it.
    pub freshness: f32,
    /// How much a hit loses for being like the hits above it.
    pub diversity: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self::USUAL
    }
}

impl Weights {
    /// The weights of a catalogue that sets none.
    pub const USUAL: Self = Self {
        visual: 1.0,
        likeness: 0.1,
        instance_embedding: 0.6,
        words: 0.8,
        color: 0.12,
        category: 0.1,
        pattern: 0.02,
        brand: 0.03,
        price: 0.03,
        personal: 0.3,
        popularity: 0.03,
        freshness: 0.0,
        diversity: 0.0,
    };

    /// Similarity alone, as an index ranks.
    pub const VISUAL: Self = Self {
        visual: 1.0,
        likeness: 0.0,
        instance_embedding: 0.0,
        words: 0.0,
        color: 0.0,
        category: 0.0,
        pattern: 0.0,
        brand: 0.0,
        price: 0.0,
        personal: 0.0,
        popularity: 0.0,
        freshness: 0.0,
        diversity: 0.0,
    };

    /// The names of the weights.
    pub const NAMES: [&str; 13] = [
        "visual",
        "likeness",
        "identity",
        "words",
        "color",
        "category",
        "pattern",
        "brand",
        "price",
        "personal",
        "popularity",
        "freshness",
        "diversity",
    ];

    /// The weight of this name.
    pub fn by_name(&mut self, name: &str) -> Option<&mut f32> {
        Some(match name {
            "visual" => &mut self.visual,
            "likeness" => &mut self.likeness,
            "identity" => &mut self.instance_embedding,
            "words" => &mut self.words,
            "color" => &mut self.color,
            "category" => &mut self.category,
            "pattern" => &mut self.pattern,
            "brand" => &mut self.brand,
            "price" => &mut self.price,
            "personal" => &mut self.personal,
            "popularity" => &mut self.popularity,
            "freshness" => &mut self.freshness,
            "diversity" => &mut self.diversity,
            _ => return None,
        })
    }

    /// Whether each is a number from 0 to 10.
    pub fn is_sound(&self) -> bool {
        let mut copy = *self;
        Self::NAMES.iter().all(|name| copy.by_name(name).is_some_and(|weight| (0.0..=10.0).contains(weight)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_weight_has_a_name() {
        let mut weights = Weights::VISUAL;
        for name in Weights::NAMES {
            *weights.by_name(name).unwrap() = 2.0;
        }
        let json = serde_json::to_value(weights).unwrap();
        assert!(json.as_object().unwrap().values().all(|weight| *weight == 2.0), "{json}");
        assert!(weights.by_name("smell").is_none());
    }

    #[test]
    fn a_file_may_name_some_of_them_and_no_others() {
        let some: Weights = serde_json::from_str(r#"{"color": 0.5}"#).unwrap();
        assert_eq!(some, Weights { color: 0.5, ..Weights::default() });
        assert!(serde_json::from_str::<Weights>(r#"{"colour": 0.5}"#).is_err());
        assert!(!Weights { color: f32::NAN, ..Weights::default() }.is_sound());
    }
}
