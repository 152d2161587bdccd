//! The catalogue on disk: one LMDB environment, its databases, and how each of them is encoded.

pub(crate) mod active_environment;
pub(crate) mod bitmap;
pub(crate) mod checked;
pub(crate) mod content_hash;
pub(crate) mod env;
pub(crate) mod facet_bitmaps;
pub(crate) mod gate;
pub(crate) mod lock_file;
pub(crate) mod mapped;
pub(crate) mod open;
pub(crate) mod pages;
pub(crate) mod picture_number;
pub(crate) mod place;
pub(crate) mod price_column;
pub(crate) mod rank_features;
pub(crate) mod salvage;
pub(crate) mod schema;
pub(crate) mod segment;
pub(crate) mod vectors;
pub(crate) mod verify;
pub(crate) mod view;
