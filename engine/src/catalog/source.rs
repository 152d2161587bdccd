//! The sources that products are built from: those that are stored already, and those that were refused.

use serde::{Deserialize, Serialize};

/// The state of a source (a file of a folder, a row of a feed) when its product was stored. A build skips a source
/// whose hash is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// A hash over all input of the product and its embedding.
    pub content_hash: String,
    /// The id of the product that was built from it.
    pub product: String,
}

impl SourceRecord {
    /// The hash of the picture alone, as builds write it: what is before the dash of the content hash, and after it is
    /// the hash of everything else.
    pub fn picture_hash(&self) -> &str {
        self.content_hash.split('-').next().unwrap_or_default()
    }

    /// The same source with another picture, or with a word that no picture has as its hash.
    #[must_use]
    pub fn with_picture(&self, hash: &str) -> Self {
        let rest = self.content_hash.split_once('-').map_or("", |(_, rest)| rest);
        Self { content_hash: format!("{hash}-{rest}"), product: self.product.clone() }
    }

    /// The same source as if its further pictures were not read yet: the next build reads them.
    #[must_use]
    pub fn without_further_pictures(&self) -> Self {
        let own: Vec<&str> = self.content_hash.splitn(3, '-').take(2).collect();
        Self { content_hash: own.join("-"), product: self.product.clone() }
    }
}

/// A source that was refused, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineRow {
    /// The file, or the feed and its line, as in `feed.csv:17`.
    pub source: String,
    /// A stable name of the kind of fault.
    pub code: String,
    /// A description of the fault, for people.
    pub reason: String,
    /// The id of the product that it would be, if that is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The title of that product.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
}

/// The stored form of a source. It has the name, since the key may be a hash of the name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredSource {
    pub(crate) source: String,
    #[serde(flatten)]
    pub(crate) record: SourceRecord,
}
