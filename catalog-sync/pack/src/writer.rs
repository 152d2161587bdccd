//! Rows into a file.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::row::{no_row, schema};
use crate::{Error, Header, Kind, Result, Row};

/// Rows that become columns together.
const BATCH_ROWS: usize = 1024;

/// Or fewer, if they are this heavy, in bytes.
const BATCH_BYTES: usize = 8 << 20;

/// A row group is written when it has grown to this, in bytes: what a reader of whole groups needs.
const GROUP_BYTES: usize = 32 << 20;

/// What is unique for each file that the same rows make: not the version of a library.
const CREATED_BY: &str = "knytt";

/// Writes one pack to a sink.
pub struct PackWriter<R: Row, W: Write + Send> {
    parquet: ArrowWriter<W>,
    header: Header,
    waiting: Vec<R>,
    waiting_bytes: usize,
    last: Option<(String, u8)>,
    rows: u64,
}

/// What a pack holds, as its release describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many rows.
    pub rows: u64,
    /// What they take decompressed, in bytes.
    pub uncompressed_bytes: u64,
}

impl<R: Row, W: Write + Send> PackWriter<R, W> {
    /// # Errors
    /// The sink cannot be written.
    pub fn new(sink: W, header: &Header) -> Result<Self> {
        let parquet = ArrowWriter::try_new(sink, schema::<R>(header), Some(properties(R::KIND, header)?))?;
        let header = header.clone();
        Ok(Self { parquet, header, waiting: Vec::new(), waiting_bytes: 0, last: None, rows: 0 })
    }

    /// Adds a row. Rows must come in the order of their ids and numbers.
    ///
    /// # Errors
    /// [`Error::Order`], [`Error::Row`], or the sink cannot be written.
    pub fn push(&mut self, row: &R) -> Result<()> {
        let id = row.id();
        if id.is_empty() {
            return Err(no_row(id, "it has no id"));
        }
        let before = self.last.as_ref().map(|(id, number)| (id.as_str(), *number));
        if let Some((last, _)) = before.filter(|last| *last >= (id, row.number())) {
            return Err(Error::Order { id: id.into(), after: last.into() });
        }
        self.last = Some((id.into(), row.number()));
        self.waiting_bytes += row.weight();
        self.waiting.push(row.clone());
        self.rows += 1;
        if self.waiting.len() >= BATCH_ROWS || self.waiting_bytes >= BATCH_BYTES {
            self.write()
        } else {
            Ok(())
        }
    }

    /// Writes what is left and the footer.
    ///
    /// # Errors
    /// [`Error::Row`], or the sink cannot be written.
    pub fn finish(mut self) -> Result<Written> {
        self.write()?;
        let metadata = self.parquet.finish()?;
        Ok(Written { rows: self.rows, uncompressed_bytes: uncompressed_bytes(&metadata) })
    }

    fn write(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let ids: ArrayRef = Arc::new(StringArray::from_iter_values(self.waiting.iter().map(Row::id)));
        let columns = [vec![ids], R::columns(&self.waiting, &self.header)?].concat();
        self.parquet.write(&RecordBatch::try_new(schema::<R>(&self.header), columns)?)?;
        if self.parquet.in_progress_size() >= GROUP_BYTES {
            self.parquet.flush()?;
        }
        self.waiting.clear();
        self.waiting_bytes = 0;
        Ok(())
    }
}

/// What a file takes decompressed, by its footer.
pub(crate) fn uncompressed_bytes(metadata: &ParquetMetaData) -> u64 {
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    chunks
        .map(|chunk| u64::try_from(chunk.uncompressed_size()).unwrap_or(u64::MAX))
        .fold(0, u64::saturating_add)
}

fn properties(kind: Kind, header: &Header) -> Result<WriterProperties> {
    let level = match kind {
        Kind::Attributes => 9,
        Kind::Vectors | Kind::Further => 3,
        // Encoded pictures and digests do not get smaller.
        Kind::Pictures | Kind::Digests | Kind::FurtherDigests => 1,
    };
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.into())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(level)?))
        .set_key_value_metadata(Some(header.key_values(kind)))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        // Nearly all ids are different.
        .set_column_dictionary_enabled(ColumnPath::from("id"), false)
        .set_column_encoding(ColumnPath::from("id"), Encoding::DELTA_BYTE_ARRAY);
    let vectors = || ColumnPath::from(vec!["vector".into(), "list".into(), "element".into()]);
    let heavy = match kind {
        Kind::Vectors => vec![vectors()],
        Kind::Pictures => vec![ColumnPath::from("picture")],
        Kind::Further => vec![vectors(), ColumnPath::from("picture"), ColumnPath::from("look")],
        Kind::Attributes | Kind::Digests | Kind::FurtherDigests => Vec::new(),
    };
    for heavy in heavy {
        properties = properties
            .set_column_dictionary_enabled(heavy.clone(), false)
            .set_column_statistics_enabled(heavy, EnabledStatistics::None);
    }
    Ok(properties.build())
}
