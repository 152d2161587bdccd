//! Names that are safe in a path, and what they say of the file.

use object_store::path::Path;

use crate::http::refusal::Refusal;

const MAX_CATALOG_CHARS: usize = 100;
const MAX_NAME_CHARS: usize = 200;

/// One file of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A file of TUF metadata.
    Metadata {
        /// The file's name.
        name: String,
        /// Whether the name has a version, so that what it names never changes.
        versioned: bool,
    },
    /// A pack, a model or the like; its name begins with its SHA-256.
    Target {
        /// The file's name.
        name: String,
        /// The SHA-256 that it begins with, in hexadecimal.
        sha256: String,
    },
}

/// Whether releases can be published under this name.
pub fn is_catalog_name(name: &str) -> bool {
    safe(name, MAX_CATALOG_CHARS).is_ok()
}

impl Object {
    pub fn metadata(name: &str) -> Result<Self, Refusal> {
        let stem = safe(name, MAX_NAME_CHARS)?.strip_suffix(".json");
        let stem = stem.ok_or_else(|| refuse("the name of metadata ends in .json"))?;
        let version = stem.split_once('.').map(|(version, _)| version);
        let versioned = version.is_some_and(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
        Ok(Self::Metadata { name: name.into(), versioned })
    }

    pub fn target(name: &str) -> Result<Self, Refusal> {
        let (sha256, _) = safe(name, MAX_NAME_CHARS)?.split_once('.').unwrap_or_default();
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match is_hash {
            true => Ok(Self::Target { name: name.into(), sha256: sha256.into() }),
            false => Err(refuse("a target is named <sha256>.<name>, in lower case")),
        }
    }

    /// Where the file is in the object store.
    pub fn path(&self, catalog: &str) -> Result<Path, Refusal> {
        let catalog = safe(catalog, MAX_CATALOG_CHARS)?;
        let (folder, name) = match self {
            Self::Metadata { name, .. } => ("metadata", name),
            Self::Target { name, .. } => ("targets", name),
        };
        Ok(Path::from_iter([catalog, folder, name]))
    }

    pub fn is_json(&self) -> bool {
        matches!(self, Self::Metadata { .. })
    }

    /// How long caches may keep it.
    pub fn cache_control(&self) -> &'static str {
        match self {
            Self::Metadata { versioned: false, .. } => "public, max-age=60",
            _ => "public, max-age=31536000, immutable",
        }
    }
}

/// A name that means nothing to a file system, a shell or a URL.
fn safe(name: &str, max_chars: usize) -> Result<&str, Refusal> {
    let fits = name.len() <= max_chars
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if fits {
        Ok(name)
    } else {
        Err(refuse("a name is letters, digits, '.', '_' and '-', and begins with one of the first two"))
    }
}

fn refuse(detail: &str) -> Refusal {
    Refusal::new(400, "name_invalid", "Name not allowed").detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_makes_metadata_immutable() {
        for (name, expected) in [("timestamp.json", false), ("3.root.json", true), ("x3.root.json", false)] {
            let Ok(Object::Metadata { versioned, .. }) = Object::metadata(name) else { panic!("{name}") };
            assert_eq!(versioned, expected, "{name}");
        }
    }

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for name in ["..", ".json", "../a.json", "a/b.json", "a\\b.json", "a b.json", "a%2f.json", ""] {
            assert!(Object::metadata(name).is_err(), "{name:?}");
        }
        assert!(Object::metadata("a.json").unwrap().path("..").is_err());
    }

    #[test]
    fn a_target_says_its_hash() {
        assert!(Object::target("pack.parquet").is_err());
        assert!(Object::target(&format!("{}.pack", "A".repeat(64))).is_err());
        let name = format!("{}.pack.parquet", "a0".repeat(32));
        assert_eq!(
            Object::target(&name).unwrap().path("shop").unwrap().as_ref(),
            format!("shop/targets/{name}")
        );
    }
}
