//! A document prepared for searches: rules by the first of their words, so that a search reads few of them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog::snapshot::Snapshot;
use crate::error::{FilterError, Result};
use crate::lexical::terms::terms;
use crate::merchandise::check::InvalidMerchandising;
use crate::merchandise::document::{Merchandising, MerchandisingRule, RuleAction, RuleQuery, Selection};
use crate::merchandise::looks::CompiledLook;
use crate::merchandise::replaced::{Chains, ChainsOfState};
use crate::merchandise::synonyms::Synonyms;
use crate::product::field::Field;
use crate::product::filter::Filter;
use crate::product::fold::fold;

/// Rules and synonyms that searches can obey. It is made once for a document.
#[derive(Clone, Debug)]
pub struct CompiledRules {
    document: Merchandising,
    digest: u64,
    rules: Vec<CompiledRule>,
    /// Numbers of rules by the first of their words.
    by_word: HashMap<String, Vec<u32>>,
    /// Numbers of rules without words by their category.
    by_category: HashMap<String, Vec<u32>>,
    /// Numbers of rules with neither.
    general: Vec<u32>,
    /// The moments at which a rule begins or ends, sorted.
    moments: Vec<i64>,
    pub(crate) synonyms: Synonyms,
    chains: ChainsOfState,
    pub(crate) looks: Vec<CompiledLook>,
}

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct CompiledRule {
    pub(crate) id: String,
    pub(crate) name: String,
    words: Vec<String>,
    is_exact: bool,
    category: Option<String>,
    language: Option<String>,
    from_ms: i64,
    until_ms: i64,
    pub(crate) actions: Vec<CompiledAction>,
}

/// An action with its conditions read.
#[derive(Clone, Debug)]
pub(crate) enum CompiledAction {
    Pin {
        product: String,
        place: usize,
    },
    /// Adds to the scores of products that pass any of the filters; less than zero buries them.
    Weigh {
        what: Vec<Filter>,
        by: f32,
    },
    Hide(Vec<Filter>),
    Narrow(Filter),
    Banner(String),
    Redirect(String),
}

/// What the conditions of rules are about.
pub(crate) struct Asked<'a> {
    /// The terms of the typed words, in their order.
    pub(crate) words: Vec<String>,
    /// The filter that hits must pass.
    pub(crate) filter: &'a Filter,
    /// The shopper's language, such as `en`.
    pub(crate) language: Option<&'a str>,
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
}

impl CompiledRules {
    /// Checks a document and prepares it.
    ///
    /// # Errors
    /// It is out of its bounds.
    pub fn new(document: Merchandising) -> Result<Self, InvalidMerchandising> {
        document.check()?;
        let unreadable =
            |error: FilterError| InvalidMerchandising { place: "rules".into(), reason: error.to_string() };
        let active = document.rules.iter().filter(|rule| !rule.paused);
        let rules: Vec<CompiledRule> =
            active.map(CompiledRule::new).collect::<Result<_, _>>().map_err(unreadable)?;
        let mut compiled = Self {
            digest: digest(&document),
            synonyms: Synonyms::new(&document.synonyms),
            by_word: HashMap::new(),
            by_category: HashMap::new(),
            general: Vec::new(),
            moments: moments(&rules),
            chains: ChainsOfState::default(),
            looks: document.looks.iter().filter_map(|look| CompiledLook::new(look).ok()).collect(),
            rules: Vec::new(),
            document,
        };
        for (number, rule) in (0..).zip(&rules) {
            match (rule.words.first(), &rule.category) {
                (Some(word), _) => compiled.by_word.entry(word.clone()).or_default().push(number),
                (None, Some(of)) => compiled.by_category.entry(of.clone()).or_default().push(number),
                (None, None) => compiled.general.push(number),
            }
        }
        Ok(Self { rules, ..compiled })
    }

    /// The document.
    pub fn document(&self) -> &Merchandising {
        &self.document
    }

    /// The picture of a look, a JPEG; `None` if there is no such look.
    pub fn look_picture(&self, id: &str) -> Option<&[u8]> {
        self.looks.iter().find(|look| look.id == id).map(|look| look.jpeg.as_slice())
    }

