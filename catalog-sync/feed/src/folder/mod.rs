//! A folder of pictures: each file is a product.

mod walk;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use knytt_engine::Product;

use self::walk::{Found, UNSUPPORTED, Walk};
pub(crate) use self::walk::{files, has_pictures};
use crate::archive::Archive;
use crate::left_aside::LeftAside;
use crate::picture_file::{ENDINGS, slashed};
use crate::{Entry, Error, Item, Picture, Rejection, Result, views};

/// The pictures under a folder, sorted by path.
pub struct Folder {
    root: PathBuf,
    /// The zip file that the pictures were in.
    archive: Option<Archive>,
    found: Vec<Found>,
    /// Further pictures of a thing, by the path of its first one.
    views: HashMap<PathBuf, Vec<PathBuf>>,
    left_aside: BTreeMap<LeftAside, Vec<String>>,
}

impl Folder {
    /// # Errors
    /// The folder cannot be read, or has no picture in it.
    pub fn open(root: &Path) -> Result<Self> {
        fs_err::read_dir(root).map_err(Error::Read)?;
        let mut walk = Walk::of_pictures(root);
        walk.leave_small_copies();
        walk.leave_originals();
        let (found, left_aside) = (walk.found, walk.left_aside);
        let has_pictures = found
            .iter()
            .any(|found| found.as_ref().map_or_else(|rejection| rejection.code == UNSUPPORTED, |_| true));
        if !has_pictures {
            return Err(Error::NoPictures { folder: root.into(), endings: ENDINGS.join(", ") });
        }
        Ok(Self { root: root.to_owned(), archive: None, found, views: HashMap::new(), left_aside })
    }

    /// Brings together pictures whose names say that they show one thing from several sides.
    pub(crate) fn with_views(mut self) -> Self {
        let paths: Vec<PathBuf> = self.found.iter().flatten().cloned().collect();
        let others = views::together(&paths).into_iter().filter(|shown| !shown.others.is_empty());
        self.views = others.map(|shown| (shown.first, shown.others)).collect();
        let further: HashSet<&PathBuf> = self.views.values().flatten().collect();
        self.found.retain(|found| found.as_ref().map_or(true, |path| !further.contains(path)));
        self
    }

    /// How many pictures show a product that another picture shows, too.
    pub fn further_views(&self) -> usize {
        self.views.values().map(Vec::len).sum()
    }

    /// The pictures of a zip file.
    ///
    /// # Errors
    /// As those of [`Self::open`].
    pub(crate) fn open_packed(archive: Archive) -> Result<Self> {
        let folder = Self::open(archive.root())?;
        Ok(Self { archive: Some(archive), ..folder })
    }

    /// Whether a file was in the zip file that the pictures were in.
    pub fn has_packed(&self, file: &Path) -> bool {
        self.archive.as_ref().is_some_and(|archive| archive.has(file))
    }

    /// How many pictures.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none; then it could not be opened.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What is in the folder and is none of its products, by what it is.
    pub fn left_aside(&self) -> &BTreeMap<LeftAside, Vec<String>> {
        &self.left_aside
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
        let others = self.views.get(relative);
        let stem = text(relative.file_stem());
        let product = Product {
            title: title(if others.is_some() { views::thing(&stem) } else { &stem }),
            more_images: others.into_iter().flatten().filter_map(|other| slashed(other)).collect(),
            category: text(relative.parent().and_then(Path::file_name)),
            image: id.clone(),
            id: id.clone(),
            ..Product::default()
        };
        let file = |relative: &Path| Picture::File(self.root.join(relative));
        // One without a name in `more_images` is left out of both.
        let named = others.into_iter().flatten().filter(|other| slashed(other).is_some());
        let further = named.map(|other| file(other)).collect();
        Ok(Item { place: id, picture: file(relative), further, product })
    }
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

    #[test]
    fn what_is_no_product_is_left_aside_and_told() {
        let root = folder(&[
            "a.jpg",
            "a-150x150.jpg",
            "visit.html",
            "Old page.html",
            "Old page_files/logo.png",
            "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
            "__MACOSX/a.jpg",
            "thumbs/a.jpg",
            "b/thumbs/other.jpg",
            "c.HEIC",
            "d.HEIC",
            "e.PSD",
            "d.jpg_large",
            "a.CR2",
            "a.MOV",
            "more.zip",
            "Prices.XLSX",
        ]);
        let opened = Folder::open(root.path()).unwrap();
        let entries: Vec<_> =
            opened.entries().map(|entry| entry.map_or_else(|r| r.place, |item| item.product.id)).collect();
        assert_eq!(entries, ["a.jpg", "b/thumbs/other.jpg", "c.HEIC", "d.jpg_large", "e.PSD"]);
        let refused = opened.entries().find_map(Result::err).unwrap();
        assert_eq!((refused.code, refused.reason.contains("Photoshop")), ("unsupported-picture", true));
        let left: Vec<_> = opened.left_aside().iter().map(|(why, what)| (*why, what.join(" "))).collect();
        let expected = [
            (LeftAside::Page, "Old page.html visit.html"),
            (LeftAside::SavedWithPage, "Old page_files"),
            (LeftAside::SystemFolder, "@eaDir __MACOSX"),
            (LeftAside::Thumbnail, "thumbs a-150x150.jpg"),
            (LeftAside::Archive, "more.zip"),
            (LeftAside::Original, "a.CR2 d.HEIC"),
            (LeftAside::Table, "Prices.XLSX"),
        ];
        assert_eq!(left, expected.map(|(why, what)| (why, what.to_owned())));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_back_up_does_not_loop() {
        let root = folder(&["a/b.jpg"]);
        std::os::unix::fs::symlink(root.path(), root.path().join("a/up")).unwrap();
        assert_eq!(Folder::open(root.path()).unwrap().len(), 1);
    }
}
