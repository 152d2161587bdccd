//! Why a pack cannot be written or read.

use crate::kind::Kind;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was expected and what was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Rows came in another order than that of their ids, or one id twice; the program has a mistake.
    #[error("row {id:?} comes after {after:?}: rows must be in the order of their ids, each once")]
    Order {
        /// The row.
        id: String,
        /// The one before it.
        after: String,
    },

    /// A row does not fit the pack; correct what made it.
    #[error("row {id:?} cannot be stored: {reason}")]
    Row {
        /// Its id.
        id: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The file is of another catalogue, model, dimension or kind than was asked for.
    #[error("the pack's {what} is {found:?}, expected {expected:?}")]
    Header {
        /// Which part of its header.
        what: &'static str,
        /// What was asked for.
        expected: String,
        /// What the pack says.
        found: String,
    },

    /// The file has another number of rows than its release says.
    #[error("the pack has {found} rows, its release says {expected}")]
    Rows {
        /// What the release says.
        expected: u64,
        /// What the pack says.
        found: u64,
    },

    /// The file would take another amount of memory than its release says; it is not decompressed.
    #[error("the pack takes {found} bytes decompressed, its release says {expected}")]
    DecompressedSize {
        /// What the release says.
        expected: u64,
        /// What the pack says.
        found: u64,
    },

    /// The file is a Parquet file of other columns than a pack of its kind has.
    #[error("this is no pack of {kind}: {reason}")]
    Columns {
        /// The kind that was asked for.
        kind: Kind,
        /// What is missing or strange.
        reason: String,
    },

    /// The file is not Parquet, is cut short, or cannot be read or written.
    #[error("the pack cannot be read or written: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),

    /// The file contradicts itself in a way that the library for Parquet does not expect: it was damaged,
    /// or made to do harm.
    #[error("the pack is damaged: {0}")]
    Damaged(String),

    /// Rows do not make a batch of columns; the program has a mistake.
    #[error("the pack's columns do not fit together: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
}
