//! JSON as pages have it: with what hid scripts from old browsers, with commas before closing signs, with line ends
//! inside of texts. Browsers do not read it either, but search engines and people mean it.

use serde_json::value::RawValue;

use crate::json::Json;

/// The documents of a script, one after the other or one a line. What is damaged is mended if it can be; after one
/// that cannot, the rest of the text cannot be told apart.
pub(crate) fn documents(script: &str) -> Vec<serde_json::Result<Json>> {
    let strict = strictly(script);
    if strict.iter().all(Result::is_ok) && !strict.is_empty() {
        return strict;
    }
    let mended = strictly(&mend(script));
    let good = |documents: &[serde_json::Result<Json>]| documents.iter().filter(|d| d.is_ok()).count();
    if good(&mended) >= good(&strict) && !mended.is_empty() { mended } else { strict }
}

fn strictly(script: &str) -> Vec<serde_json::Result<Json>> {
    let values = serde_json::Deserializer::from_str(script).into_iter::<Box<RawValue>>();
    values.map(|value| value.and_then(|value| Json::of(&value))).collect()
}

/// Leaves out comments, CDATA, commas before closing signs and closing signs too many; writes what controls lines
/// inside of texts as JSON does.
fn mend(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut rest = script.trim_start_matches('\u{feff}');
    // The closing signs that are awaited.
    let mut open: Vec<char> = Vec::new();
    while let Some(c) = rest.chars().next() {
        if let Some(after) = comment(rest) {
            rest = after;
            continue;
        }
        let mut next = &rest[c.len_utf8()..];
        match c {
            '"' => next = text(next, &mut out),
            '{' | '[' => {
                open.push(if c == '{' { '}' } else { ']' });
                out.push(c);
            }
            '}' | ']' => {
                if open.last() == Some(&c) {
                    open.pop();
                    drop_comma(&mut out);
                    out.push(c);
                }
            }
            // Between documents.
            ';' | ',' if open.is_empty() => out.push(' '),
            '\0' => {}
            c => out.push(c),
        }
        rest = next;
    }
    out
}

/// What follows a comment or a mark of CDATA, if the text begins with one.
fn comment(text: &str) -> Option<&str> {
    for mark in ["<!--", "-->", "<![CDATA[", "]]>"] {
        if let Some(after) = text.strip_prefix(mark) {
            return Some(after);
        }
    }
    if let Some(inside) = text.strip_prefix("/*") {
        return Some(inside.split_once("*/").map_or("", |(_, after)| after));
    }
    let line = text.strip_prefix("//")?;
    // A comment to the end of its line, unless what it hides is a mark that data follows.
    let mark = ["<![CDATA[", "<!--"].iter().find_map(|mark| line.trim_start().strip_prefix(mark));
    Some(mark.unwrap_or_else(|| line.find('\n').map_or("", |end| &line[end..])))
}

/// Copies a text up to its closing quote, with its control signs escaped; gives what follows.
fn text<'t>(inside: &'t str, out: &mut String) -> &'t str {
    out.push('"');
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                out.push('"');
                return &inside[at + 1..];
            }
            '\\' => match chars.next() {
                // JSON knows only these.
                Some((_, escaped)) if "\"\\/bfnrtu".contains(escaped) => out.extend(['\\', escaped]),
                Some((_, other)) => out.push(other),
                None => {}
            },
            '\n' => out.push_str("\\n"),
            '\r' => {}
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    ""
}

fn drop_comma(out: &mut String) {
    let length = out.trim_end().len();
    if out[..length].ends_with(',') {
        out.truncate(length - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(script: &str) -> Vec<String> {
        documents(script).into_iter().map(|d| d.map_or_else(|_| "bad".into(), |d| d.to_string())).collect()
    }

    #[test]
    fn what_is_meant_is_read() {
        for script in [
            r#"{"a":[1,2],"b":"x // y"}"#,
            r#"{"a":[1,2,],"b":"x // y",}"#,
            "<!-- {\"a\":[1,2],\"b\":\"x // y\"} -->",
            "//<![CDATA[\n{\"a\":[1,2],\"b\":\"x // y\"}\n//]]>",
            "/*<![CDATA[*/ {\"a\":[1,2],\"b\":\"x // y\"} /*]]>*/",
            r#"{"a":[1,2],"b":"x // y"}}"#,
            r#"{"a":[1,2],"b":"x // y"};"#,
            "{\"a\":[1,2], // two\n\"b\":\"x // y\"}",
        ] {
            assert_eq!(read(script), [r#"{"a":[1,2],"b":"x // y"}"#], "{script}");
        }
        assert_eq!(read("{\"a\":\"one\n\ttwo\"}"), [r#"{"a":"one\n\ttwo"}"#]);
        assert_eq!(read(r#"{"a":"it\'s"}"#), [r#"{"a":"it's"}"#]);
        assert_eq!(read(r#"{"a":1} {"b":2},{"c":3}"#), [r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#]);
    }

    #[test]
    fn what_means_nothing_is_told() {
        assert_eq!(read("{oops"), ["bad"]);
        assert_eq!(read("{\"a\": }"), ["bad"]);
    }
}
