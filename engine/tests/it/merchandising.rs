//! Rules and synonyms: what a search does with them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use knytt_engine::{
    Availability, CompiledRules, Filter, Hit, Merchandising, MerchandisingRule, Order, Product, Query,
    QueryImage, RuleAction, RuleDid, SearchSession, Selection,
};
use knytt_models::Embedding;
use proptest::prelude::*;
use rand::Rng;

use crate::common::rng;
use crate::session::{ENCODER, empty};

const BRANDS: [&str; 3] = ["acme", "nord", "sol"];

/// Products in a catalogue of their own, with random vectors.
pub fn stocked(products: &[Product], seed: u64) -> (SearchSession, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let session = empty(dir.path());
    let mut rng = rng(seed);
    let mut writer = session.catalog().write();
    for product in products {
        writer.upsert(product, &vector(&mut rng), None).unwrap();
    }
    writer.commit().unwrap();
    (session, dir)
}

pub fn vector(rng: &mut impl Rng) -> Embedding {
    let values = (0..ENCODER.dimension()).map(|_| rng.random_range(-1.0..1.0)).collect();
    Embedding::new(values, ENCODER.fingerprint().clone()).unwrap()
}

pub fn document(actions: Vec<RuleAction>) -> Merchandising {
    let rule = MerchandisingRule { id: "one".into(), then: actions, ..MerchandisingRule::default() };
    Merchandising { rules: vec![rule], ..Merchandising::default() }
}

fn read(json: &str) -> Merchandising {
    Merchandising::read(json.as_bytes()).unwrap()
}

