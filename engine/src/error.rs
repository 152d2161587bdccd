//! What can go wrong between a query and its hits, or between a product and the disk.

use std::path::PathBuf;

use knytt_models::Fingerprint;
use rust_decimal::Decimal;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was expected, what was found, and (where there is one) the way out.
/// [`Error::code`] is stable, for programs that branch on it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder holds no catalogue; the path is wrong or nothing was built there yet.
    #[error("{path} is not a catalogue: {reason}")]
    NotACatalog {
        /// The folder that was opened.
        path: PathBuf,
        /// What is missing or strange.
        reason: String,
    },

    /// A new catalogue was asked for where one is; open it, or choose another folder.
    #[error("{path} already holds a catalogue")]
    AlreadyExists {
        /// The folder.
        path: PathBuf,
    },

    /// Another version of Knytt wrote the catalogue; use that version, or build it again.
    #[error("the catalogue has schema version {found}, this program reads version {supported}")]
    UnknownSchema {
        /// What the catalogue says.
        found: u32,
        /// What this program reads.
        supported: u32,
    },

    /// The catalogue or one of its files cannot be opened; see the permissions.
    #[error("cannot open {path}: {source}")]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The disk is full. Nothing of the batch was stored; free some space and commit again.
    #[error("the disk that holds {path} is full{}: nothing was stored", room(*.needed_bytes))]
    DiskFull {
        /// The catalogue's folder.
        path: PathBuf,
        /// How much room the step takes at least, in bytes, where that is known.
        needed_bytes: Option<u64>,
    },

    /// The catalogue's files cannot be written. It can be searched; to change it, copy it to a folder that can be
    /// written.
    #[error("the catalogue in {path} can only be read: its files or their folder may not be written")]
    ReadOnly {
        /// The catalogue's folder.
        path: PathBuf,
    },

    /// The catalogue has reached the size that it was opened with as its limit.
    #[error("the catalogue may not grow beyond {limit_bytes} bytes: nothing of this batch was stored")]
    MapLimit {
        /// The limit, in bytes.
        limit_bytes: usize,
    },

    /// The file must grow, which needs a moment without readers, and a snapshot stayed open.
    /// Drop snapshots soon after use, and none may be held by the thread that commits.
    #[error("the catalogue must grow, but {readers} snapshots stayed open for {waited_ms} ms")]
    ReadersHoldMap {
        /// Snapshots still open.
        readers: usize,
        /// How long the commit waited, in milliseconds.
        waited_ms: u64,
    },

    /// Every reader slot is taken; too many snapshots are open at once.
    #[error("too many snapshots are open at once (the limit is {limit})")]
    TooManyReaders {
        /// Slots per catalogue, over all processes.
        limit: u32,
    },

    /// The file ends before the pages that are in use; it was cut short, or copied while it grew. Restore a copy, sync
    /// or build it again, or repair it: `knytt catalog repair` copies what is readable.
    #[error(
        "the catalogue {path} is cut short: its pages take {expected_bytes} bytes, the file has {found_bytes}"
    )]
    CutShort {
        /// The data file.
        path: PathBuf,
        /// What its pages take, in bytes.
        expected_bytes: u64,
        /// What the file has, in bytes.
        found_bytes: u64,
    },

    /// Two parts of the catalogue contradict each other; build it again or restore a copy.
    #[error("the catalogue is damaged: {0}")]
    Damaged(String),

    /// A vector of another model; embed the query with the model that the catalogue names.
    #[error("the catalogue was built by model {expected}, this embedding is of model {received}")]
    FingerprintMismatch {
        /// The catalogue's model.
        expected: Fingerprint,
        /// The embedding's.
        received: Fingerprint,
    },

    /// A vector of another length than the catalogue's.
    #[error("the catalogue holds vectors of {expected} dimensions, this one has {received}")]
    DimensionMismatch {
        /// The catalogue's.
        expected: usize,
        /// The vector's.
        received: usize,
    },

    /// A product that cannot be stored; correct its row.
    #[error("product {id:?} cannot be stored: {reason}")]
    InvalidProduct {
        /// Its id.
        id: String,
        /// What is wrong with it.
        reason: String,
    },

    /// No product has this id.
    #[error("the catalogue has no product {id:?}")]
    UnknownProduct {
        /// The id that was asked for.
        id: String,
    },

    /// A filter that cannot be read, or that names a key which no product has.
    #[error(transparent)]
    Filter(#[from] FilterError),

    /// The query asks for nothing, or for too much.
    #[error("this query cannot be answered: {0}")]
    InvalidQuery(&'static str),

    /// The catalogue's safety gate refuses the query's picture.
    #[error("this catalogue refuses the picture: it may not be fit to be shown")]
    UnsafePicture,

    /// The model refused the picture or the words.
    #[error(transparent)]
    Model(#[from] knytt_models::Error),

    /// A stored record cannot be read or written as JSON.
    #[error("a stored record is not readable: {0}")]
    Record(#[from] serde_json::Error),

    /// The storage failed in a way that has no name of its own here.
    #[error("storage: {0}")]
    Storage(heed::Error),

    /// The approximate index failed.
    #[error("index: {0}")]
    Index(arroy::Error),
}

/// Why a filter is refused: its text cannot be read, or the catalogue has no such key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// Not `key=value`.
    #[error(
        "{0:?} is not a filter: write key=value, with a key like category, brand, color, size, \
         availability, currency, price or a column of the feed"
    )]
    Syntax(String),

    /// Not a price range.
    #[error("{0:?} is not a price range: write price=10..50, price=10.., price<=50 or price>=10")]
    Price(String),

    /// More decimals than prices are compared by.
    #[error("{0} is not a price to compare with: at most 4 decimals, and below 10^14")]
    PriceBound(Decimal),

    /// No product of the catalogue has this attribute.
    #[error("no product has {key:?}; this catalogue can be filtered by {}", known.join(", "))]
    UnknownKey {
        /// The key of the filter.
        key: String,
        /// The keys that the catalogue has.
        known: Vec<String>,
    },
}

