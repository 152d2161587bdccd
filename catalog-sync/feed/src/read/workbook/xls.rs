//! Workbooks of Excel before 2007 (`.xls`): BIFF 5 to 8.

use encoding_rs::WINDOWS_1252;

use super::compound::{Compound, u16_at, u32_at};
use super::records::{Letters, Record, encoding, records, shared_texts};
use super::{MAX_COLUMNS, Sheet, SheetRows, plain};

const BEGIN: u16 = 0x809;
const END: u16 = 0x0a;
const PASSWORD: u16 = 0x2f;
const CODE_PAGE: u16 = 0x42;
const SHEET: u16 = 0x85;
const SHARED_TEXTS: u16 = 0xfc;
const SHARED_TEXT: u16 = 0xfd;
const TEXT: u16 = 0x204;
const RICH_TEXT: u16 = 0xd6;
const NUMBER: u16 = 0x203;
const SHORT_NUMBER: u16 = 0x27e;
const SHORT_NUMBERS: u16 = 0xbd;
const TRUTH: u16 = 0x205;
const FORMULA: u16 = 0x06;
const RESULT: u16 = 0x207;

/// All sheets of a workbook, in its order.
///
/// # Errors
/// What is wrong with it.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let file = Compound::open(bytes).ok_or("its table of contents is damaged")?;
    let stream = file.stream(&["Workbook", "Book"]).ok_or("it is an Office file without a workbook in it")?;
    let mut letters = Letters { is_unicode: true, encoding: WINDOWS_1252 };
    let (mut places, mut shared) = (Vec::new(), Vec::new());
    for record in records(&stream, 0) {
        let content = record.bytes();
        match record.kind {
            BEGIN => letters.is_unicode = u16_at(content, 0) == Some(0x600),
            PASSWORD => return Err("it is protected by a password: save it without one".into()),
            CODE_PAGE => letters.encoding = encoding(u16_at(content, 0).unwrap_or_default()),
            // Charts and macros have sheets of their own.
            SHEET if content.get(5) == Some(&0) => {
                let name = content.get(6..).and_then(|name| letters.short_text(name)).unwrap_or_default();
                places.extend(u32_at(content, 0).map(|at| (name, at as usize)));
            }
            SHARED_TEXTS => shared = shared_texts(&record),
            END => break,
            _ => {}
        }
    }
    let rows = |at| rows(records(&stream, at), letters, &shared);
    Ok(places.into_iter().map(|(name, at)| Sheet { name, rows: rows(at) }).collect())
}

fn rows<'a>(records: impl Iterator<Item = Record<'a>>, letters: Letters, shared: &[String]) -> SheetRows {
    let mut cells: Vec<(u16, u16, String)> = Vec::new();
    // Charts on a sheet begin and end inside of it.
    let mut depth = 0;
    for record in records {
        match record.kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            _ if depth == 1 => put(&record, letters, shared, &mut cells),
            _ => {}
        }
    }
    cells.sort_by_key(|(row, column, _)| (*row, *column));
    let mut rows: SheetRows = Vec::new();
    for (row, column, value) in cells {
        let line = u64::from(row) + 1;
        if rows.last().is_none_or(|(last, _)| *last != line) {
            rows.push((line, Vec::new()));
        }
        let Some((_, cells)) = rows.last_mut() else { continue };
        let at = usize::from(column).min(MAX_COLUMNS);
        cells.resize(at.max(cells.len()), String::new());
        cells.push(value);
    }
    rows
}

/// The cells of a record.
fn put(record: &Record<'_>, letters: Letters, shared: &[String], cells: &mut Vec<(u16, u16, String)>) {
    let content = record.bytes();
    if record.kind == RESULT {
        // The text that the formula before it gives.
        if let Some(((.., value), text)) = cells.last_mut().zip(letters.text(content)) {
            *value = text;
        }
        return;
    }
    let (Some(row), Some(column)) = (u16_at(content, 0), u16_at(content, 2)) else { return };
    let behind = content.get(6..).unwrap_or_default();
    let value = match record.kind {
        SHARED_TEXT => u32_at(behind, 0).and_then(|at| shared.get(at as usize)).cloned(),
        TEXT | RICH_TEXT => letters.text(behind),
        NUMBER => float(behind).map(plain),
        SHORT_NUMBER => u32_at(behind, 0).map(short_number),
        SHORT_NUMBERS => {
            let numbers = content.get(4..).unwrap_or_default().chunks_exact(6);
            let values = numbers.filter_map(|one| u32_at(one, 2).map(short_number));
            cells.extend((column..).zip(values).map(|(column, value)| (row, column, value)));
            None
        }
        TRUTH => truth(behind.first().copied().filter(|_| behind.get(1) == Some(&0))),
        FORMULA if behind.get(6..8) == Some(&[0xff, 0xff]) => match behind.first() {
            Some(0) => Some(String::new()),
            Some(1) => truth(behind.get(2).copied()),
            _ => None,
        },
        FORMULA => float(behind).map(plain),
        _ => None,
    };
    cells.extend(value.map(|value| (row, column, value)));
}

fn truth(value: Option<u8>) -> Option<String> {
    value.map(|value| if value == 0 { "false" } else { "true" }.into())
}

fn float(bytes: &[u8]) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(..8)?.try_into().ok()?))
}

/// A number in 30 bits, an integer or the upper half of a float; another bit says that it was multiplied by 100.
fn short_number(bits: u32) -> String {
    let number = if bits & 2 == 2 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    plain(if bits & 1 == 1 { number / 100.0 } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_integers_or_floats_perhaps_by_hundred() {
        for (bits, expected) in [(0x1ee, "123"), (0x1ef, "1.23"), (0x3ff0_0000, "1"), (0x4093_4a00, "1234.5")]
        {
            assert_eq!(short_number(bits), expected, "{bits:x}");
        }
        assert_eq!(short_number(0xffff_fff6), "-3");
    }
}
