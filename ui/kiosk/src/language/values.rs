//! Names of values that all shops share, as the web interface says them: colours and patterns.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Language;

/// The messages of the interface, in the order of [`Language::ALL`].
const MESSAGES: [&str; 6] = [
    include_str!("../../../web/src/lib/i18n/messages/en.json"),
    include_str!("../../../web/src/lib/i18n/messages/de.json"),
    include_str!("../../../web/src/lib/i18n/messages/es.json"),
    include_str!("../../../web/src/lib/i18n/messages/fr.json"),
    include_str!("../../../web/src/lib/i18n/messages/ar.json"),
    include_str!("../../../web/src/lib/i18n/messages/zh.json"),
];

type Names = BTreeMap<String, String>;

/// The names of each language, by the message's key.
static NAMES: LazyLock<[Names; 6]> = LazyLock::new(|| {
    MESSAGES.map(|text| {
        let all: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
        let is_value = |key: &str| key.starts_with("shade.") || key.starts_with("pattern.");
        let said = |(key, value): (String, serde_json::Value)| Some((key, value.as_str()?.to_owned()));
        all.into_iter().filter(|(key, _)| is_value(key)).filter_map(said).collect()
    })
});

impl Language {
    /// What a value of a field is called: `shade`, `light blue` is "Hellblau". Values that are a shop's own stay as the
    /// shop writes them.
    pub fn value(self, field: &str, value: &str) -> Cow<'static, str> {
        let key = format!("{}.{}", field.to_lowercase(), camel_case(&value.trim().to_lowercase()));
        match NAMES[self as usize].get(&key) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(value.to_owned()),
        }
    }
}

/// `lightBlue` of `light blue`.
fn camel_case(words: &str) -> String {
    let mut made = String::new();
    for (number, word) in words.split_whitespace().enumerate() {
        let mut letters = word.chars();
        match letters.next().filter(|_| number > 0) {
            Some(first) => made.extend(first.to_uppercase().chain(letters)),
            None => made.push_str(word),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use knytt_engine::ColorName;

    use super::*;

    #[test]
    fn a_value_that_all_shops_share_has_a_name_and_others_stay() {
        assert_eq!(Language::German.value("shade", "light blue"), "Hellblau");
        assert_eq!(Language::English.value("shade", "navy"), "Navy");
        assert_eq!(Language::English.value("brand", "acme"), "acme");
        assert_eq!(Language::English.value("shade", "greige"), "greige");
    }

    #[test]
    fn every_colour_of_the_palette_has_a_name_in_every_language() {
        for language in Language::ALL {
            for color in ColorName::ALL {
                assert!(
                    NAMES[language as usize].contains_key(&format!("shade.{}", camel_case(color.name()))),
                    "{language:?} {}",
                    color.name()
                );
            }
        }
    }
}
