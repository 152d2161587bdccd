//! One spelling for all spellings of a name.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::choices;

/// `Image Link`, `image-link`, `imageLink` and `g:image_link` are one name, and so is one whose letters are composed
/// otherwise (`Název`) or are wide (`ＩＤ`).
pub(crate) fn normalise(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}');
    let name = name.strip_prefix("g:").unwrap_or(name);
    let composed: Cow<'_, str> =
        if name.is_ascii() { name.into() } else { name.chars().map(narrow).nfc().collect() };
    let mut plain = String::with_capacity(composed.len());
    let mut after_small = false;
    for c in composed.chars().filter(|c| !is_unseen(*c)) {
        if !c.is_alphanumeric() && !choices::is_mark(c) {
            after_small = false;
            if !plain.is_empty() && !plain.ends_with('_') {
                plain.push('_');
            }
            continue;
        }
        if c.is_uppercase() && after_small {
            plain.push('_');
        }
        after_small = c.is_lowercase();
        // The Turkish capital has its dot as a mark of its own in small letters.
        match c {
            'İ' => plain.push('i'),
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain.truncate(plain.trim_end_matches('_').len());
    plain
}

/// Letters and digits that East Asian programs write as wide as theirs.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// Signs of direction, and others without a width.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
