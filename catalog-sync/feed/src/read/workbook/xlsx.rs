//! Workbooks of Excel since 2007 (`.xlsx`).

use std::io;

use super::zip::Zip;
use super::{MAX_COLUMNS, Sheet, SheetRows, plain};
use crate::read::node::{self, Node};
use crate::read::split::Items;
use crate::text::Text;

/// The sheets of a workbook in its order; none if the zip file is no workbook.
///
/// # Errors
/// A sheet cannot be read.
pub(super) fn sheets(zip: &Zip) -> io::Result<Option<Vec<Sheet>>> {
    let Some(files) = sheet_files(zip) else { return Ok(None) };
    let shared = match zip.file("xl/sharedStrings.xml") {
        Some(strings) => texts(strings)?,
        None => Vec::new(),
    };
    let sheets = files.into_iter().filter_map(|(name, file)| Some((name, zip.file(&file)?)));
    sheets
        .map(|(name, text)| Ok(Sheet { name, rows: rows(text, &shared)? }))
        .collect::<io::Result<_>>()
        .map(Some)
}

/// The names of sheets with their files, in the order of the workbook.
fn sheet_files(zip: &Zip) -> Option<Vec<(String, String)>> {
    let nodes = |file: &str, element: &str| elements(zip.file(file)?, element).ok();
    let sheets = nodes("xl/workbook.xml", "sheet")?;
    let targets = nodes("xl/_rels/workbook.xml.rels", "Relationship")?;
    let target = |sheet: &Node| {
        let id = sheet.attribute("r:id")?;
        let relation = targets.iter().find(|relation| relation.attribute("Id") == Some(id))?;
        let target = relation.attribute("Target")?;
        let file = match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("xl/{target}"),
        };
        Some((sheet.attribute("name").unwrap_or_default().to_owned(), file))
    };
    Some(sheets.iter().filter_map(target).collect())
}

/// All elements of a name; some programs write a prefix before it.
fn elements(text: Text, name: &str) -> io::Result<Vec<Node>> {
    let mut items = Items::new(text, &[name]);
    let mut found = Vec::new();
    while let Some(item) = items.next_item()? {
        found.extend(item.bytes.ok().and_then(|bytes| node::parse(&bytes).ok()));
    }
    Ok(found)
}

/// The texts that cells name by number.
fn texts(strings: Text) -> io::Result<Vec<String>> {
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

fn rows(sheet: Text, shared: &[String]) -> io::Result<SheetRows> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_with_letters() {
        assert_eq!(
            ["A1", "Z9", "AA10", "AB1", "12"].map(column),
            [Some(0), Some(25), Some(26), Some(27), None]
        );
    }
}
