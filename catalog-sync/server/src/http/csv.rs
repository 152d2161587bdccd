//! Tables for spreadsheets.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A table as a file that is saved.
pub fn response(name: &str, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Response {
    let name: String =
        name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(*letter)).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    (headers, document(header, rows)).into_response()
}

/// The text of a table.
pub fn document(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    // The mark tells spreadsheets that this is UTF-8.
    let mut text = format!("\u{feff}{}\r\n", header.join(","));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell. What a spreadsheet would compute is marked as a text: anybody may have written the words or the feed.
fn quoted(cell: &str) -> String {
    let computed = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if computed { format!("'{cell}") } else { cell.to_owned() };
    match text.contains(['"', ',', '\n', '\r', '\'']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}
