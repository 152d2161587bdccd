//! The named databases of a catalogue, and what their keys and values are.
//!
//! Schema 4. Integers in keys are big-endian, so that LMDB's byte order is their order; an *item* is
//! the `u32` that stands for a product inside the catalogue.
//!
//! | database | key | value |
//! |---|---|---|
//! | `meta` | a name of [`meta_key`] | see there |
//! | `products` | item | the product, JSON |
//! | `ids` | text key of the product's id | item |
//! | `vectors` | place / 256 | up to 256 vectors of little-endian f16, by place % 256; see [`crate::vectors`] |
//! | `places` | item / 1020 | 1020 little-endian `u32`, by item % 1020; see [`crate::place`] |
//! | `prices` | item / 1024 | 1024 little-endian `i64`, by item % 1024 |
//! | `facts` | item / 256 | up to 256 rows of what ranking asks, by item % 256; see [`crate::facts`] |
//! | `facets` | field and value | the value as written, and the bitmap of its items |
//! | `words` | term and block | the items of the block that have the term; see [`crate::lexical`] |
//! | `thumbnails` | item | an encoded picture |
//! | `sources` | text key of the source | JSON |
//! | `quarantine` | text key of the source | JSON |
//! | `cells` | cell | the codes of its items, a block; see [`crate::index::segments`] |
//! | `fresh` | shelf | the codes of items that are in no cell yet, a block; see there |
//! | `arroy` | arroy's | arroy's |

use arroy::distances::Cosine;
use heed::byteorder::BE;
use heed::types::{Bytes, Str, U32};
use heed::{CommitOrAbort, CommitToken, Database, DatabaseOpener, Env, OnCommit, RoTxn, RwTxn, WithoutTls};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use crate::{Calibration, Error, Fingerprint, Result, SafetyConfig, Weights};

/// The version that this program reads and writes.
pub const SCHEMA_VERSION: u32 = 4;

/// Room for the databases below and a few more.
pub(crate) const MAX_DATABASES: u32 = 24;

/// Keys of the `meta` database.
pub(crate) mod meta_key {
    /// The schema version, a little-endian `u32`. Written first, read first, in every version.
    pub(crate) const SCHEMA: &str = "schema";
    /// [`super::CatalogMeta`], JSON.
    pub(crate) const CATALOG: &str = "catalog";
    /// [`crate::Calibration`], JSON, once it is measured. Apart from the description, which every search
    /// reads several times: it is a hundred times as long.
    pub(crate) const CALIBRATION: &str = "calibration";
    /// Bitmap of the items that exist.
    pub(crate) const LIVE: &str = "live";
    /// Bitmap of the items whose delete has been committed: the next products get these.
    pub(crate) const FREE: &str = "free";
    /// The sum behind the content hash; see [`crate::content`].
    pub(crate) const CONTENT: &str = "content";
    /// The centres of the index's cells; see [`crate::index::segments`].
    pub(crate) const CELLS: &str = "cells";
    /// Bitmap of the items whose codes in cells are of the past.
    pub(crate) const MOVED: &str = "moved";
    /// The shelf of fresh codes whose turn it is, a little-endian `u32`.
    pub(crate) const SHELF: &str = "shelf";
}

/// What a catalogue says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CatalogMeta {
    pub(crate) catalog_id: String,
    pub(crate) release: u64,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) model_name: String,
    pub(crate) dimension: usize,
    /// From how many products on the arroy index is kept; `None`: never.
    pub(crate) arroy_from: Option<u64>,
    /// How hits are ranked here; `None`: as everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) weights: Option<Weights>,
    /// Which pictures are refused here; `None`: none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) safety: Option<SafetyConfig>,
}

pub(crate) type ItemDatabase<'t> = Database<'t, U32<BE>, Bytes>;
pub(crate) type TextDatabase<'t> = Database<'t, Bytes, Bytes>;

