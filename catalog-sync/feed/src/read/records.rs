//! Tables, record by record: CSV, TSV and workbooks. A record that cannot be read does not end the file.

use std::collections::{HashMap, VecDeque};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::header::{self, LINES_TO_LOOK_AT};
use super::quote_sign::SAMPLE_LINES;
use super::quoted::{RawRow, Rows};
use super::workbook::{self, Kind, SheetRow, Table};
use super::{Found, Reader, headless, no_product, quote_sign};
use crate::group_buffer::{Counts, GroupBuffer};
use crate::{Columns, Error, Rejection, Result, text};

/// The cells of one line, or of several if a cell has line ends in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// On which it begins, from 1.
    pub(crate) line: u64,
    /// The sheet of a workbook, where it is not the first one.
    pub(crate) sheet: String,
    /// What the name of its sheet says that it is, where nothing else does.
    pub(crate) category: String,
    pub(crate) cells: Vec<String>,
}

/// Records of a table with a header.
pub(crate) struct Records {
    rows: Source,
    /// The first row, where no header is above it.
    first: Option<RawRow>,
    header: Vec<String>,
    name: String,
    /// Records that were given.
    count: u64,
    left: Vec<(String, usize)>,
    /// What sheets of a workbook are called that say of their products what they are.
    sheet_categories: Vec<String>,
}

enum Source {
    Text(Rows),
    Sheets(std::vec::IntoIter<SheetRow>),
}

impl Records {
    /// # Errors
    /// The file cannot be read, or its header is not text.
    pub(crate) fn open(path: &Path, name: &str, between: Option<u8>, columns: &Columns) -> Result<Self> {
        if let Some(kind) = Kind::of(path)? {
            return Ok(Self::of_sheets(workbook::read(path, name, kind, columns)?, name));
        }
        Self::of_text(text::open(path)?, name, between, columns).map_err(|error| match error {
            Error::Read(error) => text::named(path, &error),
            other => other,
        })
    }

    fn of_text(text: text::Text, name: &str, between: Option<u8>, columns: &Columns) -> Result<Self> {
        let mut rows = Rows::new(text, b',');
        let mut lines = Vec::new();
        while let Some(line) =
            rows.peek(lines.len()).map_err(Error::Read)?.filter(|_| lines.len() < LINES_TO_LOOK_AT)
        {
            lines.push(line.to_vec());
        }
        let place = header::find(&lines, between, columns);
        rows.skip(place.above);
        rows.set_delimiter(place.between);
        let sample = rows.sample(SAMPLE_LINES).map_err(Error::Read)?;
        rows.set_quote(quote_sign::of(&sample, place.between));
        let row = rows.next_row().map_err(Error::Read)?.unwrap_or_default();
        let cell = |cell: Vec<u8>| String::from_utf8(cell).map(|name| clean(name).trim().to_owned());
        let names = row.cells.iter().cloned().map(cell).collect::<Result<Vec<_>, _>>();
        let names = names.map_err(|_| Error::Header {
            name: name.into(),
            reason: "the header is not UTF-8 text".into(),
            hint: "save the feed as UTF-8",
        })?;
        let content = headless::names(&names, columns);
        // A row that was taken for the header is the first one.
        let first = content.is_some().then_some(row);
        let header = named(content.unwrap_or(names));
        rows.set_width(header.len());
        let (left, sheet_categories) = (Vec::new(), Vec::new());
        let rows = Source::Text(rows);
        Ok(Self { rows, first, header, name: name.into(), count: 0, left, sheet_categories })
    }

    fn of_sheets(table: Table, name: &str) -> Self {
        let rows = Source::Sheets(table.rows.into_iter());
        let (left, sheet_categories) = (table.left, table.categories);
        let header = named(table.header);
        Self { rows, first: None, header, name: name.into(), count: 0, left, sheet_categories }
    }

    /// What the sheets of a workbook are called whose names are the categories of their products.
    pub(crate) fn sheet_categories(&self) -> &[String] {
        &self.sheet_categories
    }

    /// Sheets with other things.
    pub(crate) fn left_aside(&self) -> &[(String, usize)] {
        &self.left
    }

