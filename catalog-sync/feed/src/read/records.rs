//! CSV and TSV, record by record. A record that cannot be read does not end the file.

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use csv::ByteRecord;
use serde::{Deserialize, Serialize};

use super::{Found, Reader};
use crate::format::delimiter;
use crate::group_buffer::{Counts, GroupBuffer};
use crate::text::{self, Text};
use crate::{Columns, Error, Rejection, Result};

/// The cells of one line, or of several if a cell has line ends in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// On which it begins, from 1.
    pub(crate) line: u64,
    pub(crate) cells: Vec<String>,
}

/// Records of a delimited file with a header line.
pub(crate) struct Records {
    reader: csv::Reader<Text>,
    header: Vec<String>,
    record: ByteRecord,
    name: String,
    /// Lines by which the CSV reader is behind: it meets the second half of `\r\n` with the next record.
    behind: u64,
}

impl Records {
    /// # Errors
    /// The file cannot be read, or its header is not text.
    pub(crate) fn open(path: &Path, name: &str, between: Option<u8>) -> Result<Self> {
        let mut text = text::open(path)?;
        let start = text.fill_buf().map_err(|e| text::named(path, &e))?;
        let between = between.unwrap_or_else(|| delimiter(start));
        let first_end = start.iter().position(|byte| *byte == b'\n').unwrap_or_default();
        let behind = u64::from(start[..first_end].ends_with(b"\r"));
        let mut reader = csv::ReaderBuilder::new().delimiter(between).flexible(true).from_reader(text);
        let header = reader.byte_headers().map_err(|error| damaged(name, &error))?;
        let header = header.iter().map(|name| std::str::from_utf8(name).map(|name| name.trim().to_owned()));
        let header = header.collect::<Result<Vec<_>, _>>().map_err(|_| Error::Header {
            name: name.into(),
            reason: "the header is not UTF-8 text".into(),
            hint: "save the feed as UTF-8",
        })?;
        Ok(Self { reader, header, record: ByteRecord::new(), name: name.into(), behind })
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// `feed.csv:17`
    pub(crate) fn place(&self, line: u64) -> String {
        format!("{}:{line}", self.name)
    }

    fn read(&self) -> Result<Record, Rejection> {
        let line = self.record.position().map_or(0, csv::Position::line) + self.behind;
        if self.record.len() != self.header.len() {
            let (found, expected) = (self.record.len(), self.header.len());
            let reason = format!("it has {found} columns where the header has {expected}");
            return Err(Rejection::new(self.place(line), "wrong-column-count", reason));
        }
        let cell = |(column, bytes): (&String, &[u8])| {
            std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| {
                Rejection::new(self.place(line), "bad-utf8", format!("column {column} is not UTF-8 text"))
            })
        };
        Ok(Record {
            line,
            cells: self.header.iter().zip(self.record.iter()).map(cell).collect::<Result<_, _>>()?,
        })
    }
}

impl Iterator for Records {
    type Item = Result<Result<Record, Rejection>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => Some(Ok(self.read())),
            Ok(false) => None,
            Err(error) => Some(Err(damaged(&self.name, &error))),
        }
    }
}

fn damaged(name: &str, error: &csv::Error) -> Error {
    Error::Damaged { name: name.into(), reason: error.to_string() }
}

/// Which records are of one product: how many of each, and what each is also called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) counts: Arc<Counts>,
    /// Ids by another name by which they are referred to.
    pub(crate) aliases: Arc<HashMap<String, String>>,
}

/// A shop's way to write products as several records.
pub(crate) trait Dialect: Send {
    /// The product that a record is of.
    ///
    /// # Errors
    /// Why it is of none.
    fn key(&self, record: &Record, keys: &Keys) -> Result<String, &'static str>;

    /// All records of one product as rows, one for each variant.
    fn rows(&mut self, records: Vec<Record>, name: &str) -> Vec<Found>;

    fn columns(&self) -> &Columns;
}

/// Rows of a dialect.
pub(crate) struct DialectRows<D> {
    records: Records,
    dialect: D,
    keys: Keys,
    buffer: GroupBuffer<Record>,
    ready: VecDeque<Found>,
}

impl<D: Dialect> DialectRows<D> {
    pub(crate) fn new(records: Records, dialect: D, keys: Keys) -> Self {
        Self { records, dialect, keys, buffer: GroupBuffer::new(), ready: VecDeque::new() }
    }

    /// Reads on until there are rows; false at the end.
    fn fill(&mut self) -> Result<bool> {
        let group = match self.records.next().transpose()? {
            None => match self.buffer.rest()? {
                None => return Ok(false),
                rest => rest,
            },
            Some(Err(rejection)) => {
                self.ready.push_back(Err(rejection));
                return Ok(true);
            }
            Some(Ok(record)) => match self.dialect.key(&record, &self.keys) {
                Err(reason) => {
                    let place = self.records.place(record.line);
                    self.ready.push_back(Err(Rejection::new(place, "bad-id", reason)));
                    return Ok(true);
                }
                Ok(key) => self.buffer.add(&self.keys.counts, &key, record)?,
            },
        };
        if let Some(group) = group {
            self.ready.extend(self.dialect.rows(group, self.records.name()));
        }
        Ok(true)
    }
}

impl<D: Dialect> Iterator for DialectRows<D> {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Some(Ok(found));
            }
            match self.fill() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<D: Dialect> Reader for DialectRows<D> {
    fn columns(&self) -> &Columns {
        self.dialect.columns()
    }
}
