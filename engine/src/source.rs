//! Where products come from: what was built already, and what was refused.

use serde::{Deserialize, Serialize};

/// What a source (a file of a folder, a row of a feed) was when its product was stored. A build that
/// finds the same hash again has nothing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// A hash over everything that the product and its embedding were made from.
    pub content_hash: String,
    /// The product that came of it.
    pub product: String,
}

/// A source that was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineRow {
    /// The file, or the feed and its line, as in `feed.csv:17`.
    pub source: String,
    /// A stable name of the kind of fault.
    pub code: String,
    /// What is wrong, for people.
    pub reason: String,
}

/// A source and its record, as stored: the key may be a hash of the name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredSource {
    pub(crate) source: String,
    #[serde(flatten)]
    pub(crate) record: SourceRecord,
}