    /// The names of a table that begins so.
    pub(crate) fn names_of(head: &[u8]) -> Vec<String> {
        let text = Box::new(Cursor::new(head.to_vec()));
        Self::of_text(text, "", None, &Columns::default()).map(|records| records.header).unwrap_or_default()
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// `feed.csv:17`, or `feed.xlsx/Men:17` on another sheet than the first.
    pub(crate) fn place(&self, record: &Record) -> String {
        match record.sheet.as_str() {
            "" => self.line_place(record.line),
            sheet => format!("{}/{sheet}:{}", self.name, record.line),
        }
    }

    fn line_place(&self, line: u64) -> String {
        format!("{}:{line}", self.name)
    }

    /// Empty cells at the end of a row may be left out, or be too many.
    fn read(&self, row: RawRow) -> Result<Record, Rejection> {
        let refuse = |code, reason| Err(Rejection::new(self.line_place(row.line), code, reason));
        if row.is_too_long {
            return refuse("line-too-long", "the line is longer than 4 MiB".into());
        }
        let (found, expected) = (row.cells.len(), self.header.len());
        if row.cells.iter().skip(expected).any(|cell| !cell.iter().all(u8::is_ascii_whitespace)) {
            let reason = format!("it has {found} columns where the header has {expected}");
            return refuse("wrong-column-count", reason);
        }
        let mut cells = Vec::with_capacity(expected);
        for (column, bytes) in self.header.iter().zip(row.cells) {
            match String::from_utf8(bytes) {
                Ok(cell) => cells.push(clean(cell)),
                Err(_) => return refuse("bad-utf8", format!("column {column} is not UTF-8 text")),
            }
        }
        cells.resize(expected, String::new());
        Ok(Record { line: row.line, sheet: String::new(), category: String::new(), cells })
    }

    fn of_sheet(&self, row: SheetRow) -> Record {
        let SheetRow { line, sheet, category, mut cells } = row;
        cells.resize(self.header.len(), String::new());
        Record { line, sheet, category, cells }
    }

    /// Whether a record is a row of the table, and no header or total.
    fn is_row(&self, record: &Record) -> bool {
        let cells = || record.cells.iter().map(String::as_str);
        let is_header = no_product::repeats_header(&self.header, cells())
            || (self.count == 0 && no_product::renames_header(&self.header, cells()));
        !is_header && !no_product::is_total(cells())
    }
}

/// A cell without the NUL bytes that some programs fill cells up with, and without the byte order mark of a file
/// that another was put behind.
fn clean(cell: String) -> String {
    if cell.contains(['\0', '\u{feff}']) { cell.replace(['\0', '\u{feff}'], "") } else { cell }
}

/// Columns without a name are those at the end of a line, or have one by where they stand.
fn named(mut names: Vec<String>) -> Vec<String> {
    while names.last().is_some_and(|name| name.trim().is_empty()) {
        names.pop();
    }
    let name =
        |(at, name): (usize, String)| if name.is_empty() { format!("column {}", at + 1) } else { name };
    names.into_iter().enumerate().map(name).collect()
}

impl Iterator for Records {
    type Item = Result<Result<Record, Rejection>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(first) = self.first.take() {
            self.count += 1;
            return Some(Ok(self.read(first)));
        }
        loop {
            let found = match &mut self.rows {
                Source::Sheets(rows) => match rows.next()? {
                    row if row.cells.iter().all(|cell| cell.trim().is_empty()) => continue,
                    row => Ok(self.of_sheet(row)),
                },
                Source::Text(rows) => match rows.next_row() {
                    Err(error) => return Some(Err(text::named(Path::new(&self.name), &error))),
                    Ok(None) => return None,
                    Ok(Some(row)) if is_empty(&row) => continue,
                    Ok(Some(row)) => self.read(row),
                },
            };
            if found.as_ref().is_ok_and(|record| !self.is_row(record)) {
                continue;
            }
            self.count += 1;
            return Some(Ok(found));
        }
    }
}

/// A row that Excel leaves where one was deleted, or remarks under a header.
fn is_empty(row: &RawRow) -> bool {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let mut filled = row.cells.iter().filter(|cell| !cell.iter().all(is_blank));
    !row.is_too_long && filled.all(|cell| header::is_remark(cell) && cell.contains(&b'|'))
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
                    let place = self.records.place(&record);
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

    fn left_aside(&self) -> Vec<(String, usize)> {
        self.records.left_aside().to_vec()
    }
}
