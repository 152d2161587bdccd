//! Finds colours, patterns and goods in texts, in English, German, Spanish, French, Chinese and Arabic.

pub(crate) mod colors;
pub(crate) mod english;
pub(crate) mod fold;
mod goods;
pub(crate) mod patterns;
pub(crate) mod phrase_table;
pub(crate) mod trade;

use std::ops::Range;

use crate::look::palette::ColorName;
use crate::look::pattern::Pattern;

/// Colours that are named in `text`, each with its bytes there, in order. Of "navy blue" the whole is
/// found, not its parts.
///
/// ```
/// use knytt_engine::{ColorName, colors_in};
///
/// let found = colors_in("hellblaues Kleid, rot");
/// assert_eq!(found, [(0..10, ColorName::LightBlue), (18..21, ColorName::Red)]);
/// ```
pub fn colors_in(text: &str) -> Vec<(Range<usize>, ColorName)> {
    colors::PHRASES.find_in(text)
}

/// Patterns that are named in `text`, each with its bytes there, in order.
///
/// ```
/// use knytt_engine::{Pattern, patterns_in};
///
/// assert_eq!(patterns_in("条纹裙子"), [(0..6, Pattern::Striped)]);
/// ```
pub fn patterns_in(text: &str) -> Vec<(Range<usize>, Pattern)> {
    patterns::PHRASES.find_in(text)
}

impl ColorName {
    /// The colour that a word or a phrase of a feed means. If it is not in the palette as a whole, the
    /// first colour in it: "heather grey" is a grey, "black/white" a black.
    pub fn understood(phrase: &str) -> Option<Self> {
        colors::PHRASES.understood(phrase)
    }
}

impl Pattern {
    /// The pattern that a word or a phrase of a feed means.
    pub fn understood(phrase: &str) -> Option<Self> {
        patterns::PHRASES.understood(phrase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        colors_in(text).into_iter().map(|(_, color)| color.name()).collect()
    }

    #[test]
    fn inflected_words_of_six_languages_are_the_same_colour() {
        let reds =
            "red rot rote roter rotes roten rojo roja rojos rojas rouge rouges 红 红色 紅色 أحمر حمراء الأحمر";
        for word in reds.split(' ') {
            assert_eq!(ColorName::understood(word), Some(ColorName::Red), "{word}");
        }
    }

    #[test]
    fn every_colour_has_words_in_every_script() {
        for color in ColorName::ALL {
            let words = colors::WORDS.iter().find(|(of, _)| of == color).expect("each has an entry").1;
            let has = |first: char, last: char| words.chars().any(|c| (first..=last).contains(&c));
            assert!(has('a', 'z') && has('\u{4e00}', '\u{9fff}') && has('\u{600}', '\u{6ff}'), "{color:?}");
            assert_eq!(ColorName::understood(color.name()), Some(*color));
        }
    }

    #[test]
    fn the_longest_phrase_wins() {
        assert_eq!(names("navy blue dress"), ["navy"]);
        assert_eq!(names("azul marino y azul"), ["navy", "blue"]);
        assert_eq!(names("浅蓝色连衣裙"), ["light blue"]);
        assert_eq!(names("robe bleu clair"), ["light blue"]);
        assert_eq!(names("vert foncé"), ["dark green"]);
    }

    #[test]
    fn case_hyphens_and_spaces_do_not_matter() {
        for text in ["Navy Blue", "NAVY-BLUE", "navy_blue", "navyblue", " navy  blue "] {
            assert_eq!(names(text), ["navy"], "{text}");
        }
        assert_eq!(names("blau-weiß gestreift"), ["blue", "white"]);
    }

    #[test]
    fn words_that_only_contain_a_colour_are_not_one() {
        assert_eq!(names("a tailored shirt, redder than tanned bluegrass"), Vec::<&str>::new());
        assert_eq!(names("light, blue"), ["blue"]);
    }

    #[test]
    fn ranges_are_those_of_the_text_as_written() {
        let text = "Ein DUNKELGRÜNES Kleid · فستان أحمر · 红色";
        let found: Vec<&str> = colors_in(text).into_iter().map(|(range, _)| &text[range]).collect();
        assert_eq!(found, ["DUNKELGRÜNES", "أحمر", "红色"]);
    }

    #[test]
    fn synonyms_of_feeds_are_understood() {
        for (phrase, name) in [
            ("Heather Grey", "grey"),
            ("Black/White", "black"),
            ("bordeaux", "burgundy"),
            ("Anthracite", "charcoal"),
            ("écru", "cream"),
            ("Rose Gold", "gold"),
            ("aqua", "turquoise"),
            ("Off-White", "cream"),
            ("mehrfarbig", "multicolour"),
        ] {
            assert_eq!(ColorName::understood(phrase).map(ColorName::name), Some(name), "{phrase}");
        }
        assert_eq!(ColorName::understood("cotton"), None);
        assert_eq!(ColorName::understood(""), None);
    }

    #[test]
    fn patterns_are_found_in_six_languages() {
        for (text, pattern) in [
            ("striped shirt", Pattern::Striped),
            ("gestreiftes Hemd", Pattern::Striped),
            ("chemise rayée", Pattern::Striped),
            ("camisa a rayas", Pattern::Striped),
            ("条纹衬衫", Pattern::Striped),
            ("قميص مخطط", Pattern::Striped),
            ("polka dots", Pattern::Dotted),
            ("à pois", Pattern::Dotted),
            ("tartan", Pattern::Checked),
            ("robe à carreaux", Pattern::Checked),
            ("格子", Pattern::Checked),
            ("Blumenkleid mit Blumenmuster", Pattern::Floral),
            ("einfarbige Bluse", Pattern::Plain),
            ("estampada", Pattern::Printed),
        ] {
            let found: Vec<_> = patterns_in(text).into_iter().map(|(_, pattern)| pattern).collect();
            assert_eq!(found, [pattern], "{text}");
        }
    }
}
