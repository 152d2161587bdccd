//! What was verified before, by which anything older is known.

use std::path::{Path, PathBuf};

use knytt_wire::LogHead;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::files;
use crate::{Error, Result};

/// The newest metadata that was verified, as it was signed.
///
/// It lies in the catalogue's folder and once more outside of it: a folder that was put back from a
/// backup does not forget what the device has seen since, and a device that lost the copy outside still
/// has that in the folder.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Trust {
    /// SHA-256 of the first root, hexadecimal: who the catalogue is.
    pub(crate) first_root: String,
    pub(crate) root: Option<Box<RawValue>>,
    pub(crate) timestamp: Option<Box<RawValue>>,
    pub(crate) snapshot: Option<Box<RawValue>>,
    pub(crate) targets: Option<Box<RawValue>>,
    /// The highest release that was verified.
    #[serde(default)]
    pub(crate) release: u64,
    /// The newest release in the log that this device has had; none before the first that is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log: Option<LogHead>,
    /// The release that was verified last. It is not had before it is applied: one that is broken is no reason to
    /// refuse what its publisher puts in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_log: Option<LogHead>,
    /// The server's tag of the timestamp above.
    #[serde(default)]
    pub(crate) etag: Option<String>,
}

/// Where the two copies lie.
pub(crate) struct TrustStore {
    inside: PathBuf,
    outside: Option<PathBuf>,
}

impl TrustStore {
    /// `state`: the folder for what is outside; `None` for no second copy.
    pub(crate) fn new(inside: PathBuf, state: Option<&Path>, first_root: &str, catalog: &Path) -> Self {
        // Two folders may follow one catalogue, each at its own pace.
        let name = short_hash(&format!("{first_root} {}", catalog.display()));
        let outside = state.map(|state| state.join("trust").join(format!("{name}.json")));
        Self { inside, outside }
    }

    /// The newer of the two copies, if it is of this root.
    pub(crate) fn read(&self, first_root: &str) -> Result<Trust> {
        let inside = files::read::<Trust>(&self.inside)?;
        // What lies outside may be gone or unreadable; it is only the second copy.
        let outside = self.outside.as_deref().and_then(|file| files::read::<Trust>(file).ok()).flatten();
        let mut copies: Vec<Trust> = [inside, outside].into_iter().flatten().collect();
        if let Some(other) = copies.iter().find(|trust| trust.first_root != first_root) {
            let expected = other.first_root.clone();
            return Err(Error::WrongRoot { expected, found: first_root.into() });
        }
        copies.sort_by_key(Trust::age);
        Ok(copies.pop().unwrap_or_else(|| Trust { first_root: first_root.into(), ..Trust::default() }))
    }

    pub(crate) fn write(&self, trust: &Trust) -> Result<()> {
        files::write(&self.inside, trust)?;
        if let Some(outside) = &self.outside {
            // Best effort: a home that cannot be written is no reason not to sync.
            let _ = files::write(outside, trust);
        }
        Ok(())
    }
}

impl Trust {
    /// The newest release in the log that this device has had, with a catalogue that is at `release`.
    pub(crate) fn had(&self, release: u64) -> Option<&LogHead> {
        self.next_log.as_ref().filter(|next| next.number == release).or(self.log.as_ref())
    }

    /// Versions in the order of their weight.
    fn age(&self) -> (u64, u64, u64) {
        (version_of(self.root.as_deref()), version_of(self.timestamp.as_deref()), self.release)
    }
}

/// The version that signed metadata says it has; 0 for none.
pub(crate) fn version_of(metadata: Option<&RawValue>) -> u64 {
    #[derive(Deserialize)]
    struct Signed {
        signed: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        version: u64,
    }
    let parsed = metadata.and_then(|json| serde_json::from_str::<Signed>(json.get()).ok());
    parsed.map_or(0, |metadata| metadata.signed.version)
}

fn short_hash(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes()).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(timestamp: u64) -> Trust {
        let metadata = format!(r#"{{"signed":{{"version":{timestamp}}},"signatures":[]}}"#);
        let timestamp = RawValue::from_string(metadata).ok();
        Trust { first_root: "aa".into(), timestamp, ..Trust::default() }
    }

    #[test]
    fn a_folder_from_a_backup_does_not_forget() {
        let (catalog, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let inside = catalog.path().join("trust.json");
        let store = TrustStore::new(inside.clone(), Some(state.path()), "aa", catalog.path());
        store.write(&trust(3)).unwrap();
        let backup = std::fs::read(&inside).unwrap();
        store.write(&trust(7)).unwrap();
        std::fs::write(&inside, backup).unwrap();
        assert_eq!(version_of(store.read("aa").unwrap().timestamp.as_deref()), 7);
        std::fs::remove_dir_all(state.path()).unwrap();
        assert_eq!(version_of(store.read("aa").unwrap().timestamp.as_deref()), 3);
    }

    #[test]
    fn a_release_of_the_log_is_had_once_it_is_applied() {
        let head = |number| Some(LogHead { number, hash: "0f".into() });
        let trust = Trust { log: head(3), next_log: head(4), ..Trust::default() };
        assert_eq!(trust.had(3), head(3).as_ref());
        assert_eq!(trust.had(4), head(4).as_ref());
        // A folder from a backup does not forget.
        assert_eq!(trust.had(2), head(3).as_ref());
    }

    #[test]
    fn another_root_is_never_taken_for_this_one() {
        let catalog = tempfile::tempdir().unwrap();
        let store = TrustStore::new(catalog.path().join("trust.json"), None, "aa", catalog.path());
        store.write(&trust(1)).unwrap();
        assert!(matches!(store.read("bb"), Err(Error::WrongRoot { .. })));
    }
}
