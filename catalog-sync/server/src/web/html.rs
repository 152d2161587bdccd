//! Texts in HTML, XML and in the JSON of a page. Feeds are foreign: every text goes through here.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

/// A text as it stands in an element or in a quoted attribute, of HTML and of XML.
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // XML has none of these, and a page shows none.
                '\n' | '\t' => write!(f, "{letter}")?,
                letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
                letter => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

/// A value as JSON inside a `script` element, which nothing in it can end.
pub fn script_json(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}

/// A segment of a path.
pub fn segment(text: &str) -> String {
    const KEPT: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &KEPT).to_string()
}

/// A title as words for an address: `Red Dress, 2 pieces` is `red-dress-2-pieces`.
pub fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(12).collect::<Vec<_>>().join("-")
}

/// The start of a text, of at most `most` letters, ended at a word.
pub fn shortened(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_what_it_stands_in() {
        let hostile = "</script><img src=x onerror='alert(1)'>\"&\u{0}\u{7}";
        assert_eq!(
            Text(hostile).to_string(),
            "&lt;/script&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&quot;&amp;"
        );
        let json = script_json(&hostile);
        assert!(!json.contains('<') && !json.contains('>') && !json.contains('&'), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }

    #[test]
    fn addresses_have_words_of_any_script() {
        assert_eq!(slug("Red Dress, 2 pieces!"), "red-dress-2-pieces");
        assert_eq!(slug("فستان أحمر"), "فستان-أحمر");
        assert_eq!(segment("a/b?c#d"), "a%2Fb%3Fc%23d");
        assert_eq!(segment("é"), "%C3%A9");
    }

    #[test]
    fn a_long_text_ends_at_a_word() {
        assert_eq!(shortened("one two three", 20), "one two three");
        assert_eq!(shortened("one two, three", 9), "one two…");
        assert_eq!(shortened("éééééé", 3), "ééé…");
    }
}
