//! How much room the disk of a SQLite database has.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a measurement holds. Until then at most the batches that wait are written.
const HOLDS: Duration = Duration::from_millis(200);

/// The folder of a database and the bytes that were free there. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Room(Arc<Measured>);

#[derive(Debug)]
struct Measured {
    folder: PathBuf,
    started: Instant,
    /// When, in milliseconds since `started`, plus one; 0 is never.
    at_ms: AtomicU64,
    free_bytes: AtomicU64,
}

impl Room {
    /// The room of the file that a `sqlite:` address names; none for a database in memory.
    pub fn of(address: &str) -> Option<Self> {
        let path = address.strip_prefix("sqlite:")?.split('?').next()?;
        let path = path.strip_prefix("//").unwrap_or(path).replace("%3F", "?").replace("%25", "%");
        if path.is_empty() || path == ":memory:" {
            return None;
        }
        let folder = match Path::new(&path).parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let (at_ms, free_bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Some(Self(Arc::new(Measured { folder, started: Instant::now(), at_ms, free_bytes })))
    }

    /// The bytes that may still be written there; `None` if the system does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        let now_ms = u64::try_from(self.0.started.elapsed().as_millis()).ok()? + 1;
        let at_ms = self.0.at_ms.load(Ordering::Acquire);
        if at_ms != 0 && now_ms - at_ms.min(now_ms) < HOLDS.as_millis() as u64 {
            return Some(self.0.free_bytes.load(Ordering::Acquire));
        }
        let free_bytes = measure(&self.0.folder)?;
        self.0.free_bytes.store(free_bytes, Ordering::Release);
        self.0.at_ms.store(now_ms, Ordering::Release);
        Some(free_bytes)
    }
}

#[cfg(unix)]
fn measure(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
fn measure(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_folder() {
        let folder = |address| Room::of(address).map(|room| room.0.folder.clone());
        assert_eq!(folder("sqlite:/a/b%3F/knytt.db?mode=rwc"), Some("/a/b?".into()));
        assert_eq!(folder("sqlite:///a/knytt.db"), Some("/a".into()));
        assert_eq!(folder("sqlite:knytt.db"), Some(".".into()));
        assert_eq!(folder("sqlite::memory:"), None);
        assert_eq!(folder("postgres://db/knytt"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_has_room() {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}/knytt.db", dir.path().display());
        assert!(Room::of(&address).unwrap().free_bytes().unwrap() > 0);
    }
}
