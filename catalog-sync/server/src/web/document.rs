//! A page: the interface's own document with a head and a content of its own.

use std::fmt::Write as _;

use super::html::Text;
use super::labels::{LANGUAGES, Language};
use super::site;

/// What stands in a page.
pub struct Document {
    /// The language of our words in it.
    pub language: Language,
    /// For the tab and for search engines.
    pub title: String,
    /// A sentence or two.
    pub description: String,
    /// The address without a language.
    pub address: String,
    /// `product` or `website`, as Open Graph names it.
    pub kind: &'static str,
    /// The address of a picture; none if there is none.
    pub picture: Option<String>,
    /// schema.org, as JSON for a `script` element.
    pub structured: Option<String>,
    /// Where there are several catalogues, whose page it is.
    pub several: Option<String>,
    /// What readers without scripts see.
    pub content: String,
    /// What the interface would ask for first, as JSON for a `script` element.
    pub data: Option<String>,
    /// Whether search engines may list it.
    pub is_listed: bool,
}

impl Document {
    /// The page as HTML.
    pub fn render(&self) -> String {
        let shell = site::shell();
        let (start, rest) = shell.split_once("<title>").unwrap_or((shell, ""));
        let (_, rest) = rest.split_once("</title>").unwrap_or(("", rest));
        let several = self.several.iter().map(|catalog| format!(" data-catalog=\"{}\"", Text(catalog)));
        let language = format!(
            "<html lang=\"{}\" dir=\"{}\"{}>",
            self.language.code(),
            self.language.direction(),
            several.collect::<String>(),
        );
        let start = start.replace("<html lang=\"en\" dir=\"ltr\">", &language);
        // The shell's own description is that of the start page.
        let rest = without_description(rest);
        let (before, after) = rest.split_once("<div id=\"app\">").unwrap_or((&rest, ""));
        let (inside, after) = after.split_once("</div>").unwrap_or(("", after));
        // A stand-in for the interface has something to say itself.
        let data = self
            .data
            .iter()
            .map(|data| format!("\n    <script type=\"application/json\" id=\"served\">{data}</script>"));
        format!(
            "{start}<title>{}</title>{}{before}<div id=\"app\">{inside}{}</div>{}{after}",
            Text(&self.title),
            self.head(),
            self.content,
            data.collect::<String>(),
        )
    }

    fn head(&self) -> String {
        let mut head = String::new();
        let mut meta = |kind: &str, name: &str, content: &str| {
            // Formatting into a text cannot fail.
            let _ = write!(head, "\n    <meta {kind}=\"{name}\" content=\"{}\" />", Text(content));
        };
        meta("name", "description", &self.description);
        if !self.is_listed {
            meta("name", "robots", "noindex");
        }
        meta("property", "og:type", self.kind);
        meta("property", "og:title", &self.title);
        meta("property", "og:description", &self.description);
        meta("property", "og:url", &self.address);
        meta("name", "twitter:title", &self.title);
        meta("name", "twitter:description", &self.description);
        meta("name", "twitter:card", if self.picture.is_some() { "summary_large_image" } else { "summary" });
        if let Some(picture) = &self.picture {
            meta("property", "og:image", picture);
            meta("name", "twitter:image", picture);
        }
        if self.is_listed {
            self.links(&mut head);
        }
        for file in site::beside(self.language.code(), self.kind == "product") {
            let kind = if file.ends_with(".css") { "preload\" as=\"style" } else { "modulepreload" };
            let _ = write!(head, "\n    <link data-later=\"{kind}\" crossorigin href=\"/{file}\" />");
        }
        if let Some(structured) = &self.structured {
            let _ = write!(head, "\n    <script type=\"application/ld+json\">{structured}</script>");
        }
        head
    }

    fn links(&self, head: &mut String) {
        let _ = write!(head, "\n    <link rel=\"canonical\" href=\"{}\" />", Text(&self.address));
        let mark = if self.address.contains('?') { '&' } else { '?' };
        for language in LANGUAGES {
            let address = format!("{}{mark}lang={language}", self.address);
            let _ = write!(
                head,
                "\n    <link rel=\"alternate\" hreflang=\"{language}\" href=\"{}\" />",
                Text(&address)
            );
        }
        let _ = write!(
            head,
            "\n    <link rel=\"alternate\" hreflang=\"x-default\" href=\"{}\" />",
            Text(&self.address)
        );
    }
}

fn without_description(shell: &str) -> String {
    let Some((before, rest)) = shell.split_once("<meta name=\"description\"") else { return shell.into() };
    let (_, after) = rest.split_once("/>").unwrap_or(("", rest));
    format!("{}{after}", before.trim_end())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    #[test]
    fn a_hostile_title_stays_text() {
        let hostile = "</title><script>alert(1)</script>\"'";
        let document = Document {
            language: Language::of(Some("ar"), &HeaderMap::new()),
            title: hostile.into(),
            description: hostile.into(),
            address: "https://shop.example/p/1".into(),
            kind: "product",
            picture: Some(hostile.into()),
            structured: None,
            several: Some(hostile.into()),
            content: String::new(),
            data: None,
            is_listed: true,
        };
        let page = document.render();
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(page.contains("<html lang=\"ar\" dir=\"rtl\" data-catalog=\"&lt;/title"), "{page}");
        assert_eq!(page.matches("<title>").count(), 1, "{page}");
        assert_eq!(page.matches("name=\"description\"").count(), 1, "{page}");
        assert_eq!(page.matches("hreflang=").count(), 7, "{page}");
    }
}
