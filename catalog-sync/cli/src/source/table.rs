//! CSV and TSV, row by row. A row that cannot be read does not end the file.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use csv::ByteRecord;

use super::column::Column;
use super::{Columns, Rejection, Row};
use crate::failure::Failure;

/// Rows of a delimited file with a header line.
pub struct TableRows {
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: Vec<Arc<Column>>,
    record: ByteRecord,
    name: String,
}

impl TableRows {
    /// # Errors
    /// The file cannot be read, or has no readable header.
    pub fn open(path: &Path, name: &str, columns: &mut Columns) -> Result<Self> {
        let mut file = BufReader::with_capacity(1 << 18, fs_err::File::open(path)?);
        let start = file.fill_buf().with_context(|| format!("cannot read {}", path.display()))?;
        let delimiter = delimiter(path, start);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(Box::new(file) as Box<_>);
        let header = reader.byte_headers().with_context(|| format!("cannot read {name}"))?.clone();
        Ok(Self {
            reader,
            header: read_header(&header, name, columns)?,
            record: ByteRecord::new(),
            name: name.into(),
        })
    }

    fn row(&self) -> Result<Row, Rejection> {
        let line = self.record.position().map_or(0, csv::Position::line);
        let refuse = |code, reason: String| Rejection::new(format!("{}:{line}", self.name), code, reason);
        if self.record.len() != self.header.len() {
            let (found, expected) = (self.record.len(), self.header.len());
            return Err(refuse(
                "wrong-column-count",
                format!("it has {found} columns where the header has {expected}"),
            ));
        }
        let cell = |(column, bytes): (&Arc<Column>, &[u8])| match std::str::from_utf8(bytes) {
            Ok(text) => Ok((Arc::clone(column), text.to_owned())),
            Err(_) => Err(refuse("bad-utf8", format!("column {} is not UTF-8 text", column.name))),
        };
        Ok(Row::new(line, self.header.iter().zip(self.record.iter()).map(cell).collect::<Result<_, _>>()?))
    }
}

impl Iterator for TableRows {
    type Item = Result<Result<Row, Rejection>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => Some(Ok(self.row())),
            Ok(false) => None,
            Err(error) => Some(Err(anyhow::Error::from(error).context(format!("cannot read {}", self.name)))),
        }
    }
}

/// Tab for `.tsv`; a header without a comma and with a semicolon is a spreadsheet's export in countries
/// that write decimals with a comma.
fn delimiter(path: &Path, start: &[u8]) -> u8 {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsv") || e.eq_ignore_ascii_case("tab")) {
        return b'\t';
    }
    let header = start.split(|b| *b == b'\n').next().unwrap_or_default();
    if !header.contains(&b',') && header.contains(&b';') { b';' } else { b',' }
}

fn read_header(header: &ByteRecord, name: &str, columns: &mut Columns) -> Result<Vec<Arc<Column>>> {
    let mut read: Vec<Arc<Column>> = Vec::with_capacity(header.len());
    for bytes in header {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            Failure::new(format!("{name}:1: the header is not UTF-8 text")).hint("save the feed as UTF-8")
        })?;
        let column = columns.column(text.trim_start_matches('\u{feff}'));
        if !column.name.is_empty() && read.iter().any(|c| c.name == column.name) {
            return Err(Failure::new(format!("{name}:1: two columns are named {:?}", column.name))
                .hint("give each column its own name")
                .into());
        }
        read.push(column);
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(file_name: &str, bytes: &[u8]) -> Vec<Result<Row, Rejection>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file_name);
        std::fs::write(&path, bytes).unwrap();
        let rows = TableRows::open(&path, file_name, &mut Columns::new(None)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn a_bad_line_is_named_by_its_number_and_the_rest_is_read() {
        let rows = rows("f.csv", b"id,title\n1,\"two\nlines\"\n2,caf\xe9\n3\n4,ok\n");
        assert_eq!(rows[0].as_ref().unwrap().get("title"), Some("two\nlines"));
        assert_eq!(
            rows[1].as_ref().unwrap_err(),
            &Rejection::new("f.csv:4", "bad-utf8", "column title is not UTF-8 text")
        );
        assert_eq!(rows[2].as_ref().unwrap_err().place, "f.csv:5");
        assert_eq!(rows[3].as_ref().unwrap().line, 6);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        let rows = rows("f.csv", b"\xef\xbb\xbfid,title\n1,a\n");
        assert_eq!(rows[0].as_ref().unwrap().get("id"), Some("1"));
    }

    #[test]
    fn tabs_and_semicolons_are_told_from_commas() {
        assert_eq!(rows("f.tsv", b"id\ttitle\n1\ta,b\n")[0].as_ref().unwrap().get("title"), Some("a,b"));
        assert_eq!(rows("f.csv", b"id;title\n1;a,b\n")[0].as_ref().unwrap().get("title"), Some("a,b"));
    }

    #[test]
    fn a_repeated_column_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, "id,id\n1,2\n").unwrap();
        assert!(TableRows::open(&path, "f.csv", &mut Columns::new(None)).is_err());
    }
}
