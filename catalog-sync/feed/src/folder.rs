//! A folder of pictures: each file is a product.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use knytt_engine::Product;

use crate::archive::Archive;
use crate::left_aside::{LeftAside, is_of_system, is_of_thumbnails, original_stem};
use crate::page::{is_page, saved_beside};
use crate::{Entry, Error, Item, Picture, Rejection, Result, views};

/// Files with other endings are no pictures and are passed over.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp", "png", "webp", "gif", "bmp", "tif", "tiff", "jpg_large", "jpeg_large",
    "png_large", "jpg_orig",
];

/// Pictures that cannot be read, by their endings: they are set aside with what they are.
const NOT_READ: &[(&str, &str)] = &[
    ("heic", "HEIC"),
    ("heif", "HEIF"),
    ("hif", "HEIF"),
    ("avif", "AVIF"),
    ("jxl", "JPEG XL"),
    ("jp2", "JPEG 2000"),
    ("j2k", "JPEG 2000"),
    ("svg", "SVG"),
    ("psd", "a Photoshop document"),
    ("dng", "a camera's raw picture"),
    ("cr2", "a camera's raw picture"),
    ("cr3", "a camera's raw picture"),
    ("nef", "a camera's raw picture"),
    ("arw", "a camera's raw picture"),
    ("orf", "a camera's raw picture"),
    ("raf", "a camera's raw picture"),
    ("rw2", "a camera's raw picture"),
    ("pef", "a camera's raw picture"),
    ("srw", "a camera's raw picture"),
    ("ai", "an Illustrator document"),
    ("eps", "EPS"),
];

/// Files with many others packed in them.
const ARCHIVES: &[&str] = &["zip", "rar", "7z", "tar", "gz", "tgz"];

/// A file's path from the folder, or why what is there cannot be looked into.
type Found = Result<PathBuf, Rejection>;

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
        let mut walk = Walk { is_of_pictures: true, ..Walk::of(root, is_picture) };
        walk.go(Path::new(""));
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
        Ok(Item { place: id, picture: Picture::File(self.root.join(relative)), product })
    }
}

/// The code of a picture in a format that is not read.
const UNSUPPORTED: &str = "unsupported-picture";

/// The files under a folder that are wanted, and the folders that cannot be read.
///
/// Depth first, names sorted, so that two runs see the same order. Hidden entries are passed over, and
/// linked folders too: a link may lead back up.
pub(crate) fn files(root: &Path, wanted: fn(&Path) -> bool) -> Vec<Found> {
    let mut walk = Walk::of(root, wanted);
    walk.go(Path::new(""));
    walk.found
}

/// Whether a folder has a picture that no browser saved with a page.
pub(crate) fn has_pictures(root: &Path) -> bool {
    let mut walk = Walk { is_of_pictures: true, ..Walk::of(root, is_picture) };
    walk.go(Path::new(""));
    walk.found.iter().any(|found| found.is_ok() || found.as_ref().is_err_and(|r| r.code == UNSUPPORTED))
}

struct Walk<'a> {
    root: &'a Path,
    wanted: fn(&Path) -> bool,
    /// Whether what is not wanted is told, and what pages brought with them is not wanted.
    is_of_pictures: bool,
    found: Vec<Found>,
    left_aside: BTreeMap<LeftAside, Vec<String>>,
}

impl<'a> Walk<'a> {
    fn of(root: &'a Path, wanted: fn(&Path) -> bool) -> Self {
        Self { root, wanted, is_of_pictures: false, found: Vec::new(), left_aside: BTreeMap::new() }
    }

    fn go(&mut self, below: &Path) {
        let refuse = |error: std::io::Error| {
            let reason = format!("cannot read the folder: {error}");
            Err(Rejection::new(below.display().to_string(), "unreadable", reason))
        };
        let entries =
            std::fs::read_dir(self.root.join(below)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.found.push(refuse(error)),
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let path = below.join(&name);
            match entry.file_type() {
                _ if name.as_encoded_bytes().starts_with(b".") => {}
                Ok(kind) if kind.is_dir() => match self.left(&path) {
                    Some(why) => self.leave(why, &path),
                    None => self.go(&path),
                },
                Ok(_) => self.file(path),
                Err(error) => self.found.push(refuse(error)),
            }
        }
    }

