//! Splits texts into weighted terms.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use crate::product::Product;

/// Stored weights are whole numbers in units of 1/16.
pub(super) const UNIT: f32 = 16.0;

/// The weight of a word in a title of the usual length.
pub(super) const IN_TITLE: f32 = 3.0;

/// Longer words are cut: they are addresses or numbers.
const LONGEST_BYTES: usize = 48;

/// Terms per field; a description may be as long as a book.
const MOST_TERMS: usize = 400;

/// A field of the product: the weight of its words, and the usual number of them. BM25F compares a field's
/// length with this constant rather than with the catalogue's mean, which every product would change.
struct TextField {
    weight: f32,
    usual_words: f32,
}

const TITLE: TextField = TextField { weight: IN_TITLE, usual_words: 6.0 };
const NAMES: TextField = TextField { weight: 2.5, usual_words: 2.0 };
const ATTRIBUTES: TextField = TextField { weight: 1.0, usual_words: 8.0 };
const DESCRIPTION: TextField = TextField { weight: 0.5, usual_words: 60.0 };

/// BM25's `b`: how much the words of a long field lose.
const LENGTH: f32 = 0.5;

/// The terms of a text, in order: in lower case, without accents, with English, French and Spanish plurals made
/// singular. Chinese text gives each character and each pair of neighbours.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut terms: Vec<String> = Vec::new();
    let mut before: Option<&str> = None;
    for word in plain.unicode_words() {
        let ideograph = is_ideograph(word);
        if let Some(first) = before.filter(|_| ideograph) {
            terms.push(format!("{first}{word}"));
        }
        terms.push(if ideograph { word.to_owned() } else { singular(cut(word)) });
        before = Some(word).filter(|_| ideograph);
    }
    terms
}

/// Lower case, without accents.
fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Terms and their weights in units of 1 / [`UNIT`], 1 to 255.
pub(crate) type Terms = BTreeMap<String, u8>;

/// The terms of a product.
pub(crate) fn terms_of(product: &Product) -> Terms {
    let mut weights: BTreeMap<String, f32> = BTreeMap::new();
    let names = [&product.brand, &product.category, &product.id].map(String::as_str);
    let colors = product.colors.iter().chain(&product.sizes).map(String::as_str);
    let seen =
        product.look.colors.iter().map(|color| color.name.as_str()).filter(|_| product.colors.is_empty());
    let guesses =
        [&product.look.pattern, &product.look.category].into_iter().flatten().map(|g| g.value.as_str());
    let others =
        product.attributes.iter().filter(|(_, value)| is_words(value)).map(|(_, value)| value.as_str());
    let variants = product.variants.iter().map(|variant| variant.id.as_str());
    add(&mut weights, &TITLE, [product.title.as_str()]);
    add(&mut weights, &NAMES, names);
    add(&mut weights, &ATTRIBUTES, colors.chain(seen).chain(guesses).chain(others).chain(variants));
    add(&mut weights, &DESCRIPTION, [product.description.as_str()]);
    let whole = |weight: f32| (weight * UNIT).round().clamp(1.0, 255.0) as u8;
    weights.into_iter().map(|(term, weight)| (term, whole(weight))).collect()
}

fn add<'t>(weights: &mut BTreeMap<String, f32>, field: &TextField, texts: impl IntoIterator<Item = &'t str>) {
    let terms: Vec<String> = texts.into_iter().flat_map(terms).take(MOST_TERMS).collect();
    let length = 1.0 - LENGTH + LENGTH * terms.len() as f32 / field.usual_words;
    for term in terms {
        *weights.entry(term).or_default() += field.weight / length;
    }
}

/// False for addresses and long values, which nobody searches for.
pub(crate) fn is_words(value: &str) -> bool {
    !value.contains("://") && value.len() < 500
}

fn is_ideograph(word: &str) -> bool {
    word.chars()
        .all(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}'))
}

fn cut(word: &str) -> &str {
    let end = (0..=LONGEST_BYTES.min(word.len())).rev().find(|end| word.is_char_boundary(*end));
    &word[..end.unwrap_or(0)]
}

/// Harman's S-stemmer ("How effective is suffixing?", 1991), with `-es` after a hiss. It serves the
/// plurals of French and Spanish too, and does the same to the query's words as to the product's.
fn singular(word: &str) -> String {
    let long = |stem: &str| stem.chars().count() >= 3;
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| long(stem)) {
        return format!("{stem}y");
    }
    let hisses = ["s", "x", "z", "ch", "sh"];
    if let Some(stem) = word.strip_suffix("es").filter(|stem| long(stem))
        && hisses.iter().any(|hiss| stem.ends_with(hiss))
    {
        return stem.into();
    }
    match word.strip_suffix('s') {
        Some(stem) if long(stem) && !stem.ends_with(['s', 'u', 'i']) => stem.into(),
        _ => word.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_plurals_do_not_tell_words_apart() {
        assert_eq!(terms("Robes d'été"), ["robe", "d'ete"]);
        assert_eq!(terms("dresses, boxes; ladies' shirts"), ["dress", "box", "lady", "shirt"]);
        assert_eq!(terms("dress bus kiss us"), ["dress", "bus", "kiss", "us"]);
        assert_eq!(terms("Größe 42,5"), ["große", "42,5"]);
    }

    #[test]
    fn chinese_gives_characters_and_pairs() {
        assert_eq!(terms("红色裙子"), ["红", "红色", "色", "色裙", "裙", "裙子", "子"]);
    }

    #[test]
    fn a_title_counts_more_than_a_description() {
        let product =
            Product { title: "Linen shirt".into(), description: "cotton shirt".into(), ..Product::default() };
        let terms = terms_of(&product);
        assert!(terms["linen"] > terms["cotton"]);
        assert!(terms["shirt"] > terms["linen"]);
    }

    #[test]
    fn long_words_and_addresses_stay_out() {
        let long = "x".repeat(500);
        assert_eq!(terms(&long)[0].len(), LONGEST_BYTES);
        let attributes = [("link".into(), "https://shop.test/linen".into())].into();
        assert!(!terms_of(&Product { attributes, ..Product::default() }).contains_key("linen"));
    }
}
