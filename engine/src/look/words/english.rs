//! Says in English what a text in another language names.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use super::goods::{GERMAN_FIRST_PARTS, GERMAN_LAST_PARTS, GOODS, Goods};
use super::phrase_table::PhraseTable;
use super::{colors_in, patterns_in};

/// The goods that a phrase of one language means.
type Names = PhraseTable<&'static Goods>;

/// Letters of the first part of a compound at least.
const LEAST_FIRST_PART: usize = 3;

/// Phrases that no other language uses for something else.
static CERTAIN: LazyLock<Names> =
    LazyLock::new(|| named(GOODS.iter(), |phrase| (!phrase.ends_with('?')).then_some(phrase)));

/// All phrases of each language.
static OF_LANGUAGE: LazyLock<HashMap<&'static str, Names>> = LazyLock::new(|| {
    let languages: BTreeSet<&str> = GOODS.iter().map(|goods| goods.language).collect();
    let of = |language| GOODS.iter().filter(move |goods| goods.language == language);
    let all = |phrase: &'static str| Some(phrase.trim_end_matches('?'));
    languages.into_iter().map(|language| (language, named(of(language), all))).collect()
});

/// A text that names goods in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Translated {
    /// The text with these goods, and its colours and patterns, in English.
    pub(crate) english: String,
    /// The text with other forms of the same words, such as the plural, which no stemmer finds.
    pub(crate) forms: Vec<String>,
}

/// What a text names in English; `None` if it names no goods in another language. `language` is the shopper's, such
/// as `de`: words that mean something else elsewhere ("rock") count only in it.
pub(crate) fn translated(text: &str, language: Option<&str>) -> Option<Translated> {
    let goods = goods_in(text, language);
    if goods.is_empty() {
        return None;
    }
    let free = |range: &Range<usize>| !goods.iter().any(|said| overlaps(&said.range, range));
    let colors = colors_in(text).into_iter().map(|(range, color)| (range, color.name()));
    let patterns = patterns_in(text).into_iter().map(|(range, pattern)| (range, pattern.name()));
    let mut said: Vec<(Range<usize>, String)> = goods.iter().map(Said::in_english).collect();
    for (range, name) in colors.chain(patterns).filter(|(range, _)| free(range)) {
        if !said.iter().any(|(other, _)| overlaps(other, &range)) {
            said.push((range, name.to_owned()));
        }
    }
    said.sort_by_key(|(range, _)| range.start);
    Some(Translated { english: replaced(text, &said), forms: forms(text, &goods) })
}

/// English names of goods, each once: words that a model of pictures should know, whatever a shop sells.
pub(crate) fn names_of_goods() -> impl Iterator<Item = &'static str> {
    GOODS.iter().map(|goods| goods.english).collect::<BTreeSet<_>>().into_iter()
}

/// The goods that a text names in other languages than English, by their English names, each with its first byte.
pub(super) fn goods_named(text: &str, language: Option<&str>) -> impl Iterator<Item = (usize, &'static str)> {
    goods_in(text, language).into_iter().map(|said| (said.range.start, said.goods.english))
}

/// Goods that a text names.
struct Said {
    range: Range<usize>,
    goods: &'static Goods,
    /// What stands before the goods' name in a compound, in English; empty if that is not known.
    before: Option<&'static str>,
}

impl Said {
    fn in_english(&self) -> (Range<usize>, String) {
        let before = self.before.filter(|before| !before.is_empty());
        let before = before.map(|before| format!("{before} ")).unwrap_or_default();
        (self.range.clone(), format!("{before}{}", self.goods.english))
    }
}

fn goods_in(text: &str, language: Option<&str>) -> Vec<Said> {
    let own = language.and_then(|language| OF_LANGUAGE.get(language));
    let own = own.into_iter().flat_map(|names| names.find_in(text)).map(Said::whole);
    let others = CERTAIN.find_in(text).into_iter().map(Said::whole);
    let compounds = words(text).filter_map(|(range, word)| compound(range, word));
    let mut said: Vec<Said> = Vec::new();
    for found in own.chain(others).chain(compounds) {
        if !said.iter().any(|said| overlaps(&said.range, &found.range)) {
            said.push(found);
        }
    }
    said.sort_by_key(|said| said.range.start);
    said
}

impl Said {
    fn whole((range, goods): (Range<usize>, &'static Goods)) -> Self {
        Self { range, goods, before: None }
    }
}

/// A German word that a first part and the name of goods make. Behind a first part that is not known, only clothes
/// are: "Glühbirne" is no pear.
fn compound(range: Range<usize>, word: &str) -> Option<Said> {
    let lower = word.to_lowercase();
    let known = GERMAN_FIRST_PARTS.iter().find_map(|(first, english)| {
        let goods = whole(OF_LANGUAGE.get("de")?, lower.strip_prefix(first)?)?;
        Some(Said { range: range.clone(), goods, before: Some(*english) })
    });
    known.or_else(|| {
        let lasts = lower.char_indices().skip(LEAST_FIRST_PART).map(|(at, _)| &lower[at..]);
        let goods = lasts.filter_map(|last| whole(&CERTAIN, last));
        let mut clothes =
            goods.filter(|goods| goods.language == "de" && GERMAN_LAST_PARTS.contains(&goods.english));
        clothes.next().map(|goods| Said { range, goods, before: Some("") })
    })
}

/// The goods that a text names as a whole.
fn whole(names: &Names, text: &str) -> Option<&'static Goods> {
    let found = names.find_in(text);
    found.into_iter().find(|(range, _)| *range == (0..text.len())).map(|(_, goods)| goods)
}

fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    use unicode_segmentation::UnicodeSegmentation;
    text.unicode_word_indices().map(|(at, word)| (at..at + word.len(), word))
}

/// The text with each form of its goods' names; of compounds there are none.
fn forms(text: &str, goods: &[Said]) -> Vec<String> {
    let forms = |said: &Said| -> Vec<&'static str> {
        let all = said.goods.phrases.split(',').map(|phrase| phrase.trim().trim_end_matches('?'));
        all.filter(|_| said.before.is_none()).collect()
    };
    let of_each: Vec<(Range<usize>, Vec<&str>)> =
        goods.iter().map(|said| (said.range.clone(), forms(said))).collect();
    let most = of_each.iter().map(|(_, forms)| forms.len()).max().unwrap_or(0);
    let nth = |n: usize| -> String {
        let chosen = of_each
            .iter()
            .filter_map(|(range, forms)| Some((range.clone(), forms.get(n).or(forms.last())?.to_string())));
        replaced(text, &chosen.collect::<Vec<_>>())
    };
    let lower = text.to_lowercase();
    (0..most).map(nth).filter(|form| form.to_lowercase() != lower).collect()
}

/// `places` are in order and do not overlap.
fn replaced(text: &str, places: &[(Range<usize>, String)]) -> String {
    let (mut said, mut from) = (String::with_capacity(text.len()), 0);
    for (range, to) in places {
        said.push_str(&text[from..range.start]);
        // Chinese has no spaces between words; English does.
        if said.ends_with(char::is_alphanumeric) {
            said.push(' ');
        }
        said.push_str(to);
        if text[range.end..].starts_with(char::is_alphanumeric) {
            said.push(' ');
        }
        from = range.end;
    }
    said.push_str(&text[from..]);
    said
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn named<'g>(
    goods: impl Iterator<Item = &'static Goods>,
    counts: impl Fn(&'static str) -> Option<&'g str>,
) -> Names {
    let entries = goods.map(|goods| {
        let phrases = goods.phrases.split(',').filter_map(|phrase| counts(phrase.trim()));
        (goods, phrases.collect::<Vec<_>>().join(","))
    });
    let entries: Vec<(&'static Goods, String)> = entries.filter(|(_, phrases)| !phrases.is_empty()).collect();
    let entries: Vec<(&'static Goods, &str)> =
        entries.iter().map(|(goods, phrases)| (*goods, phrases.as_str())).collect();
    PhraseTable::new(&entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str, language: Option<&str>) -> Option<String> {
        translated(text, language).map(|translated| translated.english)
    }

    #[test]
    fn goods_colours_and_patterns_are_said_in_english() {
        for (text, said) in [
            ("rotes Kleid", "red dress"),
            ("gestreifte Hemden", "striped shirt"),
            ("jupe noire", "skirt black"),
            ("Pantalones", "pants"),
            ("红色连衣裙", "red dress"),
            ("فستان أحمر", "dress red"),
            ("Äpfel", "apple"),
        ] {
            assert_eq!(english(text, None).as_deref(), Some(said), "{text}");
        }
    }

    #[test]
    fn english_stays_as_it_is() {
        for text in
            ["red dress", "navy blue t-shirt", "rock band hoodie", "bath robe", "garden hose", "zwixtlorp"]
        {
            assert_eq!(english(text, None), None, "{text}");
            assert_eq!(english(text, Some("en")), None, "{text}");
        }
    }

    #[test]
    fn words_of_two_languages_count_in_the_shoppers() {
        assert_eq!(english("schwarzer Rock", Some("de")).as_deref(), Some("black skirt"));
        assert_eq!(english("robe rouge", Some("fr")).as_deref(), Some("dress red"));
        assert_eq!(english("Rock", None), None);
    }

    #[test]
    fn compounds_are_taken_apart() {
        assert_eq!(english("Schwarze Lederjacke", None).as_deref(), Some("black leather jacket"));
        assert_eq!(english("Damenschuhe", None).as_deref(), Some("women's shoes"));
        assert_eq!(english("Minirock", None).as_deref(), Some("mini skirt"));
        assert_eq!(english("Orangensaft", None).as_deref(), Some("orange juice"));
        assert_eq!(english("rotes Blumenkleid", None).as_deref(), Some("red dress"));
        assert_eq!(english("Glühbirne", None), None);
    }

    #[test]
    fn singular_and_plural_stand_for_each_other() {
        assert_eq!(translated("rotes Kleid", None).unwrap().forms, ["rotes kleider"]);
        assert_eq!(translated("Röcke", None).unwrap().forms, ["rock"]);
        assert_eq!(translated("Lederjacke", None).unwrap().forms, Vec::<String>::new());
    }
}
