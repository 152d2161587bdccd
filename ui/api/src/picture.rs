//! Pictures that are asked with.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A rectangle of a picture, in shares of its width and height: 0 to 1 from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Region {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Region {
    /// The whole picture.
    pub const WHOLE: Self = Self { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
}

/// Something in the picture that can be searched for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Proposal {
    /// Where it is.
    pub region: Region,
    /// How much it stands out, 0 to 1; the best comes first.
    pub strength: f32,
}

/// A picture that the backend holds for this visit. It is not stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Picture {
    /// What searches name it by.
    pub id: String,
    /// The file's name, or empty.
    pub name: String,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Things in it, best first; empty when it shows one thing.
    pub proposals: Vec<Proposal>,
}
