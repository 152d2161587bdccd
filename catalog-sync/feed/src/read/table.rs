//! Any CSV or TSV whose columns say what they are.

use std::sync::Arc;

use super::records::{Record, Records};
use super::{Found, Reader};
use crate::column::{Column, Role};
use crate::{Columns, Error, Result, Row};

/// Rows of a delimited file with a header line.
pub(crate) struct TableRows {
    records: Records,
    header: Vec<Arc<Column>>,
    columns: Columns,
    /// Whether sheets of a workbook say of their products what they are.
    sheets_are_categories: bool,
}

impl TableRows {
    /// # Errors
    /// Two columns claim the same part of a product by the same name.
    pub(crate) fn open(records: Records, mut columns: Columns) -> Result<Self> {
        let mut header: Vec<Arc<Column>> = Vec::with_capacity(records.header().len());
        for name in records.header() {
            let column = columns.column(name);
            if is_single(&column) && header.iter().any(|c| Arc::ptr_eq(c, &column)) {
                return Err(Error::Header {
                    name: records.name().into(),
                    reason: format!("two columns are named {name:?}"),
                    hint: "give each column its own name",
                });
            }
            header.push(column);
        }
        let has_category = header.iter().any(|column| matches!(column.role, Some((Role::Category, _))));
        Ok(Self { records, header, columns, sheets_are_categories: !has_category })
    }

    fn row(&mut self, record: Record) -> Row {
        let place = self.records.place(&record);
        let cells = self.header.iter().map(Arc::clone).zip(record.cells).collect();
        let mut row = Row::new(place, cells);
        if self.sheets_are_categories && !record.category.is_empty() {
            row.put(self.columns.column("category"), record.category);
        }
        row
    }
}

/// Whether a product has only one of it, so that a second one is a mistake.
fn is_single(column: &Column) -> bool {
    column.role.is_some_and(|(role, _)| {
        !matches!(role, Role::Color | Role::Size | Role::Image | Role::MoreImages | Role::Thumbnail)
    })
}

impl Iterator for TableRows {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        Some(record.map(|record| record.map(|record| self.row(record))))
    }
}

impl Reader for TableRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn left_aside(&self) -> Vec<(String, usize)> {
        self.records.left_aside().to_vec()
    }

    fn sheet_categories(&self) -> Vec<String> {
        if self.sheets_are_categories { self.records.sheet_categories().to_vec() } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rejection;

    fn open(bytes: &[u8]) -> Result<TableRows> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, bytes).unwrap();
        TableRows::open(Records::open(&path, "f.csv", None, &Columns::default())?, Columns::default())
    }

    fn rows(bytes: &[u8]) -> Vec<Found> {
        open(bytes).unwrap().map(Result::unwrap).collect()
    }

    fn get(found: &Found, name: &str) -> String {
        found.as_ref().unwrap().get(name).unwrap_or_default().into_owned()
    }

    #[test]
    fn a_bad_line_is_named_by_its_number_and_the_rest_is_read() {
        let rows = rows(b"id,title\n1,\"two\nlines\"\n2,b\xfe\n3,x,y\n4,ok\n");
        assert_eq!(get(&rows[0], "title"), "two\nlines");
        assert_eq!(
            rows[1].as_ref().unwrap_err(),
            &Rejection::new("f.csv:4", "bad-utf8", "column title is not UTF-8 text")
        );
        assert_eq!(rows[2].as_ref().unwrap_err().place, "f.csv:5");
        assert_eq!(rows[3].as_ref().unwrap().place, "f.csv:6");
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for text in ["id,title\n1,a\n2,\"b\nb\"\n3,c\n", "id,title\r\n1,a\r\n2,\"b\r\nb\"\r\n3,c\r\n"] {
            let places: Vec<_> = rows(text.as_bytes()).into_iter().map(|row| row.unwrap().place).collect();
            assert_eq!(places, ["f.csv:2", "f.csv:3", "f.csv:5"], "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        assert_eq!(get(&rows(b"\xef\xbb\xbfid,title\n1,a\n")[0], "id"), "1");
    }

    #[test]
    fn tabs_semicolons_and_bars_are_told_from_commas() {
        for text in ["id\ttitle\n1\ta,b\n", "id;title\n1;a,b\n", "id|title\n1|a,b\n"] {
            assert_eq!(get(&rows(text.as_bytes())[0], "title"), "a,b");
        }
    }

    #[test]
    fn a_column_may_repeat_where_a_product_has_several() {
        assert!(open(b"id,id\n1,2\n").is_err());
        let rows = rows(b"id,shipping(country:price),shipping(country:price)\n1,DE:3 EUR,FR:5 EUR\n");
        assert_eq!(get(&rows[0], "shipping(country:price)"), "DE:3 EUR|FR:5 EUR");
    }
}
