//! JSON lines: one object a line. A list of objects is read too, by itself or under whatever name.

use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::path::Path;

use super::json_member::{self, Member, Members};
use super::{Found, Reader};
use crate::column::Role;
use crate::json::Json;
use crate::read::{cells, json_list, json_variants, square};
use crate::text::{self, Text};
use crate::{Columns, Error, Rejection, Result, Row};

/// No product's row is longer; a file without line ends would otherwise be read into memory whole.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// A list is read at once.
pub(super) const MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// Rows of JSON objects.
pub(crate) struct JsonRows {
    objects: Objects,
    columns: Columns,
    name: String,
    left: Vec<(String, usize)>,
    /// Further rows of the product that was read last.
    ready: VecDeque<Found>,
    /// The id that a line says the next one has, as Elasticsearch's bulk format does.
    next_id: String,
}

enum Objects {
    /// With the products of a line that has several.
    Lines {
        lines: Lines,
        ready: VecDeque<(String, Member)>,
    },
    List {
        members: std::vec::IntoIter<Member>,
        number: u64,
    },
}

impl JsonRows {
    /// # Errors
    /// The file cannot be opened, or is a list that cannot be read.
    pub(crate) fn open(path: &Path, name: &str, columns: Columns) -> Result<Self> {
        let mut text = text::open(path)?;
        let start = text.fill_buf().map_err(|e| text::named(path, &e))?;
        let (objects, left) = if is_document(start) {
            let text = text::read(path, MAX_DOCUMENT_BYTES)?;
            let found =
                members(&text).map_err(|e| Error::Damaged { name: name.into(), reason: e.to_string() })?;
            (Objects::List { members: found.members.into_iter(), number: 0 }, found.left)
        } else {
            let lines = Lines { text, buffer: Vec::new(), line: 0 };
            (Objects::Lines { lines, ready: VecDeque::new() }, Vec::new())
        };
        let (ready, next_id) = (VecDeque::new(), String::new());
        Ok(Self { objects, columns, name: name.into(), left, ready, next_id })
    }

    fn row(&mut self, place: String, object: Result<Json, (&'static str, String)>) -> Found {
        let refuse = |(code, reason)| Rejection::new(place.clone(), code, reason);
        match object.map_err(refuse)? {
            Json::Object(parts) => {
                if let Some(rows) = json_variants::rows(&place, &parts, &mut self.columns) {
                    let mut rows = rows.into_iter();
                    let first = rows.next();
                    self.ready.extend(rows.map(Ok));
                    if let Some(first) = first {
                        return Ok(first);
                    }
                }
                Ok(Row::new(place, cells::of_object(&parts, &mut self.columns)))
            }
            _ => Err(Rejection::new(place, "bad-json", "it is not a JSON object")),
        }
    }

    /// A product of a list: its place in the document gives what it does not say itself.
    fn member_row(&mut self, place: String, member: &Member) -> Found {
        let mut row = self.row(place, parsed(member.object.get()))?;
        for (name, role, value) in
            [("id", Role::Id, &member.key), ("category", Role::Category, &member.category)]
        {
            let others = self.ready.iter_mut().flatten();
            for row in others.chain([&mut row]).filter(|row| !value.is_empty() && row.role(role).is_none()) {
                row.put(self.columns.column(name), value.clone());
            }
        }
        Ok(row)
    }

    /// The next line with something in it; none at the end.
    fn next_line(&mut self) -> std::io::Result<Option<Found>> {
        let Objects::Lines { lines, ready } = &mut self.objects else { return Ok(None) };
        if let Some((place, member)) = ready.pop_front() {
            return Ok(Some(self.member_row(place, &member)));
        }
        if !lines.next_filled()? {
            return Ok(None);
        }
        let place = format!("{}:{}", self.name, lines.line);
        let object = lines.object();
        if let Some(id) = object.as_ref().ok().and_then(action_id) {
            self.next_id = id;
            return self.next_line();
        }
        let holds = object.as_ref().is_ok_and(json_list::may_hold_products);
        let found =
            holds.then(|| std::str::from_utf8(&lines.buffer).ok().and_then(json_list::of_line)).flatten();
        let Some(found) = found else {
            let id = std::mem::take(&mut self.next_id);
            let mut row = self.row(place, object);
            if let Ok(row) = &mut row
                && !id.is_empty()
                && row.role(Role::Id).is_none()
            {
                row.put(self.columns.column("id"), id);
            }
            return Ok(Some(row));
        };
        for (name, count) in found.left {
            json_member::tell(&mut self.left, name, count);
        }
        let several = found.members.len() > 1;
        let place_of = |at: usize| if several { format!("{place}#{}", at + 1) } else { place.clone() };
        ready.extend(found.members.into_iter().enumerate().map(|(at, member)| (place_of(at), member)));
        self.next_line()
    }
}

impl Iterator for JsonRows {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(found) = self.ready.pop_front() {
            return Some(Ok(found));
        }
        if let Objects::List { members, number } = &mut self.objects {
            *number += 1;
            let (place, member) = (format!("{}#{number}", self.name), members.next()?);
            return Some(Ok(self.member_row(place, &member)));
        }
        self.next_line().map_err(|error| text::named(Path::new(&self.name), &error)).transpose()
    }
}