    /// Why a folder is not looked into.
    fn left(&self, below: &Path) -> Option<LeftAside> {
        let full = self.root.join(below);
        match below.file_name().and_then(|name| name.to_str()) {
            Some(name) if is_of_system(name) => Some(LeftAside::SystemFolder),
            _ if saved_beside(&full).is_some() => Some(LeftAside::SavedWithPage),
            _ if self.is_of_pictures && is_of_thumbnails(&full) => Some(LeftAside::Thumbnail),
            _ => None,
        }
    }

    fn file(&mut self, path: PathBuf) {
        if (self.wanted)(&path) {
            self.found.push(Ok(path));
        } else if self.is_of_pictures && is_page(&path) {
            self.leave(LeftAside::Page, &path);
        } else if self.is_of_pictures && has_ending(&path, ARCHIVES) {
            self.leave(LeftAside::Archive, &path);
        } else if let Some(format) = not_read(&path).filter(|_| self.is_of_pictures) {
            let reason = format!("{format} is not read: save it as JPEG or PNG");
            self.found.push(Err(Rejection::new(slashed(&path).unwrap_or_default(), UNSUPPORTED, reason)));
        }
    }

    fn leave(&mut self, why: LeftAside, path: &Path) {
        self.left_aside.entry(why).or_default().push(path.display().to_string());
    }

    /// Takes out small copies of pictures that are in the same folder.
    fn leave_small_copies(&mut self) {
        let known: std::collections::HashSet<PathBuf> =
            self.found.iter().flatten().map(|path| path.with_extension("")).collect();
        let is_small = |path: &Path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).and_then(original_stem);
            stem.is_some_and(|stem| known.contains(&path.with_file_name(stem)))
        };
        let found = std::mem::take(&mut self.found);
        let (small, kept) =
            found.into_iter().partition(|found| found.as_ref().is_ok_and(|path| is_small(path)));
        self.found = kept;
        for path in small.into_iter().flatten() {
            self.leave(LeftAside::Thumbnail, &path);
        }
    }
}

impl Walk<'_> {
    /// Takes out what a camera or a phone wrote beside a picture that is read: `IMG_1.CR2` with `IMG_1.JPG`.
    fn leave_originals(&mut self) {
        let known: std::collections::HashSet<PathBuf> =
            self.found.iter().flatten().map(|path| path.with_extension("")).collect();
        let is_beside = |found: &Found| {
            let refused = found.as_ref().err().filter(|refused| refused.code == UNSUPPORTED);
            refused.is_some_and(|refused| known.contains(&Path::new(&refused.place).with_extension("")))
        };
        let (beside, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.found).into_iter().partition(is_beside);
        self.found = kept;
        for refused in beside.into_iter().filter_map(Result::err) {
            self.leave(LeftAside::Original, Path::new(&refused.place));
        }
    }
}

/// What a picture that is not read is.
fn not_read(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?;
    NOT_READ.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, format)| *format)
}

pub(crate) fn is_picture(path: &Path) -> bool {
    has_ending(path, ENDINGS)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|e| endings.iter().any(|ending| e.eq_ignore_ascii_case(ending)))
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
            "d.jpg_large",
            "a.CR2",
            "a.MOV",
            "more.zip",
        ]);
        let opened = Folder::open(root.path()).unwrap();
        let entries: Vec<_> =
            opened.entries().map(|entry| entry.map_or_else(|r| r.place, |item| item.product.id)).collect();
        assert_eq!(entries, ["a.jpg", "b/thumbs/other.jpg", "c.HEIC", "d.jpg_large"]);
        let refused = opened.entries().find_map(Result::err).unwrap();
        assert_eq!((refused.code, refused.reason.contains("HEIC")), ("unsupported-picture", true));
        let left: Vec<_> = opened.left_aside().iter().map(|(why, what)| (*why, what.join(" "))).collect();
        let expected = [
            (LeftAside::Page, "Old page.html visit.html"),
            (LeftAside::SavedWithPage, "Old page_files"),
            (LeftAside::SystemFolder, "@eaDir __MACOSX"),
            (LeftAside::Thumbnail, "thumbs a-150x150.jpg"),
            (LeftAside::Archive, "more.zip"),
            (LeftAside::Original, "a.CR2"),
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
