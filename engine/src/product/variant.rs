//! What can be bought of a product.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::product::{Availability, Price};

/// One choice that a product's picture does not show: a size, a length, a scent. A feed gives each a row of
/// its own; those with a picture of their own are products of one [`group`](crate::Product::group).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variant {
    /// The feed's id of this row.
    pub id: String,
    /// Colour, as the feed names it; empty if it is the product's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// Size, as the feed names it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub size: String,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// What it costs now, if that is less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale_price: Option<Price>,
    /// Whether it can be bought now.
    #[serde(skip_serializing_if = "is_unknown")]
    pub availability: Availability,
    /// Every other column of its row that differs from the product's, by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

fn is_unknown(availability: &Availability) -> bool {
    *availability == Availability::Unknown
}