    /// A number that tells these rules from others, and times between which rules begin or end from each other: while
    /// it stays, the rules do the same to the same query. `at_ms`: milliseconds since 1970.
    pub fn state(&self, at_ms: i64) -> u64 {
        let passed = self.moments.partition_point(|moment| *moment <= at_ms) as u64;
        (self.digest ^ passed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1)
    }

    /// What takes the place of what in this state of the catalogue; `None` if the document replaces nothing.
    pub(crate) fn chains(&self, snapshot: &Snapshot) -> Result<Option<Arc<Chains>>> {
        let replacements = &self.document.replacements;
        if replacements.is_empty() {
            return Ok(None);
        }
        self.chains.get(snapshot, replacements).map(Some)
    }

    /// The rules that apply, in the order of the document.
    pub(crate) fn applying(&self, asked: &Asked<'_>) -> Vec<&CompiledRule> {
        let rules = self.candidates(asked).into_iter().map(|number| &self.rules[number as usize]);
        rules.filter(|rule| rule.applies(asked)).collect()
    }

    /// The numbers of the rules that are looked at: those that need no word and no category, and those whose first word
    /// or category is asked for.
    fn candidates(&self, asked: &Asked<'_>) -> Vec<u32> {
        let mut numbers = self.general.clone();
        for word in &asked.words {
            numbers.extend(self.by_word.get(word).into_iter().flatten());
        }
        for category in asked.categories() {
            numbers.extend(self.by_category.get(category).into_iter().flatten());
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

impl Asked<'_> {
    fn categories(&self) -> impl Iterator<Item = &String> {
        self.filter.values().filter(|(field, _)| **field == Field::Category).flat_map(|(_, values)| values)
    }
}

impl CompiledRule {
    fn new(rule: &MerchandisingRule) -> Result<Self, FilterError> {
        let (words, is_exact) = match &rule.when.query {
            Some(RuleQuery::Exact { words }) => (terms(words), true),
            Some(RuleQuery::Contains { words }) => (terms(words), false),
            None => (Vec::new(), false),
        };
        Ok(Self {
            id: rule.id.clone(),
            name: rule.name.clone(),
            words,
            is_exact,
            category: rule.when.category.as_deref().map(fold),
            language: rule.when.language.clone(),
            from_ms: rule.when.from_ms.unwrap_or(i64::MIN),
            until_ms: rule.when.until_ms.unwrap_or(i64::MAX),
            actions: rule.then.iter().map(CompiledAction::new).collect::<Result<_, _>>()?,
        })
    }

    fn applies(&self, asked: &Asked<'_>) -> bool {
        let said = match self.is_exact {
            true => self.words == asked.words,
            false => self.words.iter().all(|word| asked.words.contains(word)),
        };
        said && (self.from_ms..self.until_ms).contains(&asked.at_ms)
            && self.language.as_deref().is_none_or(|language| asked.language == Some(language))
            && self.category.as_ref().is_none_or(|category| asked.categories().any(|of| of == category))
    }
}

impl CompiledAction {
    fn new(action: &RuleAction) -> Result<Self, FilterError> {
        Ok(match action {
            RuleAction::Pin { product, place } => {
                Self::Pin { product: product.clone(), place: *place as usize }
            }
            RuleAction::Boost { what, by } => Self::Weigh { what: filters(what)?, by: *by },
            RuleAction::Bury { what, by } => Self::Weigh { what: filters(what)?, by: -*by },
            RuleAction::Hide { what } => Self::Hide(filters(what)?),
            RuleAction::Filter { conditions } => Self::Narrow(Filter::parse(conditions)?),
            RuleAction::Banner { text } => Self::Banner(text.clone()),
            RuleAction::Redirect { address } => Self::Redirect(address.clone()),
        })
    }
}

/// A product is selected if it passes any of them.
fn filters(what: &Selection) -> Result<Vec<Filter>, FilterError> {
    let mut filters = Vec::new();
    if !what.products.is_empty() {
        filters.push(Filter::of_products(&what.products));
    }
    if !what.conditions.is_empty() {
        filters.push(Filter::parse(&what.conditions)?);
    }
    Ok(filters)
}

fn moments(rules: &[CompiledRule]) -> Vec<i64> {
    let all = rules.iter().flat_map(|rule| [rule.from_ms, rule.until_ms]);
    let mut moments: Vec<i64> = all.filter(|moment| ![i64::MIN, i64::MAX].contains(moment)).collect();
    moments.sort_unstable();
    moments
}

/// The beginning of the hash of the document's JSON.
fn digest(document: &Merchandising) -> u64 {
    // Texts, numbers and lists: this cannot fail.
    let json = serde_json::to_vec(document).unwrap_or_default();
    let hash = blake3::hash(&json);
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(conditions: &[(&str, &str)]) -> CompiledRules {
        let rule = |(id, when): &(&str, &str)| {
            let json = format!(r#"{{"id":"{id}","when":{when},"then":[{{"kind":"banner","text":"{id}"}}]}}"#);
            serde_json::from_str(&json).unwrap()
        };
        let rules = conditions.iter().map(rule).collect();
        CompiledRules::new(Merchandising { rules, ..Merchandising::default() }).unwrap()
    }

    fn applying<'r>(rules: &'r CompiledRules, typed: &str, filter: &Filter, at_ms: i64) -> Vec<&'r str> {
        let asked = Asked { words: terms(typed), filter, language: Some("en"), at_ms };
        rules.applying(&asked).into_iter().map(|rule| rule.id.as_str()).collect()
    }

    #[test]
    fn of_a_thousand_rules_a_search_looks_at_those_of_its_words() {
        let when = |number: usize| match number {
            0..50 => "{}".to_owned(),
            50..500 => format!(r#"{{"category":"kind{number}"}}"#),
            _ => format!(r#"{{"query":{{"kind":"contains","words":"summer{} more"}}}}"#, number / 10),
        };
        let conditions: Vec<_> = (0..1_000).map(|number| (format!("r{number}"), when(number))).collect();
        let conditions: Vec<_> = conditions.iter().map(|(id, when)| (id.as_str(), when.as_str())).collect();
        let rules = compiled(&conditions);
        let looked_at = |typed: &str, filter: &Filter| {
            rules.candidates(&Asked { words: terms(typed), filter, language: None, at_ms: 0 }).len()
        };
        assert_eq!(looked_at("a dress for the beach", &Filter::default()), 50);
        assert_eq!(looked_at("summer50 more of summer99", &Filter::default()), 70);
        assert_eq!(looked_at("dress", &Filter::parse(&["category=kind50"]).unwrap()), 51);
    }

    #[test]
    fn a_rule_applies_where_all_its_conditions_hold() {
        let rules = compiled(&[
            ("exact", r#"{"query":{"kind":"exact","words":"Summer Dresses"}}"#),
            ("contains", r#"{"query":{"kind":"contains","words":"dress summer"}}"#),
            ("always", "{}"),
            ("dresses", r#"{"category":"DRESSES"}"#),
            ("german", r#"{"language":"de"}"#),
            ("english", r#"{"language":"en"}"#),
            ("timed", r#"{"fromMs":10,"untilMs":20}"#),
        ]);
        let (all, dresses) = (Filter::default(), Filter::parse(&["category=Dresses"]).unwrap());
        assert_eq!(applying(&rules, "summer dress", &all, 0), ["exact", "contains", "always", "english"]);
        assert_eq!(applying(&rules, "red dress for summer", &all, 0), ["contains", "always", "english"]);
        assert_eq!(applying(&rules, "dress summer", &all, 0), ["contains", "always", "english"]);
        assert_eq!(applying(&rules, "", &dresses, 0), ["always", "dresses", "english"]);
        assert_eq!(applying(&rules, "", &all, 10), ["always", "english", "timed"]);
        assert_eq!(applying(&rules, "", &all, 20), ["always", "english"]);
    }

    #[test]
    fn the_state_changes_with_the_rules_and_when_one_begins_or_ends() {
        let one = compiled(&[("a", r#"{"fromMs":10,"untilMs":20}"#)]);
        let other = compiled(&[("b", r#"{"fromMs":10,"untilMs":20}"#)]);
        assert_ne!(one.state(0), other.state(0));
        let states = [0, 9, 10, 19, 20, 30].map(|at| one.state(at));
        assert!(states[0] == states[1] && states[2] == states[3] && states[4] == states[5]);
        assert!(states[1] != states[2] && states[3] != states[4] && states[1] != states[4]);
    }
}
