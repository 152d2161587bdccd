//! Why a sync stops. The catalogue is then as it was.

use std::fmt;
use std::path::{Path, PathBuf};

use knytt_wire::Hosts;
use url::Url;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was expected and what was found; [`Error::code`] is stable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The network or the server cannot be reached, or answers too slowly. Try later; search goes on.
    #[error("{url} cannot be reached: {reason}")]
    Offline {
        /// What was asked for.
        url: Url,
        /// Why it failed.
        reason: String,
    },

    /// The server sends so slowly that it would never end: it, or somebody in between, holds this device
    /// off. Search goes on; a mirror, or a later time, may do better.
    #[error("{url} sends too slowly")]
    TooSlow {
        /// What was asked for.
        url: Url,
    },

    /// The server has no such file: the address is wrong, or the publisher is not done.
    #[error("{url} does not exist")]
    NotFound {
        /// What was asked for.
        url: Url,
    },

    /// The server refuses this device, or fails itself.
    #[error("{url} answered with status {status}")]
    Refused {
        /// What was asked for.
        url: Url,
        /// The HTTP status.
        status: u16,
    },

    /// The catalogue's first root of trust is another one than was pinned: the link is old, or somebody
    /// stands in between.
    #[error("the catalogue's root has the fingerprint {found}, expected {expected}")]
    WrongRoot {
        /// What was pinned, or trusted before.
        expected: String,
        /// What the server has.
        found: String,
    },

    /// Without encryption and without a pinned root anyone on the way could be the publisher.
    #[error("{url} is not encrypted: use https, or a link with the catalogue's fingerprint")]
    Unencrypted {
        /// The address.
        url: Url,
    },

    /// Metadata is not signed by enough of the keys that may sign it.
    #[error("the {role} metadata is not signed as it must be: {reason}")]
    Signature {
        /// Whose.
        role: Role,
        /// What the check says.
        reason: String,
    },

    /// The server offers something older than what was seen before.
    #[error("the {role} metadata is older than what was seen before: {reason}")]
    Rollback {
        /// Whose.
        role: Role,
        /// The versions.
        reason: String,
    },

    /// The release does not continue the log of releases that this device has seen: its publisher, or a thief of the
    /// keys, signed two releases of one number, or the publisher lost its records.
    #[error("the release does not continue what was seen of this catalogue: {reason}")]
    Equivocation {
        /// What does not agree.
        reason: String,
    },

    /// The metadata is past its date: the publisher has stopped, somebody holds back newer releases, or
    /// this device's clock is wrong.
    #[error("the {role} metadata expired {} ago{}", days(*.expired_days), .clock.as_deref().unwrap_or_default())]
    Expired {
        /// Whose.
        role: Role,
        /// For how many days.
        expired_days: u32,
        /// What the server's clock says about this device's, if they disagree.
        clock: Option<String>,
    },

    /// Files of different releases are mixed, or a file was changed on its way.
    #[error("{file} is not what the signed metadata says: {reason}")]
    Mismatch {
        /// Which file.
        file: String,
        /// Its version, length or hash.
        reason: String,
    },

    /// A file is longer than it may be.
    #[error("{file} is longer than {limit_bytes} bytes")]
    TooLarge {
        /// Which file.
        file: String,
        /// How long it may be, in bytes.
        limit_bytes: u64,
    },

    /// Metadata that cannot be read.
    #[error("{file} cannot be read: {reason}")]
    Malformed {
        /// Which file.
        file: String,
        /// Why.
        reason: String,
    },

    /// Validly signed, but of another catalogue.
    #[error("this is the catalogue {found:?}, expected {expected:?}")]
    WrongCatalog {
        /// The catalogue in the folder.
        expected: String,
        /// What the release says.
        found: String,
    },

    /// The release leads to a host that the root does not name: a mistake of the publisher, or somebody has
    /// stolen the targets' key.
    #[error("{what} leads to {url}, the catalogue's root names only {hosts}")]
    ForeignHost {
        /// The feedback, a rule, or which product.
        what: String,
        /// The address.
        url: String,
        /// The hosts that the root names.
        hosts: Hosts,
    },

    /// The release's vectors are of a model that is not here, or its bundle is another one than it says.
    #[error("the release is of the model {name} ({expected}): {reason}")]
    WrongModel {
        /// The release's, for people.
        name: String,
        /// Its fingerprint.
        expected: String,
        /// What is the matter.
        reason: String,
    },

    /// A pack, rightly hashed, does not hold what its release says.
    #[error("the pack {pack} cannot be used: {reason}")]
    Pack {
        /// Which.
        pack: String,
        /// Why.
        reason: String,
    },

    /// Applying did not lead to the release's content; the change was not kept.
    #[error("the catalogue would have the content {found}, its release says {expected}")]
    Content {
        /// The release's content hash.
        expected: String,
        /// What came out.
        found: String,
    },

    /// A later version of the app is needed.
    #[error("the release is of format {found}: please update this app")]
    NewerFormat {
        /// The release's.
        found: u32,
    },

    /// The folder holds something else: a catalogue that was built here, or other files.
    #[error("{path} is not a synced catalogue: {reason}")]
    NotSynced {
        /// The folder.
        path: PathBuf,
        /// What was found.
        reason: String,
    },

    /// Another sync of this catalogue is under way.
    #[error("another sync of {path} is under way")]
    Busy {
        /// The folder.
        path: PathBuf,
    },

    /// The disk is full. Free some space; what was fetched is kept for the next time.
    #[error("the disk that holds {path} is full")]
    DiskFull {
        /// The folder.
        path: PathBuf,
    },

    /// The update is large and the network costs money; it waits for another one.
    #[error("{bytes} bytes wait for a network that is not metered")]
    Metered {
        /// How much there is to fetch, in bytes.
        bytes: u64,
    },

    /// Somebody asked to stop.
    #[error("cancelled")]
    Cancelled,

    /// A file of the catalogue's folder cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The catalogue's storage failed.
    #[error(transparent)]
    Engine(#[from] knytt_engine::Error),
}

