//! Cuts a feed of XML into its products, so that one that is damaged spoils no other and none but one is
//! in memory.

use std::io::{BufRead, Read};

use super::node;
use crate::text::Text;

/// No feed's items are deeper.
const MAX_OUTER: usize = 64;

/// No product's item is longer.
const MAX_ITEM_BYTES: usize = 4 << 20;

/// The bytes of one item of the feed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RawItem {
    /// On which it begins, from 1.
    pub(crate) line: u64,
    /// From its start tag to its end tag, or why it cannot be read.
    pub(crate) bytes: Result<Vec<u8>, &'static str>,
    /// The elements that it is in, the outermost first.
    pub(crate) inside: Vec<Outer>,
}

/// An element with items in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outer {
    pub(crate) name: String,
    /// Its start tag.
    tag: String,
}

impl Outer {
    /// What it calls itself: `<category name="Shoes">`.
    pub(crate) fn label(&self) -> Option<String> {
        let node = node::parse(format!("{}/>", self.tag.trim_end_matches(['>', '/'])).as_bytes()).ok()?;
        ["name", "title", "label"].iter().find_map(|name| node.attribute(name).map(str::to_owned))
    }
}

/// Items in the feed's order.
pub(crate) struct Items {
    text: Text,
    /// What products are called.
    elements: Vec<Vec<u8>>,
    /// What is open outside of items.
    outer: Vec<Outer>,
    /// Up to and with the next `>`.
    piece: Vec<u8>,
    line: u64,
    /// What the present piece is inside of, by how it ends.
    inside: Option<&'static [u8]>,
    open: Option<RawItem>,
    /// The element of the open item.
    open_element: Vec<u8>,
}

enum Tag {
    Start,
    End,
    /// A product that is all in one tag.
    Whole,
    Other,
}

impl Items {
    pub(crate) fn new(text: Text, elements: &[impl AsRef<str>]) -> Self {
        Self {
            text,
            elements: elements.iter().map(|element| element.as_ref().into()).collect(),
            outer: Vec::new(),
            piece: Vec::new(),
            line: 1,
            inside: None,
            open: None,
            open_element: Vec::new(),
        }
    }

    /// # Errors
    /// The file cannot be read on.
    pub(crate) fn next_item(&mut self) -> std::io::Result<Option<RawItem>> {
        loop {
            let before = self.line;
            if !self.read_piece()? {
                return Ok(self.open.take().map(|cut| broken(cut, "the feed ends before it does")));
            }
            let markup = self.piece.iter().position(|byte| *byte == b'<').unwrap_or_default();
            let tag = self.tag(markup);
            if matches!(tag, Tag::Start | Tag::Whole) {
                let line = before + count_lines(&self.piece[..markup]);
                let bytes = Ok(self.piece[markup..].to_vec());
                let item = RawItem { line, bytes, inside: self.outer.clone() };
                if matches!(tag, Tag::Whole) && self.open.is_none() {
                    return Ok(Some(item));
                }
                if let Some(cut) = self.open.replace(item) {
                    return Ok(Some(broken(cut, "it has no end tag")));
                }
                continue;
            }
            match &mut self.open {
                Some(cut) => extend(cut, &self.piece),
                None => self.step(markup),
            }
            if matches!(tag, Tag::End) && self.open.is_some() {
                return Ok(self.open.take());
            }
        }
    }

    fn read_piece(&mut self) -> std::io::Result<bool> {
        self.piece.clear();
        let most = MAX_ITEM_BYTES as u64;
        self.text.by_ref().take(most).read_until(b'>', &mut self.piece)?;
        self.line += count_lines(&self.piece);
        Ok(!self.piece.is_empty())
    }

