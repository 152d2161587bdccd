//! The named databases of a catalogue, with the format of their keys and values.
//!
//! This is schema 7. Integers in keys are big-endian, so that LMDB's byte order is the numeric order. An *item*
//! is the `u32` that stands for a product inside the catalogue; a *picture* is the `u32` that stands for one of its
//! pictures, and the item itself for the product's own picture ([`crate::store::picture_number`]).
//!
//! | database | key | value |
//! |---|---|---|
//! | `meta` | a name of [`meta_key`] | see [`meta_key`] |
//! | `products` | item | the product as JSON |
//! | `ids` | text key of the product's id | item |
//! | `vectors` | place / 256 | up to 256 vectors of little-endian f16, at place % 256; see [`crate::store::vectors`] |
//! | `places` | picture / 1020 | 1020 little-endian `u32`, at picture % 1020; see [`crate::store::place`] |
//! | `prices` | item / 1024 | 1024 little-endian `i64`, at item % 1024; see [`crate::store::price_column`] |
//! | `facts` | item / 256 | up to 256 rows of rank features, at item % 256; see [`crate::store::rank_features`] |
//! | `facets` | field and value | the value as the feed writes it, and the bitmap of its items |
//! | `words` | term and block | the items of the block that have the term; see [`crate::lexical`] |
//! | `thumbnails` | picture | an encoded picture |
//! | `pictures` | picture | a further picture as JSON; see [`crate::product::further_picture`] |
//! | `sources` | text key of the source | JSON |
//! | `quarantine` | text key of the source | JSON |
//! | `cells` | cell | a block with the codes of the cell's pictures; see [`crate::index::ivf`] |
//! | `fresh` | delta block | a block with the codes of pictures that no cell holds yet; see [`crate::index::ivf`] |
//! | `arroy` | defined by arroy | defined by arroy |

use arroy::distances::Cosine;
use heed::byteorder::BE;
use heed::types::{Bytes, Str, U32};
use heed::{CommitOrAbort, CommitToken, Database, DatabaseOpener, Env, OnCommit, RoTxn, RwTxn, WithoutTls};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The version that this program reads and writes.
pub const SCHEMA_VERSION: u32 = 7;

/// The most databases that LMDB may open: those below, and room for a few more.
pub(crate) const MAX_DATABASES: u32 = 24;

/// Keys of the `meta` database.
pub(crate) mod meta_key {
    /// The schema version, a little-endian `u32`. Every version writes and reads it first.
    pub(crate) const SCHEMA: &str = "schema";
    /// The catalogue's description, JSON; see [`crate::catalog::meta`].
    pub(crate) const CATALOG: &str = "catalog";
    /// [`crate::Calibration`], JSON, once it is measured. It is a hundred times as long as the description,
    /// which every search reads several times, so it has a key of its own.
    pub(crate) const CALIBRATION: &str = "calibration";
    /// [`crate::Merchandising`], JSON, if there are rules or synonyms.
    pub(crate) const RULES: &str = "rules";
    /// [`crate::Experiment`], JSON, if there is one.
    pub(crate) const EXPERIMENT: &str = "experiment";
    /// Bitmap of the items that exist.
    pub(crate) const LIVE: &str = "live";
    /// Bitmap of the items whose deletion is committed. New products may get them.
    pub(crate) const FREE: &str = "free";
    /// The sum behind the content hash; see [`crate::store::content_hash`].
    pub(crate) const CONTENT: &str = "content";
    /// Bitmap of the further pictures that exist, if there are any.
    pub(crate) const PICTURES: &str = "pictures";
    /// The sum behind the hash of further pictures, if there are any.
    pub(crate) const PICTURES_CONTENT: &str = "pictures content";
    /// The centres of the index's cells; see [`crate::index::ivf`].
    pub(crate) const CELLS: &str = "cells";
    /// Bitmap of the pictures whose codes in cells are stale.
    pub(crate) const STALE: &str = "moved";
    /// The delta block that the next merge begins with, a little-endian `u32`.
    pub(crate) const NEXT_DELTA_BLOCK: &str = "shelf";
}

pub(crate) type ItemDatabase<'t> = Database<'t, U32<BE>, Bytes>;
pub(crate) type TextDatabase<'t> = Database<'t, Bytes, Bytes>;

macro_rules! databases {
    ($($name:ident = $on_disk:literal: $kind:ty),+ $(,)?) => {
        /// Handles of the named databases. `'t` ends with the transaction that opened them; once it has
        /// committed, `'t` is `'static`.
        #[derive(Clone, Copy)]
        pub(crate) struct Databases<'t> {
            $(pub(crate) $name: $kind,)+
        }

        impl<'t> Databases<'t> {
            fn create(opener: &DatabaseOpener<'t, WithoutTls>, txn: &mut RwTxn<'t>) -> heed::Result<Self> {
                Ok(Self { $($name: opener.create_database(txn, Some($on_disk))?,)+ })
            }

            /// `None` if one of them does not exist.
            fn open(opener: &DatabaseOpener<'t, WithoutTls>, txn: &RoTxn<'t>) -> heed::Result<Option<Self>> {
                Ok(Some(Self {
                    $($name: match opener.open_database(txn, Some($on_disk))? {
                        Some(database) => database,
                        None => return Ok(None),
                    },)+
                }))
            }

            /// The entries and bytes of each database.
            pub(crate) fn sizes(&self, txn: &RoTxn<'_>) -> heed::Result<Vec<DatabaseSize>> {
                Ok(vec![$({
                    let stat = self.$name.stat(txn)?;
                    let pages = stat.branch_pages + stat.leaf_pages + stat.overflow_pages;
                    DatabaseSize {
                        name: $on_disk.into(),
                        entries: stat.entries as u64,
                        bytes: pages as u64 * u64::from(stat.page_size),
                    }
                }),+])
            }
        }

        impl OnCommit for Databases<'_> {
            type Committed = Databases<'static>;

            fn on_commit(self, token: &CommitToken) -> Databases<'static> {
                Databases { $($name: self.$name.on_commit(token)),+ }
            }
        }
    };
}

