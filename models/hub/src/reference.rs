//! How a model is named.

use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

use crate::error::{Error, Result};
use crate::known::KNOWN;

/// A repository of a hub and one of its revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Who publishes it.
    pub owner: String,
    /// What it is called.
    pub name: String,
    /// A branch, a tag or a commit.
    pub revision: String,
}

/// What a person wrote where a model is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A repository of the hub.
    Hub(Repository),
    /// A folder on this machine.
    Folder(PathBuf),
}

impl Reference {
    /// Reads a name of [`KNOWN`], `hf:owner/name[@revision]`, the address of a repository's page, or a folder.
    ///
    /// # Errors
    /// [`Error::Reference`] if it is none of them.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(known) = KNOWN.iter().find(|known| known.name == text) {
            return Ok(Self::Hub(Repository::parse(known.repository)?));
        }
        if let Some(repository) = text.strip_prefix("hf:") {
            return Ok(Self::Hub(Repository::parse(repository)?));
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(Self::Hub(Repository::of_page(text)?));
        }
        if Path::new(text).is_dir() {
            return Ok(Self::Folder(text.into()));
        }
        Repository::parse(text).map(Self::Hub)
    }

    /// A short name for the bundle: that of [`KNOWN`], or the last part of what was written.
    pub fn short_name(&self) -> String {
        match self {
            Self::Hub(repository) => {
                let id = repository.id();
                let known = KNOWN.iter().find(|known| known.repository == id);
                known.map_or_else(|| repository.name.to_lowercase(), |known| known.name.to_owned())
            }
            Self::Folder(folder) => {
                let name = folder.canonicalize().unwrap_or_else(|_| folder.clone());
                name.file_name().map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned())
            }
        }
    }
}

impl Repository {
    /// `owner/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// Reads `owner/name[@revision]`.
    fn parse(text: &str) -> Result<Self> {
        let (id, revision) = text.split_once('@').unwrap_or((text, "main"));
        let parts: Vec<&str> = id.split('/').collect();
        let [owner, name] = parts[..] else { return Err(Error::Reference(text.into())) };
        if ![owner, name].into_iter().all(is_name) || !is_revision(revision) {
            return Err(Error::Reference(text.into()));
        }
        Ok(Self { owner: owner.into(), name: name.into(), revision: revision.into() })
    }

    /// Reads the address of a repository's page, with `/tree/REVISION` after it or without.
    fn of_page(text: &str) -> Result<Self> {
        let unknown = || Error::Reference(text.into());
        let url = Url::parse(text).map_err(|_| unknown())?;
        let parts: Vec<&str> = url.path().trim_matches('/').split('/').collect();
        match parts[..] {
            [owner, name] => Self::parse(&format!("{owner}/{name}")),
            [owner, name, "tree", revision] => Self::parse(&format!("{owner}/{name}@{revision}")),
            _ => Err(unknown()),
        }
        .map_err(|_| unknown())
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.owner, self.name, self.revision)
    }
}

/// The hub's own rule. A name becomes a folder, so nothing that leads out of one may pass.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 96
        && !text.starts_with(['.', '-'])
        && !text.contains("..")
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// A branch may have slashes in its name.
fn is_revision(text: &str) -> bool {
    text.len() <= 200 && text.split('/').all(|part| is_name(&part.replace("--", "-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(text: &str) -> Option<String> {
        match Reference::parse(text).ok()? {
            Reference::Hub(repository) => Some(repository.to_string()),
            Reference::Folder(_) => None,
        }
    }

    #[test]
    fn every_way_to_name_a_model_is_read() {
        for (text, expected) in [
            ("fashion-clip", "patrickjohncyh/fashion-clip@main"),
            ("hf:openai/clip-vit-base-patch32", "openai/clip-vit-base-patch32@main"),
            ("openai/clip-vit-base-patch32@refs/pr/7", "openai/clip-vit-base-patch32@refs/pr/7"),
            ("https://huggingface.co/laion/CLIP-ViT-H-14/tree/v1.0", "laion/CLIP-ViT-H-14@v1.0"),
            ("https://mirror.example/laion/CLIP-ViT-H-14/", "laion/CLIP-ViT-H-14@main"),
        ] {
            assert_eq!(hub(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_leads_out_of_a_folder_is_no_name() {
        for text in ["", "x", "../x", "a/../b", "hf:a/b/c", "a/b@../../x", "a/.b", "a/b@", "a b/c", "a/b--c"]
        {
            assert!(hub(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_folder_is_taken_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let reference = Reference::parse(dir.path().to_str().unwrap()).unwrap();
        assert_eq!(reference, Reference::Folder(dir.path().into()));
    }
}
