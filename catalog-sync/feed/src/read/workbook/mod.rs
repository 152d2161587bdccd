//! Workbooks of spreadsheets: Excel's and OpenDocument's files, and tables that programs save under an ending of Excel's
//! but as a page of HTML or as Excel's XML of 2003. The first sheet with a header is a table; sheets with the same
//! header go on with it.

mod office;
mod page;
mod sheet;
mod xml_2003;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use self::office::NotRead;
use self::sheet::{Cell, Sheet};
use super::traits::{self, Traits};
use super::{header, headless, shape};
use crate::column::{Role, normalise, role_of};
use crate::{Columns, Error, Result, text};

/// A workbook is read at once.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Where a page has its first table, if it has one.
const PAGE_HEAD_BYTES: u64 = 8 << 20;

/// One row of a table that may go over several sheets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SheetRow {
    /// On the sheet, from 1.
    pub(crate) line: u64,
    /// The name of the sheet; empty for that of the first row.
    pub(crate) sheet: String,
    /// The name of the sheet, if that says what its products are and other sheets are of others.
    pub(crate) category: String,
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
    /// The names of sheets that say what their products are.
    pub(crate) categories: Vec<String>,
}

/// What a workbook is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of Microsoft's compound files: Excel before 2007, or a protected workbook.
    Compound,
    /// A zip file: Excel since 2007, OpenDocument.
    Zip,
    /// A page with a table.
    Page,
    /// Excel's XML of 2003.
    Xml2003,
}

impl Kind {
    /// Sees from a file's content which kind of workbook it is; none if it is no workbook.
    ///
    /// # Errors
    /// [`Error::Read`]
    pub(crate) fn of(path: &Path) -> Result<Option<Self>> {
        let start = text::start(path)?;
        if start.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return Ok(Some(Self::Compound));
        }
        if start.starts_with(b"PK\x03\x04") {
            return Ok(Some(Self::Zip));
        }
        let is_before =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff);
        if start.iter().find(|byte| !is_before(byte)) != Some(&b'<') {
            return Ok(None);
        }
        let mut head = Vec::new();
        text::open(path)?.take(PAGE_HEAD_BYTES).read_to_end(&mut head).map_err(|e| text::named(path, &e))?;
        Ok(Self::of_markup(&String::from_utf8_lossy(&head)))
    }

    fn of_markup(head: &str) -> Option<Self> {
        let root = shape::root(head).to_lowercase();
        let has = |what: &str| {
            head.as_bytes().windows(what.len()).any(|part| part.eq_ignore_ascii_case(what.as_bytes()))
        };
        match root.rsplit(':').next()? {
            "workbook" if has("urn:schemas-microsoft-com:office:spreadsheet") => Some(Self::Xml2003),
            "html" | "head" | "body" | "table" | "meta" | "style" | "div"
                if has("<table") && !has("application/ld+json") =>
            {
                Some(Self::Page)
            }
            _ => None,
        }
    }
}

/// The first sheet with a header, from the header on, else the first with anything in it; with the rows of all sheets
/// that have the same header.
///
/// # Errors
/// [`Error::NotAFeed`] for a file that is no workbook, [`Error::Read`] or [`Error::Damaged`] if it cannot be read.
pub(crate) fn read(path: &Path, name: &str, kind: Kind, columns: &Columns) -> Result<Table> {
    let known = |row: &[Cell]| row.iter().filter(|cell| columns.know(&cell.text)).count();
    let mut sheets: Vec<Sheet> = sheets(path, name, kind)?
        .into_iter()
        .filter_map(|mut sheet| {
            let texts = |row: &[Cell]| row.iter().map(|cell| cell.text.clone()).collect();
            let at = header::find_row(sheet.rows.iter().map(|(_, row)| texts(row)), columns)?;
            sheet.rows.drain(..at);
            Some(sheet)
        })
        .collect();
    let first = sheets.iter().position(|sheet| known(&sheet.rows[0].1) > 1).unwrap_or(0);
    if sheets.is_empty() {
        return Err(Error::Empty { name: name.into() });
    }
    let mut base = sheets.remove(first);
    let cells: Vec<String> = base
        .rows
        .first()
        .map(|(_, row)| row.iter().map(|cell| cell.text.clone()).collect())
        .unwrap_or_default();
    if let Some(names) = headless::names(&cells, columns) {
        base.rows.insert(0, (0, names.into_iter().map(Cell::text).collect()));
    }
    Ok(table(base, sheets))
}

