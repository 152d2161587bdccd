//! The folder of pictures: each by a hash of its address, with what its server said of it.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Error, Result};

/// However long a server says that a picture stays the same, it is asked again after this.
const LONGEST_FRESH_SECS: u64 = 7 * 24 * 3600;

pub(super) struct Cache {
    folder: PathBuf,
}

/// Where one picture is kept.
pub(super) struct CacheEntry {
    /// Of the address; the first half of the files' names.
    pub(super) key: u64,
    pub(super) file: PathBuf,
    /// What has come of it until now.
    pub(super) part: PathBuf,
    note: PathBuf,
}

/// What a server said of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    /// Until when it need not be asked again: seconds since 1970.
    fresh_until: u64,
}

impl Cache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn kept(&self, url: &Url) -> CacheEntry {
        let hash = blake3::hash(url.as_str().as_bytes());
        let name = &hash.to_hex()[..32];
        let folder = self.folder.join(&name[..2]);
        let path = |ending: &str| folder.join(format!("{name}{ending}"));
        let key = hash.as_bytes().first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        CacheEntry { key, file: path(""), part: path(".part"), note: path(".json") }
    }

    /// Removes the files of keys that are not wanted.
    pub(super) fn sweep(&self, wanted: impl Fn(u64) -> bool) -> Result<()> {
        for folder in list(&self.folder)? {
            for file in if folder.is_dir() { list(&folder)? } else { Vec::new() } {
                let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let key = name.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
                if key.is_some_and(|key| !wanted(key)) {
                    std::fs::remove_file(&file).map_err(|source| failed(&file, source))?;
                }
            }
        }
        Ok(())
    }
}

impl CacheEntry {
    /// What is known of the picture, if it is here.
    pub(super) fn note(&self) -> Option<Note> {
        self.file.is_file().then(|| read(&self.note)).flatten()
    }

    /// What is known of the part that is here, and how long it is. Without a promise of the server's that the
    /// rest will be of the same picture, nothing can be made of it.
    pub(super) fn partial(&self) -> Option<(Note, u64)> {
        let length = std::fs::metadata(&self.part).ok()?.len();
        let note = read(&self.part_note())?;
        (length > 0 && note.validator().is_some()).then_some((note, length))
    }

    /// Begins a part anew.
    ///
    /// # Errors
    /// [`Error::Cache`]
    pub(super) fn begin(&self, note: &Note) -> Result<std::fs::File> {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        std::fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        let file = std::fs::File::create(&self.part).map_err(|source| failed(&self.part, source))?;
        write(&self.part_note(), note)?;
        Ok(file)
    }

    /// # Errors
    /// [`Error::Cache`]
    pub(super) fn go_on(&self) -> Result<std::fs::File> {
        let open = std::fs::OpenOptions::new().append(true).open(&self.part);
        open.map_err(|source| failed(&self.part, source))
    }

    /// The part is the whole.
    ///
    /// # Errors
    /// [`Error::Cache`]
    pub(super) fn finish(&self, note: &Note) -> Result<()> {
        std::fs::rename(&self.part, &self.file).map_err(|source| failed(&self.file, source))?;
        self.remember(note)?;
        self.forget_part();
        Ok(())
    }

    /// # Errors
    /// [`Error::Cache`]
    pub(super) fn remember(&self, note: &Note) -> Result<()> {
        write(&self.note, note)
    }

    /// What cannot be removed is overwritten the next time.
    pub(super) fn forget_part(&self) {
        let _ = std::fs::remove_file(&self.part);
        let _ = std::fs::remove_file(self.part_note());
    }

    fn part_note(&self) -> PathBuf {
        self.part.with_extension("part.json")
    }
}

impl Note {
    /// From the heads of an answer.
    pub(super) fn of(url: &Url, headers: &reqwest::header::HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            url: url.to_string(),
            etag: text(reqwest::header::ETAG),
            last_modified: text(reqwest::header::LAST_MODIFIED),
            fresh_until: fresh_until(&text(reqwest::header::CACHE_CONTROL).unwrap_or_default()),
        }
    }

    /// What an answer does not say again is as it was.
    pub(super) fn or(self, known: Self) -> Self {
        let (etag, last_modified) = (self.etag.or(known.etag), self.last_modified.or(known.last_modified));
        Self { etag, last_modified, ..self }
    }

    pub(super) fn is_fresh(&self) -> bool {
        now() < self.fresh_until
    }

    /// What to ask with whether it has changed: by tag and by date.
    pub(super) fn conditions(&self) -> (Option<&str>, Option<&str>) {
        (self.etag.as_deref(), self.last_modified.as_deref())
    }

    /// What promises the same bytes: weak tags do not.
    pub(super) fn validator(&self) -> Option<&str> {
        let tag = self.etag.as_deref().filter(|tag| !tag.starts_with("W/"));
        tag.or(self.last_modified.as_deref())
    }
}

/// By `max-age`, unless it must be asked each time.
fn fresh_until(control: &str) -> u64 {
    let mut parts = control.split(',').map(|part| part.trim().to_ascii_lowercase());
    if parts.clone().any(|part| matches!(part.as_str(), "no-cache" | "no-store")) {
        return 0;
    }
    let age = parts.find_map(|part| part.strip_prefix("max-age=")?.trim_matches('"').parse().ok());
    age.map_or(0, |age: u64| now() + age.min(LONGEST_FRESH_SECS))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn read(path: &Path) -> Option<Note> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// In one step, so that a kill leaves the old note or the new one.
fn write(path: &Path, note: &Note) -> Result<()> {
    let fresh = path.with_extension("new");
    let json = serde_json::to_vec(note).unwrap_or_default();
    std::fs::write(&fresh, json)
        .and_then(|()| std::fs::rename(&fresh, path))
        .map_err(|source| failed(path, source))
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(failed(folder, source)),
    }
}

pub(super) fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::Cache { path: path.into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_how_long_a_picture_stays_the_same() {
        let lasts = |control: &str| fresh_until(control).saturating_sub(now());
        assert_eq!(lasts("no-cache, max-age=60"), 0);
        assert_eq!(lasts(""), 0);
        assert!((59..=60).contains(&lasts("public, max-age=60")));
        assert!(lasts("max-age=31536000, immutable") <= LONGEST_FRESH_SECS);
    }

    #[test]
    fn only_a_strong_promise_lets_a_part_be_gone_on_with() {
        let note = |etag: Option<&str>, modified: Option<&str>| Note {
            etag: etag.map(String::from),
            last_modified: modified.map(String::from),
            ..Note::default()
        };
        assert_eq!(note(Some("\"a\""), None).validator(), Some("\"a\""));
        assert_eq!(note(Some("W/\"a\""), None).validator(), None);
        assert_eq!(note(Some("W/\"a\""), Some("Mon")).validator(), Some("Mon"));
    }
}
