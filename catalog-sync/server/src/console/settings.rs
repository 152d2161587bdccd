//! What the console is told.

use std::path::PathBuf;

/// Where the console keeps its files, and within which bounds it works.
#[derive(Clone, Debug)]
pub struct ConsoleSettings {
    /// The folder of feeds, builds and keys.
    pub folder: PathBuf,
    /// The largest feed, in bytes.
    pub feed_bytes: u64,
    /// Hosts that feeds are fetched from.
    pub feed_hosts: Vec<String>,
    /// Jobs at once.
    pub workers: usize,
    /// A file whose first line opens the keys that lie here, so that publications need no passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// The program that builds and publishes; this one if absent. Tests name it, because they are another one.
    #[doc(hidden)]
    pub program: Option<PathBuf>,
    /// Whether feeds and their pictures may lie on this machine's networks. Tests serve them there.
    #[doc(hidden)]
    pub local_network: bool,
}
