//! Tables of a page of HTML: what many programs of shops save as `.xls`.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::sheet::{Cell, MAX_COLUMNS, Sheet};
use crate::html::tokenize;

/// No cell goes over more rows or columns.
const MAX_SPAN: usize = 1000;

/// Each table of a page as a sheet, in the order in which they begin. A table in a cell of another is one by itself.
pub(super) fn sheets(page: &str) -> Vec<Sheet> {
    let page = tokenize(page, Page::default()).state.into_inner();
    let named = |(at, mut sheet): (usize, Sheet)| {
        if sheet.name.is_empty() {
            sheet.name = format!("table {}", at + 1);
        }
        sheet
    };
    page.sheets.into_iter().enumerate().map(named).collect()
}

#[derive(Default)]
struct Page {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    sheets: Vec<Sheet>,
    /// Tables that have begun and not ended, the outermost first.
    open: Vec<Table>,
    /// What is being read is not shown.
    is_hidden: bool,
}

/// A table on its way.
#[derive(Default)]
struct Table {
    /// Its place among the sheets.
    at: usize,
    line: u64,
    row: Vec<Cell>,
    /// Cells from rows above, by their columns, with how many rows they still go over.
    above: Vec<(usize, Cell)>,
    cell: Option<Open>,
    caption: Option<String>,
}

/// A cell on its way.
#[derive(Default)]
struct Open {
    text: String,
    /// The address of a picture or of a link in it.
    address: String,
    columns: usize,
    rows: usize,
    /// Excel's own number, which is not rounded.
    number: Option<f64>,
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) if matches!(&*tag.name, "script" | "style" | "title") => {
                state.is_hidden = tag.kind == TagKind::StartTag;
                if state.is_hidden {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => state.start(&tag),
            Token::TagToken(tag) => state.end(&tag.name),
            Token::EOFToken => {
                while !state.open.is_empty() {
                    state.end("table");
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str) {
        let Some(table) = self.open.last_mut().filter(|_| !self.is_hidden) else { return };
        if let Some(caption) = &mut table.caption {
            caption.push_str(text);
        } else if let Some(cell) = &mut table.cell {
            // Line ends of the source are blanks.
            cell.text.extend(text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }));
        }
    }

    fn start(&mut self, tag: &Tag) {
        let named = |name: &str| tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.trim());
        let span = |name: &str| named(name).and_then(|n| n.parse().ok()).unwrap_or(1).clamp(1, MAX_SPAN);
        match &*tag.name {
            "table" => {
                self.open.push(Table { at: self.sheets.len(), ..Table::default() });
                self.sheets.push(Sheet::default());
            }
            "caption" => self.with(|table| table.caption = Some(String::new())),
            "tr" => self.end_row(),
            "td" | "th" => {
                let number = named("x:num").or(named("data-value")).and_then(|number| number.parse().ok());
                let (columns, rows) = (span("colspan"), span("rowspan"));
                self.with(|table| {
                    table.end_cell();
                    table.cell = Some(Open { columns, rows, number, ..Open::default() });
                });
            }
            "br" | "p" | "div" | "li" => self.with_cell(|cell| cell.text.push('\n')),
            "img" => {
                let address = named("src").or(named("data-src")).unwrap_or_default().to_owned();
                self.with_cell(|cell| cell.address = address);
            }
            "a" => {
                let address = named("href").unwrap_or_default().to_owned();
                self.with_cell(|cell| {
                    if cell.address.is_empty() {
                        cell.address = address;
                    }
                });
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "td" | "th" => self.with(Table::end_cell),
            "tr" => self.end_row(),
            "caption" => {
                let Some(table) = self.open.last_mut() else { return };
                let name = one_line(&table.caption.take().unwrap_or_default());
                self.sheets[table.at].name = name;
            }
            "table" => {
                self.end_row();
                self.open.pop();
            }
            _ => {}
        }
    }

    fn with(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.open.last_mut() {
            change(table);
        }
    }

    fn with_cell(&mut self, change: impl FnOnce(&mut Open)) {
        self.with(|table| table.cell.as_mut().map(change).unwrap_or_default());
    }

    fn end_row(&mut self) {
        let Some(table) = self.open.last_mut() else { return };
        table.end_cell();
        if table.row.is_empty() {
            return;
        }
        table.take_above();
        table.line += 1;
        let row = std::mem::take(&mut table.row);
        if !row.iter().all(Cell::is_empty) {
            self.sheets[table.at].rows.push((table.line, row));
        }
    }
}

