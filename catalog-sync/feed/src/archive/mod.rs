//! Zip files: a feed, with or without the pictures that it names beside it, or pictures alone. What is packed is
//! unpacked into a folder of its own, which goes when the source is closed.

mod unpack;

use std::path::Path;

use tempfile::TempDir;

use self::unpack::{Member, unpack};
use crate::page::is_page;
use crate::picture_file::is_picture;
use crate::{Error, Result, text};

/// What the files of feeds end in.
const FEEDS: &[&str] = &[
    "csv", "tsv", "tab", "txt", "dat", "xml", "rss", "atom", "yml", "json", "jsonl", "ndjson", "jsonld",
    "parquet", "xlsx", "xlsb", "xlsm", "xls", "ods", "gz",
];

/// Files that documents of other programs have in them, which are zip files, too: workbooks and the like.
const OF_DOCUMENTS: &[&str] = &[
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/workbook.bin",
    "content.xml",
    "mimetype",
    "META-INF/container.xml",
];

/// A zip file that was unpacked.
#[derive(Debug)]
pub(crate) struct Archive {
    folder: TempDir,
    members: Vec<Member>,
}

impl Archive {
    /// Unpacks a file if it is a zip file and no document of another program.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::Damaged`] for a file that is damaged, protected, or larger unpacked than files
    /// that somebody fills with products are.
    pub(crate) fn open(path: &Path, name: &str) -> Result<Option<Self>> {
        if path.is_dir() || !is_zip(&text::start(path)?) {
            return Ok(None);
        }
        let folder = tempfile::tempdir().map_err(Error::Read)?;
        let members = unpack(path, name, folder.path())?;
        Ok(members.map(|members| Self { folder, members }))
    }

    /// Where it was unpacked.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The files that may be feeds, from the root.
    pub(crate) fn feeds(&self) -> Vec<&Path> {
        let paths: Vec<&Path> = self.paths().filter(|path| has_ending(path, FEEDS)).collect();
        // Notion writes a table twice: with the columns of one view, and with all.
        let has_all = |path: &Path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let all = path.with_file_name(format!("{stem}_all.csv"));
            paths.contains(&all.as_path())
        };
        paths.iter().copied().filter(|path| !has_all(path)).collect()
    }

    /// Whether at most texts in it may be feeds.
    pub(crate) fn has_no_feed_by_name(&self) -> bool {
        self.feeds().iter().all(|path| has_ending(path, &["txt", "dat", "gz"]))
    }

    /// Whether a file was in it.
    pub(crate) fn has(&self, file: &Path) -> bool {
        let full = |path: &Path| fs_err::canonicalize(path).ok();
        full(self.root()).zip(full(file)).is_some_and(|(root, file)| file.starts_with(root))
    }

    pub(crate) fn has_pictures(&self) -> bool {
        self.paths().any(is_picture)
    }

    pub(crate) fn has_pages(&self) -> bool {
        self.paths().any(is_page)
    }

    /// What it has, for people: the first few names.
    pub(crate) fn told(&self) -> String {
        let names: Vec<_> = self.members.iter().take(5).map(|member| member.name.as_str()).collect();
        let more = if self.members.len() > names.len() { ", …" } else { "" };
        if names.is_empty() {
            "it is an empty zip file".into()
        } else {
            format!("it has {}{more}", names.join(", "))
        }
    }

    /// What was packed beside a feed and is no picture.
    pub(crate) fn beside(&self, feed: &Path) -> Vec<(String, usize)> {
        let others = self.members.iter().filter(|m| m.path != feed && !is_picture(&m.path));
        others.map(|member| (member.name.clone(), 1)).collect()
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        self.members.iter().filter(|member| member.is_unpacked).map(|member| member.path.as_path())
    }
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|e| endings.iter().any(|ending| e.eq_ignore_ascii_case(ending)))
}
