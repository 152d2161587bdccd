//! A note beside a catalogue's data file that says in which state the file was last known to be sound.
//!
//! Before LMDB may read a file, [`crate::store::pages`] walks its trees. In a large catalogue that reads every leaf
//! page, so a process that leaves the file sound notes its size, its times and its identity. While these are the same,
//! the next process need not walk. A copy of the file is another file, and any write gives it another time.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use fs_err as fs;
use serde::{Deserialize, Serialize};

/// The note's file.
pub(crate) const FILE: &str = "checked.json";

/// What tells one state of a file from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileState {
    bytes: u64,
    /// Nanoseconds since 1970, as text: JSON numbers have 53 bits.
    modified: String,
    created: Option<String>,
    /// The device and the number of the file, where the system has them.
    identity: Option<(String, String)>,
}

impl FileState {
    /// The state of a file now; `None` if the system does not say.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let data = fs::metadata(file).ok()?;
        let nanos = |time: std::io::Result<std::time::SystemTime>| {
            Some(time.ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos().to_string())
        };
        Some(Self {
            bytes: data.len(),
            modified: nanos(data.modified())?,
            created: nanos(data.created()),
            identity: identity(&data),
        })
    }

    /// Whether the note in `folder` says that the file is sound in this state.
    pub(crate) fn is_noted(&self, folder: &Path) -> bool {
        let noted = fs::read(folder.join(FILE)).ok();
        noted.and_then(|text| serde_json::from_slice::<Self>(&text).ok()).as_ref() == Some(self)
    }

    /// Notes that the file is sound in this state. If the note cannot be written, the next process walks the file.
    pub(crate) fn note(&self, folder: &Path) {
        let new: PathBuf = folder.join(format!("{FILE}.{}", std::process::id()));
        let written = serde_json::to_vec(self).is_ok_and(|text| fs::write(&new, text).is_ok());
        if !written || fs::rename(&new, folder.join(FILE)).is_err() {
            let _ = fs::remove_file(&new);
        }
    }
}

#[cfg(unix)]
fn identity(data: &Metadata) -> Option<(String, String)> {
    use std::os::unix::fs::MetadataExt;
    Some((data.dev().to_string(), data.ino().to_string()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(String, String)> {
    None
}
