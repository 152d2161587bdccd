//! Pictures with products on them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Card;

/// A picture with products on it, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct ShownLook {
    /// What its picture is asked for by.
    pub id: String,
    /// What stands above it; may be empty.
    pub title: String,
    /// Another one for another picture.
    pub version: String,
    /// Pixels of the picture.
    pub width: u32,
    /// Pixels of the picture.
    pub height: u32,
    /// The products on it; at least one.
    pub spots: Vec<ShownSpot>,
}

/// A product on a look's picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct ShownSpot {
    /// Where it is, as a share of the width from the left.
    pub x: f32,
    /// Where it is, as a share of the height from the top.
    pub y: f32,
    /// The product.
    pub card: Card,
}