fn table(base: Sheet, others: Vec<Sheet>) -> Table {
    let mut rows = base.rows.into_iter();
    let mut header = trimmed(rows.next().map(|(_, cells)| cells).unwrap_or_default());
    let own: Vec<usize> = (0..header.len()).collect();
    let mut parts = vec![(String::new(), base.name, rows.collect::<Vec<_>>(), own)];
    let mut left = Vec::new();
    for other in others {
        let mut rows = other.rows.into_iter();
        let names = trimmed(rows.next().map(|(_, cells)| cells).unwrap_or_default());
        let filled: Vec<_> = rows.filter(|(_, cells)| !cells.iter().all(Cell::is_empty)).collect();
        if is_like(&names, &header) {
            let places = names.iter().map(|name| place(&mut header, name)).collect();
            parts.push((other.name.clone(), other.name, filled, places));
        } else {
            left.extend((!filled.is_empty()).then_some((other.name, filled.len())));
        }
    }
    let categories = categories(parts.iter().map(|(_, name, ..)| name.as_str()));
    let are_prices: Vec<bool> =
        header.iter().map(|name| matches!(role_of(name), Some(Role::Price | Role::SalePrice))).collect();
    let mut found = Vec::new();
    for (sheet, name, rows, places) in parts {
        let category = if categories.contains(&name) { name } else { String::new() };
        for (line, row) in rows {
            let mut cells = vec![String::new(); header.len()];
            for (at, cell) in places.iter().zip(row) {
                cells[*at] = if are_prices[*at] { cell.price() } else { cell.text };
            }
            found.push(SheetRow { line, sheet: sheet.clone(), category: category.clone(), cells });
        }
    }
    Table { header, rows: found, left, categories }
}

/// The names of sheets that tell what their products are: where there are several, those that no program gave and
/// that are no number or date.
fn categories<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    if names.len() < 2 {
        return Vec::new();
    }
    names.into_iter().filter(|name| says_something(name)).map(str::to_owned).collect()
}

/// Whether the name of a sheet is more than `Sheet 3`, `Export (2)` or `2024-03`.
fn says_something(name: &str) -> bool {
    let is_letter = |c: &char| c.is_alphabetic() || c.is_whitespace();
    let letters: String = name.chars().map(|c| if is_letter(&c) { c } else { ' ' }).collect();
    let bare = letters.trim();
    bare.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !traits::says_nothing(bare)
        && !OF_PROGRAMS.contains(&normalise(bare).as_str())
}

/// What programs and hurried people call sheets.
#[rustfmt::skip]
const OF_PROGRAMS: &[&str] = &[
    "sheet", "worksheet", "tabelle", "tabellenblatt", "blatt", "feuil", "feuille", "hoja", "foglio", "folha", "planilha",
    "plan", "blad", "ark", "taulukko", "arkusz", "list", "munka", "foaie", "лист", "аркуш", "φύλλο", "sayfa", "גיליון",
    "ورقة", "工作表", "シート", "시트", "trang_tính", "แผ่น", "table", "part", "teil", "page", "seite", "tab", "import",
    "upload", "template", "vorlage", "update", "new", "neu", "old", "copy", "kopie", "batch", "inventory", "stock",
    "price_list", "pricelist", "preisliste", "products_export", "product_export", "q",
];

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

fn trimmed(names: Vec<Cell>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().map(|name| name.text.trim().to_owned()).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

fn sheets(path: &Path, name: &str, kind: Kind) -> Result<Vec<Sheet>> {
    let not = |what| Error::NotAFeed { name: name.into(), what };
    let damaged = |reason: String| Error::Damaged { name: name.into(), reason };
    match kind {
        Kind::Page => return Ok(page::sheets(&text::read(path, MAX_FILE_BYTES)?)),
        Kind::Xml2003 => return xml_2003::sheets(&text::read(path, MAX_FILE_BYTES)?).map_err(damaged),
        Kind::Compound | Kind::Zip => {}
    }
    let bytes = text::bytes(path, MAX_FILE_BYTES)?;
    let bytes = bytes.ok_or_else(|| not("it is a workbook of more than 256 MiB: save it as CSV"))?;
    let read = if kind == Kind::Zip { office::of_zip(&bytes) } else { office::of_compound(bytes) };
    read.map_err(|why| match why {
        NotRead::NoWorkbook => not("it is a zip file and no workbook: unpack it first"),
        NotRead::Damaged(reason) => damaged(reason),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
        let row = |(at, cells): (usize, &&[&str])| {
            (at as u64 + 1, cells.iter().map(|cell| Cell::text(*cell)).collect())
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
        assert_eq!(rows, [("", 2, "1 Coat 1.jpg ".to_owned()), ("Men", 2, "2 Hat 2.jpg slim".to_owned())]);
        assert_eq!(table.left, [("Notes".to_owned(), 1)]);
        assert_eq!(table.categories, ["Women", "Men"]);
    }

    #[test]
    fn names_of_sheets_that_say_nothing_are_no_categories() {
        let told = |names: &[&str]| categories(names.iter().copied()).join(" ");
        assert_eq!(told(&["Tabelle1", "Tabelle2"]), "");
        assert_eq!(
            told(&["Sheet1 (2)", "Lampen", "2024-03", "Export 7", "Sofas & Sessel"]),
            "Lampen Sofas & Sessel"
        );
        assert_eq!(told(&["Lampen"]), "", "one sheet tells nothing from another");
    }

    #[test]
    fn the_content_tells_what_a_workbook_is() {
        for (head, kind) in [
            ("<html><body><table><tr><td>a", Some(Kind::Page)),
            ("<!DOCTYPE html><TABLE border=1>", Some(Kind::Page)),
            ("<html><script type='application/ld+json'>{}</script><table>", None),
            ("<html><body>no table", None),
            (
                "<?xml version='1.0'?><ss:Workbook xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>",
                Some(Kind::Xml2003),
            ),
            ("<rss><item><d><![CDATA[<table>]]>", None),
        ] {
            assert_eq!(Kind::of_markup(head), kind, "{head}");
        }
    }
}
