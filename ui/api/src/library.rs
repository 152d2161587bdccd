//! What the shopper keeps on this device.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Choice;

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
