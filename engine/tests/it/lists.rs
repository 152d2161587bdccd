//! Lists that no search made obey the rules, too.

use std::collections::BTreeSet;

use knytt_engine::{
    CompiledRules, Filter, ListRules, Merchandising, MerchandisingRule, Product, Query, RuleAction,
    RuleCondition, Selection, Snapshot,
};
use proptest::prelude::*;

use crate::merchandising::stocked;

const BRANDS: [&str; 3] = ["acme", "nord", "sol"];
const CATEGORIES: [&str; 4] = ["Shirts", "Trousers", "Belts", "Shoes"];

/// A shop, and rules that hide: each a brand, perhaps in one category alone, perhaps for one language.
#[derive(Clone, Debug)]
struct Case {
    /// Brand and category of each product.
    products: Vec<(usize, usize)>,
    rules: Vec<Hidden>,
    /// Whether an unconditional rule asks for the first brand or the second.
    narrowed: bool,
    seed: u64,
}

#[derive(Clone, Debug)]
struct Hidden {
    brand: usize,
    category: Option<usize>,
    is_german: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let products = proptest::collection::vec((0..3_usize, 0..4_usize), 1..40);
    let hidden = (0..3_usize, proptest::option::of(0..4_usize), any::<bool>());
    let hidden = hidden.prop_map(|(brand, category, is_german)| Hidden { brand, category, is_german });
    (products, proptest::collection::vec(hidden, 0..3), any::<bool>(), any::<u64>())
        .prop_map(|(products, rules, narrowed, seed)| Case { products, rules, narrowed, seed })
}

impl Case {
    fn products(&self) -> Vec<Product> {
        let product = |(n, (brand, category)): (usize, &(usize, usize))| Product {
            id: format!("p{n}"),
            brand: BRANDS[*brand].into(),
            category: CATEGORIES[*category].into(),
            ..Product::default()
        };
        self.products.iter().enumerate().map(product).collect()
    }

    fn rules(&self) -> CompiledRules {
        let rule = |(n, hidden): (usize, &Hidden)| MerchandisingRule {
            id: format!("r{n}"),
            when: RuleCondition {
                category: hidden.category.map(|category| CATEGORIES[category].into()),
                language: hidden.is_german.then(|| "de".into()),
                ..RuleCondition::default()
            },
            then: vec![RuleAction::Hide {
                what: Selection {
                    products: Vec::new(),
                    conditions: vec![format!("brand={}", BRANDS[hidden.brand])],
                },
            }],
            ..MerchandisingRule::default()
        };
        let mut rules: Vec<_> = self.rules.iter().enumerate().map(rule).collect();
        let conditions = [0, 1].map(|brand| format!("brand={}", BRANDS[brand])).to_vec();
        rules.extend(self.narrowed.then(|| MerchandisingRule {
            id: "narrowed".into(),
            then: vec![RuleAction::Filter { conditions }],
            ..MerchandisingRule::default()
        }));
        CompiledRules::new(Merchandising { rules, ..Merchandising::default() }).unwrap()
    }

    /// Whether a product may be shown where the list is one of `category`, to somebody who speaks German or not.
    fn shows(&self, n: usize, category: Option<usize>, in_german: bool) -> bool {
        let (brand, _) = self.products[n];
        let hides = |hidden: &Hidden| {
            hidden.brand == brand
                && (!hidden.is_german || in_german)
                && hidden.category.is_none_or(|of| Some(of) == category)
        };
        !(self.rules.iter().any(hides) || self.narrowed && brand == 2)
    }

    /// The categories of which something can be shown beside a product.
    fn with_something(&self, in_german: bool) -> BTreeSet<&'static str> {
        let shown = |(n, (_, category)): (usize, &(usize, usize))| {
            self.shows(n, Some(*category), in_german).then_some(CATEGORIES[*category])
        };
        self.products.iter().enumerate().filter_map(shown).collect()
    }
}

fn number(product: &Product) -> usize {
    product.id[1..].parse().unwrap()
}

fn categories(snapshot: &Snapshot, obeyed: ListRules<'_>) -> BTreeSet<String> {
    snapshot.goes_with("p0", 9, obeyed).unwrap().into_iter().map(|product| product.category).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_list_shows_what_rules_hide_and_each_shows_all_else(case in case(), in_german: bool) {
        let (session, _dir) = stocked(&case.products(), case.seed);
        let rules = case.rules();
        let language = in_german.then_some("de-AT");
        let obeyed = ListRules { rules: Some(&rules), language };
        let snapshot = session.catalog().read().unwrap();

        // What goes with the first product: one of each kind that is found without rules and has something to show.
        let found = snapshot.goes_with("p0", 9, obeyed).unwrap();
        for product in &found {
            let (_, category) = case.products[number(product)];
            prop_assert!(case.shows(number(product), Some(category), in_german), "{} is hidden", product.id);
        }
        let with_something = case.with_something(in_german);
        let expected: BTreeSet<String> = categories(&snapshot, ListRules::default())
            .into_iter()
            .filter(|category| with_something.contains(category.as_str()))
            .collect();
        prop_assert_eq!(categories(&snapshot, obeyed), expected);

        // Lists of ids, of all kinds and of one, with an id that is not there.
        let mut ids: Vec<String> = case.products().into_iter().rev().map(|product| product.id).collect();
        ids.insert(0, "gone".into());
        for category in [None, Some(1)] {
            let within = category.map(|category: usize| format!("category={}", CATEGORIES[category]));
            let within = Filter::parse(within.as_slice()).unwrap();
            let listed = snapshot.listed(&ids, &within, obeyed, usize::MAX).unwrap();
            let shown = |n: &usize| {
                category.is_none_or(|of| case.products[*n].1 == of) && case.shows(*n, category, in_german)
            };
            let expected: Vec<usize> = (0..case.products.len()).rev().filter(shown).collect();
            prop_assert_eq!(listed.iter().map(number).collect::<Vec<_>>(), expected.clone());
            let few = snapshot.listed(&ids, &within, obeyed, 2).unwrap();
            prop_assert_eq!(few.iter().map(number).collect::<Vec<_>>(), &expected[..expected.len().min(2)]);
        }

        // What is like a product, as a search.
        drop(snapshot);
        let like = Query {
            product: Some("p0".into()),
            language: language.map(str::to_owned),
            k: 100,
            ..Query::default()
        };
        let hits = session.with_rules(rules.into()).search(&like).unwrap().hits;
        let found: BTreeSet<usize> = hits.iter().map(|hit| number(&hit.product)).collect();
        let expected: BTreeSet<usize> =
            (1..case.products.len()).filter(|n| case.shows(*n, None, in_german)).collect();
        prop_assert_eq!(found, expected);
    }
}
