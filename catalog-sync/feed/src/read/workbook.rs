//! Workbooks of Excel (`.xlsx`): the first sheet with a header is a table.

use std::path::Path;

use super::header;
use super::node::{self, Node};
use super::split::Items;
use super::zip::Zip;
use crate::text::Text;
use crate::{Columns, Error, Result, text};

/// A workbook is read at once.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// The last column that a sheet can have.
const MAX_COLUMNS: usize = 16_384;

/// The rows of a sheet, each with its number from 1.
pub(crate) type SheetRows = Vec<(u64, Vec<String>)>;

/// Whether a file begins as workbooks do: a zip file, or one of Excel's before 2007.
pub(crate) fn is_workbook(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || is_old(start)
}

fn is_old(start: &[u8]) -> bool {
    start.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// The first sheet with a header, from the header on; else the first with anything in it.
///
/// # Errors
/// [`Error::NotAFeed`] for a zip file that is no workbook, [`Error::Read`] if it cannot be read.
pub(crate) fn read(path: &Path, name: &str, columns: &Columns) -> Result<SheetRows> {
    let sheets = sheets(path, name)?;
    let place = |rows: &SheetRows| header::find_row(rows.iter().map(|(_, row)| row.as_slice()), columns);
    let is_known = |row: &[String]| row.iter().filter(|cell| columns.know(cell)).count() > 1;
    let mut first = None;
    for rows in sheets {
        let Some(at) = place(&rows) else { continue };
        if is_known(&rows[at].1) {
            return Ok(rows.into_iter().skip(at).collect());
        }
        first = first.or(Some(rows.into_iter().skip(at).collect()));
    }
    first.ok_or_else(|| Error::Empty { name: name.into() })
}

fn sheets(path: &Path, name: &str) -> Result<Vec<SheetRows>> {
    let not = |what| Error::NotAFeed { name: name.into(), what };
    let size = std::fs::metadata(path).map_err(|e| text::named(path, &e))?.len();
    if size > MAX_FILE_BYTES {
        return Err(not("it is a workbook of more than 256 MiB: save it as CSV"));
    }
    let bytes = std::fs::read(path).map_err(|e| text::named(path, &e))?;
    if is_old(&bytes) {
        return Err(not("it is a workbook of Excel before 2007: save it as .xlsx or CSV"));
    }
    let no_workbook = || not("it is a zip file and no workbook of Excel: unpack it first");
    let zip = Zip::open(bytes.into()).ok_or_else(no_workbook)?;
    let files = sheet_files(&zip).ok_or_else(no_workbook)?;
    let failed = |error: std::io::Error| Error::Damaged { name: name.into(), reason: error.to_string() };
    let shared = match zip.file("xl/sharedStrings.xml") {
        Some(strings) => texts(strings).map_err(failed)?,
        None => Vec::new(),
    };
    files.iter().filter_map(|file| zip.file(file)).map(|sheet| rows(sheet, &shared).map_err(failed)).collect()
}

/// The files of sheets in the order of the workbook.
fn sheet_files(zip: &Zip) -> Option<Vec<String>> {
    let nodes = |file: &str, element: &str| elements(zip.file(file)?, element).ok();
    let sheets = nodes("xl/workbook.xml", "sheet")?;
    let targets = nodes("xl/_rels/workbook.xml.rels", "Relationship")?;
    let target = |sheet: &Node| {
        let id = sheet.attribute("r:id")?;
        let relation = targets.iter().find(|relation| relation.attribute("Id") == Some(id))?;
        let target = relation.attribute("Target")?;
        Some(match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("xl/{target}"),
        })
    };
    Some(sheets.iter().filter_map(target).collect())
}

/// All elements of a name; some programs write a prefix before it.
fn elements(text: Text, name: &str) -> std::io::Result<Vec<Node>> {
    let mut items = Items::new(text, name);
    let mut found = Vec::new();
    while let Some(item) = items.next_item()? {
        found.extend(item.bytes.ok().and_then(|bytes| node::parse(&bytes).ok()));
    }
    Ok(found)
}

/// The texts that cells name by number.
fn texts(strings: Text) -> std::io::Result<Vec<String>> {
    Ok(elements(strings, "si")?.iter().map(plain_text).collect())
}

/// A text, or the parts of one with formats of their own; how it is pronounced is left out.
fn plain_text(node: &Node) -> String {
    let part = |child: &Node| match child.name.as_str() {
        "t" => child.text.clone(),
        "r" => plain_text(child),
        _ => String::new(),
    };
    node.children.iter().map(part).collect()
}

fn rows(sheet: Text, shared: &[String]) -> std::io::Result<SheetRows> {
    let mut rows = Vec::new();
    for row in elements(sheet, "row")? {
        let number = row.attribute("r").and_then(|r| r.parse().ok()).unwrap_or(rows.len() as u64 + 1);
        let mut cells: Vec<String> = Vec::new();
        for cell in &row.children {
            let at = cell.attribute("r").and_then(column).unwrap_or(cells.len());
            if at >= cells.len() {
                cells.resize(at.min(MAX_COLUMNS) + 1, String::new());
            }
            if let Some(place) = cells.get_mut(at) {
                *place = value(cell, shared);
            }
        }
        rows.push((number, cells));
    }
    Ok(rows)
}

/// Of `AB12` 27: columns are counted with letters.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters
        .fold(0usize, |sum, c| (sum * 26 + usize::from(c.to_ascii_uppercase() - b'A') + 1).min(1 << 20));
    number.checked_sub(1)
}

/// A cell as a person sees it, apart from formats of numbers.
fn value(cell: &Node, shared: &[String]) -> String {
    let text = cell.child_text("v");
    match cell.attribute("t") {
        Some("s") => text.parse::<usize>().ok().and_then(|at| shared.get(at)).cloned().unwrap_or_default(),
        Some("inlineStr") => cell.child("is").map(plain_text).unwrap_or_default(),
        Some("str") => text.to_owned(),
        Some("b") => if text == "1" { "true" } else { "false" }.into(),
        Some("e") => String::new(),
        _ => text.parse().map_or_else(|_| text.to_owned(), plain),
    }
}

/// Fifteen digits are what Excel keeps of a number; the others are noise of its fractions.
fn plain(number: f64) -> String {
    format!("{number:.14e}").parse().unwrap_or(number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_without_the_noise_of_fractions() {
        assert_eq!(plain(4_006_381_333_931.0), "4006381333931");
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(24.9), "24.9");
    }

    #[test]
    fn columns_are_counted_with_letters() {
        assert_eq!(
            ["A1", "Z9", "AA10", "AB1", "12"].map(column),
            [Some(0), Some(25), Some(26), Some(27), None]
        );
    }
}
