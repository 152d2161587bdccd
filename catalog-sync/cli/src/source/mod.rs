//! Where products come from: a folder of pictures or a feed. Both give the same thing, one [`Item`] or
//! one [`Rejection`] at a time, in a stable order.

mod column;
mod feed;
mod folder;
mod jsonl;
mod picture;
mod price;
mod product;
mod row;
mod selector;
mod table;

use std::path::{Path, PathBuf};

use anyhow::Result;
use knytt_engine::Product;

pub use column::Columns;
pub use feed::Feed;
pub use folder::Folder;
pub use picture::{read_limited, read_picture};
pub use product::{NO_CURRENCY, field};
pub use row::Row;
pub use selector::{Selection, Selector};

use crate::failure::Failure;

/// One product to be, before its picture is read.
#[derive(Clone, Debug)]
pub struct Item {
    /// For people: `shirts/a.jpg`, or `feed.csv:17`.
    pub place: String,
    /// The picture's file.
    pub picture: PathBuf,
    /// Everything that is known without the picture.
    pub product: Product,
}

/// A row or a file that is set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The place of the item.
    pub place: String,
    /// For programs: `truncated-picture`, `duplicate-id`, …
    pub code: &'static str,
    /// For people.
    pub reason: String,
}

impl Rejection {
    pub fn new(place: impl Into<String>, code: &'static str, reason: impl Into<String>) -> Self {
        Self { place: place.into(), code, reason: reason.into() }
    }
}

/// Either side of the sieve.
pub type Entry = Result<Item, Rejection>;

/// What a feed's rows are read with; a folder needs none of it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which rows.
    pub selection: Selection,
    /// The column with the picture, when its name is not one of the usual ones.
    pub image_column: Option<String>,
    /// For prices that name no currency.
    pub currency: Option<String>,
}

/// A source that was found to be readable.
pub enum Source {
    /// Pictures, by name.
    Folder(Folder),
    /// Rows of a CSV, TSV or JSONL file.
    Feed(Feed),
}

impl Source {
    /// # Errors
    /// A path that is not there, a folder without a picture, a feed without a picture column.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        if !path.exists() {
            return Err(Failure::new(format!("{} does not exist", path.display()))
                .hint("give a folder of pictures, or a feed: .csv, .tsv, .jsonl")
                .into());
        }
        if !path.is_dir() {
            return Ok(Self::Feed(Feed::open(path, options)?));
        }
        if !options.selection.is_empty() || options.image_column.is_some() {
            return Err(
                Failure::usage("--where and --image-column are for feeds, and this is a folder").into()
            );
        }
        Ok(Self::Folder(Folder::open(path)?))
    }

    /// How many entries there will be.
    pub fn len(&self) -> usize {
        match self {
            Self::Folder(folder) => folder.len(),
            Self::Feed(feed) => feed.len(),
        }
    }

    /// All entries, in the source's own order.
    ///
    /// # Errors
    /// The feed cannot be opened again.
    pub fn entries(&self) -> Result<Box<dyn Iterator<Item = Result<Entry>> + Send + '_>> {
        Ok(match self {
            Self::Folder(folder) => Box::new(folder.entries().map(Ok)),
            Self::Feed(feed) => Box::new(feed.entries()?),
        })
    }
}
