//! Workbooks of Excel (`.xls`, `.xlsx`, `.xlsb`) and of OpenDocument (`.ods`), as `calamine` reads them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Cursor;

use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, Ods, Reader, SheetType, Xls, XlsError, Xlsb, Xlsx, XlsxError,
};

use super::sheet::{Cell, MAX_COLUMNS, Sheet};

/// No more rows than a sheet has are filled from a cell that goes over several.
const MAX_MERGED: u32 = 100_000;

/// The names of what is in a zip file stand at its end.
const DIRECTORY_BYTES: usize = 4 << 20;

/// Why there are no sheets.
pub(super) enum NotRead {
    /// A zip file of other things.
    NoWorkbook,
    /// What is wrong with it.
    Damaged(String),
}

/// The rows of a sheet with their cells, each by its number from 0.
type Grid = BTreeMap<u32, BTreeMap<u32, Cell>>;

/// All sheets with cells of an `.xls` file, in its order.
///
/// # Errors
/// It is damaged, or protected.
pub(super) fn of_compound(bytes: Vec<u8>) -> Result<Vec<Sheet>, NotRead> {
    let mut book = match Xls::new(Cursor::new(bytes.as_slice())) {
        Ok(book) => book,
        Err(XlsError::Password) => return Err(protected()),
        // A protected `.xlsx` is a file of this kind, too.
        Err(error) => match Xlsx::new(Cursor::new(bytes.as_slice())) {
            Err(XlsxError::Password) => return Err(protected()),
            _ => return Err(damaged(error)),
        },
    };
    let mut sheets = Vec::new();
    for name in names(&book) {
        let range = book.worksheet_range(&name).map_err(damaged)?;
        let (top, left) = range.start().unwrap_or_default();
        let cells = range
            .used_cells()
            .map(|(row, column, value)| ((top + row as u32, left + column as u32), cell(value)));
        let mut grid = Grid::new();
        cells.for_each(|(at, cell)| put(&mut grid, at, cell));
        fill(&mut grid, &book.merge_cells_by_sheet_name(&name).map_err(damaged)?);
        sheets.push(sheet(name, grid));
    }
    Ok(sheets)
}

/// All sheets with cells of a zip file that is a workbook, in its order.
///
/// # Errors
/// It is none, damaged, or protected.
pub(super) fn of_zip(bytes: &[u8]) -> Result<Vec<Sheet>, NotRead> {
    let directory = &bytes[bytes.len().saturating_sub(DIRECTORY_BYTES)..];
    let has = |name: &[u8]| directory.windows(name.len()).any(|part| part == name);
    if has(b"xl/workbook.bin") {
        of_xlsb(bytes)
    } else if has(b"content.xml") && has(b"mimetype") {
        of_ods(bytes)
    } else if has(b"[Content_Types].xml") || has(b"xl/workbook.xml") {
        of_xlsx(bytes)
    } else {
        Err(NotRead::NoWorkbook)
    }
}

fn of_xlsx(bytes: &[u8]) -> Result<Vec<Sheet>, NotRead> {
    let mut book = match Xlsx::new(Cursor::new(bytes)) {
        // Documents of other programs of the same house are zip files of the same kind.
        Err(XlsxError::FileNotFound(_)) => return Err(NotRead::NoWorkbook),
        opened => opened.map_err(damaged)?,
    };
    let mut sheets = Vec::new();
    for name in names(&book) {
        let merged = book.merge_cells_by_sheet_name(&name).map_err(damaged)?;
        let mut reader = book.worksheet_cells_reader(&name).map_err(damaged)?;
        let mut grid = Grid::new();
        while let Some(read) = reader.next_cell().map_err(damaged)? {
            put(&mut grid, read.get_position(), shared(read.get_value()));
        }
        fill(&mut grid, &merged);
        sheets.push(sheet(name, grid));
    }
    Ok(sheets)
}

fn of_xlsb(bytes: &[u8]) -> Result<Vec<Sheet>, NotRead> {
    let mut book = Xlsb::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut sheets = Vec::new();
    for name in names(&book) {
        let mut reader = book.worksheet_cells_reader(&name).map_err(damaged)?;
        let mut grid = Grid::new();
        while let Some(read) = reader.next_cell().map_err(damaged)? {
            put(&mut grid, read.get_position(), shared(read.get_value()));
        }
        sheets.push(sheet(name, grid));
    }
    Ok(sheets)
}

fn of_ods(bytes: &[u8]) -> Result<Vec<Sheet>, NotRead> {
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::OdsError::Password => protected(),
        other => damaged(other),
    })?;
    let mut sheets = Vec::new();
    for name in names(&book) {
        let range = book.worksheet_range(&name).map_err(damaged)?;
        let (top, left) = range.start().unwrap_or_default();
        let mut grid = Grid::new();
        for (row, column, value) in range.used_cells() {
            put(&mut grid, (top + row as u32, left + column as u32), cell(value));
        }
        sheets.push(sheet(name, grid));
    }
    Ok(sheets)
}