impl Table {
    fn end_cell(&mut self) {
        let Some(open) = self.cell.take() else { return };
        self.take_above();
        let (columns, rows) = (open.columns, open.rows);
        let cell = open.cell();
        for at in 0..columns {
            // Of a cell over several columns the first has the words.
            let one = if at == 0 { cell.clone() } else { Cell::default() };
            if self.row.len() >= MAX_COLUMNS {
                return;
            }
            if rows > 1 {
                self.keep_above(self.row.len(), rows - 1, one.clone());
            }
            self.row.push(one);
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

    fn keep_above(&mut self, column: usize, rows: usize, cell: Cell) {
        if self.above.len() <= column {
            self.above.resize(column + 1, (0, Cell::default()));
        }
        self.above[column] = (rows, cell);
    }
}

impl Open {
    /// Its words; an address where it has none. Excel's number counts where the words show a rounded one.
    fn cell(self) -> Cell {
        let text = lines(&self.text);
        let is_rounded = text.contains(['E', 'e']) && text.contains('+') && text.parse::<f64>().is_ok();
        match self.number {
            Some(number) if is_rounded || text.is_empty() => Cell::number(number),
            _ if text.is_empty() => Cell::text(self.address),
            _ => Cell::text(text),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(text: &str) -> String {
    text.lines().map(one_line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(page: &str) -> Vec<Vec<String>> {
        let mut sheets = sheets(page);
        assert_eq!(sheets.len(), 1);
        let texts = |(_, row): (u64, Vec<Cell>)| row.into_iter().map(|cell| cell.text).collect();
        sheets.remove(0).rows.into_iter().map(texts).collect()
    }

    #[test]
    fn cells_are_what_a_browser_shows() {
        let page = "<html><head><title>x</title><style>td { color: red }</style></head><body>Export\n<table>\
            <thead><tr><th>SKU</th><th>Title\n  of it</th><th>Photo</th></tr></thead>\
            <tr><td>007<td>Mug &amp;&nbsp;cup<br>blue<td><img src='a.jpg'>\
            <tr><td x:num=\"4006381333931\">4,00638E+12</td><td><a href='/p'>Jug</a></td><td><a href='b.jpg'></a></td></tr>\
            </table>";
        assert_eq!(
            rows(page),
            [
                ["SKU", "Title of it", "Photo"],
                ["007", "Mug & cup\nblue", "a.jpg"],
                ["4,00638E+12", "Jug", "b.jpg"]
            ]
        );
        assert_eq!(rows("<table><tr><td x:num=\"4006381333931\">4.00638E+12")[0], ["4006381333931"]);
    }

    #[test]
    fn cells_over_several_rows_and_columns_keep_the_others_in_place() {
        let page = "<table><tr><td>a<td>b<td>c</tr><tr><td rowspan=2>1<td colspan=2>2</tr><tr><td>3<td>4</tr>\
            <tr><td>5<td>6<td>7</tr></table>";
        assert_eq!(rows(page), [["a", "b", "c"], ["1", "2", ""], ["1", "3", "4"], ["5", "6", "7"]]);
    }

    #[test]
    fn a_table_in_a_cell_is_one_by_itself() {
        let page = "<table><tr><td>menu<td><table><caption>Lamps</caption><tr><td>x</table>behind</table><table><tr><td>y";
        let found: Vec<_> = sheets(page)
            .into_iter()
            .map(|s| (s.name, s.rows.into_iter().map(|(_, r)| r.len()).collect::<Vec<_>>()))
            .collect();
        let expected = [("table 1", vec![2]), ("Lamps", vec![1]), ("table 3", vec![1])];
        assert_eq!(found, expected.map(|(name, rows)| (name.to_owned(), rows)));
    }
}
