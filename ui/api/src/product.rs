//! Products as they are shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::look::ShownLook;

/// An exact amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Money {
    /// A decimal number, as text: a float would round it.
    pub amount: String,
    /// Three letters of ISO 4217.
    pub currency: String,
}

/// Whether a product can be bought now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// What it costs, or did before a sale.
    pub price: Option<Money>,
    /// What it costs now, if that is less.
    pub sale_price: Option<Money>,
    /// Whether it can be bought now.
    pub availability: Availability,
    /// Colours, as the shop names them.
    pub colors: Vec<String>,
    /// Whether the shopper keeps it.
    pub favourite: bool,
    /// Which of its pictures to show: the number of a further picture that a query's picture is nearest to; absent: its
    /// own picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub picture: Option<u8>,
}

/// A colour of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Shade {
    /// A name of the palette, in English.
    pub name: String,
    /// Its tone as it was measured: `#rrggbb`.
    pub hex: String,
}

/// What can be bought of a product, where there is a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Variant {
    /// Unique among those of its product.
    pub id: String,
    /// As the shop names it, empty if there is one.
    pub color: String,
    /// As the shop names it, empty if there is one.
    pub size: String,
    /// What it costs, or did before a sale.
    pub price: Option<Money>,
    /// What it costs now, if that is less.
    pub sale_price: Option<Money>,
    /// Whether it can be bought now.
    pub availability: Availability,
}

/// One line of a product's facts: a column of the shop's feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Fact {
    /// The column's name.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// All there is to say about a product.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProductPage {
    /// As in the grid.
    pub card: Card,
    /// The numbers of its further pictures, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<u8>>")]
    pub pictures: Vec<u8>,
    /// Whether its category was guessed from the pictures of like products, since the feed names none.
    pub is_category_guessed: bool,
    /// Free text, may be empty.
    pub description: String,
    /// Sizes, as the shop names them.
    pub sizes: Vec<String>,
    /// What there is a choice of: sizes, lengths.
    pub variants: Vec<Variant>,
    /// Colours that were seen on its picture, the largest first.
    pub shades: Vec<Shade>,
    /// Its pattern, in English, if it was seen and the feed does not say.
    pub pattern: Option<String>,
    /// Every other column of the feed.
    pub facts: Vec<Fact>,
    /// Whether there is a page of it in the shop to open.
    pub has_link: bool,
    /// The product that takes its place, where the shop says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replaced_by: Option<Card>,
    /// The same article in other colours.
    pub other_colors: Vec<Card>,
    /// Products that look like it.
    pub similar: Vec<Card>,
    /// Products of its kind that cost less, the most alike first.
    pub cheaper: Vec<Card>,
    /// Products of other kinds that are near it in style, one of each kind.
    pub goes_with: Vec<Card>,
    /// The shop's pictures that it is on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<ShownLook>>")]
    pub looks: Vec<ShownLook>,
}
