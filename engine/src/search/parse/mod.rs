//! Parses a shopper's words: what hits should be, what they should not be, and conditions that hits must meet
//! ("under 50", "size M", "not striped", "brand:acme").

pub(crate) mod numbers;
pub(crate) mod phrases;
pub(crate) mod tokens;
pub(crate) mod words;

use std::ops::Range;

use serde::Serialize;

use self::phrases::{Phrase, SET_APART};
use self::tokens::Token;
use crate::look::words::{colors_in, patterns_in};
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::product::gtin::Gtin;

use self::words::SplitWords;

/// A query's words as they were understood.
///
/// ```
/// use knytt_engine::ParsedQuery;
///
/// let parsed = ParsedQuery::parse("red dress under 50, not striped", |_| true);
/// assert_eq!(parsed.positive, "red dress");
/// assert_eq!(parsed.negative, ["striped"]);
/// assert_eq!(parsed.filter().to_string(), "shade=red pattern!=striped price=..50");
/// assert_eq!(parsed.chips[1].rest, "red dress, not striped");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ParsedQuery {
    /// The words that hits should match, without those that are conditions; colours and patterns stay in it.
    #[serde(rename = "asked")]
    pub positive: String,
    /// What is excluded, each by itself.
    #[serde(rename = "without")]
    pub negative: Vec<String>,
    /// The conditions, in the order of the words.
    pub chips: Vec<Chip>,
}

/// One condition that was read out of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// The words that say it, as they were typed.
    pub said: String,
    /// The condition as [`Filter`] writes it: `price=..50`.
    pub condition: String,
    /// The query's words without those that say this.
    pub rest: String,
    #[serde(skip)]
    filter: Filter,
}

impl ParsedQuery {
    /// Reads words as they were typed. Words between double quotes are taken as they are. `knows` says
    /// whether any product has a field: what no product could meet is no condition.
    pub fn parse(text: &str, knows: impl Fn(&Field) -> bool) -> Self {
        let quoted = quoted(text);
        let known = |phrase: &Phrase| phrase.filter.fields().all(&knows);
        let mut phrases: Vec<Phrase> = phrases::named(text).into_iter().filter(known).collect();
        let taken: Vec<Range<usize>> =
            phrases.iter().map(|p| p.range.clone()).chain(quoted.iter().cloned()).collect();
        phrases.extend(said(text, &taken).into_iter().filter(known));
        let taken: Vec<Range<usize>> =
            phrases.iter().map(|p| p.range.clone()).chain(quoted.iter().cloned()).collect();
        phrases.extend(scanned(text, &taken).into_iter().filter(known));
        let words = SplitWords::parse(&unquoted(&without_ranges(text, phrases.iter().map(|p| &p.range))));
        let taken: Vec<Range<usize>> = phrases.iter().map(|p| p.range.clone()).chain(quoted).collect();
        phrases.extend(shown(text, &words, &taken).into_iter().filter(known));
        phrases.sort_by_key(|phrase| phrase.range.start);
        let chips = phrases.into_iter().map(|phrase| Chip::new(text, phrase)).collect();
        Self { positive: words.positive, negative: words.negative, chips }
    }

    /// Words that are taken as they are.
    pub fn literal(text: &str) -> Self {
        Self { positive: text.trim().into(), ..Self::default() }
    }

    /// All conditions together. Several colours or patterns are alternatives.
    pub fn filter(&self) -> Filter {
        self.chips.iter().fold(Filter::default(), |filter, chip| filter.and(&chip.filter))
    }

    /// Whether the words ask for nothing at all.
    pub fn is_empty(&self) -> bool {
        self.positive.is_empty() && self.negative.is_empty() && self.chips.is_empty()
    }
}

impl Chip {
    fn new(text: &str, Phrase { range, filter }: Phrase) -> Self {
        Self {
            said: text[range.clone()].into(),
            condition: filter.to_string(),
            rest: without_ranges(text, [&range]),
            filter,
        }
    }

