//! What keeps the backend from starting or a command on its database from ending well.
//!
//! What a request is answered with is another matter; see `http::refusal`.

use std::path::PathBuf;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the backend stopped or did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is missing, contradicts another or cannot be read; correct it as the text says.
    #[error("{0}")]
    Setting(String),
    /// The settings file is not TOML or names a setting that does not exist.
    #[error("{path}: {source}")]
    SettingsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with its line.
        source: Box<toml::de::Error>,
    },
    /// The database refused or cannot be reached; see that it runs and that the address is right.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Nothing answers at the database's address; see that it runs and that the address is right.
    #[error("{address}: no database answered within {secs} s: {source}")]
    DatabaseAway {
        /// The address, without its password.
        address: String,
        /// How long it was tried.
        secs: u64,
        /// The last failure.
        source: sqlx::Error,
    },
    /// The database is of a newer version of this program, or its tables cannot be made.
    #[error("database tables: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The folder or bucket for releases cannot be used; see its address and credentials.
    #[error("object store: {0}")]
    Objects(#[from] object_store::Error),
    /// NATS refuses what is asked of it, for example three copies on one node.
    #[error("NATS: {0}")]
    Events(String),
    /// A catalogue to search cannot be opened; the text says why and what helps.
    #[error("{reason} (--catalog {folder})")]
    Catalog {
        /// Its folder.
        folder: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The certificate or its key cannot be read.
    #[error("TLS: {0}")]
    Tls(String),
    /// The system refused a file or a socket.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// There is no such API key; `knytt api-key list` shows those that are.
    #[error("there is no API key {0:?}")]
    NoSuchKey(String),
}