databases! {
    meta = "meta": Database<'t, Str, Bytes>,
    products = "products": ItemDatabase<'t>,
    ids = "ids": Database<'t, Bytes, U32<BE>>,
    vectors = "vectors": ItemDatabase<'t>,
    places = "places": ItemDatabase<'t>,
    prices = "prices": ItemDatabase<'t>,
    rank_features = "facts": ItemDatabase<'t>,
    facets = "facets": TextDatabase<'t>,
    words = "words": TextDatabase<'t>,
    thumbnails = "thumbnails": ItemDatabase<'t>,
    pictures = "pictures": ItemDatabase<'t>,
    sources = "sources": TextDatabase<'t>,
    quarantine = "quarantine": TextDatabase<'t>,
    cells = "cells": ItemDatabase<'t>,
    delta = "fresh": ItemDatabase<'t>,
    arroy = "arroy": arroy::Database<'t, Cosine>,
}

/// The size of one named database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatabaseSize {
    /// Its name.
    pub name: String,
    /// The number of its keys.
    pub entries: u64,
    /// The bytes of its pages.
    pub bytes: u64,
}

/// Creates the databases and stores the catalogue's `description` (JSON), in one transaction. An interrupted
/// creation leaves no catalogue.
pub(crate) fn create(env: &Env<WithoutTls>, description: &[u8]) -> Result<Databases<'static>> {
    let txn = env.write_txn()?;
    let created = env.create_databases_and_commit(txn, |opener, txn| -> Result<_> {
        let databases = Databases::create(opener, txn)?;
        databases.meta.put(txn, meta_key::SCHEMA, &SCHEMA_VERSION.to_le_bytes())?;
        databases.meta.put(txn, meta_key::CATALOG, description)?;
        Ok(CommitOrAbort::<_, Error>::Commit(databases))
    })?;
    created.into()
}

/// Adds the databases that a catalogue of an earlier schema lacks. The stored version stays, so an interrupted
/// upgrade begins again.
pub(crate) fn add_databases(env: &Env<WithoutTls>) -> Result<Databases<'static>> {
    let txn = env.write_txn()?;
    let added = env.create_databases_and_commit(txn, |opener, txn| -> Result<_> {
        Ok(CommitOrAbort::<_, Error>::Commit(Databases::create(opener, txn)?))
    })?;
    added.into()
}

/// What an LMDB environment holds, as [`open`] finds it.
#[expect(clippy::large_enum_variant, reason = "there is one, for a moment, each time a catalogue is opened")]
pub(crate) enum EnvironmentContent {
    Catalog(Databases<'static>),
    /// A catalogue of an earlier schema, which [`crate::catalog::upgrade`] can upgrade.
    EarlierCatalog,
    /// No entry: the creation of the catalogue was interrupted.
    Empty,
    /// Data of another program.
    Other,
}

/// Opens the databases of an existing catalogue.
///
/// # Errors
/// [`Error::UnknownSchema`] if a later version of this program wrote the catalogue.
pub(crate) fn open(env: &Env<WithoutTls>) -> Result<EnvironmentContent> {
    let txn = env.read_txn()?;
    let found = env.open_databases_and_commit(txn, |opener, txn| -> Result<_> {
        let Some(meta) = opener.open_database::<Str, Bytes>(txn, Some("meta"))? else {
            let root = opener.open_database::<Bytes, Bytes>(txn, None)?;
            let empty = root.map_or(Ok(true), |root| root.is_empty(txn))?;
            return Ok(CommitOrAbort::Abort(if empty {
                EnvironmentContent::Empty
            } else {
                EnvironmentContent::Other
            }));
        };
        let Some(version) = meta.get(txn, meta_key::SCHEMA)?.and_then(|v| v.try_into().ok()) else {
            return Ok(CommitOrAbort::Abort(EnvironmentContent::Other));
        };
        let version = u32::from_le_bytes(version);
        if version < SCHEMA_VERSION && version > 0 {
            return Ok(CommitOrAbort::Abort(EnvironmentContent::EarlierCatalog));
        }
        if version != SCHEMA_VERSION {
            return Err(Error::UnknownSchema { found: version, supported: SCHEMA_VERSION });
        }
        match Databases::open(opener, txn)? {
            Some(databases) => Ok(CommitOrAbort::Commit(databases)),
            None => Err(Error::damaged("one of its databases is missing")),
        }
    })?;
    Ok(match found {
        CommitOrAbort::Commit(databases) => EnvironmentContent::Catalog(databases),
        CommitOrAbort::Abort(other) => other,
    })
}

/// The components of each vector, from the catalogue's description. Every [view](crate::store::view::View) needs this number, so it is
/// read before there is one.
pub(crate) fn read_dimension(env: &Env<WithoutTls>, db: &Databases<'static>) -> Result<usize> {
    #[derive(Deserialize)]
    struct Description {
        dimension: usize,
    }
    let txn = env.read_txn()?;
    let bytes = db.meta.get(&txn, meta_key::CATALOG)?;
    let bytes = bytes.ok_or_else(|| Error::damaged("it has lost its description"))?;
    Ok(serde_json::from_slice::<Description>(bytes)?.dimension)
}
