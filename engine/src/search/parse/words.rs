//! Splits a shopper's words into those that hits should match and those that they should not.

/// A query's words, split by sign.
///
/// ```
/// use knytt_engine::SplitWords;
///
/// let words = SplitWords::parse("summer dress, not striped or dotted");
/// assert_eq!(words.positive, "summer dress");
/// assert_eq!(words.negative, ["striped", "dotted"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplitWords {
    /// The words that hits should match; empty if the query only excludes.
    pub positive: String,
    /// The excluded phrases.
    pub negative: Vec<String>,
}

/// Negations in English, German, Spanish, French, Chinese and Arabic.
const NEGATIONS: [&str; 22] = [
    "not", "without", "no", "except", "nicht", "ohne", "kein", "keine", "keinen", "sin", "excepto", "sans",
    "pas", "sauf", "不要", "不是", "没有", "无", "بدون", "ليس", "ليست", "غير",
];

/// Words between two excluded phrases.
const ALTERNATIVES: [&str; 14] =
    ["or", "and", "nor", "oder", "und", "o", "y", "ni", "ou", "et", "或", "和", "أو", "و"];

/// Words that end an exclusion.
const TURNS: [&str; 10] = ["but", "with", "aber", "mit", "pero", "con", "mais", "avec", "但", "لكن"];

/// Words without meaning at the start of an exclusion: "pas de rayures", "not a dress".
const FILLERS: [&str; 8] = ["a", "an", "any", "the", "de", "d'", "des", "ein"];

impl SplitWords {
    /// Parses words as they were typed.
    pub fn parse(text: &str) -> Self {
        let mut words = Self::default();
        let mut positive = Vec::new();
        for clause in clauses(text) {
            words.read(&clause, &mut positive);
        }
        words.positive = positive.join(" ");
        words
    }

    fn read<'t>(&mut self, clause: &[&'t str], positive: &mut Vec<&'t str>) {
        let mut excluded: Option<Vec<&str>> = None;
        for &token in clause {
            let word = token.to_lowercase();
            let is = |list: &[&str]| list.contains(&word.as_str());
            match &mut excluded {
                _ if is(&NEGATIONS) => {
                    self.exclude(excluded.replace(Vec::new()));
                }
                Some(_) if is(&ALTERNATIVES) => self.exclude(excluded.replace(Vec::new())),
                Some(_) if is(&TURNS) => self.exclude(excluded.take()),
                Some(thing) if thing.is_empty() && is(&FILLERS) => {}
                Some(thing) => thing.push(token),
                None => positive.push(token),
            }
        }
        self.exclude(excluded);
    }

    fn exclude(&mut self, thing: Option<Vec<&str>>) {
        let thing = thing.unwrap_or_default().join(" ");
        if !thing.is_empty() && !self.negative.contains(&thing) {
            self.negative.push(thing);
        }
    }
}

/// Tidies a text after a part was removed: single spaces, and no negation or comma at its ends.
pub(super) fn tidy(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",");
    let mut left = joined.as_str();
    loop {
        left = left.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、' | '،'));
        let idle = |word: &str| NEGATIONS.contains(&word) || ALTERNATIVES.contains(&word);
        match left.rsplit_once([' ', ',']) {
            Some((before, last)) if idle(&last.to_lowercase()) => left = before,
            None if idle(&left.to_lowercase()) => return String::new(),
            _ => return left.to_owned(),
        }
    }
}

/// The words between commas, clause by clause. Chinese is written without spaces, so its negations are
/// split off first.
fn clauses(text: &str) -> Vec<Vec<&str>> {
    let ends = |c: char| matches!(c, ',' | ';' | '，' | '、' | '；' | '،' | '؛' | '\n');
    text.split(ends).map(|clause| clause.split_whitespace().flat_map(set_apart).collect()).collect()
}

/// `裙子不要条纹` to `裙子`, `不要`, `条纹`; other words stay whole.
fn set_apart(token: &str) -> Vec<&str> {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let found = NEGATIONS.iter().filter(|n| n.starts_with(han)).find_map(|n| Some((token.find(n)?, n.len())));
    let Some((at, length)) = found else { return vec![token] };
    let (before, rest) = token.split_at(at);
    let (negation, after) = rest.split_at(length);
    [before, negation, after].into_iter().filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Vec<String>) {
        let SplitWords { positive, negative } = SplitWords::parse(text);
        (positive, negative)
    }

    #[test]
    fn negations_of_six_languages_exclude_what_follows() {
        for (text, positive, negative) in [
            ("red dress", "red dress", vec![]),
            ("red dress not striped", "red dress", vec!["striped"]),
            ("shirt without long sleeves", "shirt", vec!["long sleeves"]),
            ("Kleid nicht gestreift", "Kleid", vec!["gestreift"]),
            ("Kleid ohne Streifen oder Punkte", "Kleid", vec!["Streifen", "Punkte"]),
            ("vestido sin rayas", "vestido", vec!["rayas"]),
            ("robe pas de rayures", "robe", vec!["rayures"]),
            ("裙子不要条纹", "裙子", vec!["条纹"]),
            ("فستان بدون خطوط", "فستان", vec!["خطوط"]),
        ] {
            assert_eq!(
                read(text),
                (positive.into(), negative.iter().map(|w| (*w).into()).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn an_exclusion_ends_at_a_comma_or_a_turn() {
        assert_eq!(read("not red, shirt"), ("shirt".into(), vec!["red".into()]));
        assert_eq!(read("shirt not red but with pockets"), ("shirt with pockets".into(), vec!["red".into()]));
        assert_eq!(read("Not a coat"), (String::new(), vec!["coat".into()]));
    }

    #[test]
    fn a_negation_of_nothing_is_nothing() {
        assert_eq!(read("shirt not"), ("shirt".into(), vec![]));
        assert_eq!(read(" , not , "), (String::new(), vec![]));
        assert_eq!(read("shirt not red not red"), ("shirt".into(), vec!["red".into()]));
    }

    #[test]
    fn words_that_only_contain_a_negation_are_words() {
        assert_eq!(read("knot nordic piano"), ("knot nordic piano".into(), vec![]));
    }
}
