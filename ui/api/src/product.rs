//! Products as they are shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An exact amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Money {
    /// A decimal number, as text: a float would round it.
    pub amount: String,
    /// Three letters of ISO 4217.
    pub currency: String,
}

/// Whether a product can be bought now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Availability {
    /// On the shelf.
    InStock,
    /// Sold out.
    OutOfStock,
    /// Can be ordered before it is released.
    Preorder,
    /// Can be ordered, delivered later.
    Backorder,
    /// The shop does not say.
    #[default]
    Unknown,
}

/// What a grid shows of a product.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Card {
    /// Stable and unique in its catalogue.
    pub id: String,
    /// What a shopper reads first.
    pub title: String,
    /// The maker, empty if unknown.
    pub brand: String,
    /// The kind of product, empty if unknown.
    pub category: String,
    /// What it costs.
    pub price: Option<Money>,
    /// Whether it can be bought now.
    pub availability: Availability,
    /// Colours, as the shop names them.
    pub colors: Vec<String>,
    /// Whether the shopper keeps it.
    pub favourite: bool,
}

/// One line of a product's facts: a column of the shop's feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Fact {
    /// The column's name.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// All there is to say about a product.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProductPage {
    /// As in the grid.
    pub card: Card,
    /// Free text, may be empty.
    pub description: String,
    /// Sizes, as the shop names them.
    pub sizes: Vec<String>,
    /// Every other column of the feed.
    pub facts: Vec<Fact>,
    /// Whether there is a page of it in the shop to open.
    pub has_link: bool,
    /// Products that look like it.
    pub similar: Vec<Card>,
    /// Products of other kinds that are near it in style, one of each kind.
    pub goes_with: Vec<Card>,
}