impl Reader for JsonRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn left_aside(&self) -> Vec<(String, usize)> {
        self.left.clone()
    }
}

/// The products of a document.
fn members(text: &str) -> serde_json::Result<Members> {
    let of_square = text.contains("\"item_data\"").then(|| Json::parse(text).ok()).flatten();
    let Some(products) = of_square.as_ref().and_then(square::products) else {
        return json_list::members(text);
    };
    let member = |product: Json| {
        let object = serde_json::value::RawValue::from_string(product.to_string())?;
        Ok(Member { object, key: String::new(), category: String::new() })
    };
    let members = products.into_iter().map(member).collect::<serde_json::Result<_>>()?;
    Ok(Members { members, left: Vec::new() })
}

/// The id in a line that says what is done with the next one: `{"index": {"_id": "7"}}`.
fn action_id(object: &Json) -> Option<String> {
    let Json::Object(parts) = object else { return None };
    let [(name, action)] = parts.as_slice() else { return None };
    let is_action = ["index", "create", "update"].contains(&name.as_str());
    is_action.then(|| action.text("_id").map(str::to_owned)).flatten()
}

/// Whether a text is a list, or an object over several lines, rather than an object a line.
fn is_document(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    if start.first() == Some(&b'[') {
        return true;
    }
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_whole = line.len() < start.len() || line.len() as u64 >= MAX_LINE_BYTES;
    let object = std::str::from_utf8(line).ok().and_then(|line| Json::parse(line).ok());
    match object {
        // One object that is all there is, with products in it.
        Some(object) => start[line.len()..].trim_ascii().is_empty() && json_list::may_hold_products(&object),
        // A line that is damaged is a row that is set aside.
        None => start.first() == Some(&b'{') && (!is_whole || !line.trim_ascii_end().ends_with(b"}")),
    }
}

/// Lines of a text, each in its turn.
struct Lines {
    text: Text,
    buffer: Vec<u8>,
    line: u64,
}

impl Lines {
    /// Reads on to a line with something in it; false at the end.
    fn next_filled(&mut self) -> std::io::Result<bool> {
        while self.read_line()? {
            if !self.buffer.iter().all(u8::is_ascii_whitespace) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Of a line that is too long the rest is skipped.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.buffer.clear();
        self.line += 1;
        let length = self.text.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut self.buffer)?;
        if length as u64 == MAX_LINE_BYTES && !self.buffer.ends_with(b"\n") {
            self.text.skip_until(b'\n')?;
        }
        Ok(length > 0)
    }

    fn object(&self) -> Result<Json, (&'static str, String)> {
        if self.buffer.len() as u64 >= MAX_LINE_BYTES {
            return Err(("line-too-long", format!("the line is longer than {} MiB", MAX_LINE_BYTES >> 20)));
        }
        let text = std::str::from_utf8(&self.buffer);
        parsed(text.map_err(|_| ("bad-utf8", "the line is not UTF-8 text".to_owned()))?)
    }
}

