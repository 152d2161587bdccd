//! HTML as far as feeds have it: descriptions become plain text, pages give their structured data.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// The text of a description: tags and what is not shown are left out, entities are read, blocks begin on
/// lines of their own. A text without any markup is given back as it is.
pub(crate) fn plain_text(text: &str) -> String {
    if !has_markup(text) {
        return text.trim().to_owned();
    }
    let sink = tokenize(text, Text::default());
    tidy(&sink.text.into_inner())
}

/// A text with its entities read and all else as it is: titles have signs of markup of their own.
pub(crate) fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '#').map_or(0, |end| end + 1);
        if end > 1 && rest[end..].starts_with(';') {
            let entity = &rest[..=end];
            // A hard blank is one, and no end of the text.
            out.push_str(&if entity == "&nbsp;" { "\u{a0}".into() } else { plain_text(entity) });
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The contents of all `<script type="application/ld+json">` of a page, with the lines on which they begin; and
/// the page's own address, if it says it.
pub(crate) fn linked_data(page: &str) -> (Vec<(u64, String)>, Option<String>) {
    let sink = tokenize(page, Scripts::default());
    let address = sink.base.into_inner().or(sink.canonical.into_inner());
    (sink.found.into_inner(), address)
}

/// A tag, or an entity.
fn has_markup(text: &str) -> bool {
    let starts_tag = |at: usize| {
        text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
            && text[at..].contains('>')
    };
    let starts_entity = |at: usize| {
        let rest = &text[at + 1..];
        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#')
            .is_some_and(|end| end > 0 && rest[end..].starts_with(';'))
    };
    text.match_indices('<').any(|(at, _)| starts_tag(at))
        || text.match_indices('&').any(|(at, _)| starts_entity(at))
}

/// Runs through a page or a part of one.
pub(crate) fn tokenize<S: TokenSink>(text: &str, sink: S) -> S {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(text));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // A script that was read asks to be run; the rest of the page comes after it.
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    tokenizer.sink
}

/// Collects what a reader sees.
#[derive(Default)]
struct Text {
    text: RefCell<String>,
    /// Inside an element whose content is not shown.
    hidden: Cell<bool>,
}

impl TokenSink for Text {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) if !self.hidden.get() => self.text.borrow_mut().push_str(&text),
            Token::TagToken(tag) => return self.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Text {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let opens = tag.kind == TagKind::StartTag;
        match &*tag.name {
            "script" | "style" => {
                self.hidden.set(opens);
                if opens {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            "p" | "div" | "br" | "li" | "ul" | "ol" | "tr" | "table" | "h1" | "h2" | "h3" | "h4" | "h5"
            | "h6" | "section" | "article" | "blockquote" | "hr" | "dt" | "dd" | "dl" => {
                self.text.borrow_mut().push('\n');
            }
            "td" | "th" => self.text.borrow_mut().push(' '),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Single blanks, no empty lines.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Collects structured data.
#[derive(Default)]
struct Scripts {
    inside: Cell<bool>,
    found: RefCell<Vec<(u64, String)>>,
    /// What addresses are relative to, if the page says another than its own.
    base: RefCell<Option<String>>,
    canonical: RefCell<Option<String>>,
}

impl TokenSink for Scripts {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) if self.inside.get() => {
                if let Some((_, script)) = self.found.borrow_mut().last_mut() {
                    script.push_str(&text);
                }
            }
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return self.start(&tag, line),
            Token::TagToken(tag) if &*tag.name == "script" => self.inside.set(false),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Scripts {
    /// `<base href>`, `<link rel="canonical" href>`, `<meta property="og:url" content>`.
    fn note_address(&self, tag: &Tag) {
        let value =
            |name: &str| tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.trim().to_owned());
        let is =
            |name: &str, wanted: &str| value(name).is_some_and(|value| value.eq_ignore_ascii_case(wanted));
        let (place, address) = match &*tag.name {
            "base" => (&self.base, value("href")),
            "link" if is("rel", "canonical") => (&self.canonical, value("href")),
            "meta" if is("property", "og:url") => (&self.canonical, value("content")),
            _ => return,
        };
        let mut known = place.borrow_mut();
        if known.is_none() {
            *known = address.filter(|address| address.contains("://"));
        }
    }

    fn start(&self, tag: &Tag, line: u64) -> TokenSinkResult<()> {
        match &*tag.name {
            "script" => {
                let is_data = tag.attrs.iter().any(|a| {
                    &*a.name.local == "type" && a.value.trim().eq_ignore_ascii_case("application/ld+json")
                });
                self.inside.set(is_data);
                if is_data {
                    self.found.borrow_mut().push((line, String::new()));
                }
                TokenSinkResult::RawData(RawKind::ScriptData)
            }
            "base" | "link" | "meta" => {
                self.note_address(tag);
                TokenSinkResult::Continue
            }
            "style" => TokenSinkResult::RawData(RawKind::Rawtext),
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_reads_as_a_person_sees_it() {
        let html = "<p>Soft &amp; warm&nbsp;wool.</p><ul><li>Made in <b>Italy</b></li><li>50 &euro;</li></ul>\
                    <style>p { color: red }</style><script>alert('<p>')</script>\n\n end";
        assert_eq!(plain_text(html), "Soft & warm wool.\nMade in Italy\n50 €\nend");
        assert_eq!(plain_text("Fish &amp; chips &#x1F41F;"), "Fish & chips 🐟");
    }

    #[test]
    fn entities_of_a_title_are_read_and_its_signs_stay() {
        assert_eq!(entities("Men&#39;s &quot;A&quot; &ndash; <b>&amp;</b>"), "Men's \"A\" – <b>&</b>");
        for text in ["A & B; C", "R&D;", "a<b & c>d", "&", "&;", "&unknown;"] {
            assert_eq!(entities(text), text);
        }
    }

    #[test]
    fn text_without_markup_stays() {
        for text in ["5 < 6 & 7 > 2", "two\n\nlines", "Fish & chips; salt", "a <- b", ""] {
            assert_eq!(plain_text(text), text);
        }
    }

    #[test]
    fn structured_data_is_found_among_other_scripts() {
        let page = "<title><script></title>\n<script>var a = '</p>';</script>\n\
                    <SCRIPT TYPE=\"application/ld+json\">{\"a\": \"&amp; <b>\"}</SCRIPT><p>x";
        assert_eq!(linked_data(page), (vec![(3, r#"{"a": "&amp; <b>"}"#.to_owned())], None));
        let page = "<link rel=canonical href='https://s.test/a'><meta property=\"og:url\" content=\"https://s.test/b\">";
        assert_eq!(linked_data(page).1.as_deref(), Some("https://s.test/a"));
    }
}
