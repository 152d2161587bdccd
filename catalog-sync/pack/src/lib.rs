//! Packs: products, vectors and pictures as Parquet files.
//!
//! A pack holds rows of one kind in the order of their ids, compressed with zstd, and says in its
//! key-value metadata which catalogue and model they are of. Any program that reads Parquet reads packs:
//! pandas, DuckDB and Spark among them. The same rows always make the same bytes, so that a pack can be
//! named by its hash and is never sent or stored twice.
//!
//! ```
//! use knytt_pack::{Expected, Header, PackReader, PackWriter, VectorRow};
//!
//! let header = Header { catalog: "shop".into(), model: "ff".into(), dimension: 2 };
//! let row = VectorRow { id: "a".into(), vector: vec![0, 60, 0, 0] };
//! let mut file = Vec::new();
//! let mut pack = PackWriter::new(&mut file, &header)?;
//! pack.push(&row)?;
//! let written = pack.finish()?;
//!
//! let expected = Expected { header: &header, rows: written.rows, uncompressed_bytes: written.uncompressed_bytes };
//! let rows: Vec<VectorRow> = PackReader::open(bytes::Bytes::from(file), &expected)?.collect::<Result<_, _>>()?;
//! assert_eq!(rows, [row]);
//! # Ok::<(), knytt_pack::Error>(())
//! ```

mod attributes;
mod columns;
mod digests;
mod error;
mod further;
mod header;
mod kind;
mod pictures;
mod reader;
mod row;
mod shard;
mod vectors;
mod writer;

pub use attributes::{AttributesRow, Change};
pub use columns::Columns;
pub use digests::{DIGEST_BYTES, DigestRow, digest};
pub use error::{Error, Result};
pub use further::{FurtherContent, FurtherDigestRow, FurtherRow};
pub use header::Header;
pub use kind::Kind;
pub use pictures::PictureRow;
pub use reader::{Expected, PackReader};
pub use row::Row;
pub use shard::{shard_of, shards_for};
pub use vectors::VectorRow;
pub use writer::{PackWriter, Written};
