//! Other words for those of a query.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::lexical::terms::terms;
use crate::merchandise::document::Synonym;

/// Other texts for one query. Each is searched for in the products' texts.
const MOST_TEXTS: usize = 8;

/// The synonyms of a document, by their first word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Synonyms(HashMap<String, Vec<Entry>>);

#[derive(Clone, Debug)]
struct Entry {
    from: Vec<String>,
    language: Option<String>,
    to: Vec<String>,
}

/// Words of a text that an entry replaces: bytes of the text.
struct Place<'s> {
    start: usize,
    end: usize,
    to: &'s [String],
}

impl Synonyms {
    pub(crate) fn new(synonyms: &[Synonym]) -> Self {
        let mut found = Self::default();
        for synonym in synonyms {
            let language = synonym.language().map(str::to_owned);
            match synonym {
                Synonym::One { from, to, .. } => found.add(from, language, to.clone()),
                Synonym::Both { words, .. } => {
                    for (at, from) in words.iter().enumerate() {
                        let others = words.iter().enumerate().filter(|(other, _)| *other != at);
                        found.add(from, language.clone(), others.map(|(_, word)| word.clone()).collect());
                    }
                }
            }
        }
        found
    }

    fn add(&mut self, from: &str, language: Option<String>, to: Vec<String>) {
        let from: Vec<String> = words(from).map(|(word, _, _)| word).collect();
        if let Some(first) = from.first().cloned() {
            self.0.entry(first).or_default().push(Entry { from, language, to });
        }
    }

    /// What `text` may be said as, too, the likeliest first. The nth of them replaces all words that have an nth
    /// synonym. Where several entries begin at one word, the longest one counts.
    pub(crate) fn other_texts(&self, text: &str, language: Option<&str>) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let places = self.places(text, language);
        let most = places.iter().map(|place| place.to.len()).max().unwrap_or(0).min(MOST_TEXTS);
        (0..most).map(|nth| replaced(text, &places, nth)).collect()
    }

    fn places(&self, text: &str, language: Option<&str>) -> Vec<Place<'_>> {
        let words: Vec<(String, usize, usize)> = words(text).collect();
        let (mut places, mut at) = (Vec::new(), 0);
        while at < words.len() {
            let stands = |entry: &&Entry| {
                let fits = entry.from.len() <= words.len() - at;
                let speaks = entry.language.as_deref().is_none_or(|of| language == Some(of));
                speaks && fits && entry.from.iter().zip(&words[at..]).all(|(a, (b, _, _))| a == b)
            };
            let entries = self.0.get(&words[at].0).into_iter().flatten().filter(stands);
            // Of those that are as long, the first one.
            match entries.reduce(|a, b| if b.from.len() > a.from.len() { b } else { a }) {
                Some(entry) => {
                    let last = at + entry.from.len() - 1;
                    places.push(Place { start: words[at].1, end: words[last].2, to: &entry.to });
                    at = last + 1;
                }
                None => at += 1,
            }
        }
        places
    }
}

/// The words of a text as they are compared, with their bytes.
fn words(text: &str) -> impl Iterator<Item = (String, usize, usize)> {
    let compared =
        |(start, word): (usize, &str)| Some((terms(word).into_iter().next()?, start, start + word.len()));
    text.unicode_word_indices().filter_map(compared)
}

fn replaced(text: &str, places: &[Place<'_>], nth: usize) -> String {
    let (mut said, mut from) = (String::with_capacity(text.len()), 0);
    for place in places {
        let Some(to) = place.to.get(nth) else { continue };
        said.push_str(&text[from..place.start]);
        said.push_str(to);
        from = place.end;
    }
    said.push_str(&text[from..]);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(json: &str, text: &str, language: Option<&str>) -> Vec<String> {
        Synonyms::new(&serde_json::from_str::<Vec<Synonym>>(json).unwrap()).other_texts(text, language)
    }

    #[test]
    fn each_word_of_a_group_stands_for_all_others() {
        let group = r#"[{"kind":"both","words":["sneaker","trainer","gym shoe"]}]"#;
        assert_eq!(others(group, "Red Sneakers, new", None), ["Red trainer, new", "Red gym shoe, new"]);
        assert_eq!(others(group, "gym shoes", None), ["sneaker", "trainer"]);
        assert_eq!(others(group, "gym bag", None), Vec::<String>::new());
    }

    #[test]
    fn one_way_is_one_way() {
        let one = r#"[{"kind":"one","from":"tee","to":["t-shirt","top"]}]"#;
        assert_eq!(others(one, "tee", None), ["t-shirt", "top"]);
        assert_eq!(others(one, "t-shirt", None), Vec::<String>::new());
    }

    #[test]
    fn the_longest_one_counts_and_places_go_together() {
        let both = r#"[{"kind":"one","from":"new","to":["fresh"]},{"kind":"one","from":"new york","to":["ny"]},
                       {"kind":"one","from":"hat","to":["cap","beanie"]}]"#;
        assert_eq!(others(both, "new york hat", None), ["ny cap", "new york beanie"]);
    }

    #[test]
    fn a_language_is_for_its_shoppers_alone() {
        let german = r#"[{"kind":"one","language":"de","from":"rock","to":["skirt"]}]"#;
        assert_eq!(others(german, "Rock", Some("de")), ["skirt"]);
        assert_eq!(others(german, "Rock", Some("en")), Vec::<String>::new());
        assert_eq!(others(german, "Rock", None), Vec::<String>::new());
    }

    #[test]
    fn texts_without_spaces_and_with_accents_are_found() {
        assert_eq!(others(r#"[{"kind":"one","from":"裙子","to":["礼服"]}]"#, "红色裙子", None), ["红色礼服"]);
        assert_eq!(others(r#"[{"kind":"one","from":"ete","to":["summer"]}]"#, "robe d’été", None).len(), 0);
        assert_eq!(
            others(r#"[{"kind":"one","from":"robe","to":["dress"]}]"#, "Robés été", None),
            ["dress été"]
        );
    }
}
