//! Results on standard output: JSON for programs, aligned columns for people.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Prints a value as indented JSON.
///
/// # Errors
/// Standard output is closed or full.
pub fn json(value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(std::io::stdout().lock().write_all(&text)?)
}

/// Prints text, styled where the terminal wants it.
///
/// # Errors
/// Standard output is closed or full.
pub fn text(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Text that one may overlook.
pub fn quiet(text: &str) -> String {
    let dim = anstyle::Style::new().dimmed();
    format!("{dim}{text}{dim:#}")
}

/// A column of a [`table`].
#[derive(Clone, Copy)]
pub struct Column {
    pub head: &'static str,
    /// Longer cells are cut.
    pub widest: usize,
    /// Numbers stand right.
    pub right: bool,
}

/// Aligned columns under a quiet head; columns without any content are left out.
pub fn table(columns: &[Column], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().zip(columns).map(|(cell, column)| cut(&plain(cell), column.widest)).collect())
        .collect();
    let shown: Vec<(usize, usize)> = (0..columns.len())
        .filter_map(|at| {
            let widest = rows.iter().map(|row| row[at].width()).max().unwrap_or(0);
            (widest > 0).then(|| (at, widest.max(columns[at].head.width())))
        })
        .collect();
    let line = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<_> =
            shown.iter().map(|&(at, width)| pad(&cell(at), width, columns[at].right)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let mut text = quiet(&line(&|at| columns[at].head.to_owned()));
    for row in &rows {
        text.push('\n');
        text.push_str(&line(&|at| row[at].clone()));
    }
    text.push('\n');
    text
}

/// Without control characters: a title must not steer the terminal.
pub fn plain(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    visible.trim().to_owned()
}

fn pad(cell: &str, width: usize, right: bool) -> String {
    let blank = " ".repeat(width.saturating_sub(cell.width()));
    if right { blank + cell } else { cell.to_owned() + &blank }
}

fn cut(text: &str, widest: usize) -> String {
    if text.width() <= widest {
        return text.to_owned();
    }
    let mut width = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            width += c.width().unwrap_or(0);
            width < widest
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// Bytes as people say them.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KiB", "MiB", "GiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// `12,345`
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 product`, `2,000 products`
pub fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { head: "#", widest: 4, right: true },
        Column { head: "title", widest: 8, right: false },
        Column { head: "brand", widest: 8, right: false },
    ];

    #[test]
    fn cells_line_up_and_empty_columns_are_left_out() {
        let rows =
            [["1", "a very long title", ""], ["10", "short", ""]].map(|r| r.map(String::from).to_vec());
        let table = anstream::adapter::strip_str(&table(COLUMNS, &rows)).to_string();
        assert_eq!(table, " #  title\n 1  a very…\n10  short\n");
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(cut("日本語日本語", 7), "日本語…");
        assert_eq!(pad("日本", 6, false), "日本  ");
    }

    #[test]
    fn a_title_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mred\n"), "a [31mred");
    }

    #[test]
    fn amounts_read_well() {
        assert_eq!([bytes(12), bytes(1536), bytes(12 << 20)], ["12 bytes", "1.5 KiB", "12.0 MiB"]);
        assert_eq!([number(999), number(4210), number(1_234_567)], ["999", "4,210", "1,234,567"]);
        assert_eq!([counted(1, "picture"), counted(0, "picture")], ["1 picture", "0 pictures"]);
    }
}
