//! Whether a shop shows a product, in the words of feeds that say it in a column.

use crate::Row;
use crate::column::normalise;

/// Columns that say it, and their words for products that are not shown. A column of one of these names with other
/// words in it says something else.
const WORDS: [(&str, &[(&str, &str)]); 5] = [
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
            ("disabled", "unpublished"),
            ("inactive", "unpublished"),
            ("deactivated", "unpublished"),
            ("false", "unpublished"),
            ("0", "unpublished"),
            // CS-Cart's letters.
            ("d", "unpublished"),
            ("h", "unpublished"),
        ],
    ),
    ("published", &[("false", "unpublished"), ("no", "unpublished"), ("0", "unpublished"), ("-1", "draft")]),
    ("visibility", &[("hidden", "unpublished"), ("staging", "draft")]),
    ("product_visibility", &[("hidden", "unpublished"), ("blocked", "unpublished")]),
    ("productVisibility", &[("hidden", "unpublished"), ("blocked", "unpublished")]),
];

/// Columns that say yes or no, plain.
#[rustfmt::skip]
const SWITCHES: &[&str] = &[
    "visible", "active", "is_active", "enabled", "is_enabled", "online", "is_online", "online_flag", "published",
    "is_published", "is_visible", "product_visible", "product_active", "show_in_shop", "active_0_1", "aktiv", "aktív",
    "actif", "activo", "attivo", "ativo", "actief", "aktywny", "aktivní", "aktívny", "активен", "aktif", "sichtbar",
    "visible_en_ligne", "viditelný", "widoczny", "display", "oxactive", "진열상태", "판매상태", "mostrar_en_tienda", "exibir_na_loja",
    "hiển_thị", "показывать", "en_ligne", "publicado", "veröffentlicht", "publié", "pubblicato", "gepubliceerd", "opublikowany",
];

/// No, as a switch says it.
#[rustfmt::skip]
const NO: &[&str] = &[
    "false", "no", "n", "0", "off", "nein", "non", "nie", "ne", "nee", "nej", "nei", "não", "không", "لا", "нет", "hayır", "inactive", "disabled",
];

/// Why the shop does not show the product of a row.
pub(crate) fn hidden(row: &Row) -> Option<&'static str> {
    let by_word = WORDS.iter().find_map(|(column, words)| {
        let said = row.get(column)?.trim().to_lowercase();
        words.iter().find(|(word, _)| *word == said).map(|(_, why)| *why)
    });
    let is_off = |(name, value): (&str, &str)| {
        NO.iter().any(|no| value.eq_ignore_ascii_case(no)) && SWITCHES.contains(&normalise(name).as_str())
    };
    // Magento's API counts from 1, and 2 is off.
    let of_magento = || {
        row.get("status").as_deref() == Some("2") && row.get("type_id").is_some() && row.get("sku").is_some()
    };
    by_word
        .or_else(|| of_magento().then_some("unpublished"))
        .or_else(|| row.unknown().any(is_off).then_some("unpublished"))
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
        for column in ["Active (0/1)", "online-flag", "Product Visible?", "enabled", "Aktiv", "Visible"] {
            assert_eq!((of(column, "0"), of(column, "1")), (Some("unpublished"), None), "{column}");
        }
        let of_magento =
            |status| hidden(&Row::of(&[("sku", "1"), ("type_id", "simple"), ("status", status)]));
        assert_eq!((of_magento("1"), of_magento("2"), of("status", "2")), (None, Some("unpublished"), None));
        for (column, word) in
            [("status", "active"), ("status", "publish"), ("visible", "true"), ("published", "2026-01-01")]
        {
            assert_eq!(of(column, word), None, "{column} {word}");
        }
    }
}