    /// The condition.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }
}

/// What stands between double quotes, with them; not the value of a name (`brand:"…"`).
fn quoted(text: &str) -> Vec<Range<usize>> {
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let pairs = quotes.chunks_exact(2).map(|pair| pair[0]..pair[1] + 1);
    pairs.filter(|range| !text[..range.start].ends_with(':')).collect()
}

fn unquoted(text: &str) -> String {
    text.replace('"', " ")
}

/// Phrases of words, outside of what is `taken`.
fn said(text: &str, taken: &[Range<usize>]) -> Vec<Phrase> {
    let tokens: Vec<Token> =
        tokens::tokens(text, SET_APART).into_iter().filter(|token| is_free(&token.range, taken)).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match phrases::phrase(&tokens[at..]) {
            Some((filter, used)) => {
                found.push(Phrase { range: tokens[at].range.start..tokens[at + used - 1].range.end, filter });
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

/// The number of a barcode, which a scanner types or a shopper copies: a word of at least 12 digits, or a shorter one
/// that is all there is. Its check digit has to be right: of other numbers of this length, nine in ten have a wrong one.
fn scanned(text: &str, taken: &[Range<usize>]) -> Vec<Phrase> {
    let phrase = |range: Range<usize>, number: &Gtin| Phrase {
        range,
        filter: Filter::default().with(Field::Gtin, number.as_str()),
    };
    if let Some(number) = Gtin::parse(text).filter(|_| taken.is_empty()) {
        let start = text.len() - text.trim_start().len();
        return vec![phrase(start..start + text.trim().len(), &number)];
    }
    let tokens = tokens::tokens(text, SET_APART).into_iter().filter(|token| is_free(&token.range, taken));
    let long = tokens.filter(|token| token.word.len() >= 12);
    long.filter_map(|token| Some(phrase(token.range.clone(), &Gtin::parse(&token.word)?))).collect()
}

/// Colours and patterns: those that are asked for must be there, those that are excluded must not.
fn shown(text: &str, words: &SplitWords, taken: &[Range<usize>]) -> Vec<Phrase> {
    let colors = colors_in(text).into_iter().map(|(range, name)| (range, Field::Shade, name.name()));
    let patterns = patterns_in(text).into_iter().map(|(range, name)| (range, Field::Pattern, name.name()));
    let free = colors.chain(patterns).filter(|(range, ..)| is_free(range, taken));
    let phrase = |(range, field, value): (Range<usize>, Field, &str)| {
        let said = &text[range.clone()];
        let excluded =
            words.negative.iter().any(|thing| thing.contains(said)) && !words.positive.contains(said);
        let filter = Filter::default();
        let filter = if excluded { filter.but(field, value) } else { filter.with(field, value) };
        Phrase { range, filter }
    };
    free.map(phrase).collect()
}

fn is_free(range: &Range<usize>, taken: &[Range<usize>]) -> bool {
    taken.iter().all(|other| range.end <= other.start || other.end <= range.start)
}

/// The text without some of it; no gap stays where a part was, and no negation of nothing.
fn without_ranges<'r>(text: &str, ranges: impl IntoIterator<Item = &'r Range<usize>>) -> String {
    let mut kept: Vec<bool> = vec![true; text.len()];
    for range in ranges {
        kept[range.clone()].fill(false);
    }
    let left: String = text.char_indices().filter(|(at, _)| kept[*at]).map(|(_, c)| c).collect();
    words::tidy(&left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String) {
        let parsed =
            ParsedQuery::parse(text, |field| !matches!(field, Field::Attribute(name) if name != "material"));
        (parsed.positive.clone(), parsed.filter().to_string())
    }

    #[test]
    fn prices_are_read_in_six_languages() {
        for (text, positive, filter) in [
            ("dress under 50", "dress", "price=..50"),
            ("dress under $49.90", "dress", "price=..49.90"),
            ("dress < 50 €", "dress", "price=..50"),
            ("Kleid unter fünfzig Euro", "Kleid", "price=..50"),
            ("Kleid ab 20 Euro", "Kleid", "price=20.."),
            ("vestido de menos de 30 euros", "vestido de", "price=..30"),
            ("robe entre 20 et 50 €", "robe", "price=20..50"),
            ("robe à moins de cinquante euros", "robe à", "price=..50"),
            ("20-50€ shirt", "shirt", "price=20..50"),
            ("50元以下裙子", "裙子", "price=..50"),
            ("低于五十的裙子", "的裙子", "price=..50"),
            ("فستان أقل من 50 دولار", "فستان", "price=..50"),
            ("shirt 30 euros or less", "shirt", "price=..30"),
        ] {
            assert_eq!(read(text), (positive.into(), filter.into()), "{text}");
        }
    }

    #[test]
    fn sizes_names_and_stock_are_conditions() {
        for (text, positive, filter) in [
            ("shirt size M", "shirt", "size=m"),
            ("Hemd Größe 38", "Hemd", "size=38"),
            ("chaussures pointure 42,5", "chaussures", "size=42,5"),
            ("XL hoodie", "hoodie", "size=xl"),
            ("brand:acme shirt", "shirt", "brand=acme"),
            ("shirt brand:\"Acme & Co\"", "shirt", "brand=acme & co"),
            ("shirt -brand:acme", "shirt", "brand!=acme"),
            ("shirt material:wool", "shirt", "material=wool"),
            ("ratio 3:4", "ratio 3:4", ""),
            ("boots in stock", "boots", "availability=in_stock"),
        ] {
            assert_eq!(read(text), (positive.into(), filter.into()), "{text}");
        }
    }

    #[test]
    fn colours_and_patterns_are_conditions_and_stay_words() {
        for (text, positive, filter) in [
            ("red dress", "red dress", "shade=red"),
            ("rotes Kleid", "rotes Kleid", "shade=red"),
            ("striped shirt", "striped shirt", "pattern=striped"),
            ("shirt not striped", "shirt", "pattern!=striped"),
            ("dress not red", "dress", "shade!=red"),
            ("\"red\" dress", "red dress", ""),
        ] {
            assert_eq!(read(text), (positive.into(), filter.into()), "{text}");
        }
    }

    #[test]
    fn the_number_of_a_barcode_is_a_condition() {
        for (text, positive, filter) in [
            ("4006381333931", "", "gtin=04006381333931"),
            (" 4 006381 333931 ", "", "gtin=04006381333931"),
            ("pen 4006381333931", "pen", "gtin=04006381333931"),
            ("96385074", "", "gtin=00000096385074"),
            ("96385074 pen", "96385074 pen", ""),
            ("4006381333930", "4006381333930", ""),
            ("\"4006381333931\"", "4006381333931", ""),
        ] {
            assert_eq!(read(text), (positive.into(), filter.into()), "{text}");
        }
    }

    #[test]
    fn a_chip_knows_the_query_without_it() {
        let parsed = ParsedQuery::parse("red dress under 50 size M", |_| true);
        let chips: Vec<_> = parsed.chips.iter().map(|c| (c.said.as_str(), c.rest.as_str())).collect();
        assert_eq!(
            chips,
            [
                ("red", "dress under 50 size M"),
                ("under 50", "red dress size M"),
                ("size M", "red dress under 50"),
            ]
        );
        let parsed = ParsedQuery::parse("dress, not striped", |_| true);
        assert_eq!(parsed.chips[0].rest, "dress");
    }

    #[test]
    fn only_conditions_leave_nothing_to_ask_for() {
        let parsed = ParsedQuery::parse("under 50", |_| true);
        assert!(parsed.positive.is_empty() && !parsed.is_empty());
    }
}
