//! Goes through a folder and the folders in it.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::item::Rejection;
use crate::left_aside::{LeftAside, is_of_system, is_of_thumbnails, original_stem};
use crate::page::{is_page, saved_beside};
use crate::picture_file::{is_archive, is_of_phone, is_picture, is_table, not_read, slashed};

/// A file's path from the folder, or why what is there cannot be looked into.
pub(super) type Found = Result<PathBuf, Rejection>;

/// The code of a picture in a format that is not read.
pub(super) const UNSUPPORTED: &str = "unsupported-picture";

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
    Walk::of_pictures(root)
        .found
        .iter()
        .any(|found| found.is_ok() || found.as_ref().is_err_and(|r| r.code == UNSUPPORTED))
}

/// A walk through a folder, and what it found so far.
pub(super) struct Walk<'a> {
    root: &'a Path,
    wanted: fn(&Path) -> bool,
    /// Whether what is not wanted is told, and what pages brought with them is not wanted.
    is_of_pictures: bool,
    pub(super) found: Vec<Found>,
    pub(super) left_aside: BTreeMap<LeftAside, Vec<String>>,
}

impl<'a> Walk<'a> {
    fn of(root: &'a Path, wanted: fn(&Path) -> bool) -> Self {
        Self { root, wanted, is_of_pictures: false, found: Vec::new(), left_aside: BTreeMap::new() }
    }

    /// Goes through a folder of pictures, with what is there beside them.
    pub(super) fn of_pictures(root: &'a Path) -> Self {
        let mut walk = Walk { is_of_pictures: true, ..Walk::of(root, is_picture) };
        walk.go(Path::new(""));
        walk
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
        } else if self.is_of_pictures && is_archive(&path) {
            self.leave(LeftAside::Archive, &path);
        } else if self.is_of_pictures && is_table(&path) {
            self.leave(LeftAside::Table, &path);
        } else if let Some(format) = not_read(&path).filter(|_| self.is_of_pictures) {
            let reason = format!("{format} is not read: save it as JPEG or PNG");
            self.found.push(Err(Rejection::new(slashed(&path).unwrap_or_default(), UNSUPPORTED, reason)));
        }
    }

    fn leave(&mut self, why: LeftAside, path: &Path) {
        self.left_aside.entry(why).or_default().push(path.display().to_string());
    }

    /// Takes out small copies of pictures that are in the same folder.
    pub(super) fn leave_small_copies(&mut self) {
        let known: HashSet<PathBuf> =
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

    /// Takes out what a camera or a phone wrote beside a picture that is read: `IMG_1.CR2` or `IMG_1.HEIC` with
    /// `IMG_1.JPG`.
    pub(super) fn leave_originals(&mut self) {
        let others = self.found.iter().flatten().filter(|path| !is_of_phone(path));
        let known: HashSet<PathBuf> = others.map(|path| path.with_extension("")).collect();
        let is_beside = |found: &Found| {
            original(found).is_some_and(|original| known.contains(&original.with_extension("")))
        };
        let (beside, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.found).into_iter().partition(is_beside);
        self.found = kept;
        for path in beside.iter().filter_map(original) {
            self.leave(LeftAside::Original, path);
        }
    }
}

/// A picture that a camera or a phone may have written beside another one.
fn original(found: &Found) -> Option<&Path> {
    match found {
        Ok(path) => is_of_phone(path).then_some(path),
        Err(refused) => (refused.code == UNSUPPORTED).then_some(Path::new(&refused.place)),
    }
}