/// A role of The Update Framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Says whose keys may sign.
    Root,
    /// Says what is newest.
    Timestamp,
    /// Says which versions belong together.
    Snapshot,
    /// Says what files there are.
    Targets,
    /// The release itself.
    Release,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "root",
            Self::Timestamp => "timestamp",
            Self::Snapshot => "snapshot",
            Self::Targets => "targets",
            Self::Release => "release",
        })
    }
}

impl Error {
    /// A stable name of the kind of error, for programs that branch on it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Offline { .. } => "offline",
            Self::TooSlow { .. } => "too_slow",
            Self::NotFound { .. } => "not_found",
            Self::Refused { .. } => "refused",
            Self::WrongRoot { .. } => "wrong_root",
            Self::Unencrypted { .. } => "unencrypted",
            Self::Signature { .. } => "wrong_key",
            Self::Rollback { .. } => "rollback",
            Self::Equivocation { .. } => "equivocation",
            Self::Expired { .. } => "expired",
            Self::Mismatch { .. } => "tampered",
            Self::TooLarge { .. } => "too_large",
            Self::Malformed { .. } => "malformed",
            Self::WrongCatalog { .. } => "wrong_catalog",
            Self::ForeignHost { .. } => "foreign_host",
            Self::WrongModel { .. } => "wrong_model",
            Self::Pack { .. } => "bad_pack",
            Self::Content { .. } => "wrong_content",
            Self::NewerFormat { .. } => "newer_format",
            Self::NotSynced { .. } => "not_synced",
            Self::Busy { .. } => "busy",
            Self::DiskFull { .. } => "disk_full",
            Self::Metered { .. } => "metered",
            Self::Cancelled => "cancelled",
            Self::File { .. } => "file",
            Self::Engine(knytt_engine::Error::DiskFull { .. }) => "disk_full",
            Self::Engine(engine) => engine.code(),
        }
    }

    /// Whether another server, or this one later, may well have an answer.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Offline { .. } | Self::TooSlow { .. } | Self::NotFound { .. } => true,
            Self::Refused { status, .. } => *status >= 500 || matches!(status, 408 | 425 | 429),
            _ => false,
        }
    }
}

/// An IO error of a file, which may be that of a full disk.
pub(crate) fn of_file(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    move |source| match source.kind() {
        StorageFull | QuotaExceeded => Error::DiskFull { path: path.into() },
        _ => Error::File { path: path.into(), source },
    }
}

fn days(days: u32) -> String {
    match days {
        0 => "less than a day".into(),
        1 => "a day".into(),
        more => format!("{more} days"),
    }
}
