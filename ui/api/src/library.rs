//! What the shopper keeps on this device.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Choice, Money};

/// A search of before. The picture is kept only as a small one, here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryEntry {
    /// Unique; newer ones sort later.
    pub id: String,
    /// When, in milliseconds since 1970 (UTC).
    #[ts(type = "number")]
    pub at: u64,
    /// The words, as typed.
    pub words: String,
    /// Whether a small picture of the query is kept.
    pub has_picture: bool,
    /// The product that more was asked of, if any.
    pub like: Option<String>,
    /// The filters.
    pub filters: Vec<Choice>,
    /// The title of the best hit, empty if there was none.
    pub best: String,
}

/// What lies on the disk, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StorageUse {
    /// The open catalogue.
    #[ts(type = "number")]
    pub catalog: u64,
    /// The model.
    #[ts(type = "number")]
    pub model: u64,
    /// Favourites, history and settings.
    #[ts(type = "number")]
    pub personal: u64,
}

/// What is known of the shopper here, for themselves to see. None of it leaves the device but what waits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Personal {
    /// What was learned of their taste.
    pub taste: Learned,
    /// How many events wait to be told to the shop, with consent.
    pub waiting: u32,
}

/// A shopper's taste.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Learned {
    /// Whether anything is known.
    pub any: bool,
    /// Categories, the most liked first.
    pub categories: Vec<Affinity>,
    /// Brands, the most liked first.
    pub brands: Vec<Affinity>,
    /// Sizes, the most liked first.
    pub sizes: Vec<Affinity>,
    /// What is usually paid.
    pub usual_price: Option<Money>,
}

/// A name and how much it is liked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Affinity {
    /// A category, a brand or a size.
    pub name: String,
    /// −1 to 1; less than zero if it is disliked.
    pub liking: f32,
}