macro_rules! databases {
    ($($name:ident: $kind:ty),+ $(,)?) => {
        /// Handles of the named databases; `'t` ends with the transaction that opened them, or is
        /// `'static` once that has committed.
        #[derive(Clone, Copy)]
        pub(crate) struct Databases<'t> {
            $(pub(crate) $name: $kind,)+
        }

        impl<'t> Databases<'t> {
            fn create(opener: &DatabaseOpener<'t, WithoutTls>, txn: &mut RwTxn<'t>) -> heed::Result<Self> {
                Ok(Self { $($name: opener.create_database(txn, Some(stringify!($name)))?,)+ })
            }

            /// `None` if one of them does not exist.
            fn open(opener: &DatabaseOpener<'t, WithoutTls>, txn: &RoTxn<'t>) -> heed::Result<Option<Self>> {
                Ok(Some(Self {
                    $($name: match opener.open_database(txn, Some(stringify!($name)))? {
                        Some(database) => database,
                        None => return Ok(None),
                    },)+
                }))
            }

            /// Entries and bytes of each database.
            pub(crate) fn sizes(&self, txn: &RoTxn<'_>) -> heed::Result<Vec<DatabaseSize>> {
                Ok(vec![$({
                    let stat = self.$name.stat(txn)?;
                    let pages = stat.branch_pages + stat.leaf_pages + stat.overflow_pages;
                    DatabaseSize {
                        name: stringify!($name).into(),
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
    meta: Database<'t, Str, Bytes>,
    products: ItemDatabase<'t>,
    ids: Database<'t, Bytes, U32<BE>>,
    vectors: ItemDatabase<'t>,
    places: ItemDatabase<'t>,
    prices: ItemDatabase<'t>,
    facts: ItemDatabase<'t>,
    facets: TextDatabase<'t>,
    words: TextDatabase<'t>,
    thumbnails: ItemDatabase<'t>,
    sources: TextDatabase<'t>,
    quarantine: TextDatabase<'t>,
    cells: ItemDatabase<'t>,
    fresh: ItemDatabase<'t>,
    arroy: arroy::Database<'t, Cosine>,
}

/// How large one named database is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatabaseSize {
    /// Its name.
    pub name: String,
    /// How many keys it has.
    pub entries: u64,
    /// The pages it takes, in bytes.
    pub bytes: u64,
}

/// Creates the databases and writes `meta`, in one transaction: a catalogue is there whole or not at
/// all.
pub(crate) fn create(env: &Env<WithoutTls>, meta: &CatalogMeta) -> Result<Databases<'static>> {
    let txn = env.write_txn()?;
    let created = env.create_databases_and_commit(txn, |opener, txn| -> Result<_> {
        let databases = Databases::create(opener, txn)?;
        databases.meta.put(txn, meta_key::SCHEMA, &SCHEMA_VERSION.to_le_bytes())?;
        databases.meta.put(txn, meta_key::CATALOG, &serde_json::to_vec(meta)?)?;
        Ok(CommitOrAbort::<_, Error>::Commit(databases))
    })?;
    created.into()
}

/// Adds the databases that a catalogue of an earlier schema does not have. Its version stays, so that an
/// upgrade that is cut short begins again.
pub(crate) fn add_databases(env: &Env<WithoutTls>) -> Result<Databases<'static>> {
    let txn = env.write_txn()?;
    let added = env.create_databases_and_commit(txn, |opener, txn| -> Result<_> {
        Ok(CommitOrAbort::<_, Error>::Commit(Databases::create(opener, txn)?))
    })?;
    added.into()
}

/// What [`open`] found.
#[expect(clippy::large_enum_variant, reason = "there is one, for a moment, each time a catalogue is opened")]
pub(crate) enum Found {
    Catalog(Databases<'static>),
    /// One of an earlier schema that [`crate::upgrade`] can bring to this one.
    Earlier,
    /// LMDB's file without any entry: its creation was interrupted.
    Empty,
    /// Somebody else's LMDB.
    Other,
}

/// Opens the databases of an existing catalogue.
///
/// # Errors
/// [`Error::UnknownSchema`] before anything else is read, if another version wrote it.
pub(crate) fn open(env: &Env<WithoutTls>) -> Result<Found> {
    let txn = env.read_txn()?;
    let found = env.open_databases_and_commit(txn, |opener, txn| -> Result<_> {
        let Some(meta) = opener.open_database::<Str, Bytes>(txn, Some("meta"))? else {
            let root = opener.open_database::<Bytes, Bytes>(txn, None)?;
            let empty = root.map_or(Ok(true), |root| root.is_empty(txn))?;
            return Ok(CommitOrAbort::Abort(if empty { Found::Empty } else { Found::Other }));
        };
        let Some(version) = meta.get(txn, meta_key::SCHEMA)?.and_then(|v| v.try_into().ok()) else {
            return Ok(CommitOrAbort::Abort(Found::Other));
        };
        let version = u32::from_le_bytes(version);
        if version < SCHEMA_VERSION && version > 0 {
            return Ok(CommitOrAbort::Abort(Found::Earlier));
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
        CommitOrAbort::Commit(databases) => Found::Catalog(databases),
        CommitOrAbort::Abort(other) => other,
    })
}

/// The catalogue's own description.
pub(crate) fn read_meta(db: &Databases<'_>, txn: &RoTxn<'_>) -> Result<CatalogMeta> {
    let bytes = db.meta.get(txn, meta_key::CATALOG)?;
    let bytes = bytes.ok_or_else(|| Error::damaged("it has lost its description"))?;
    Ok(serde_json::from_slice(bytes)?)
}

/// What scores mean, if that was measured.
pub(crate) fn read_calibration(db: &Databases<'_>, txn: &RoTxn<'_>) -> Result<Option<Calibration>> {
    Ok(db.meta.get(txn, meta_key::CALIBRATION)?.map(serde_json::from_slice).transpose()?)
}

/// A bitmap of the `meta` database; empty if it was never written.
pub(crate) fn read_items(db: &Databases<'_>, txn: &RoTxn<'_>, key: &str) -> Result<RoaringBitmap> {
    db.meta.get(txn, key)?.map_or_else(|| Ok(RoaringBitmap::new()), decode_bitmap)
}

/// Writes a bitmap of the `meta` database.
pub(crate) fn write_items(
    db: &Databases<'_>,
    txn: &mut RwTxn<'_>,
    key: &str,
    items: &RoaringBitmap,
) -> Result<()> {
    Ok(db.meta.put(txn, key, &encode_bitmap(items))?)
}

pub(crate) fn encode_bitmap(items: &RoaringBitmap) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(items.serialized_size());
    // Writing into a Vec cannot fail.
    let _ = items.serialize_into(&mut bytes);
    bytes
}

pub(crate) fn decode_bitmap(bytes: &[u8]) -> Result<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes).map_err(|e| Error::damaged(format!("a bitmap: {e}")))
}
