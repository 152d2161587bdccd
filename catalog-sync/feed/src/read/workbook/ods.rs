//! Spreadsheets of OpenDocument (`.ods`).

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{MAX_COLUMNS, Sheet, plain};
use crate::text::Text;

/// A cell that repeats more often than this is the empty rest of a sheet.
const MAX_REPEATS: usize = 10_000;

/// All sheets of a document, in its order.
///
/// # Errors
/// It is not XML.
pub(super) fn sheets(content: Text) -> Result<Vec<Sheet>, String> {
    let mut reader = Reader::from_reader(content);
    let mut state = State::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Start(tag) => state.start(&tag, false),
            Event::Empty(tag) => state.start(&tag, true),
            Event::Text(text) => state.text(&text.xml10_content()),
            Event::CData(text) => state.text(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(letter)) => state.text(letter.encode_utf8(&mut [0; 4])),
                _ => state.text(&crate::html::plain_text(&format!("&{};", &*entity))),
            },
            Event::End(tag) => state.end(tag.name().0),
            Event::Eof => return Ok(state.sheets),
            _ => {}
        }
    }
}

/// What is open.
#[derive(Default)]
struct State {
    sheets: Vec<Sheet>,
    row: Vec<String>,
    /// The number of the next row.
    line: u64,
    row_repeats: usize,
    cell: Option<Cell>,
    /// How deep inside of remarks and other things that are no content.
    hidden: usize,
}

/// A cell on its way.
struct Cell {
    /// What the cell says for programs: a number, a date.
    value: Option<String>,
    text: String,
    paragraphs: usize,
    repeats: usize,
}

impl State {
    fn start(&mut self, tag: &BytesStart<'_>, is_empty: bool) {
        let name = tag.name().0.to_owned();
        match name.as_str() {
            "table:table" if self.cell.is_none() => {
                let name = attribute(tag, "table:name").unwrap_or_default();
                self.sheets.push(Sheet { name, rows: Vec::new() });
                self.line = 1;
            }
            "table:table-row" => {
                self.row.clear();
                self.row_repeats = repeats(tag, "table:number-rows-repeated");
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.cell = Some(Cell {
                    value: value(tag),
                    text: String::new(),
                    paragraphs: 0,
                    repeats: repeats(tag, "table:number-columns-repeated"),
                });
            }
            "office:annotation" | "draw:frame" | "table:shapes" if !is_empty => self.hidden += 1,
            "text:p" if self.hidden == 0 => {
                let Some(cell) = &mut self.cell else { return };
                cell.paragraphs += 1;
                if cell.paragraphs > 1 {
                    cell.text.push('\n');
                }
            }
            "text:s" => {
                let count = attribute(tag, "text:c").and_then(|count| count.parse().ok()).unwrap_or(1);
                self.text(&" ".repeat(std::cmp::min(count, 100)));
            }
            "text:tab" => self.text("\t"),
            "text:line-break" => self.text("\n"),
            _ => {}
        }
        if is_empty {
            self.end(&name);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|cell| cell.paragraphs > 0 && self.hidden == 0) {
            cell.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "office:annotation" | "draw:frame" | "table:shapes" => {
                self.hidden = self.hidden.saturating_sub(1)
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let Some(cell) = self.cell.take() else { return };
                let text = cell.value.unwrap_or(cell.text);
                let room = MAX_COLUMNS.saturating_sub(self.row.len());
                self.row.extend(std::iter::repeat_n(text, cell.repeats.min(room)));
            }
            "table:table-row" => self.end_row(),
            _ => {}
        }
    }

    fn end_row(&mut self) {
        let repeats = std::mem::replace(&mut self.row_repeats, 1);
        let mut row = std::mem::take(&mut self.row);
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        let Some(sheet) = self.sheets.last_mut() else { return };
        if !row.is_empty() {
            for at in 0..repeats.min(MAX_REPEATS) {
                sheet.rows.push((self.line + at as u64, row.clone()));
            }
        }
        self.line += repeats as u64;
    }
}

/// Numbers and dates as they are, and not as the cell shows them.
fn value(tag: &BytesStart<'_>) -> Option<String> {
    let named = |name: &str| attribute(tag, name);
    match named("office:value-type")?.as_str() {
        "float" | "currency" | "percentage" => {
            let number = named("office:value")?;
            Some(number.parse().map_or(number, plain))
        }
        "date" => named("office:date-value"),
        "boolean" => named("office:boolean-value"),
        "string" => named("office:string-value"),
        _ => None,
    }
}

fn repeats(tag: &BytesStart<'_>, name: &str) -> usize {
    attribute(tag, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let value = all.with_checks(false).flatten().find(|known| known.key.0 == name)?.value;
    quick_xml::escape::unescape(&value).ok().map(|value| value.into_owned())
}
