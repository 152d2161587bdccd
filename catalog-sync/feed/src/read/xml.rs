//! RSS 2.0 and Atom with Merchant Center's attributes under `g:`.

use std::path::Path;

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::cells::RowBuilder;
use super::split::{Items, RawItem};
use super::{Found, Reader};
use crate::json::Json;
use crate::{Columns, Refusal, Rejection, Result, Row, html, text};

/// Rows of a feed of items.
pub(crate) struct XmlRows {
    items: Items,
    columns: Columns,
    name: String,
}

/// An element with what is in it.
#[derive(Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl XmlRows {
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn open(path: &Path, name: &str, columns: Columns) -> Result<Self> {
        Ok(Self { items: Items::new(text::open(path)?), columns, name: name.into() })
    }

    fn row(&mut self, cut: RawItem) -> Found {
        let place = format!("{}:{}", self.name, cut.line);
        let item = cut.bytes.map_err(|why| ("bad-xml", why.to_owned())).and_then(|bytes| parse(&bytes));
        let item = item.map_err(|(code, reason)| Rejection::new(place.clone(), code, reason))?;
        let mut maker = RowBuilder::new(&mut self.columns);
        let documented =
            |name: &str| item.children.iter().any(|child| child.name.strip_prefix("g:") == Some(name));
        for child in &item.children {
            match child.name.strip_prefix("g:") {
                Some(name) => child.put(name, &mut maker),
                // What RSS and Atom say themselves gives way to what is said to Merchant Center.
                None if documented(&child.name) => {
                    maker.keep(&format!("{}_{}", cut.element, child.name), child.value());
                }
                None if child.name == "summary" && !documented("description") => {
                    child.put("description", &mut maker)
                }
                None => child.put(&child.name, &mut maker),
            }
        }
        Ok(Row::new(place, maker.cells()))
    }
}

impl Iterator for XmlRows {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.items.next_item() {
            Ok(cut) => cut.map(|cut| Ok(self.row(cut))),
            Err(error) => Some(Err(text::named(Path::new(&self.name), &error))),
        }
    }
}

impl Reader for XmlRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Node {
    fn put(&self, name: &str, maker: &mut RowBuilder<'_>) {
        maker.put(name, self.value());
    }

    /// Its text; an object of JSON where it has elements in it; of an empty element the address.
    fn value(&self) -> String {
        if !self.children.is_empty() {
            return self.json().to_string();
        }
        if !self.text.trim().is_empty() {
            return self.text.trim().to_owned();
        }
        let address = |(name, _): &&(String, String)| matches!(name.as_str(), "href" | "url" | "src");
        self.attributes.iter().find(address).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn json(&self) -> Json {
        if self.children.is_empty() {
            return Json::Text(self.value());
        }
        let part = |node: &Node| (node.name.strip_prefix("g:").unwrap_or(&node.name).to_owned(), node.json());
        Json::Object(self.children.iter().map(part).collect())
    }
}

fn parse(bytes: &[u8]) -> Result<Node, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| ("bad-utf8", "it is not UTF-8 text".to_owned()))?;
    tree(text).map_err(|error| ("bad-xml", format!("it is not XML: {error}")))
}

/// The one element of a text.
fn tree(text: &str) -> quick_xml::Result<Node> {
    let mut reader = XmlReader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        let event = reader.read_event()?;
        let Some(inner) = open.last_mut() else { return Ok(Node::default()) };
        match event {
            Event::Start(tag) => open.push(node(&tag)?),
            Event::Empty(tag) => inner.children.push(node(&tag)?),
            Event::Text(part) => inner.text.push_str(&part.xml10_content()),
            Event::CData(part) => inner.text.push_str(&part.xml10_content()),
            Event::GeneralRef(entity) => inner.text.push_str(&resolve(&entity)?),
            Event::End(_) => {
                let done = open.pop().unwrap_or_default();
                match open.last_mut() {
                    Some(outer) => outer.children.push(done),
                    None => return Ok(done),
                }
            }
            Event::Eof => {
                return Ok(open.pop().and_then(|mut root| root.children.pop()).unwrap_or_default());
            }
            _ => {}
        }
    }
}

fn node(tag: &BytesStart<'_>) -> quick_xml::Result<Node> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes().with_checks(false).flatten() {
        let value = quick_xml::escape::unescape(&attribute.value).unwrap_or_default().into_owned();
        attributes.push((attribute.key.0.to_owned(), value));
    }
    Ok(Node { name: tag.name().0.to_owned(), attributes, ..Node::default() })
}

/// A character's number, or a name: XML's five, and HTML's, which feeds use although XML has none of them.
fn resolve(entity: &BytesRef<'_>) -> quick_xml::Result<String> {
    if let Some(character) = entity.resolve_char_ref()? {
        return Ok(character.into());
    }
    Ok(match &**entity {
        "nbsp" => "\u{a0}".into(),
        name => html::plain_text(&format!("&{name};")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Found> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.xml");
        std::fs::write(&path, bytes).unwrap();
        XmlRows::open(&path, "f.xml", Columns::default()).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn an_item_of_rss_becomes_cells() {
        let rows = rows(
            "<rss xmlns:g=\"http://base.google.com/ns/1.0\"><channel><title>Shop</title>\n<item>\
             <title>short</title><g:title>Caf&#233; &amp; &lt;b&gt;&nbsp;shirt &euro;</g:title>\
             <description><![CDATA[<p>Soft & warm</p>]]></description><g:id>1</g:id>\
             <g:additional_image_link>b.jpg</g:additional_image_link>\
             <g:additional_image_link>c.jpg</g:additional_image_link>\
             <g:shipping><g:country>DE</g:country><g:price>5 EUR</g:price></g:shipping>\
             </item></channel></rss>"
                .as_bytes(),
        );
        let row = rows[0].as_ref().unwrap();
        let cells = ["title", "item_title", "description", "shipping", "additional_image_link"];
        assert_eq!(
            cells.map(|name| row.get(name).unwrap_or_default().into_owned()),
            [
                "Café & <b>\u{a0}shirt €",
                "short",
                "<p>Soft & warm</p>",
                r#"{"country":"DE","price":"5 EUR"}"#,
                "b.jpg|c.jpg"
            ]
        );
    }

    #[test]
    fn an_entry_of_atom_becomes_cells() {
        let rows = rows(
            b"<feed><entry><id>tag:x</id><link rel=\"alternate\" href=\"https://s.test/?a=1&amp;b=2\"/>\
              <summary>words</summary><g:id>7</g:id><g:image_link>a.jpg</g:image_link></entry></feed>",
        );
        let row = rows[0].as_ref().unwrap();
        let cells = ["id", "entry_id", "link", "description"].map(|name| row.get(name).unwrap_or_default());
        assert_eq!(cells, ["7", "tag:x", "https://s.test/?a=1&b=2", "words"]);
    }

    #[test]
    fn a_damaged_item_is_set_aside_with_its_line() {
        let rows = rows(
            b"<rss>\n<item><g:id>1</g:id></item>\n<item><g:id>2</g:title></item>\n\
              <item><g:id>caf\xe9</g:id></item>\n<item><g:id>4</g:id></item></rss>",
        );
        let codes: Vec<_> = rows
            .iter()
            .map(|r| r.as_ref().map_or_else(|e| (e.place.as_str(), e.code), |r| (r.place.as_str(), "ok")))
            .collect();
        assert_eq!(
            codes,
            [("f.xml:2", "ok"), ("f.xml:3", "bad-xml"), ("f.xml:4", "bad-utf8"), ("f.xml:5", "ok")]
        );
    }
}
