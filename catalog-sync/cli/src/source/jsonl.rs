//! JSON lines: one object a line.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::{Columns, Rejection, Row};

/// No product's row is longer; a file without line ends would otherwise be read into memory whole.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// Rows of a JSONL file.
pub struct JsonRows {
    reader: BufReader<fs_err::File>,
    columns: Columns,
    buffer: Vec<u8>,
    line: u64,
    name: String,
}

impl JsonRows {
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path, name: &str, columns: Columns) -> Result<Self> {
        let reader = BufReader::with_capacity(1 << 18, fs_err::File::open(path)?);
        Ok(Self { reader, columns, buffer: Vec::new(), line: 0, name: name.into() })
    }

    /// The columns met so far.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Reads one line into the buffer; false at the end. Of a line that is too long the rest is skipped.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.buffer.clear();
        self.line += 1;
        let length = self.reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut self.buffer)?;
        if length as u64 == MAX_LINE_BYTES && !self.buffer.ends_with(b"\n") {
            self.reader.skip_until(b'\n')?;
        }
        Ok(length > 0)
    }

    fn row(&mut self) -> Result<Row, Rejection> {
        let place = format!("{}:{}", self.name, self.line);
        let refuse = |code, reason: String| Rejection::new(place.clone(), code, reason);
        if self.buffer.len() as u64 >= MAX_LINE_BYTES {
            return Err(refuse(
                "line-too-long",
                format!("the line is longer than {} MiB", MAX_LINE_BYTES >> 20),
            ));
        }
        let text = std::str::from_utf8(&self.buffer)
            .map_err(|_| refuse("bad-utf8", "the line is not UTF-8 text".into()))?;
        let text = text.trim_start_matches('\u{feff}');
        let object: Map<String, Value> = serde_json::from_str(text)
            .map_err(|e| refuse("bad-json", format!("the line is not a JSON object: {e}")))?;
        let cells = object.iter().map(|(name, value)| (self.columns.column(name), cell(value))).collect();
        Ok(Row::new(self.line, cells))
    }
}

impl Iterator for JsonRows {
    type Item = Result<Result<Row, Rejection>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line().with_context(|| format!("cannot read {}", self.name)) {
                Err(error) => return Some(Err(error)),
                Ok(false) => return None,
                Ok(true) if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Ok(true) => return Some(Ok(self.row())),
            }
        }
    }
}

/// A list becomes a multi-value, an object stays JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join("|"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Result<Row, Rejection>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.jsonl");
        std::fs::write(&path, bytes).unwrap();
        JsonRows::open(&path, "f.jsonl", Columns::new(None)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn values_of_each_kind_become_cells() {
        let rows =
            rows(br#"{"id": 7, "color": ["red", "blue"], "kids": false, "gone": null, "dim": {"w": 1}}"#);
        let row = rows[0].as_ref().unwrap();
        let cells = ["id", "color", "kids", "gone", "dim"].map(|name| row.get(name));
        assert_eq!(cells, [Some("7"), Some("red|blue"), Some("false"), None, Some(r#"{"w":1}"#)]);
    }

    #[test]
    fn bad_lines_are_named_and_the_rest_is_read() {
        let rows = rows(b"{\"id\": 1}\n\n[2]\n{\"id\": \"\xff\"}\n{\"id\": 5}");
        let codes: Vec<_> = rows.iter().map(|r| r.as_ref().map_or_else(|e| e.code, |_| "ok")).collect();
        assert_eq!(codes, ["ok", "bad-json", "bad-utf8", "ok"]);
        assert_eq!(rows[1].as_ref().unwrap_err().place, "f.jsonl:3");
        assert_eq!(rows[3].as_ref().unwrap().line, 5);
    }

    #[test]
    fn an_endless_line_is_refused_without_being_kept() {
        let mut bytes = vec![b'x'; MAX_LINE_BYTES as usize + 100];
        bytes.extend(b"\n{\"id\": 2}\n");
        let rows = rows(&bytes);
        assert_eq!(rows[0].as_ref().unwrap_err().code, "line-too-long");
        assert_eq!(rows[1].as_ref().unwrap().line, 2);
    }
}