/// Those of sheets with cells; charts and macros have sheets of their own.
fn names<R: std::io::Read + std::io::Seek>(book: &impl Reader<R>) -> Vec<String> {
    let of_cells = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    of_cells.map(|sheet| sheet.name.clone()).collect()
}

fn damaged(error: impl Display) -> NotRead {
    NotRead::Damaged(error.to_string())
}

fn protected() -> NotRead {
    NotRead::Damaged("it is protected by a password: save it without one".into())
}

fn put(grid: &mut Grid, (row, column): (u32, u32), cell: Cell) {
    if !cell.is_empty() && (column as usize) < MAX_COLUMNS {
        grid.entry(row).or_default().insert(column, cell);
    }
}

/// A cell that goes over several rows is what each of them says: `Shoes` beside ten shoes.
fn fill(grid: &mut Grid, merged: &[Dimensions]) {
    for Dimensions { start: (top, column), end: (bottom, _) } in merged {
        let Some(cell) = grid.get(top).and_then(|row| row.get(column)).cloned() else { continue };
        // One row is what it is without.
        if bottom <= top {
            continue;
        }
        // Rows with nothing else in them are no rows.
        for (_, row) in grid.range_mut(top.saturating_add(1)..=(*bottom).min(top.saturating_add(MAX_MERGED)))
        {
            row.entry(*column).or_insert_with(|| cell.clone());
        }
    }
}

fn sheet(name: String, grid: Grid) -> Sheet {
    let row = |(number, cells): (u32, BTreeMap<u32, Cell>)| {
        let width = cells.keys().next_back().map_or(0, |last| *last as usize + 1);
        let mut row = vec![Cell::default(); width];
        cells.into_iter().for_each(|(at, cell)| row[at as usize] = cell);
        (u64::from(number) + 1, row)
    };
    Sheet { name, rows: grid.into_iter().map(row).collect() }
}

fn cell(value: &Data) -> Cell {
    match value {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::text(text.as_str()),
        Data::Float(number) => Cell::number(*number),
        Data::Int(number) => Cell::number(*number as f64),
        Data::Bool(truth) => Cell::text(truth.to_string()),
        Data::DateTime(time) => date(time),
        Data::Error(_) | Data::Empty => Cell::default(),
    }
}

fn shared(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::SharedString(text) => Cell::text(*text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cell::text(text.as_str())
        }
        DataRef::Float(number) => Cell::number(*number),
        DataRef::Int(number) => Cell::number(*number as f64),
        DataRef::Bool(truth) => Cell::text(truth.to_string()),
        DataRef::DateTime(time) => date(time),
        DataRef::Error(_) | DataRef::Empty => Cell::default(),
    }
}

/// By ISO 8601. What is shorter than a day is a time.
fn date(time: &ExcelDateTime) -> Cell {
    let number = Cell::number(time.as_f64());
    if time.is_duration() {
        return number;
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    let text = match (time.as_f64() < 1.0, clock.as_str()) {
        (true, _) => clock,
        (false, "00:00:00") => format!("{year:04}-{month:02}-{day:02}"),
        (false, _) => format!("{year:04}-{month:02}-{day:02}T{clock}"),
    };
    Cell { text, ..number }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn dates_are_those_of_people_in_both_calendars() {
        let text =
            |number, is_1904| date(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, is_1904)).text;
        assert_eq!(text(45_356.0, false), "2024-03-05");
        assert_eq!(text(43_894.0, true), "2024-03-05");
        assert_eq!(text(45_356.5, false), "2024-03-05T12:00:00");
        assert_eq!(text(0.25, false), "06:00:00");
    }

    #[test]
    fn a_cell_over_several_columns_changes_nothing() {
        let mut grid = Grid::new();
        put(&mut grid, (0, 0), Cell::text("Our catalogue"));
        put(&mut grid, (1, 0), Cell::text("id"));
        fill(&mut grid, &[Dimensions { start: (0, 0), end: (0, 5) }]);
        assert_eq!((grid.len(), grid[&0].len()), (2, 1));
    }

    #[test]
    fn a_cell_over_several_rows_is_in_each() {
        let mut grid = Grid::new();
        for (at, text) in
            [((0, 0), "category"), ((1, 0), "Shoes"), ((1, 1), "a"), ((2, 1), "b"), ((4, 1), "c")]
        {
            put(&mut grid, at, Cell::text(text));
        }
        fill(&mut grid, &[Dimensions { start: (1, 0), end: (3, 0) }]);
        let rows: Vec<_> =
            sheet(String::new(), grid).rows.into_iter().map(|(n, row)| (n, row[0].text.clone())).collect();
        let expected = [(1, "category"), (2, "Shoes"), (3, "Shoes"), (5, "")];
        assert_eq!(rows, expected.map(|(n, text)| (n, text.to_owned())));
    }
}