fn parsed(text: &str) -> Result<Json, (&'static str, String)> {
    Json::parse(text).map_err(|error| ("bad-json", format!("it is not a JSON object: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Found> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.jsonl");
        std::fs::write(&path, bytes).unwrap();
        JsonRows::open(&path, "f.jsonl", Columns::default()).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn values_of_each_kind_become_cells() {
        let rows =
            rows(br#"{"id": 7, "color": ["red", "blue"], "kids": false, "gone": null, "dim": {"w": 1.50}}"#);
        let row = rows[0].as_ref().unwrap();
        let cells = ["id", "color", "kids", "gone", "dim"].map(|name| row.get(name).unwrap_or_default());
        assert_eq!(cells, ["7", "red|blue", "false", "", r#"{"w":1.50}"#]);
    }

    #[test]
    fn bad_lines_are_named_and_the_rest_is_read() {
        let rows = rows(b"{\"id\": 1}\n\n[2]\n{\"id\": \"\xff\"}\n{\"id\": 5}");
        let codes: Vec<_> = rows.iter().map(|r| r.as_ref().map_or_else(|e| e.code, |_| "ok")).collect();
        assert_eq!(codes, ["ok", "bad-json", "bad-utf8", "ok"]);
        assert_eq!(rows[1].as_ref().unwrap_err().place, "f.jsonl:3");
        assert_eq!(rows[3].as_ref().unwrap().place, "f.jsonl:5");
    }

    #[test]
    fn a_list_under_a_name_is_read_like_a_bare_one() {
        for text in [
            r#"{"total": 2, "data": [{"id": 1}, {"id": 2}]}"#,
            "{\n \"shop\": {\"name\": \"x\", \"items\": [\n{\"id\": 1},\n{\"id\": 2}\n]}}",
            r#"{"data": {"products": {"edges": [{"node": {"id": 1}}, {"node": {"id": 2}}]}}}"#,
            r#"[{"id": 1}, {"id": 2}]"#,
            "{\n\"id\": 1}\n{\n\"id\": 2}",
        ] {
            let ids: Vec<_> = rows(text.as_bytes())
                .iter()
                .map(|r| r.as_ref().unwrap().get("id").unwrap().into_owned())
                .collect();
            assert_eq!(ids, ["1", "2"], "{text}");
        }
    }

    #[test]
    fn pictures_and_names_inside_of_objects_are_found() {
        let rows = rows(br#"{"id": 1, "images": [{"src": "a.jpg"}, {"url": "b.jpg"}], "brand": {"name": "Fjord"}, "categories": [{"id": 3, "name": "Mugs"}]}"#);
        let row = rows[0].as_ref().unwrap();
        assert_eq!(
            ["images", "brand", "categories"].map(|name| row.get(name).unwrap_or_default()),
            ["a.jpg|b.jpg", "Fjord", "Mugs"]
        );
    }

    #[test]
    fn an_endless_line_is_refused_without_being_kept() {
        let mut bytes = vec![b'x'; MAX_LINE_BYTES as usize + 100];
        bytes.extend(b"\n{\"id\": 2}\n");
        let rows = rows(&bytes);
        assert_eq!(rows[0].as_ref().unwrap_err().code, "line-too-long");
        assert_eq!(rows[1].as_ref().unwrap().place, "f.jsonl:2");
    }

    #[test]
    fn a_list_is_read_member_by_member() {
        let rows = rows(b"\n[{\"id\": 1}, 2,\n {\"id\": 3, \"attributes\": {\"type\": \"x\"}}]");
        assert_eq!(
            rows[1].as_ref().unwrap_err(),
            &Rejection::new("f.jsonl#2", "bad-json", "it is not a JSON object")
        );
        assert_eq!(rows[2].as_ref().unwrap().get("type").as_deref(), Some("x"));
    }
}
