//! Cells in which something is around the address of a picture: a formula of a spreadsheet, markup, a name before it; and
//! cells with the picture itself.

use std::borrow::Cow;

/// How pictures begin in base64, each with its kind.
const BASE64: [(&str, &str); 7] = [
    ("/9j/", "jpeg"),
    ("iVBORw0KGgo", "png"),
    ("R0lGODlh", "gif"),
    ("R0lGODdh", "gif"),
    ("UklGR", "webp"),
    ("SUkqA", "tiff"),
    ("TU0AK", "tiff"),
];

/// A picture in base64 without a word about it is longer than any path.
const LEAST_BASE64_BYTES: usize = 200;

/// The `data:` address of a cell that is a picture in base64, as Odoo writes it.
pub(crate) fn inline(cell: &str) -> Option<String> {
    // Python's way to write bytes is around some.
    let bare = cell.strip_prefix("b'").and_then(|rest| rest.strip_suffix('\'')).unwrap_or(cell);
    let (_, kind) = BASE64.iter().find(|(start, _)| bare.starts_with(start))?;
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=\r\n".contains(&b);
    (bare.len() >= LEAST_BASE64_BYTES && bare.bytes().all(is_base64))
        .then(|| format!("data:image/{kind};base64,{bare}"))
}

/// The addresses in a cell of one of these forms; none if it has none.
pub(crate) fn addresses(cell: &str) -> Option<Vec<String>> {
    let found = if cell.starts_with('=') {
        formula(cell)
    } else if cell.contains('<') {
        markup(cell)
    } else if cell.contains("](") {
        between(cell, "](", &[')', ' '])
    } else {
        named(cell)
    };
    Some(found).filter(|found| !found.is_empty())
}

/// `=IMAGE("https://…"; 1)`, `=HYPERLINK("…", "photo")`: the first text of each function.
fn formula(cell: &str) -> Vec<String> {
    let upper = cell.to_ascii_uppercase();
    let functions = ["IMAGE(", "HYPERLINK(", "BILD(", "IMAGEN(", "IMMAGINE("];
    let starts =
        functions.iter().flat_map(|name| upper.match_indices(name).map(|(at, name)| at + name.len()));
    let mut starts: Vec<usize> = starts.collect();
    starts.sort_unstable();
    let text = |at: usize| {
        let rest = cell.get(at..)?.trim_start().strip_prefix('"')?;
        rest.split('"').next().map(str::to_owned)
    };
    let mut found: Vec<String> = Vec::new();
    for text in starts.into_iter().filter_map(text).filter(|text| !text.is_empty()) {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// `<img src="…">`; where there is none, `<a href="…">`.
fn markup(cell: &str) -> Vec<String> {
    let attributes = |tag: &str, name: &str| -> Vec<String> {
        let lower = cell.to_ascii_lowercase();
        let tags = lower.match_indices(tag).filter_map(|(at, _)| cell.get(at..).map(whole_tag));
        tags.filter_map(|tag| attribute(tag, name)).map(|value| unescaped(value).into_owned()).collect()
    };
    let images = attributes("<img", "src");
    if images.is_empty() { attributes("<a", "href") } else { images }
}

/// A tag to its end; a `>` in quotes is not it.
fn whole_tag(text: &str) -> &str {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return &text[..at],
            _ => {}
        }
    }
    text
}

/// The value of an attribute in a tag, with or without quotes.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.match_indices(name).map(|(at, _)| at).find(|at| {
        let is_apart = lower[..*at].ends_with(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        is_apart && lower[at + name.len()..].trim_start().starts_with('=')
    })?;
    let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(|c: char| c.is_whitespace() || c == '>').next()?.trim_end_matches('/'),
    };
    Some(value.trim()).filter(|value| !value.is_empty())
}

fn unescaped(value: &str) -> Cow<'_, str> {
    if value.contains("&amp;") { value.replace("&amp;", "&").into() } else { value.into() }
}

/// `hat front.jpg (https://…),hat back.jpg (https://…)`, as Airtable writes attachments.
fn named(cell: &str) -> Vec<String> {
    let begins = ["(http://", "(https://"];
    if cell.starts_with("http") || !begins.iter().any(|start| cell.contains(start)) {
        return Vec::new();
    }
    between(cell, "(", &[')']).into_iter().filter(|text| text.starts_with("http")).collect()
}

fn between(cell: &str, start: &str, ends: &[char]) -> Vec<String> {
    let parts = cell.split(start).skip(1).filter_map(|rest| rest.split(ends).next());
    parts.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_an_address_is_taken_off() {
        for (cell, expected) in [
            (r#"=IMAGE("https://c.test/a.jpg")"#, &["https://c.test/a.jpg"][..]),
            (r#"=image("https://c.test/a.jpg"; 4; 50; 50)"#, &["https://c.test/a.jpg"]),
            (r#"=HYPERLINK("https://c.test/a.jpg","photo, large")"#, &["https://c.test/a.jpg"]),
            (
                r#"=HYPERLINK("https://c.test/a.jpg",IMAGE("https://c.test/a.jpg"))"#,
                &["https://c.test/a.jpg"],
            ),
            (
                r#"<p><img alt="a > b" class=x src='https://c.test/a.jpg?w=1&amp;h=2'/><IMG SRC="b.jpg"></p>"#,
                &["https://c.test/a.jpg?w=1&h=2", "b.jpg"],
            ),
            (r#"<a href="https://c.test/a.jpg" target=_blank>photo</a>"#, &["https://c.test/a.jpg"]),
            ("![front](a.jpg) ![back](b.jpg)", &["a.jpg", "b.jpg"]),
            ("[photo](https://c.test/a.jpg \"large\")", &["https://c.test/a.jpg"]),
            (
                "hat, front.jpg (https://c.test/a.jpg),back.jpg (https://c.test/b.jpg)",
                &["https://c.test/a.jpg", "https://c.test/b.jpg"],
            ),
        ] {
            assert_eq!(addresses(cell).as_deref(), Some(owned(expected).as_slice()), "{cell}");
        }
        for cell in ["photo (1).jpg", "https://c.test/a(1).jpg", "a.jpg, b.jpg", "=1+1"] {
            assert_eq!(addresses(cell), None, "{cell}");
        }
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_picture_in_base64_is_told_from_a_path() {
        let long = format!("/9j/{}", "A".repeat(300));
        assert_eq!(inline(&long), Some(format!("data:image/jpeg;base64,{long}")));
        assert_eq!(inline(&format!("b'{long}'")), Some(format!("data:image/jpeg;base64,{long}")));
        assert_eq!((inline("/9j/lamp"), inline(&format!("{long}.jpg"))), (None, None));
    }
}
