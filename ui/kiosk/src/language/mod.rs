//! The languages of the screens, and what the screens say in each.

mod texts;
mod values;

pub use self::texts::Text;

use std::str::FromStr;

/// A language of the screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Arabic, from right to left.
    Arabic,
    /// Chinese in simplified letters.
    Chinese,
}

impl Language {
    /// All, in the order of [`Text`]'s columns.
    pub const ALL: [Self; 6] =
        [Self::English, Self::German, Self::Spanish, Self::French, Self::Arabic, Self::Chinese];

    /// ISO 639-1.
    pub fn code(self) -> &'static str {
        ["en", "de", "es", "fr", "ar", "zh"][self as usize]
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        ["English", "Deutsch", "Español", "Français", "العربية", "中文"][self as usize]
    }

    /// Whether its lines begin at the right.
    pub fn is_right_to_left(self) -> bool {
        self == Self::Arabic
    }

    /// What a screen says.
    pub fn say(self, text: Text) -> &'static str {
        text.in_all()[self as usize]
    }

    /// What a screen says of a number.
    pub fn count(self, text: Text, number: u32) -> String {
        self.say(text).replace("{n}", &number.to_string())
    }

    /// A price as the language writes it: the amount as the shop gave it, with the currency's sign.
    pub fn price(self, amount: &str, currency: &str) -> String {
        let sign = match currency {
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            "CNY" | "JPY" => "¥",
            other => other,
        };
        let comma = matches!(self, Self::German | Self::Spanish | Self::French);
        let amount = if comma { amount.replace('.', ",") } else { amount.to_owned() };
        match self {
            Self::English | Self::Chinese if sign.chars().count() == 1 => format!("{sign}{amount}"),
            _ => format!("{amount}\u{a0}{sign}"),
        }
    }
}

impl FromStr for Language {
    type Err = String;

    /// # Errors
    /// It is not the code of one of the languages.
    fn from_str(code: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|language| language.code() == code);
        known.ok_or_else(|| format!("{code:?} is no language of the kiosk: en, de, es, fr, ar or zh"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        for language in Language::ALL {
            assert_eq!(language.code().parse(), Ok(language));
        }
        assert!("xx".parse::<Language>().is_err());
    }

    #[test]
    fn prices_are_written_as_the_language_does() {
        assert_eq!(Language::English.price("9.50", "USD"), "$9.50");
        assert_eq!(Language::German.price("9.50", "EUR"), "9,50\u{a0}€");
        assert_eq!(Language::English.price("9.50", "CHF"), "9.50\u{a0}CHF");
    }

    #[test]
    fn every_text_is_said_in_every_language() {
        for text in Text::ALL {
            for (language, said) in Language::ALL.into_iter().zip(text.in_all()) {
                assert!(!said.trim().is_empty(), "{text:?} {language:?}");
                let numbered = text.in_all()[0].contains("{n}");
                assert_eq!(said.contains("{n}"), numbered, "{text:?} {language:?}");
            }
        }
    }
}
