//! What kind of shop sells the goods that a text names.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::colors_in;
use super::english::{goods_named, names_of_goods};
use super::phrase_table::PhraseTable;

/// A kind of shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trade {
    Clothes,
    Food,
    Home,
}

const FOOD: &str = "apple, banana, bell pepper, bread, cabbage, carrot, cheese, cucumber, garlic, juice, lemon, milk, \
                    mushroom, onion, peach, pear, pineapple, potato, tomato, yoghurt";

const HOME: &str = "chair, lamp, table";

/// Goods that many shops name: a tea bag, a cup of coffee, the cap of a bottle, orange as a colour.
const EVERYWHERE: &str = "bag, belt, cap, cup, glasses, orange, table, tie, watch";

/// The English names of goods, as one and as many.
static ENGLISH: LazyLock<PhraseTable<&'static str>> = LazyLock::new(|| {
    let phrases: Vec<(&str, String)> = names_of_goods().map(|name| (name, with_plural(name))).collect();
    let phrases: Vec<(&str, &str)> =
        phrases.iter().map(|(name, phrases)| (*name, phrases.as_str())).collect();
    PhraseTable::new(&phrases)
});

fn with_plural(name: &str) -> String {
    let plural = match name {
        name if name.ends_with('s') && !name.ends_with("ss") => return name.to_owned(),
        name if name.ends_with("ss") || name.ends_with('o') || name.ends_with("ch") => format!("{name}es"),
        name => format!("{name}s"),
    };
    format!("{name}, {plural}")
}

fn trade_of(english: &str) -> Option<Trade> {
    let is_in = |list: &str| list.split(',').any(|name| name.trim() == english);
    match () {
        () if is_in(EVERYWHERE) => None,
        () if is_in(FOOD) => Some(Trade::Food),
        () if is_in(HOME) => Some(Trade::Home),
        () => Some(Trade::Clothes),
    }
}

/// The kinds of shops that sell what a text names, in any of our languages; colours do not count ("peach").
/// `language` is that of the text, such as `de`, if it is known.
pub(crate) fn trades_in(text: &str, language: Option<&str>) -> BTreeSet<Trade> {
    let colors = colors_in(text);
    let is_color = |at: usize| colors.iter().any(|(range, _)| range.contains(&at));
    let english = ENGLISH.find_in(text).into_iter().map(|(range, name)| (range.start, name));
    let said = english.chain(goods_named(text, language));
    said.filter(|(at, _)| !is_color(*at)).filter_map(|(_, name)| trade_of(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_in_any_language_name_their_trade() {
        for (text, trade) in [
            ("Red dresses", Trade::Clothes),
            ("Rotes Kleid", Trade::Clothes),
            ("tomatoes 500 g", Trade::Food),
            ("Bio-Äpfel", Trade::Food),
            ("牛奶", Trade::Food),
            ("desk lamp", Trade::Home),
        ] {
            assert_eq!(trades_in(text, None), BTreeSet::from([trade]), "{text}");
        }
    }

    #[test]
    fn colours_and_what_every_shop_names_tell_nothing() {
        for text in ["peach", "orange", "tea bags", "a cup of tea", "", "blorf"] {
            assert!(trades_in(text, None).is_empty(), "{text}");
        }
        assert_eq!(trades_in("peach blouse", None), BTreeSet::from([Trade::Clothes]));
    }
}
