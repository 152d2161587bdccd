//! What a repository's revision holds.

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::reference::Repository;

/// The licences under which a model may be used for anything.
const FREE: [&str; 9] =
    ["mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "bsd", "isc", "cc0-1.0", "cc-by-4.0", "unlicense"];

/// The files of one commit.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The commit that the revision means now.
    pub commit: String,
    /// The licence that the repository's page names.
    pub license: Option<String>,
    pub(crate) files: Vec<ListedFile>,
}

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedFile {
    pub name: String,
    pub bytes: u64,
    pub hash: BlobHash,
}

/// What the bytes of a file hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BlobHash {
    /// Of the bytes alone: large files.
    Sha256(String),
    /// As git names a blob: small files.
    Git(String),
}

impl BlobHash {
    /// The name of the file in the cache.
    pub fn name(&self) -> &str {
        match self {
            Self::Sha256(hex) | Self::Git(hex) => hex,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    sha: String,
    #[serde(default)]
    siblings: Vec<Sibling>,
    #[serde(default, rename = "cardData")]
    card: Option<Card>,
}

#[derive(Deserialize)]
struct Card {
    #[serde(default)]
    license: Value,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default, rename = "blobId")]
    blob_id: Option<String>,
    #[serde(default)]
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    #[serde(alias = "oid")]
    sha256: String,
    size: u64,
}

impl Listing {
    /// Reads the answer of `/api/models/ID/revision/REVISION?blobs=true`.
    pub(crate) fn parse(repository: &Repository, json: &[u8]) -> Result<Self> {
        let unusable = |reason: String| Error::Listing { repository: repository.to_string(), reason };
        let answer: Answer = serde_json::from_slice(json).map_err(|e| unusable(e.to_string()))?;
        if !is_hex(&answer.sha, 40) {
            return Err(unusable(format!("its commit is {:?}", answer.sha)));
        }
        // Files without a size or a hash are not among those that can be fetched.
        let files = answer.siblings.into_iter().filter_map(ListedFile::of).collect();
        let license = answer.card.and_then(|card| match card.license {
            Value::String(name) => Some(name),
            Value::Array(names) => names.first().and_then(Value::as_str).map(str::to_owned),
            _ => None,
        });
        Ok(Self { commit: answer.sha, license, files })
    }

    /// Whether the model may be used for anything, as far as its page says.
    pub fn is_free(&self) -> bool {
        self.license.as_deref().is_some_and(|license| FREE.contains(&license.to_lowercase().as_str()))
    }

    pub(crate) fn file(&self, name: &str) -> Option<&ListedFile> {
        self.files.iter().find(|file| file.name == name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.file(name).is_some()
    }
}

impl ListedFile {
    fn of(sibling: Sibling) -> Option<Self> {
        let (hash, bytes) = match (sibling.lfs, sibling.blob_id) {
            (Some(lfs), _) => (BlobHash::Sha256(lfs.sha256), lfs.size),
            (None, Some(blob)) => (BlobHash::Git(blob), sibling.size?),
            (None, None) => return None,
        };
        let digits = if matches!(hash, BlobHash::Git(_)) { 40 } else { 64 };
        is_hex(hash.name(), digits).then_some(Self { name: sibling.rfilename, bytes, hash })
    }
}

/// A hash names a file in the cache, so it must be one.
fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Repository {
        Repository { owner: "a".into(), name: "b".into(), revision: "main".into() }
    }

    #[test]
    fn a_listing_is_read_with_hashes_and_licence() {
        let (commit, blob, large) = ("c".repeat(40), "b".repeat(40), "a".repeat(64));
        let json = format!(
            r#"{{"sha": "{commit}", "cardData": {{"license": "MIT"}}, "gated": false, "siblings": [
                {{"rfilename": "config.json", "size": 7, "blobId": "{blob}"}},
                {{"rfilename": "model.safetensors", "size": 9, "blobId": "{blob}", "lfs": {{"sha256": "{large}", "size": 9, "pointerSize": 1}}}},
                {{"rfilename": "unknown"}}, {{"rfilename": "x", "size": 1, "blobId": "../../x"}}]}}"#
        );
        let listing = Listing::parse(&repository(), json.as_bytes()).unwrap();
        assert!(listing.is_free() && listing.files.len() == 2);
        assert_eq!(listing.file("config.json").unwrap().hash, BlobHash::Git(blob));
        assert_eq!(listing.file("model.safetensors").unwrap().hash, BlobHash::Sha256(large));
    }

    #[test]
    fn research_only_and_unknown_licences_are_not_free() {
        for license in [r#""cc-by-nc-4.0""#, r#""other""#, "null", r#"["openrail"]"#] {
            let json = format!(r#"{{"sha": "{}", "cardData": {{"license": {license}}}}}"#, "0".repeat(40));
            assert!(!Listing::parse(&repository(), json.as_bytes()).unwrap().is_free(), "{license}");
        }
    }

    #[test]
    fn a_commit_that_is_a_path_is_refused() {
        assert!(Listing::parse(&repository(), br#"{"sha": "../../../../etc"}"#).is_err());
        assert!(Listing::parse(&repository(), b"<html>").is_err());
    }
}
