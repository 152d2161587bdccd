//! A file into rows.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::reader::ChunkReader;

use crate::row::schema;
use crate::writer::uncompressed_bytes;
use crate::{Error, Header, Result, Row};

/// Rows that are in memory at once.
const BATCH_ROWS: usize = 512;

/// What a pack must be, by its release.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'h> {
    /// The header that it must have.
    pub header: &'h Header,
    /// How many rows it must have.
    pub rows: u64,
    /// What it must take decompressed, in bytes.
    pub uncompressed_bytes: u64,
}

/// Reads the rows of a pack, in the order of their ids and numbers.
pub struct PackReader<R: Row> {
    batches: ParquetRecordBatchReader,
    header: Header,
    ready: VecDeque<R>,
    last: Option<(String, u8)>,
    failed: bool,
    kind: PhantomData<R>,
}

impl<R: Row> PackReader<R> {
    /// Opens a pack (a file, or [`bytes::Bytes`]) and compares it with what it must be, before any row is
    /// decompressed.
    ///
    /// # Errors
    /// [`Error::Header`], [`Error::Rows`], [`Error::DecompressedSize`], [`Error::Parquet`].
    pub fn open<S: ChunkReader + 'static>(source: S, expected: &Expected<'_>) -> Result<Self> {
        contained(|| Self::open_trusting(source, expected))
    }

    fn open_trusting<S: ChunkReader + 'static>(source: S, expected: &Expected<'_>) -> Result<Self> {
        let options = ArrowReaderOptions::new().with_schema(schema::<R>(expected.header));
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(source, options)?;
        let metadata = builder.metadata();
        expected.header.expect(R::KIND, metadata.file_metadata())?;
        let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(u64::MAX);
        if rows != expected.rows {
            return Err(Error::Rows { expected: expected.rows, found: rows });
        }
        let found = uncompressed_bytes(metadata);
        if found != expected.uncompressed_bytes {
            return Err(Error::DecompressedSize { expected: expected.uncompressed_bytes, found });
        }
        let batches = builder.with_batch_size(BATCH_ROWS).build()?;
        let header = expected.header.clone();
        Ok(Self { batches, header, ready: VecDeque::new(), last: None, failed: false, kind: PhantomData })
    }

    fn read(&mut self) -> Result<Option<R>> {
        while self.ready.is_empty() {
            let (batches, header) = (&mut self.batches, &self.header);
            let rows = contained(|| batches.next().map(|batch| R::rows(&batch?, header)).transpose())?;
            let Some(rows) = rows else { return Ok(None) };
            self.ready.extend(rows);
        }
        let row = self.ready.pop_front();
        if let Some(row) = &row {
            let key = (row.id(), row.number());
            let before = self.last.as_ref().map(|(id, number)| (id.as_str(), *number));
            if let Some((last, _)) = before.filter(|last| *last >= key) {
                return Err(Error::Order { id: key.0.into(), after: last.into() });
            }
            self.last = Some((key.0.into(), key.1));
        }
        Ok(row)
    }
}

/// Some damaged pages make the library for Parquet panic. Whoever reads a pack gets an error instead; its
/// reader is not used again.
fn contained<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let text =
            panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
        Err(Error::Damaged(text.unwrap_or("its reader gave up").into()))
    })
}

impl<R: Row> Iterator for PackReader<R> {
    type Item = Result<R>;

    fn next(&mut self) -> Option<Result<R>> {
        if self.failed {
            return None;
        }
        let next = self.read().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}
