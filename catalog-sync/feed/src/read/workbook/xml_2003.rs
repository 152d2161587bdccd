//! Excel's XML of 2003 (SpreadsheetML), which programs save as `.xml` and as `.xls`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::sheet::{Cell, MAX_COLUMNS, Sheet};
use crate::html;

/// All sheets, in the order of the workbook.
///
/// # Errors
/// The text is not XML.
pub(super) fn sheets(text: &str) -> Result<Vec<Sheet>, String> {
    let mut reader = Reader::from_str(text);
    let mut state = State::default();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => state.start(&tag),
            Event::Empty(tag) => {
                state.start(&tag);
                state.end(local(tag.name().0));
            }
            Event::Text(text) => state.text(&text.xml10_content()),
            Event::CData(text) => state.text(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(letter)) => state.text(letter.encode_utf8(&mut [0; 4])),
                _ => state.text(&html::plain_text(&format!("&{};", &*entity))),
            },
            Event::End(tag) => state.end(local(tag.name().0)),
            Event::Eof => return Ok(state.sheets),
            _ => {}
        }
    }
}

/// What is open.
#[derive(Default)]
struct State {
    sheets: Vec<Sheet>,
    line: u64,
    row: Vec<Cell>,
    /// Cells from rows above, by their columns, with how many rows they still go over.
    above: Vec<(usize, Cell)>,
    /// Columns that the last cell goes over besides its own.
    across: usize,
    down: usize,
    kind: Option<String>,
    text: String,
    is_in_data: bool,
    is_in_remark: bool,
}

impl State {
    fn start(&mut self, tag: &BytesStart<'_>) {
        let number = |name: &str| attribute(tag, name).and_then(|value| value.parse::<usize>().ok());
        match local(tag.name().0) {
            "Worksheet" => {
                self.sheets
                    .push(Sheet { name: attribute(tag, "Name").unwrap_or_default(), rows: Vec::new() });
                self.line = 0;
                self.above.clear();
            }
            "Row" => {
                self.line = number("Index").map_or(self.line + 1, |line| line as u64);
                self.row.clear();
            }
            "Cell" => {
                self.take_above();
                if let Some(at) = number("Index").filter(|at| (1..=MAX_COLUMNS).contains(at)) {
                    self.go_to(at - 1);
                }
                self.across = number("MergeAcross").unwrap_or_default().min(MAX_COLUMNS);
                self.down = number("MergeDown").unwrap_or_default();
                (self.kind, self.text) = (None, String::new());
            }
            "Data" if !self.is_in_remark => {
                self.kind = attribute(tag, "Type");
                self.is_in_data = true;
            }
            "Comment" => self.is_in_remark = true,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_in_data {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "Data" => self.is_in_data = false,
            "Comment" => self.is_in_remark = false,
            "Cell" => self.end_cell(),
            "Row" => {
                self.take_above();
                let row = std::mem::take(&mut self.row);
                if let Some(sheet) = self.sheets.last_mut().filter(|_| !row.iter().all(Cell::is_empty)) {
                    sheet.rows.push((self.line, row));
                }
            }
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let text = std::mem::take(&mut self.text);
        let cell = match self.kind.take().as_deref() {
            Some("Number") => text.trim().parse().map_or_else(|_| Cell::text(text.as_str()), Cell::number),
            Some("Boolean") => Cell::text(if text.trim() == "1" { "true" } else { "false" }),
            Some("Error") => Cell::default(),
            // Midnight is how it writes a day without a time.
            Some("DateTime") => {
                let time = text.trim().trim_end_matches(".000");
                Cell::text(time.strip_suffix("T00:00:00").unwrap_or(time))
            }
            _ => Cell::text(text),
        };
        if self.row.len() >= MAX_COLUMNS {
            return;
        }
        if self.down > 0 {
            let column = self.row.len();
            if self.above.len() <= column {
                self.above.resize(column + 1, (0, Cell::default()));
            }
            self.above[column] = (self.down, cell.clone());
        }
        self.row.push(cell);
        let width = (self.row.len() + self.across).min(MAX_COLUMNS);
        self.row.resize(width, Cell::default());
    }

    /// Leaves cells out up to a column.
    fn go_to(&mut self, column: usize) {
        while self.row.len() < column {
            let before = self.row.len();
            self.take_above();
            if self.row.len() == before {
                self.row.push(Cell::default());
            }
        }
    }

    /// Puts cells that go on from rows above where they are.
    fn take_above(&mut self) {
        while let Some((rows, cell)) = self.above.get_mut(self.row.len()).filter(|(rows, _)| *rows > 0) {
            *rows -= 1;
            let cell = cell.clone();
            self.row.push(cell);
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let value = all.with_checks(false).flatten().find(|known| local(known.key.0) == name)?.value;
    quick_xml::escape::unescape(&value).ok().map(|value| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Vec<(u64, Vec<String>)> {
        let text = format!(
            "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook \
             xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
             <Worksheet ss:Name=\"Lamps &amp; more\"><Table>{rows}</Table></Worksheet></Workbook>"
        );
        let mut sheets = sheets(&text).unwrap();
        assert_eq!((sheets.len(), sheets[0].name.as_str()), (1, "Lamps & more"));
        let texts = |row: Vec<Cell>| row.into_iter().map(|cell| cell.text).collect();
        sheets.remove(0).rows.into_iter().map(|(line, row)| (line, texts(row))).collect()
    }

    #[test]
    fn cells_of_each_kind_are_read_at_their_places() {
        let rows = read(
            "<Row><Cell><Data ss:Type=\"String\">id</Data></Cell><Cell><Data ss:Type=\"String\">title</Data></Cell></Row>\
             <Row ss:Index=\"4\"><Cell><Data ss:Type=\"Number\">4006381333931</Data><Comment><ss:Data>no</ss:Data></Comment></Cell>\
             <Cell ss:Index=\"3\"><ss:Data ss:Type=\"String\" xmlns=\"x\"><B>Desk</B> lamp &#39;L&#39;</ss:Data></Cell>\
             <Cell><Data ss:Type=\"DateTime\">2024-03-05T00:00:00.000</Data></Cell><Cell><Data ss:Type=\"Boolean\">1</Data></Cell></Row>",
        );
        let of = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            rows,
            [
                (1, of(&["id", "title"])),
                (4, of(&["4006381333931", "", "Desk lamp 'L'", "2024-03-05", "true"]))
            ]
        );
    }

    #[test]
    fn a_cell_over_several_rows_is_in_each() {
        let cell = |text: &str| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>");
        let rows = read(&format!(
            "<Row><Cell ss:MergeDown=\"1\"><Data ss:Type=\"String\">Lamps</Data></Cell>{}</Row><Row>{}</Row><Row>{}</Row>",
            cell("a"),
            cell("b").replace("<Cell>", "<Cell ss:Index=\"2\">"),
            cell("c"),
        ));
        let told: Vec<_> = rows.iter().map(|(_, row)| row.join(" ")).collect();
        assert_eq!(told, ["Lamps a", "Lamps b", "c"]);
    }
}
