//! Phrases that are conditions: a price range, a size, the stock. In English, German,
//! Spanish, French, Chinese and Arabic.

use std::ops::Range;

use rust_decimal::Decimal;

use super::numbers::{digits, number};
use super::tokens::Token;
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::product::fold::fold;

/// A condition and the words that say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) range: Range<usize>,
    pub(super) filter: Filter,
}

type PhraseWords = &'static [&'static [&'static str]];

/// Words before an upper limit of the price.
#[rustfmt::skip]
const AT_MOST: PhraseWords = &[
    &["less", "than"], &["up", "to"], &["at", "most"], &["no", "more", "than"], &["cheaper", "than"],
    &["weniger", "als"], &["nicht", "mehr", "als"], &["billiger", "als"], &["günstiger", "als"], &["bis", "zu"],
    &["menos", "de"], &["por", "debajo", "de"], &["como", "máximo"], &["moins", "de"], &["en", "dessous", "de"],
    &["pas", "plus", "de"], &["أقل", "من"], &["اقل", "من"], &["لا", "يزيد", "عن"],
    &["under"], &["below"], &["max"], &["maximum"], &["<"], &["≤"], &["unter"], &["bis"], &["höchstens"], &["maximal"],
    &["bajo"], &["hasta"], &["máximo"], &["sous"], &["jusqu'à"], &["低于"], &["少于"], &["不超过"], &["تحت"], &["حتى"],
];

/// Words before a lower limit of the price.
#[rustfmt::skip]
const AT_LEAST: PhraseWords = &[
    &["more", "than"], &["at", "least"], &["mehr", "als"], &["más", "de"], &["mas", "de"], &["al", "menos"],
    &["plus", "de"], &["au", "moins"], &["à", "partir", "de"], &["a", "partir", "de"], &["أكثر", "من"], &["اكثر", "من"],
    &["over"], &["above"], &["min"], &["minimum"], &[">"], &["≥"], &["über"], &["ab"], &["mindestens"], &["desde"],
    &["dès"], &["高于"], &["超过"], &["فوق"],
];

/// Words after a limit of the price.
const OR_LESS: PhraseWords = &[
    &["or", "less"],
    &["or", "cheaper"],
    &["oder", "weniger"],
    &["o", "menos"],
    &["ou", "moins"],
    &["以下"],
    &["以内"],
    &["أو", "أقل"],
];
const OR_MORE: PhraseWords =
    &[&["or", "more"], &["oder", "mehr"], &["o", "más"], &["ou", "plus"], &["以上"], &["أو", "أكثر"]];

const BETWEEN: PhraseWords =
    &[&["between"], &["zwischen"], &["entre"], &["von"], &["from"], &["بين"], &["من"]];
const AND: PhraseWords = &[
    &["and"],
    &["und"],
    &["y"],
    &["et"],
    &["to"],
    &["bis"],
    &["a"],
    &["à"],
    &["-"],
    &["–"],
    &["到"],
    &["至"],
    &["و"],
    &["إلى"],
];

#[rustfmt::skip]
const MONEY: &[&str] = &[
    "€", "$", "£", "¥", "￥", "eur", "euro", "euros", "usd", "dollar", "dollars", "dólar", "dólares", "gbp", "pound", "pounds",
    "pfund", "livre", "livres", "libra", "libras", "chf", "franken", "francs", "yuan", "rmb", "元", "块", "欧元", "美元",
    "يورو", "دولار", "دولارا", "جنيه", "ريال", "درهم", "bucks", "quid",
];

#[rustfmt::skip]
const SIZE: &[&str] = &[
    "size", "sizes", "größe", "grösse", "groesse", "gr", "talla", "taille", "pointure", "尺码", "码", "号", "مقاس", "قياس",
];

/// Names of sizes that have no other meaning.
const PLAIN_SIZES: &[&str] = &["xxs", "xs", "xl", "xxl", "xxxl", "2xl", "3xl", "4xl", "5xl"];

#[rustfmt::skip]
const IN_STOCK: PhraseWords = &[
    &["in", "stock"], &["auf", "lager"], &["sofort", "lieferbar"], &["lieferbar"], &["en", "stock"], &["en", "existencia"],
    &["disponible"], &["available"], &["有货"], &["现货"], &["متوفر"], &["متوفرة"],
];

/// The first and last words of phrases in languages without spaces.
pub(super) const SET_APART: &[&str] = &[
    "低于",
    "少于",
    "不超过",
    "高于",
    "超过",
    "以下",
    "以内",
    "以上",
    "到",
    "至",
    "元",
    "块",
    "欧元",
    "美元",
    "尺码",
    "码",
    "有货",
    "现货",
];

/// The condition that begins at the first of `tokens`, and the count of tokens that state it.
pub(super) fn phrase(tokens: &[Token]) -> Option<(Filter, usize)> {
    price(tokens).or_else(|| size(tokens)).or_else(|| in_stock(tokens))
}

fn price(tokens: &[Token]) -> Option<(Filter, usize)> {
    if let Some(used) = one_of(BETWEEN, tokens)
        && let Some((min, max, more)) = range(&tokens[used..])
    {
        return Some((priced(Some(min), Some(max))?, used + more));
    }
    if let Some(used) = one_of(AT_MOST, tokens)
        && let Some((most, more)) = amount(&tokens[used..])
    {
        return Some((priced(None, Some(most))?, used + more));
    }
    if let Some(used) = one_of(AT_LEAST, tokens)
        && let Some((least, more)) = amount(&tokens[used..])
    {
        return Some((priced(Some(least), None)?, used + more));
    }
    if let Some((first, used)) = amount(tokens) {
        if let Some(more) = one_of(OR_LESS, &tokens[used..]) {
            return Some((priced(None, Some(first))?, used + more));
        }
        if let Some(more) = one_of(OR_MORE, &tokens[used..]) {
            return Some((priced(Some(first), None)?, used + more));
        }
    }
    // "20 to 50" may be anything; "20 to 50 euros" is not.
    let (min, max, more) = range(tokens)?;
    let named = tokens[..more].iter().any(|token| MONEY.contains(&token.word.as_str()));
    named.then(|| priced(Some(min), Some(max)))?.map(|filter| (filter, more))
}

/// `20 and 50 euros`, `20-50`.
fn range(tokens: &[Token]) -> Option<(Decimal, Decimal, usize)> {
    if let Some((from, to)) = tokens.first()?.word.split_once(['-', '–']) {
        let (min, max) = digits(from).zip(digits(to))?;
        let money = tokens.get(1).is_some_and(|token| MONEY.contains(&token.word.as_str()));
        return Some((min, max, 1 + usize::from(money)));
    }
    let (min, used) = amount(tokens)?;
    let joint = one_of(AND, &tokens[used..])?;
    let (max, more) = amount(&tokens[used + joint..])?;
    Some((min, max, used + joint + more))
}

/// A number, with or without a currency before or after it, and the count of tokens that write it.
fn amount(tokens: &[Token]) -> Option<(Decimal, usize)> {
    let is_money = |at: usize| tokens.get(at).is_some_and(|token| MONEY.contains(&token.word.as_str()));
    let before = usize::from(is_money(0));
    let words: Vec<&str> = tokens.iter().skip(before).take(6).map(|token| token.word.as_str()).collect();
    let (value, used) = number(&words)?;
    let after = usize::from(is_money(before + used));
    Some((value, before + used + after))
}

fn priced(min: Option<Decimal>, max: Option<Decimal>) -> Option<Filter> {
    Filter::default().price(min, max).ok()
}

fn size(tokens: &[Token]) -> Option<(Filter, usize)> {
    let word = |at: usize| tokens.get(at).map(|token| token.word.trim_end_matches([':', '.']));
    let first = word(0)?;
    if PLAIN_SIZES.contains(&first) {
        return Some((Filter::default().with(Field::Size, first), 1));
    }
    if !SIZE.contains(&first) {
        return None;
    }
    let value = word(1).filter(|value| is_size(value))?;
    Some((Filter::default().with(Field::Size, value), 2))
}

/// `m`, `xxl`, `38`, `42.5`, `36/38`, `32x34`.
fn is_size(word: &str) -> bool {
    let letters = word.len() <= 4 && word.chars().all(|c| c.is_ascii_alphanumeric());
    let numbers =
        word.len() <= 7 && word.chars().all(|c| c.is_numeric() || matches!(c, '.' | ',' | '/' | '-' | 'x'));
    letters || numbers
}

fn in_stock(tokens: &[Token]) -> Option<(Filter, usize)> {
    let used = one_of(IN_STOCK, tokens)?;
    Some((Filter::default().with(Field::Availability, "in_stock"), used))
}

/// The token count of the first of `phrases` that `tokens` begin with. Longer phrases come first.
fn one_of(phrases: PhraseWords, tokens: &[Token]) -> Option<usize> {
    let begins = |phrase: &&[&str]| {
        phrase.len() <= tokens.len() && phrase.iter().zip(tokens).all(|(word, token)| *word == token.word)
    };
    phrases.iter().copied().find(begins).map(<[&str]>::len)
}

/// `brand:acme`, `brand:"Acme & Co"`, `material:wool`, `-brand:acme`.
pub(super) fn named(text: &str) -> Vec<Phrase> {
    let mut found = Vec::new();
    for (colon, _) in text.match_indices(':') {
        let key_start = text[..colon].rfind(char::is_whitespace).map_or(0, |at| at + gap(text, at));
        let (minus, key) = match text[key_start..colon].strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, &text[key_start..colon]),
        };
        let Some((value, end)) = value_at(text, colon + 1) else { continue };
        let Some(filter) = condition(key, value, minus) else { continue };
        found.push(Phrase { range: key_start..end, filter });
    }
    found
}

fn gap(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// A word, or a quoted text.
fn value_at(text: &str, start: usize) -> Option<(&str, usize)> {
    let rest = &text[start..];
    if let Some(quoted) = rest.strip_prefix('"') {
        let end = quoted.find('"')?;
        return Some((&quoted[..end], start + end + 2)).filter(|(value, _)| !value.trim().is_empty());
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Some((&rest[..end], start + end)).filter(|(value, _)| !value.is_empty())
}

fn condition(key: &str, value: &str, minus: bool) -> Option<Filter> {
    if fold(key).is_empty() {
        return None;
    }
    if fold(key) == "price" {
        return (!minus).then(|| Filter::parse(&[format!("price={value}")]).ok())?;
    }
    let field = Field::named(key);
    let filter = Filter::default();
    Some(if minus { filter.but(field, value) } else { filter.with(field, value) })
}
