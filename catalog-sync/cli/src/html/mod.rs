//! One page that shows a query and its hits as pictures: no script, nothing loaded from elsewhere.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const STYLE: &str = include_str!("page.css");

/// What the page shows. All texts are plain: they are escaped here.
#[derive(Debug, Default)]
pub struct Page {
    /// The query's picture, as a JPEG file.
    pub picture: Option<Vec<u8>>,
    /// The query in words, or what stands for it.
    pub heading: String,
    /// For readers who do not see the picture.
    pub picture_text: String,
    /// How many, of how many, how fast.
    pub summary: String,
    /// `color=red`, …
    pub filters: Vec<String>,
    /// Nearest first.
    pub cards: Vec<Card>,
    /// Catalogue, model, date.
    pub footer: String,
}

/// One hit.
#[derive(Debug, Default)]
pub struct Card {
    /// A JPEG file.
    pub picture: Option<Vec<u8>>,
    /// Cosine, −1 to 1.
    pub score: f32,
    pub title: String,
    /// Brand and category, as far as they are known.
    pub kind: String,
    pub price: Option<String>,
    /// `Out of stock` and the like; nothing when there is nothing to warn of.
    pub stock: Option<&'static str>,
    /// How picture and words contributed, when both were asked.
    pub parts: Option<String>,
    /// What the hit's place is made of, when more than nearness counts.
    pub why: Option<String>,
    pub id: String,
}

impl Page {
    /// The whole HTML file.
    pub fn render(&self) -> String {
        let heading = escape(&self.heading);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
             <title>{heading} · Knytt</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        );
        self.query(&mut html);
        self.hits(&mut html);
        html.push_str("<footer>");
        html.push_str(&escape(&self.footer));
        html.push_str("</footer>\n</body>\n</html>\n");
        html
    }

    fn query(&self, html: &mut String) {
        html.push_str("<header class=\"query\">\n");
        if let Some(jpeg) = &self.picture {
            put(
                html,
                format_args!("<img src=\"{}\" alt=\"{}\">\n", data_uri(jpeg), escape(&self.picture_text)),
            );
        }
        put(
            html,
            format_args!(
                "<div>\n<p class=\"eyebrow\">Searched for</p>\n<h1>{}</h1>\n<p class=\"summary\">{}</p>\n",
                escape(&self.heading),
                escape(&self.summary)
            ),
        );
        if !self.filters.is_empty() {
            html.push_str("<ul class=\"filters\" aria-label=\"Filters\">");
            self.filters.iter().for_each(|filter| put(html, format_args!("<li>{}</li>", escape(filter))));
            html.push_str("</ul>\n");
        }
        html.push_str("</div>\n</header>\n");
    }

    fn hits(&self, html: &mut String) {
        if self.cards.is_empty() {
            html.push_str(
                "<main><p class=\"none\">Nothing in the catalogue passes these filters.</p></main>\n",
            );
            return;
        }
        html.push_str("<main>\n<ol class=\"hits\">\n");
        self.cards.iter().for_each(|card| card.write(html));
        html.push_str("</ol>\n</main>\n");
    }
}

impl Card {
    fn write(&self, html: &mut String) {
        let title = escape(if self.title.is_empty() { &self.id } else { &self.title });
        html.push_str("<li>\n<div class=\"picture\">");
        match &self.picture {
            Some(jpeg) => {
                put(html, format_args!("<img loading=\"lazy\" src=\"{}\" alt=\"{title}\">", data_uri(jpeg)))
            }
            None => html.push_str("<div class=\"missing\">No picture</div>"),
        }
        let percent = percent(self.score);
        put(
            html,
            format_args!(
                "</div>\n<p class=\"match\"><span>{percent}% match</span>\
                 <span class=\"bar\" aria-hidden=\"true\"><i style=\"width:{percent}%\"></i></span></p>\n\
                 <h2>{title}</h2>\n"
            ),
        );
        self.details(html);
        html.push_str("</li>\n");
    }

    fn details(&self, html: &mut String) {
        line(html, "kind", &self.kind);
        if self.price.is_some() || self.stock.is_some() {
            html.push_str("<p class=\"price\">");
            let (price, stock) = (self.price.as_deref().unwrap_or_default(), self.stock.unwrap_or_default());
            put(html, format_args!("<span>{}</span><small>{}</small></p>\n", escape(price), escape(stock)));
        }
        line(html, "parts", self.parts.as_deref().unwrap_or_default());
        if let Some(why) = &self.why {
            put(
                html,
                format_args!(
                    "<details><summary>Why this?</summary><p class=\"parts\">{}</p></details>\n",
                    escape(why)
                ),
            );
        }
        if !self.title.is_empty() && self.title != self.id {
            line(html, "id", &self.id);
        }
    }
}

/// A paragraph, if there is anything to say.
fn line(html: &mut String, class: &str, text: &str) {
    if !text.is_empty() {
        put(html, format_args!("<p class=\"{class}\">{}</p>\n", escape(text)));
    }
}

/// A cosine as people read it; what points away matches not at all.
pub fn percent(score: f32) -> u8 {
    (score.clamp(0.0, 1.0) * 100.0).round() as u8
}

fn data_uri(jpeg: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg))
}

/// Writing to a string cannot fail.
fn put(html: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = html.write_fmt(text);
}

/// For text and for quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped() {
        let evil = "\"><script>alert('x')</script>&";
        let page = Page {
            picture: Some(vec![1]),
            heading: evil.into(),
            picture_text: evil.into(),
            summary: evil.into(),
            filters: vec![evil.into()],
            footer: evil.into(),
            cards: vec![Card {
                picture: Some(vec![2]),
                title: evil.into(),
                kind: evil.into(),
                price: Some(evil.into()),
                parts: Some(evil.into()),
                id: format!("{evil}2"),
                ..Card::default()
            }],
        };
        let html = page.render();
        assert!(!html.contains("<script") && !html.contains("alert('"), "{html}");
        assert_eq!(html.matches("&lt;script&gt;").count(), 12);
    }

    #[test]
    fn pictures_are_part_of_the_page_and_described() {
        let card = Card { picture: Some(vec![0xFF, 0xD8]), title: "Linen shirt".into(), ..Card::default() };
        let html = Page { cards: vec![card], ..Page::default() }.render();
        assert!(html.contains("src=\"data:image/jpeg;base64,/9g=\" alt=\"Linen shirt\""), "{html}");
        assert!(!html.contains("http://") && !html.contains("https://"));
    }

    #[test]
    fn no_hit_says_so() {
        assert!(Page::default().render().contains("Nothing in the catalogue passes"));
    }

    #[test]
    fn a_match_is_a_share_of_a_hundred() {
        assert_eq!([percent(0.876), percent(-0.2), percent(1.0001)], [88, 0, 100]);
    }
}
