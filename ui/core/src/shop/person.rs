//! What an answer depends on besides the request: the person who asks.

use std::collections::HashSet;
use std::sync::Arc;

use knytt_engine::{Product, Taste};
use knytt_ui_api::Card;

/// What one person brings to an answer. The default is nobody in particular: nothing is hidden, nothing is
/// marked, and no taste changes the order.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Products that an answer leaves out.
    pub dismissed: HashSet<String>,
    /// Products that a card marks as a favourite.
    pub favourites: HashSet<String>,
    /// What hits are ranked by, beside the query.
    pub taste: Option<Arc<Taste>>,
    /// The language, such as `en`, for rules and synonyms of one.
    pub language: Option<String>,
}

impl Person {
    /// Somebody of whom only the language is known, if that.
    pub fn who_speaks(language: Option<&str>) -> Self {
        Self { language: language.map(str::to_owned), ..Self::default() }
    }

    /// A product as the grid shows it to this person.
    pub fn card(&self, product: &Product) -> Card {
        Card { favourite: self.favourites.contains(&product.id), ..Card::from(product) }
    }

    /// How many hits the engine is asked for, so that `limit` are left without the dismissed ones.
    pub(super) fn candidates(&self, limit: usize) -> usize {
        limit + self.dismissed.len()
    }

    /// Whether an answer may show this product.
    pub(super) fn wants(&self, id: &str) -> bool {
        !self.dismissed.contains(id)
    }
}
