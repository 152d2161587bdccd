//! What can go wrong between a name and a model's files.

use std::path::PathBuf;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was asked for and, where there is one, the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text names no model.
    #[error(
        "{0:?} is no model: give a name of `knytt model list`, hf:owner/name, hf:owner/name@revision, or an address"
    )]
    Reference(String),

    /// A setting in the environment cannot be used.
    #[error("{name} cannot be used: {reason}")]
    Setting {
        /// The variable.
        name: &'static str,
        /// Why.
        reason: String,
    },

    /// The network, a proxy or the server fails, again and again.
    #[error("cannot reach {url}: {reason}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// The last failure.
        reason: String,
    },

    /// There is no such repository or revision, or it is private.
    #[error("{0} is not there, or is private: a token in HF_TOKEN may open it")]
    NotFound(String),

    /// The owner lets only those in who have agreed to something.
    #[error(
        "{0} asks for an agreement: give it on the repository's page, and set HF_TOKEN to a token of that account"
    )]
    Gated(String),

    /// The server refuses.
    #[error("{url} answers {status}")]
    Refused {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },

    /// The server's list of files cannot be understood.
    #[error("the list of files of {repository} cannot be used: {reason}")]
    Listing {
        /// The repository.
        repository: String,
        /// Why.
        reason: String,
    },

    /// The repository has no model of a layout that can be converted.
    #[error(
        "{repository} cannot be converted: it has neither config.json of a CLIP with its weights, nor open_clip's files"
    )]
    Layout {
        /// The repository.
        repository: String,
    },

    /// What came is not what the list of files says.
    #[error("{file} is damaged: {reason}")]
    Damaged {
        /// The file.
        file: String,
        /// What differs.
        reason: String,
    },

    /// Without a network, only what was fetched before is there.
    #[error("{0} was not fetched before, and HF_HUB_OFFLINE is set")]
    Offline(String),

    /// The disk has too little room.
    #[error("{folder} has room for {free_bytes} bytes, and {needed_bytes} are needed")]
    NoRoom {
        /// The folder of the cache.
        folder: PathBuf,
        /// What is to come.
        needed_bytes: u64,
        /// What is free.
        free_bytes: u64,
    },

    /// The licence may limit what the model is used for, or is not stated, and was not accepted.
    #[error(
        "the licence of {repository} may limit its use ({license}): read it on the repository's page, and accept it"
    )]
    License {
        /// The repository.
        repository: String,
        /// What its page says.
        license: String,
    },

    /// Another model has the name among the user's models; remove it, or choose another folder.
    #[error("another model is in {folder}")]
    Occupied {
        /// The folder that the bundle was to have.
        folder: PathBuf,
    },

    /// What came cannot be made a bundle.
    #[error(transparent)]
    Convert(#[from] knytt_models::Error),

    /// A file of the cache cannot be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
}
