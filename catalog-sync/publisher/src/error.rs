//! What can go wrong between a catalogue and the place where its releases lie.

use std::path::PathBuf;

use crate::Role;

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was met and, where there is one, the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder of this machine; the message names it.
    #[error(transparent)]
    Io(#[from] std::io::Error),

    /// The catalogue cannot be read, or its release cannot be noted in it.
    #[error(transparent)]
    Catalog(#[from] knytt_engine::Error),

    /// The model bundle is missing or is another one; say `--model`.
    #[error("the model's files are not to be had: {0}")]
    Model(String),

    /// A pack cannot be written or read.
    #[error(transparent)]
    Pack(#[from] knytt_pack::Error),

    /// The folder holds keys already; take another one, or rotate them.
    #[error("{path} holds keys already")]
    KeysExist {
        /// The folder.
        path: PathBuf,
    },

    /// The folder holds no keys; make them with `knytt key init`.
    #[error("{path} holds no 1.root.json: there are no keys")]
    NoKeys {
        /// The folder.
        path: PathBuf,
    },

    /// A key's file cannot be read; restore it from a copy.
    #[error("{path} is not an Ed25519 key in PKCS#8: {reason}")]
    BadKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// An entry of a key that a program signs with, or its public key, cannot be used.
    #[error("{path} cannot be used: {reason}")]
    BadKeyEntry {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The program that signs with a key did not.
    #[error("{command:?} did not sign: {reason}")]
    KeyCommand {
        /// The program with its arguments.
        command: String,
        /// What went wrong, with what the program said.
        reason: String,
    },

    /// A key's file is encrypted: name the file with the passphrase, or set `KNYTT_KEY_PASSPHRASE`.
    #[error("{path} is encrypted, and no passphrase was given")]
    NoPassphrase {
        /// The file.
        path: PathBuf,
    },

    /// Fewer keys of a role are here than must sign; bring the others (the stick with the root keys), or
    /// rotate the role.
    #[error("{role} must be signed by {threshold} of its keys, {here} of them are here")]
    TooFewKeys {
        /// The role.
        role: Role,
        /// How many must sign.
        threshold: u64,
        /// How many are here.
        here: usize,
    },

    /// The thresholds or numbers of keys that were asked for cannot work.
    #[error("{0}")]
    InvalidKeys(String),

    /// The root that all trust starts from has expired: `knytt key renew`.
    #[error("the root of trust expired on {expired}: devices refuse whatever it signs")]
    RootExpired {
        /// When.
        expired: String,
    },

    /// The keys' folder has an older root than what is published; copy the newer one here.
    #[error("{version}.root.json is published, but not in this folder of keys: it was rotated elsewhere")]
    KeysBehind {
        /// The root that is not here.
        version: u64,
    },

    /// Another catalogue is published there, with other keys; choose another place.
    #[error("what is published there has other keys: its {version}.root.json is not the one here")]
    ForeignRoot {
        /// The first root that differs.
        version: u64,
    },

    /// Another catalogue is published there, with these keys; choose another place.
    #[error("the catalogue {found:?} is published there, this one is {expected:?}")]
    ForeignCatalog {
        /// The id of the catalogue that was to be published.
        expected: String,
        /// The id that was found.
        found: String,
    },

    /// Devices refuse what leads to a host that the root does not name: correct the feed, or name the host
    /// with `knytt key hosts`.
    #[error("{what} leads to {url}, the root names only {hosts}")]
    ForeignHost {
        /// The feedback, a rule, or which product.
        what: String,
        /// The address.
        url: String,
        /// The hosts that the root names.
        hosts: knytt_wire::Hosts,
    },

    /// Anybody on the way could read feedback that is sent there, and devices send none: say `https`.
    #[error("feedback cannot go to {url}: expected https, or an address of this machine")]
    OpenFeedback {
        /// The address.
        url: url::Url,
    },

    /// Metadata or packs at the place are not what was signed: somebody changed them, or the store
    /// damaged them. Publish in full to a new place, or restore them.
    #[error("what is published there cannot be trusted: {0}")]
    Untrusted(String),

    /// A release that was signed cannot be read by this program.
    #[error(transparent)]
    Release(#[from] knytt_wire::InvalidRelease),

    /// Numbers only grow; devices would refuse a lower one.
    #[error("release numbers are at {last} already, {number} is not higher")]
    NumberGoesBack {
        /// What was asked for.
        number: u64,
        /// The highest that was published.
        last: u64,
    },

    /// Somebody with these keys published another release of the number that was published from here: devices that
    /// saw one of the two refuse what follows the other. If it was not you, replace the targets' keys; then, or if it
    /// was, `knytt release number --set` lets the log begin anew.
    #[error("release {number} at the place is not the release {number} that was published from here")]
    ForkedLog {
        /// The number of both.
        number: u64,
    },

    /// Another publisher was faster. Nothing of this release shows; publish again.
    #[error("another publisher published to the same place meanwhile: nothing of this release shows there")]
    Raced,

    /// The address is none that releases can be put to: `file://`, `s3://` or `https://`.
    #[error("releases cannot be put to {url}: {reason}")]
    Address {
        /// What was given.
        url: String,
        /// Why it will not do.
        reason: String,
    },

    /// The place refused or failed; try again when it answers.
    #[error("{name} at {place}: {reason}")]
    Depot {
        /// The place.
        place: String,
        /// Which file of it.
        name: String,
        /// What it said.
        reason: String,
    },

    /// A text with popularities has a line that is not `id`, tab, number.
    #[error("line {line} of the popularities is not an id, a tab and a number: {text:?}")]
    Popularity {
        /// Counts from 1.
        line: usize,
        /// The line.
        text: String,
    },

    /// JSON that this program wrote itself cannot be read or written.
    #[error("a record is not readable: {0}")]
    Record(#[from] serde_json::Error),

    /// A system call or a library failed in a way that should not be possible.
    #[error("unexpected: {0}")]
    Unexpected(String),
}

impl Error {
    pub(crate) fn unexpected(reason: impl std::fmt::Display) -> Self {
        Self::Unexpected(reason.to_string())
    }

    pub(crate) fn untrusted(reason: impl std::fmt::Display) -> Self {
        Self::Untrusted(reason.to_string())
    }
}
