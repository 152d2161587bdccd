//! The tags of a text of XML, one after the other: outside of comments, of CDATA and of declarations.

use std::io::{BufRead, Read};

/// A text without `>` is not kept whole.
const MAX_PIECE_BYTES: u64 = 4 << 20;

/// What begins or ends in a text of XML.
pub(crate) enum Tag<'a> {
    Start { name: &'a str, attributes: &'a str, is_empty: bool },
    End,
}

/// Reads tags.
pub(crate) struct Tags<R> {
    text: R,
    /// Up to and with the next `>`.
    piece: Vec<u8>,
    /// What the present piece is inside of, by how it ends.
    inside: Option<&'static [u8]>,
}

impl<R: BufRead> Tags<R> {
    pub(crate) fn new(text: R) -> Self {
        Self { text, piece: Vec::new(), inside: None }
    }

    /// # Errors
    /// The text cannot be read on.
    pub(crate) fn next_tag(&mut self) -> std::io::Result<Option<Tag<'_>>> {
        let at = loop {
            self.piece.clear();
            self.text.by_ref().take(MAX_PIECE_BYTES).read_until(b'>', &mut self.piece)?;
            if self.piece.is_empty() {
                return Ok(None);
            }
            if let Some(at) = self.markup() {
                break at;
            }
        };
        Ok(Some(tag(std::str::from_utf8(&self.piece[at..]).unwrap_or_default())))
    }

    /// Where the piece's tag begins, if it has one.
    fn markup(&mut self) -> Option<usize> {
        if let Some(end) = self.inside {
            if self.piece.ends_with(end) {
                self.inside = None;
            }
            return None;
        }
        let at = self.piece.iter().position(|byte| *byte == b'<')?;
        let tag = &self.piece[at..];
        for (start, end) in [(&b"<![CDATA["[..], &b"]]>"[..]), (b"<!--", b"-->")] {
            if tag.starts_with(start) {
                self.inside = (!tag.ends_with(end)).then_some(end);
                return None;
            }
        }
        let is_tag = !tag.starts_with(b"<!") && !tag.starts_with(b"<?") && tag.ends_with(b">");
        is_tag.then_some(at)
    }
}

fn tag(text: &str) -> Tag<'_> {
    let inside = text.trim_start_matches('<').trim_end_matches('>');
    if inside.starts_with('/') {
        return Tag::End;
    }
    let is_empty = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    Tag::Start { name, attributes, is_empty }
}

/// The names of attributes.
pub(crate) fn attribute_names(attributes: &str) -> impl Iterator<Item = &str> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        let (name, behind) = rest.split_once('=')?;
        let behind = behind.trim_start();
        let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest = behind[1..].split_once(quote).map_or("", |(_, after)| after);
        Some(name.trim())
    })
}