pub fn obey(session: &SearchSession, document: Merchandising) {
    let mut writer = session.catalog().write();
    writer.set_merchandising(Some(document));
    writer.commit().unwrap();
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn titled(id: &str, title: &str) -> Product {
    Product { id: id.into(), title: title.into(), ..Product::default() }
}

fn shop() -> (SearchSession, tempfile::TempDir) {
    let product = |id: &str, title: &str, brand: &str, category: &str| Product {
        brand: brand.into(),
        category: category.into(),
        ..titled(id, title)
    };
    let products = [
        product("s1", "Canvas sneaker", "acme", "Shoes"),
        product("s2", "Leather sneaker", "nord", "Shoes"),
        product("b1", "Rubber boot", "nord", "Shoes"),
        product("d1", "Summer dress", "acme", "Dresses"),
        product("d2", "Winter dress", "sol", "Dresses"),
    ];
    stocked(&products, 7)
}

fn words(text: &str) -> Query {
    Query { text: Some(text.into()), ..Query::default() }
}

#[test]
fn a_synonym_finds_what_the_words_do_not() {
    let (session, _dir) = shop();
    let before = session.search(&words("plimsoll")).unwrap();
    assert!(!before.named && before.guided.also.is_empty());
    obey(&session, read(r#"{"version":1,"synonyms":[{"kind":"one","from":"plimsoll","to":["sneaker"]}]}"#));
    let found = session.search(&words("plimsolls")).unwrap();
    assert!(found.named && found.is_good());
    assert_eq!(found.guided.also, ["sneaker"]);
    let first: HashSet<_> = ids(&found.hits[..2]).into_iter().collect();
    assert_eq!(first, HashSet::from(["s1", "s2"]));
    // Words that are taken as they are have no synonyms, and one way is one way.
    assert!(session.search(&Query { literal: true, ..words("plimsoll") }).unwrap().guided.also.is_empty());
    assert!(session.search(&words("sneaker")).unwrap().guided.also.is_empty());
}

#[test]
fn a_rule_applies_to_its_words_language_and_time() {
    let (session, _dir) = shop();
    obey(
        &session,
        read(
            r#"{"version":1,"rules":[
            {"id":"sale","name":"Summer sale","when":{"query":{"kind":"contains","words":"dress"},"language":"en",
             "fromMs":1000,"untilMs":2000},"then":[{"kind":"pin","product":"b1","place":1},
             {"kind":"banner","text":"Sale"},{"kind":"redirect","address":"https://shop.example/sale"}]},
            {"id":"later","then":[{"kind":"banner","text":"Other"}]}]}"#,
        ),
    );
    let asked = |text: &str, language: Option<&str>, at_ms| {
        let language = language.map(str::to_owned);
        session.search(&Query { language, at_ms: Some(at_ms), ..words(text) }).unwrap()
    };
    let found = asked("dresses", Some("en-GB"), 1_500);
    assert_eq!((found.hits[0].id.as_str(), found.hits[0].position), ("b1", 1));
    assert_eq!(found.hits[0].effects[0].did, RuleDid::Pinned);
    assert_eq!(found.hits[0].effects[0].rule.name, "Summer sale");
    assert_eq!(found.guided.banner.as_deref(), Some("Sale"), "the first rule that shows something does");
    assert_eq!(found.guided.redirect.as_deref(), Some("https://shop.example/sale"));
    assert!(found.is_good());
    for other in [
        asked("sneaker", Some("en"), 1_500),
        asked("dress", Some("de"), 1_500),
        asked("dress", None, 1_500),
        asked("dress", Some("en"), 2_000),
        asked("dress", Some("en"), 999),
    ] {
        assert!(other.hits.iter().all(|hit| hit.effects.is_empty()));
        assert_eq!(other.guided.banner.as_deref(), Some("Other"));
    }
}

#[test]
fn boosts_are_parts_of_scores() {
    let (session, _dir) = shop();
    let by = |conditions: &[&str]| Selection {
        products: Vec::new(),
        conditions: conditions.iter().map(|text| (*text).to_owned()).collect(),
    };
    obey(
        &session,
        document(vec![
            RuleAction::Boost { what: by(&["brand=sol"]), by: 2.0 },
            RuleAction::Bury { what: by(&["category=shoes", "brand=acme"]), by: 2.0 },
            // A column that is in no product changes nothing, and fails no search.
            RuleAction::Hide { what: by(&["season=summer"]) },
            RuleAction::Filter { conditions: vec!["season=winter".into()] },
        ]),
    );
    let found = session.search(&words("sneaker")).unwrap();
    assert_eq!((found.hits.len(), found.matched), (5, 5));
    assert_eq!((found.hits[0].id.as_str(), found.hits[4].id.as_str()), ("d2", "s1"));
    assert_eq!((found.hits[0].reasons.rules, found.hits[4].reasons.rules), (Some(2.0), Some(-2.0)));
    let did = |hit: &Hit| hit.effects.iter().map(|effect| effect.did).collect::<Vec<_>>();
    assert_eq!((did(&found.hits[0]), did(&found.hits[4])), (vec![RuleDid::Boosted], vec![RuleDid::Buried]));
    assert!(found.hits.iter().all(|hit| (hit.reasons.sum() - hit.score).abs() < 1e-4));
}

#[test]
fn a_filter_of_a_rule_narrows_that_of_the_shopper() {
    let (session, _dir) = shop();
    obey(&session, document(vec![RuleAction::Filter { conditions: vec!["brand=nord".into()] }]));
    let by =
        |brand: &str| Query { filter: Filter::parse(&[format!("brand={brand}")]).unwrap(), ..words("boot") };
    assert_eq!(session.search(&by("acme")).unwrap().matched, 0);
    assert_eq!(session.search(&by("nord")).unwrap().matched, 2);
}

#[test]
fn a_page_without_a_query_obeys_too() {
    let (session, _dir) = shop();
    let hidden = Selection { products: vec!["s1".into()], conditions: Vec::new() };
    let nord = Selection { products: Vec::new(), conditions: vec!["brand=nord".into()] };
    obey(
        &session,
        document(vec![
            RuleAction::Hide { what: hidden },
            RuleAction::Bury { what: nord, by: 0.1 },
            RuleAction::Pin { product: "d2".into(), place: 2 },
        ]),
    );
    let snapshot = session.catalog().read().unwrap();
    let guidance = session.guide(&snapshot, &Query::default(), &Filter::default()).unwrap();
    let filter = Filter::default().narrowed(guidance.filter());
    let shown = snapshot.browse_guided(&filter, Order::Catalog, 10, &guidance).unwrap();
    let order: Vec<_> = shown.iter().map(|shown| shown.product.id.as_str()).collect();
    assert_eq!(order, ["d1", "d2", "s2", "b1"]);
    assert_eq!(snapshot.count(&filter).unwrap(), 4);
    let facets = snapshot.facet_counts(&knytt_engine::Field::Brand, &filter).unwrap();
    assert_eq!(facets.iter().find(|(brand, _)| brand == "acme").unwrap().1, 1);
}

#[test]
fn rules_last_and_can_be_replaced_for_a_session() {
    let (session, dir) = shop();
    let pin = |id: &str| document(vec![RuleAction::Pin { product: id.into(), place: 1 }]);
    obey(&session, pin("b1"));
    let first = |session: &SearchSession| session.search(&words("dress")).unwrap().hits[0].id.clone();
    assert_eq!(first(&session), "b1");
    let other = session.with_rules(Arc::new(CompiledRules::new(pin("s2")).unwrap()));
    assert_eq!((first(&other), first(&session)), ("s2".into(), "b1".into()));
    session.replace_rules(Some(Arc::new(CompiledRules::new(pin("s1")).unwrap())));
    assert_eq!(first(&session.clone()), "s1");
    session.replace_rules(None);
    assert_eq!(first(&session), "b1");
    drop((session, other));
    let catalog = knytt_engine::Catalog::open(dir.path()).unwrap();
    assert_eq!(catalog.read().unwrap().merchandising().unwrap(), Some(pin("b1")));
    let session = SearchSession::new(catalog, ENCODER.clone()).unwrap();
    assert_eq!(first(&session), "b1");
    let mut writer = session.catalog().write();
    writer.set_merchandising(None);
    writer.commit().unwrap();
    assert_ne!(first(&session), "b1");
}

#[test]
fn a_copy_of_a_damaged_catalogue_has_its_rules() {
    let (session, dir) = shop();
    let rules = document(vec![RuleAction::Banner { text: "Sale".into() }]);
    obey(&session, rules.clone());
    let to = tempfile::tempdir().unwrap();
    knytt_engine::Catalog::repair(dir.path(), to.path()).unwrap();
    let copy = knytt_engine::Catalog::open(to.path()).unwrap();
    assert_eq!(copy.read().unwrap().merchandising().unwrap(), Some(rules));
}

/// A shop, rules and a query, as the property below takes them.
#[derive(Clone, Debug)]
struct Case {
    products: Vec<Product>,
    pins: Vec<(usize, u32)>,
    hidden: Option<usize>,
    narrowed: Option<usize>,
    asked: Option<usize>,
    k: usize,
    seed: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let product = (0..3_usize, 0..4_u8, 0..6_u8);
    let products = proptest::collection::vec(product, 1..30).prop_map(|all| {
        let make = |(n, (brand, stock, group)): (usize, (usize, u8, u8))| Product {
            id: format!("p{n}"),
            brand: BRANDS[brand].into(),
            availability: match stock {
                0 => Availability::OutOfStock,
                1 => Availability::Unknown,
                _ => Availability::InStock,
            },
            group: if group < 3 { format!("g{group}") } else { String::new() },
            ..Product::default()
        };
        all.into_iter().enumerate().map(make).collect::<Vec<_>>()
    });
    let pins = proptest::collection::vec((0..32_usize, 1..12_u32), 0..8);
    let brand = || proptest::option::of(0..3_usize);
    (products, pins, proptest::option::of(0..30_usize), brand(), brand(), 1..40_usize, any::<u64>()).prop_map(
        |(products, pins, hidden, narrowed, asked, k, seed)| Case {
            products,
            pins,
            hidden,
            narrowed,
            asked,
            k,
            seed,
        },
    )
}

impl Case {
    fn document(&self) -> Merchandising {
        let pins =
            self.pins.iter().map(|(n, place)| RuleAction::Pin { product: format!("p{n}"), place: *place });
        let hidden = self.hidden.map(|n| RuleAction::Hide {
            what: Selection { products: vec![format!("p{n}")], conditions: Vec::new() },
        });
        let brand = |brand: usize| vec![format!("brand={}", BRANDS[brand])];
        let narrowed = self.narrowed.map(|of| RuleAction::Filter { conditions: brand(of) });
        document(pins.chain(hidden).chain(narrowed).collect())
    }

    fn passes(&self, product: &Product) -> bool {
        let is_of = |brand: Option<usize>| brand.is_none_or(|brand| product.brand == BRANDS[brand]);
        is_of(self.asked) && is_of(self.narrowed) && self.hidden.is_none_or(|n| product.id != format!("p{n}"))
    }

    fn group<'p>(&'p self, id: &'p str) -> &'p str {
        let product = self.products.iter().find(|product| product.id == id).unwrap();
        if product.group.is_empty() { id } else { &product.group }
    }

    /// The pins that count, by place: of products that pass and can be bought, each with the first place that it is
    /// given; of two at one place the later has the next; of a group the first.
    fn expected_pins(&self) -> BTreeMap<usize, String> {
        let mut wanted: Vec<(usize, String)> = Vec::new();
        for (n, place) in &self.pins {
            let Some(product) = self.products.get(*n) else { continue };
            let is_new = wanted.iter().all(|(_, id)| *id != product.id);
            if is_new && self.passes(product) && product.availability != Availability::OutOfStock {
                wanted.push((*place as usize, product.id.clone()));
            }
        }
        wanted.sort_by_key(|(place, _)| *place);
        let (mut last, mut groups, mut pins) = (0, HashSet::new(), BTreeMap::new());
        for (place, id) in wanted {
            last = place.max(last + 1);
            if groups.insert(self.group(&id).to_owned()) {
                pins.insert(last, id);
            }
        }
        pins
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn pins_obey_filters_and_stock_and_stand_where_they_should(case in case()) {
        let (session, _dir) = stocked(&case.products, case.seed);
        obey(&session, case.document());
        let filter = case.asked.map(|brand| format!("brand={}", BRANDS[brand]));
        let query = Query {
            image: Some(QueryImage::Embedded(vector(&mut rng(case.seed ^ 1)))),
            filter: Filter::parse(filter.as_slice()).unwrap(),
            k: case.k,
            ..Query::default()
        };
        let result = session.search(&query).unwrap();
        let natural = session.search(&Query { k: 100, unpinned: true, ..query }).unwrap();

        let stored = |id: &str| case.products.iter().find(|product| product.id == id).unwrap();
        for hit in &result.hits {
            prop_assert!(case.passes(stored(&hit.id)), "{} does not pass", hit.id);
            let sold_out = stored(&hit.id).availability == Availability::OutOfStock;
            prop_assert!(!(hit.is_pinned() && sold_out), "{} is pinned and sold out", hit.id);
        }
        let groups: HashSet<_> = result.hits.iter().map(|hit| case.group(&hit.id)).collect();
        prop_assert_eq!(groups.len(), result.hits.len(), "one hit of a group");

        let pins = case.expected_pins();
        let taken: HashSet<_> = pins.values().map(|id| case.group(id)).collect();
        let mut expected: Vec<&str> =
            ids(&natural.hits).into_iter().filter(|id| !taken.contains(case.group(id))).collect();
        for (place, id) in &pins {
            expected.insert((place - 1).min(expected.len()), id);
        }
        expected.truncate(case.k);
        prop_assert_eq!(ids(&result.hits), expected);
        let passing = case.products.iter().filter(|product| case.passes(product)).count() as u64;
        prop_assert_eq!(result.matched, passing);
    }
}
