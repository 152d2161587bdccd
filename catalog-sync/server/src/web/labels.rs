//! The few words of our own on a page, from the interface's messages: both say the same.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use knytt_ui_api::Availability;

type Messages = BTreeMap<String, serde_json::Value>;

macro_rules! messages {
    ($($code:literal),*) => {
        [$(($code, [
            include_str!(concat!("../../../../ui/web/src/lib/i18n/messages/", $code, ".json")),
            include_str!(concat!("../../../../ui/web/src/lib/i18n/messages/pages.", $code, ".json")),
        ])),*]
    };
}

/// The messages of the interface's first view and of its pages.
fn read(parts: [&str; 2]) -> Messages {
    parts.into_iter().flat_map(|text| serde_json::from_str::<Messages>(text).unwrap_or_default()).collect()
}

static MESSAGES: LazyLock<BTreeMap<&str, Messages>> = LazyLock::new(|| {
    let all = messages!["en", "de", "es", "fr", "zh", "ar"];
    all.into_iter().map(|(code, parts)| (code, read(parts))).collect()
});

/// The languages of the interface, the first for everybody else.
pub const LANGUAGES: [&str; 6] = ["en", "de", "es", "fr", "zh", "ar"];

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(&'static str);

impl Language {
    /// What the address asks for, else what the browser prefers, else English.
    pub fn of(asked: Option<&str>, headers: &HeaderMap) -> Self {
        let known = |code: &str| {
            let code = code.trim().split(['-', ';']).next().unwrap_or_default().to_ascii_lowercase();
            LANGUAGES.into_iter().find(|language| *language == code)
        };
        let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let preferred = preferred.and_then(|list| list.split(',').find_map(known));
        Self(asked.and_then(known).or(preferred).unwrap_or(LANGUAGES[0]))
    }

    /// ISO 639-1.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// In which direction it is read.
    pub fn direction(self) -> &'static str {
        if self.0 == "ar" { "rtl" } else { "ltr" }
    }

    /// A message of the interface.
    pub fn say(self, key: &str) -> &'static str {
        let text = MESSAGES.get(self.0).and_then(|messages| messages.get(key)?.as_str());
        text.or_else(|| MESSAGES.get(LANGUAGES[0])?.get(key)?.as_str()).unwrap_or_default()
    }

    /// Whether something can be bought.
    pub fn availability(self, availability: Availability) -> &'static str {
        self.say(match availability {
            Availability::InStock => "stock.in",
            Availability::OutOfStock => "stock.out",
            Availability::Preorder => "stock.preorder",
            Availability::Backorder => "stock.backorder",
            Availability::Unknown => "stock.unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_address_comes_before_the_browser_and_english_is_for_everybody_else() {
        let browser =
            |list| HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(list))]);
        assert_eq!(Language::of(Some("de"), &browser("fr")).code(), "de");
        assert_eq!(Language::of(Some("xx"), &browser("ja, zh-TW;q=0.9")).code(), "zh");
        assert_eq!(Language::of(None, &HeaderMap::new()).code(), "en");
    }

    #[test]
    fn every_language_says_every_word_of_a_page() {
        let keys = [
            "product.similar",
            "product.cheaper",
            "product.goesWith",
            "product.replacedBy",
            "product.shop",
            "nav.search",
            "about.textShop",
            "results.title",
            "look.title",
        ];
        for code in LANGUAGES {
            for key in keys {
                // `say` would fall back to English.
                assert!(MESSAGES[code].contains_key(key), "{code} {key}");
            }
            assert_ne!(Language(code).availability(Availability::InStock), "", "{code}");
        }
    }
}
