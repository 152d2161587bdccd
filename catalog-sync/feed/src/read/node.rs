//! An element of XML with what is in it.

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::json::Json;
use crate::{Refusal, Result, html};

/// An element with what is in it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// As it is written, with its prefix.
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

impl Node {
    /// The first child of this name, letter case aside.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// The text of the first child of this name; empty if there is none.
    pub(crate) fn child_text(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut of_name = self.attributes.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        of_name.next().map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Its text; an object of JSON where it has elements in it; of an empty element the address.
    pub(crate) fn value(&self) -> String {
        if !self.children.is_empty() {
            return self.json().to_string();
        }
        if !self.text.trim().is_empty() {
            return self.text.trim().to_owned();
        }
        self.address().unwrap_or_default()
    }

    /// The address that one of its attributes has.
    pub(crate) fn address(&self) -> Option<String> {
        let is_address = |name: &str| matches!(name, "href" | "url" | "src" | "path");
        let bare = |name: &str| is_address(name.rsplit(':').next().unwrap_or_default());
        self.attributes.iter().find(|(name, _)| bare(name)).map(|(_, value)| value.clone())
    }

    /// The elements inside that have no others, with their values.
    pub(crate) fn leaves(&self) -> Vec<String> {
        if self.children.is_empty() {
            return vec![self.value()].into_iter().filter(|value| !value.is_empty()).collect();
        }
        self.children.iter().flat_map(Self::leaves).collect()
    }

    fn json(&self) -> Json {
        if self.children.is_empty() {
            return Json::Text(self.value());
        }
        let part = |node: &Node| (node.name.strip_prefix("g:").unwrap_or(&node.name).to_owned(), node.json());
        Json::Object(self.children.iter().map(part).collect())
    }
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Node, Refusal> {
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
