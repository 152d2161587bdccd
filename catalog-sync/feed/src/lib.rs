//! Feeds in, products out: the exports of real shops, and the pictures that they name.
//!
//! A [`Source`] is a folder of pictures or a [`Feed`]. A reader for each [`Format`] turns a feed into [`Row`]s
//! under the names of Google's Merchant Center; one place makes products of rows, one brings the variants of a
//! product together. What cannot be used is a [`Rejection`] with its place and reason, and the rest goes on. A
//! [`Fetcher`] brings pictures from servers into a folder, politely, and goes on where it was.
//!
//! ```
//! use knytt_feed::{Options, Source};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("feed.tsv");
//! std::fs::write(&path, "id\titem group id\ttitle\tsize\tprice\timage link\n\
//!     1\tshirt\tLinen shirt\tS\t24.90 EUR\tshirt.jpg\n\
//!     2\tshirt\tLinen shirt\tM\t24.90 EUR\tshirt.jpg\n")?;
//!
//! let source = Source::open(&path, Options::default())?;
//! let entries: Vec<_> = source.entries()?.collect::<Result<_, _>>()?;
//! let item = entries[0].as_ref().map_err(|refused| refused.reason.clone())?;
//! assert_eq!((entries.len(), item.product.sizes.join(" ").as_str()), (1, "S M"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod availability;
mod beside;
mod category;
mod choices;
mod column;
mod currency;
mod detect;
mod encoding;
mod entries;
mod error;
mod feed;
mod fetch;
mod folder;
mod format;
mod group;
mod group_buffer;
mod html;
mod ids;
mod item;
mod json;
mod left_aside;
mod mapping;
mod page;
mod picture;
mod picture_cell;
mod picture_column;
mod picture_file;
mod pictures;
mod price;
mod price_words;
mod product;
mod read;
mod row;
mod selector;
mod separators;
mod source;
mod text;
mod title_column;
mod views;
mod visibility;

pub use column::Columns;
pub use error::{Error, Fault, Result};
pub use feed::{Feed, Options};
pub use fetch::{
    Download, FetchOptions, FetchedItem, FetchedPicture, Fetcher, Patience, Prefetch, kept_picture,
};
pub use folder::Folder;
pub use format::Format;
pub use item::{Entry, Item, Rejection};
pub use left_aside::LeftAside;
pub use mapping::Mapping;
pub use picture::{Picture, Refusal, read_limited, read_picture};
pub use product::{NO_CURRENCY, field};
pub use row::Row;
pub use selector::{Selection, Selector};
pub use source::{Source, SourceKind};