impl Error {
    /// A stable name of the kind of error, in `snake_case`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotACatalog { .. } => "not_a_catalog",
            Self::AlreadyExists { .. } => "catalog_exists",
            Self::UnknownSchema { .. } => "unknown_schema",
            Self::Open { .. } => "catalog_unreadable",
            Self::DiskFull { .. } => "disk_full",
            Self::ReadOnly { .. } => "catalog_read_only",
            Self::MapLimit { .. } => "catalog_too_large",
            Self::ReadersHoldMap { .. } => "readers_hold_map",
            Self::TooManyReaders { .. } => "too_many_readers",
            Self::CutShort { .. } | Self::Damaged(_) | Self::Record(_) => "catalog_damaged",
            Self::FingerprintMismatch { .. } => "fingerprint_mismatch",
            Self::DimensionMismatch { .. } => "dimension_mismatch",
            Self::InvalidProduct { .. } => "invalid_product",
            Self::UnknownProduct { .. } => "unknown_product",
            Self::Filter(_) => "invalid_filter",
            Self::InvalidQuery(_) => "invalid_query",
            Self::UnsafePicture => "unsafe_picture",
            Self::Model(_) => "model",
            Self::Storage(_) => "storage",
            Self::Index(_) => "index",
        }
    }

    /// Says how much room was needed at least, if the disk was full and nothing says so yet.
    #[must_use]
    pub fn with_needed_bytes(self, bytes: u64) -> Self {
        match self {
            Self::DiskFull { path, needed_bytes: None } => Self::DiskFull { path, needed_bytes: Some(bytes) },
            other => other,
        }
    }

    /// Whether the map has to grow and the transaction to run again.
    pub(crate) fn is_map_full(&self) -> bool {
        matches!(self, Self::Storage(heed::Error::Mdb(heed::MdbError::MapFull)))
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}

/// How much room is needed, for the message of a full disk.
fn room(needed_bytes: Option<u64>) -> String {
    needed_bytes.map(|bytes| format!(" (at least {bytes} bytes are needed)")).unwrap_or_default()
}

impl From<heed::Error> for Error {
    fn from(error: heed::Error) -> Self {
        match error {
            heed::Error::Mdb(
                heed::MdbError::Corrupted | heed::MdbError::PageNotFound | heed::MdbError::Invalid,
            ) => Self::Damaged(error.to_string()),
            heed::Error::Decoding(reason) => Self::Damaged(reason.to_string()),
            other => Self::Storage(other),
        }
    }
}

impl From<arroy::Error> for Error {
    fn from(error: arroy::Error) -> Self {
        match error {
            // So that a full map inside an index build is grown like any other.
            arroy::Error::Heed(storage) => storage.into(),
            other => Self::Index(other),
        }
    }
}
