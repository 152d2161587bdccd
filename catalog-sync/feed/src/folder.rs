//! A folder of pictures: each file is a product.

use std::path::{Path, PathBuf};

use knytt_engine::Product;

use crate::{Entry, Error, Item, Picture, Rejection, Result};

/// Files with other endings are no pictures and are passed over.
const ENDINGS: &[&str] = &["jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff"];

/// A file's path from the folder, or why what is there cannot be looked into.
type Found = Result<PathBuf, Rejection>;

/// The pictures under a folder, sorted by path.
pub struct Folder {
    root: PathBuf,
    found: Vec<Found>,
}

impl Folder {
    /// # Errors
    /// The folder cannot be read, or has no picture in it.
    pub fn open(root: &Path) -> Result<Self> {
        fs_err::read_dir(root).map_err(Error::Read)?;
        let found = files(root, is_picture);
        if found.iter().all(Result::is_err) {
            return Err(Error::NoPictures { folder: root.into(), endings: ENDINGS.join(", ") });
        }
        Ok(Self { root: root.to_owned(), found })
    }

    /// How many pictures.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none; then it could not be opened.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Each picture as a product.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + Send + '_ {
        self.found.iter().map(|found| self.item(found.as_ref().map_err(Clone::clone)?))
    }

    fn item(&self, relative: &Path) -> Entry {
        let Some(id) = slashed(relative) else {
            let shown = relative.display().to_string();
            return Err(Rejection::new(shown, "bad-utf8", "the file's name is not UTF-8 text"));
        };
        let text =
            |part: Option<&std::ffi::OsStr>| part.and_then(|p| p.to_str()).unwrap_or_default().to_owned();
        let product = Product {
            title: title(&text(relative.file_stem())),
            category: text(relative.parent().and_then(Path::file_name)),
            image: id.clone(),
            id: id.clone(),
            ..Product::default()
        };
        Ok(Item { place: id, picture: Picture::File(self.root.join(relative)), product })
    }
}

/// The files under a folder that are wanted, and the folders that cannot be read.
///
/// Depth first, names sorted, so that two runs see the same order. Hidden entries are passed over, and
/// linked folders too: a link may lead back up.
pub(crate) fn files(root: &Path, wanted: fn(&Path) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    walk(root, Path::new(""), wanted, &mut found);
    found
}

fn walk(root: &Path, below: &Path, wanted: fn(&Path) -> bool, found: &mut Vec<Found>) {
    let refuse = |error: std::io::Error| {
        Err(Rejection::new(
            below.display().to_string(),
            "unreadable",
            format!("cannot read the folder: {error}"),
        ))
    };
    let entries = std::fs::read_dir(root.join(below)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.push(refuse(error)),
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let path = below.join(&name);
        match entry.file_type() {
            _ if name.as_encoded_bytes().starts_with(b".") => {}
            Ok(kind) if kind.is_dir() => walk(root, &path, wanted, found),
            Ok(_) if wanted(&path) => found.push(Ok(path)),
            Ok(_) => {}
            Err(error) => found.push(refuse(error)),
        }
    }
}

fn is_picture(path: &Path) -> bool {
    path.extension().is_some_and(|e| ENDINGS.iter().any(|ending| e.eq_ignore_ascii_case(ending)))
}

/// The same id on every system.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<_>> = path.components().map(|c| c.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// `red_linen-shirt` reads as `red linen shirt`.
fn title(stem: &str) -> String {
    stem.split(|c: char| c == '_' || c == '-' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        root
    }

    #[test]
    fn pictures_are_found_in_order_and_named_by_their_path() {
        let root = folder(&["b/red_linen-shirt.JPG", "a.png", "notes.txt", ".hidden/c.jpg", "b/.d.jpg"]);
        let items: Vec<_> = Folder::open(root.path()).unwrap().entries().map(Result::unwrap).collect();
        let seen: Vec<_> = items
            .iter()
            .map(|i| (i.product.id.as_str(), i.product.title.as_str(), i.product.category.as_str()))
            .collect();
        assert_eq!(seen, [("a.png", "a", ""), ("b/red_linen-shirt.JPG", "red linen shirt", "b")]);
    }

    #[test]
    fn a_folder_without_a_picture_is_refused() {
        assert!(Folder::open(folder(&["notes.txt"]).path()).is_err());
        assert!(Folder::open(folder(&[]).path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_back_up_does_not_loop() {
        let root = folder(&["a/b.jpg"]);
        std::os::unix::fs::symlink(root.path(), root.path().join("a/up")).unwrap();
        assert_eq!(Folder::open(root.path()).unwrap().len(), 1);
    }
}
