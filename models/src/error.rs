//! What can go wrong between a file and an embedding.

use std::path::PathBuf;

use knytt_kernels::{Isa, IsaError};

use crate::fingerprint::{Fingerprint, InvalidFingerprint};

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was expected, what was found, and (where there is one) the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the bundle cannot be read; the path or its permissions are wrong.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A file cannot be written; the disk is full, or its permissions are wrong.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A folder or file of a published model is of no layout that can be converted.
    #[error("{path} cannot be converted: {reason}")]
    Layout {
        /// The folder or the file.
        path: PathBuf,
        /// What is missing or not known.
        reason: String,
    },

    /// A bundle's JSON file does not say what the loader needs; compare it with a CLIPModel's.
    #[error("{file} is not usable: {reason}")]
    Config {
        /// The file's name in the bundle.
        file: &'static str,
        /// What is missing or wrong.
        reason: String,
    },

    /// The weights lack tensors or have them in another shape; the file belongs to another model.
    #[error("model.safetensors does not fit config.json: {0}")]
    Weights(String),

    /// The device was asked for by name and is not there; choose another one.
    #[error("device {device} is not available: {reason}")]
    Device {
        /// As asked for.
        device: String,
        /// What the driver or the build said.
        reason: String,
    },

    /// The environment variable `KNYTT_ISA` names an instruction set that cannot be used; unset it.
    #[error(transparent)]
    Isa(#[from] IsaError),

    /// `Options::isa` asks for instructions that this processor lacks.
    #[error("this processor has no {0}")]
    MissingIsa(Isa),

    /// Not the name of a precision.
    #[error("unknown precision {0:?}: known are auto, f32, bf16 and int8")]
    Precision(String),

    /// The device was there and failed: lost, out of memory, or without kernels for this model. Another one would do
    /// the same work.
    #[error("device {device} failed: {reason}")]
    DeviceFailed {
        /// As asked for.
        device: String,
        /// What the driver said.
        reason: String,
    },

    /// Too few pictures to tell whether a precision finds the same; give more of them.
    #[error("{given} pictures are too few to compare precisions: at least {least} are needed")]
    TooFewPictures {
        /// How many there were.
        given: usize,
        /// How many it takes.
        least: usize,
    },

    /// What was measured cannot be kept; the cache folder is missing or its permissions are wrong.
    #[error("cannot write to the cache of packed weights: {0}")]
    Cache(std::io::Error),

    /// A picture cannot be decoded, or is larger than the limits allow.
    #[error(transparent)]
    Decode(#[from] crate::decode::DecodeError),

    /// The text has no word in it.
    #[error("the text is empty: say what to look for")]
    EmptyText,

    /// The model has no text tower: it knows pictures only. Search texts for the words instead.
    #[error("this model knows pictures only: it gives no embedding of words")]
    PicturesOnly,

    /// The tokenizer refused the text.
    #[error("cannot tokenize the text: {0}")]
    Tokenize(String),

    /// A vector without a direction; the picture or the model is broken.
    #[error("not an embedding: {0}")]
    DegenerateEmbedding(&'static str),

    /// Two embeddings of different models met; embed both with the same bundle.
    #[error("the embeddings come from different models: expected {expected}, received {received}")]
    FingerprintMismatch {
        /// The space that was asked for.
        expected: Fingerprint,
        /// The space of the other embedding.
        received: Fingerprint,
    },

    /// A text that should name an embedding space does not.
    #[error(transparent)]
    InvalidFingerprint(#[from] InvalidFingerprint),

    /// The computation itself failed (out of memory, lost device).
    #[error("the model failed: {0}")]
    Compute(#[from] candle_core::Error),

    /// Whoever asked for it has stopped it.
    #[error("stopped before it was done")]
    Cancelled,

    /// The thread that owns the model has ended.
    #[error("the encoder has stopped")]
    Stopped,
}

/// Candle's errors carry a stack trace below the first line.
pub(crate) fn without_backtrace(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().into()
}
