//! What a pack says of itself, beside its rows.

use parquet::file::metadata::{FileMetaData, KeyValue};

use crate::error::{Error, Result};
use crate::kind::Kind;

/// The version of the columns. It is that of the release's description.
const FORMAT: &str = "1";

/// What the vectors of a pack are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The catalogue's id.
    pub catalog: String,
    /// The fingerprint of the model.
    pub model: String,
    /// Values per vector.
    pub dimension: usize,
}

impl Header {
    fn entries(&self, kind: Kind) -> [(&'static str, String); 5] {
        [
            ("knytt.format", FORMAT.into()),
            ("knytt.kind", kind.name().into()),
            ("knytt.catalog", self.catalog.clone()),
            ("knytt.model", self.model.clone()),
            ("knytt.dimension", self.dimension.to_string()),
        ]
    }

    pub(crate) fn key_values(&self, kind: Kind) -> Vec<KeyValue> {
        self.entries(kind).into_iter().map(|(key, value)| KeyValue::new(key.into(), value)).collect()
    }

    /// # Errors
    /// [`Error::Header`] for the first entry that is another one, or not there.
    pub(crate) fn expect(&self, kind: Kind, file: &FileMetaData) -> Result<()> {
        let entries = file.key_value_metadata();
        for (what, expected) in self.entries(kind) {
            let entry = entries.into_iter().flatten().find(|entry| entry.key == what);
            let found = entry.and_then(|entry| entry.value.clone()).unwrap_or_default();
            if found != expected {
                return Err(Error::Header { what, expected, found });
            }
        }
        Ok(())
    }
}