    /// What the piece's tag means; nothing does inside of comments and of CDATA.
    fn tag(&mut self, markup: usize) -> Tag {
        if let Some(end) = self.inside {
            if self.piece.ends_with(end) {
                self.inside = None;
            }
            return Tag::Other;
        }
        let tag = &self.piece[markup..];
        for (start, end) in [(&b"<![CDATA["[..], &b"]]>"[..]), (b"<!--", b"-->")] {
            if tag.starts_with(start) {
                self.inside = (!tag.ends_with(end)).then_some(end);
                return Tag::Other;
            }
        }
        let (name, ends) = match tag {
            [b'<', b'/', rest @ ..] => (rest, true),
            [b'<', rest @ ..] => (rest, false),
            _ => return Tag::Other,
        };
        let name = element_name(name);
        let is_item = match self.open {
            Some(_) => name == self.open_element,
            None => self.elements.iter().any(|element| element == name),
        };
        match is_item {
            false => Tag::Other,
            true if ends => Tag::End,
            true if !tag.ends_with(b"/>") => {
                self.open_element = name.to_vec();
                Tag::Start
            }
            true if tag.contains(&b'=') => Tag::Whole,
            true => Tag::Other,
        }
    }

    /// Goes into or out of an element outside of items.
    fn step(&mut self, markup: usize) {
        let tag = &self.piece[markup..];
        match tag {
            _ if self.inside.is_some() || !tag.ends_with(b">") => {}
            [b'<', b'/', ..] => drop(self.outer.pop()),
            [b'<', b'!' | b'?', ..] => {}
            [b'<', ..] if tag.ends_with(b"/>") => {}
            [b'<', rest @ ..] if self.outer.len() < MAX_OUTER => {
                let name = String::from_utf8_lossy(element_name(rest)).into_owned();
                self.outer.push(Outer { name, tag: String::from_utf8_lossy(tag).into_owned() });
            }
            _ => {}
        }
    }
}

fn element_name(tag: &[u8]) -> &[u8] {
    let length = tag.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
    &tag[..length.unwrap_or(tag.len())]
}

fn extend(cut: &mut RawItem, piece: &[u8]) {
    match &mut cut.bytes {
        Ok(bytes) if bytes.len() + piece.len() > MAX_ITEM_BYTES => cut.bytes = Err("it is longer than 4 MiB"),
        Ok(bytes) => bytes.extend_from_slice(piece),
        Err(_) => {}
    }
}

fn broken(cut: RawItem, why: &'static str) -> RawItem {
    RawItem { bytes: cut.bytes.and(Err(why)), ..cut }
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_at(element: &str, text: &str) -> Vec<(u64, Result<String, &'static str>)> {
        let mut items = Items::new(Box::new(std::io::Cursor::new(text.to_owned())), &[element]);
        let mut cuts = Vec::new();
        while let Some(cut) = items.next_item().unwrap() {
            cuts.push((cut.line, cut.bytes.map(|bytes| String::from_utf8(bytes).unwrap())));
        }
        cuts
    }

    #[test]
    fn items_are_cut_at_their_tags_and_nowhere_else() {
        let text = "<rss><channel>\n<title>x</title>\n <item a='1'>\n<d><![CDATA[</item> a > b <item>]]></d></item>\
                    <!-- <item> --> <item/>\n<item>2<items>3</items></item></channel></rss>";
        assert_eq!(
            cut_at("item", text),
            [
                (3, Ok("<item a='1'>\n<d><![CDATA[</item> a > b <item>]]></d></item>".to_owned())),
                (5, Ok("<item>2<items>3</items></item>".to_owned())),
            ]
        );
    }

    #[test]
    fn an_item_may_be_one_tag() {
        assert_eq!(
            cut_at("o", "<offers><o id='1'/><o/><o id='2'><n>x</n></o></offers>"),
            [(1, Ok("<o id='1'/>".to_owned())), (1, Ok("<o id='2'><n>x</n></o>".to_owned()))]
        );
    }

    #[test]
    fn an_item_without_an_end_spoils_only_itself() {
        assert_eq!(
            cut_at("entry", "<feed><entry>1\n<entry>2</entry><entry>3"),
            [
                (1, Err("it has no end tag")),
                (2, Ok("<entry>2</entry>".to_owned())),
                (2, Err("the feed ends before it does")),
            ]
        );
        let long = format!("<item>{}</item><item>2</item>", "<p>".repeat(2 << 20));
        assert_eq!(
            cut_at("item", &long),
            [(1, Err("it is longer than 4 MiB")), (1, Ok("<item>2</item>".to_owned()))]
        );
    }
}
