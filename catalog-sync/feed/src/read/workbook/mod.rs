//! Workbooks of spreadsheets: Excel's (`.xlsx`, `.xls`) and OpenDocument's (`.ods`). The first sheet with a header is a
//! table; sheets with the same header go on with it.

mod compound;
mod ods;
mod records;
mod xls;
mod xlsx;
mod zip;

use std::collections::BTreeSet;
use std::path::Path;

use self::zip::Zip;
use super::header;
use super::traits::Traits;
use crate::column::normalise;
use crate::{Columns, Error, Result, text};

/// A workbook is read at once.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// The last column that a sheet can have.
const MAX_COLUMNS: usize = 16_384;

/// The rows of a sheet, each with its number from 1.
type SheetRows = Vec<(u64, Vec<String>)>;

/// A sheet as it is in the workbook.
struct Sheet {
    name: String,
    rows: SheetRows,
}

/// One row of a table that may go over several sheets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SheetRow {
    /// On the sheet, from 1.
    pub(crate) line: u64,
    /// The name of the sheet; empty for that of the first row.
    pub(crate) sheet: String,
    /// In the order of the header.
    pub(crate) cells: Vec<String>,
}

/// The table of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<SheetRow>,
    /// Sheets with other things, each with how many rows it has.
    pub(crate) left: Vec<(String, usize)>,
}

/// Whether a file begins as workbooks do: a zip file, or one of Excel's before 2007.
pub(crate) fn is_workbook(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || compound::is_compound(start)
}

/// The first sheet with a header, from the header on, else the first with anything in it; with the rows of all sheets
/// that have the same header.
///
/// # Errors
/// [`Error::NotAFeed`] for a file that is no workbook, [`Error::Read`] or [`Error::Damaged`] if it cannot be read.
pub(crate) fn read(path: &Path, name: &str, columns: &Columns) -> Result<Table> {
    let is_known = |row: &[String]| row.iter().filter(|cell| columns.know(cell)).count() > 1;
    let mut sheets: Vec<Sheet> = sheets(path, name)?
        .into_iter()
        .filter_map(|mut sheet| {
            let at = header::find_row(sheet.rows.iter().map(|(_, row)| row.as_slice()), columns)?;
            sheet.rows.drain(..at);
            Some(sheet)
        })
        .collect();
    let first = sheets.iter().position(|sheet| is_known(&sheet.rows[0].1)).unwrap_or(0);
    if sheets.is_empty() {
        return Err(Error::Empty { name: name.into() });
    }
    let base = sheets.remove(first);
    Ok(table(base, sheets))
}

fn table(base: Sheet, others: Vec<Sheet>) -> Table {
    let mut rows = base.rows.into_iter();
    let mut header = trimmed(rows.next().map(|(_, cells)| cells).unwrap_or_default());
    let mut found: Vec<SheetRow> =
        rows.map(|(line, cells)| SheetRow { line, sheet: String::new(), cells }).collect();
    let mut left = Vec::new();
    for other in others {
        let mut rows = other.rows.into_iter();
        let names = trimmed(rows.next().map(|(_, cells)| cells).unwrap_or_default());
        let filled = rows.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
        if !is_like(&names, &header) {
            let count = filled.count();
            left.extend((count > 0).then_some((other.name, count)));
            continue;
        }
        let places: Vec<usize> = names.iter().map(|name| place(&mut header, name)).collect();
        for (line, cells) in filled {
            let mut moved = vec![String::new(); header.len()];
            for (at, cell) in places.iter().zip(cells) {
                moved[*at] = cell;
            }
            found.push(SheetRow { line, sheet: other.name.clone(), cells: moved });
        }
    }
    Table { header, rows: found, left }
}

/// Where a column is in the header; added if it is not there.
fn place(header: &mut Vec<String>, name: &str) -> usize {
    let plain = normalise(name);
    header.iter().position(|known| normalise(known) == plain).unwrap_or_else(|| {
        header.push(name.to_owned());
        header.len() - 1
    })
}

/// Whether a header is that of the same table: the same names, or those of a product that has as much.
fn is_like(names: &[String], header: &[String]) -> bool {
    let plain = |names: &[String]| names.iter().map(|name| normalise(name)).collect::<BTreeSet<_>>();
    let traits = |names: &[String]| Traits::of(names.iter().map(String::as_str));
    plain(names) == plain(header) || traits(names).is_like(&traits(header), true)
}

fn trimmed(mut names: Vec<String>) -> Vec<String> {
    names.iter_mut().for_each(|name| *name = name.trim().to_owned());
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

fn sheets(path: &Path, name: &str) -> Result<Vec<Sheet>> {
    let not = |what| Error::NotAFeed { name: name.into(), what };
    let size = fs_err::metadata(path).map_err(Error::Read)?.len();
    if size > MAX_FILE_BYTES {
        return Err(not("it is a workbook of more than 256 MiB: save it as CSV"));
    }
    let bytes = fs_err::read(path).map_err(|e| text::named(path, &e))?;
    let damaged = |reason: String| Error::Damaged { name: name.into(), reason };
    if compound::is_compound(&bytes) {
        return xls::sheets(&bytes).map_err(damaged);
    }
    let no_workbook = || not("it is a zip file and no workbook: unpack it first");
    let zip = Zip::open(bytes.into()).ok_or_else(no_workbook)?;
    if let Some(content) = zip.file("content.xml") {
        return ods::sheets(content).map_err(damaged);
    }
    if zip.file("xl/workbook.bin").is_some() {
        return Err(not("it is a binary workbook (.xlsb): save it as .xlsx or CSV"));
    }
    xlsx::sheets(&zip).map_err(|error| damaged(error.to_string()))?.ok_or_else(no_workbook)
}

/// Fifteen digits are what spreadsheets keep of a number; the others are noise of its fractions.
fn plain(number: f64) -> String {
    format!("{number:.14e}").parse().unwrap_or(number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
        let row = |(at, cells): (usize, &&[&str])| {
            (at as u64 + 1, cells.iter().map(|cell| (*cell).to_owned()).collect())
        };
        Sheet { name: name.into(), rows: rows.iter().enumerate().map(row).collect() }
    }

    #[test]
    fn sheets_with_the_same_header_go_on_with_the_first() {
        let women = sheet("Women", &[&["SKU", "Title", "Image"], &["1", "Coat", "1.jpg"]]);
        let men = sheet("Men", &[&["Title", "Sku", "Image", "Fit"], &["Hat", "2", "2.jpg", "slim"]]);
        let notes = sheet("Notes", &[&["Who", "What"], &["Ann", "prices are old"]]);
        let table = table(women, vec![men, notes]);
        assert_eq!(table.header, ["SKU", "Title", "Image", "Fit"]);
        let rows: Vec<_> =
            table.rows.iter().map(|row| (row.sheet.as_str(), row.line, row.cells.join(" "))).collect();
        assert_eq!(rows, [("", 2, "1 Coat 1.jpg".to_owned()), ("Men", 2, "2 Hat 2.jpg slim".to_owned())]);
        assert_eq!(table.left, [("Notes".to_owned(), 1)]);
    }

    #[test]
    fn numbers_are_shown_without_the_noise_of_fractions() {
        assert_eq!(plain(4_006_381_333_931.0), "4006381333931");
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(24.9), "24.9");
    }
}
