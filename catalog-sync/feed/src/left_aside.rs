//! What a folder has beside its products, and what was made of it: said, so that nothing is lost without a word.

use std::path::{Path, PathBuf};

/// Folders of systems and of storage boxes, whose pictures are small copies or were thrown away.
const OF_SYSTEMS: [&str; 15] = [
    "@eadir",
    "@tmp",
    "@recycle",
    "@recently-snapshot",
    "@sharebin",
    "#recycle",
    "#snapshot",
    "$recycle.bin",
    "recycler",
    "system volume information",
    "__macosx",
    "lost+found",
    "network trash folder",
    "temporary items",
    ".trash",
];

/// Folders of small copies, where what they are copies of is in the folder above.
const OF_THUMBNAILS: [&str; 8] =
    ["thumbs", "thumb", "thumbnails", "thumbnail", "_thumbs", "_thumb", "_thumbnails", "tn"];

/// Endings of small copies' names, before the dot; a size like `-150x150` is another one.
const SMALL: [&str; 6] = ["_thumb", "-thumb", "_thumbnail", "-thumbnail", "_tn", "-tn"];

/// Why something of a folder is none of its products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftAside {
    /// A page, in a folder of pictures.
    Page,
    /// A folder that a browser saved with a page.
    SavedWithPage,
    /// A folder of the system's or of a storage box's own.
    SystemFolder,
    /// A small copy of another picture.
    Thumbnail,
    /// A file with others packed in it.
    Archive,
    /// What a camera wrote in its own format beside a picture that is read.
    Original,
    /// A table, which may be a feed of the pictures.
    Table,
}

impl LeftAside {
    /// For people, with how many there are.
    pub fn counted(self, count: usize) -> String {
        let (one, many) = match self {
            Self::Page => ("web page", "web pages"),
            Self::SavedWithPage => ("folder saved with a page", "folders saved with pages"),
            Self::SystemFolder => ("folder of the system's", "folders of the system's"),
            Self::Thumbnail => ("thumbnail", "thumbnails"),
            Self::Archive => ("archive", "archives"),
            Self::Original => ("original of a picture", "originals of pictures"),
            Self::Table => ("table", "tables"),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }
}

pub(crate) fn is_of_system(name: &str) -> bool {
    let lower = name.to_lowercase();
    OF_SYSTEMS.contains(&lower.as_str()) || lower.starts_with(".trash")
}

/// Whether a folder has nothing but small copies of the pictures beside it.
pub(crate) fn is_of_thumbnails(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
    if !OF_THUMBNAILS.contains(&name.as_str()) {
        return false;
    }
    let (Some(above), Ok(entries)) = (folder.parent(), std::fs::read_dir(folder)) else { return false };
    let stems = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| stem(&entry.path())).collect()
    };
    let originals = stems(above);
    let is_copy = |path: PathBuf| {
        stem(&path).is_none_or(|stem| {
            let bare = original_stem(&stem).unwrap_or(&stem).to_owned();
            originals.contains(&stem) || originals.contains(&bare)
        })
    };
    entries.flatten().all(|entry| is_copy(entry.path()))
}

/// The name of the picture that this one is a small copy of, by its own: without its ending.
pub(crate) fn original_stem(stem: &str) -> Option<&str> {
    if let Some(bare) = SMALL.iter().find_map(|ending| stem.strip_suffix(ending)) {
        return Some(bare).filter(|bare| !bare.is_empty());
    }
    let (bare, size) = stem.rsplit_once('-')?;
    let (width, height) = size.split_once('x')?;
    let is_number =
        |text: &str| (2..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(width) && is_number(height) && !bare.is_empty()).then_some(bare)
}

fn stem(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    (!name.starts_with('.') && path.extension().is_some()).then(|| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_copies_are_known_by_their_names() {
        assert_eq!(original_stem("lamp-150x150"), Some("lamp"));
        assert_eq!(original_stem("lamp_thumb"), Some("lamp"));
        for own in ["lamp-1x2x3", "t-shirt", "frame-20x30cm", "-150x150"] {
            assert_eq!(original_stem(own), None, "{own}");
        }
    }

    #[test]
    fn folders_of_systems_are_known_by_their_names() {
        for name in ["@eaDir", "#recycle", "__MACOSX", ".Trash-1000", "$RECYCLE.BIN"] {
            assert!(is_of_system(name), "{name}");
        }
        assert!(!is_of_system("recycled glass"));
    }
}
