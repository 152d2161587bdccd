//! Whether a shop shows a product, in the words of feeds that say it in a column.

use crate::Row;

/// Columns that say it, and their words for products that are not shown. A column of one of these names with other
/// words in it says something else.
const WORDS: [(&str, &[(&str, &str)]); 4] = [
    (
        "status",
        &[
            ("draft", "draft"),
            ("auto-draft", "draft"),
            ("pending", "draft"),
            ("archived", "archived"),
            ("trash", "archived"),
            ("private", "unpublished"),
            ("hidden", "unpublished"),
            ("unpublished", "unpublished"),
            ("unlisted", "unpublished"),
        ],
    ),
    ("published", &[("false", "unpublished"), ("no", "unpublished"), ("0", "unpublished"), ("-1", "draft")]),
    ("visible", &[("false", "unpublished"), ("no", "unpublished"), ("0", "unpublished")]),
    ("visibility", &[("hidden", "unpublished"), ("staging", "draft")]),
];

/// Why the shop does not show the product of a row.
pub(crate) fn hidden(row: &Row) -> Option<&'static str> {
    WORDS.iter().find_map(|(column, words)| {
        let said = row.get(column)?.trim().to_lowercase();
        words.iter().find(|(word, _)| *word == said).map(|(_, why)| *why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_not_shown_and_other_words_hide_nothing() {
        let of = |column: &str, word: &str| hidden(&Row::of(&[("id", "1"), (column, word)]));
        assert_eq!(of("Status", "Draft"), Some("draft"));
        assert_eq!(of("published", "0"), Some("unpublished"));
        assert_eq!(of("visibility", "staging"), Some("draft"));
        for (column, word) in
            [("status", "active"), ("status", "publish"), ("visible", "true"), ("published", "2026-01-01")]
        {
            assert_eq!(of(column, word), None, "{column} {word}");
        }
    }
}
