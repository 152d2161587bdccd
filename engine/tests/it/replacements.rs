//! Products that others take the place of.

use std::collections::{BTreeMap, HashMap, HashSet};

use knytt_engine::{
    Availability, CompiledRules, Filter, ListRules, Merchandising, Order, Product, Query, QueryImage,
    Replacement, RuleAction, SearchSession, Selection, Snapshot,
};
use proptest::prelude::*;

use crate::common::rng;
use crate::merchandising::{document, obey, stocked, vector};

const BRANDS: [&str; 3] = ["acme", "nord", "sol"];

/// Links that are followed.
const MOST_LINKS: usize = 8;

fn product(id: &str, availability: Availability) -> Product {
    Product { id: id.into(), title: format!("Boot {id}"), availability, ..Product::default() }
}

fn replace(product: &str, by: &str, always: bool) -> Replacement {
    Replacement { product: product.into(), by: by.into(), always }
}

fn replacing(all: &[Replacement]) -> Merchandising {
    Merchandising { replacements: all.to_vec(), ..Merchandising::default() }
}

fn found(session: &SearchSession) -> HashMap<String, Option<String>> {
    let query = Query { text: Some("boot".into()), ..Query::default() };
    session.search(&query).unwrap().hits.into_iter().map(|hit| (hit.id, hit.replaces)).collect()
}

#[test]
fn a_successor_is_shown_while_the_product_is_sold_out() {
    let (sold, here) = (Availability::OutOfStock, Availability::InStock);
    let (session, _dir) = stocked(&[product("old", sold), product("mid", sold), product("new", here)], 1);
    obey(&session, replacing(&[replace("old", "mid", false), replace("mid", "new", false)]));
    // Both lead to the last one, which stands once.
    assert_eq!(found(&session).into_keys().collect::<Vec<_>>(), ["new"]);
    let rules = CompiledRules::new(replacing(&[replace("old", "new", false)])).unwrap();
    let obeyed = ListRules { rules: Some(&rules), language: None };
    let successor =
        |snapshot: &Snapshot, id: &str| snapshot.successor(id, obeyed).unwrap().map(|product| product.id);
    let snapshot = session.catalog().read().unwrap();
    assert_eq!(successor(&snapshot, "old").as_deref(), Some("new"));
    assert_eq!((successor(&snapshot, "new"), successor(&snapshot, "nobody")), (None, None));
    assert_eq!(snapshot.successor("old", ListRules::default()).unwrap(), None);
    let ids = ["old", "new", "mid"].map(str::to_owned);
    let listed = snapshot.listed(&ids, &Filter::default(), obeyed, 9).unwrap();
    assert_eq!(listed.iter().map(|product| product.id.as_str()).collect::<Vec<_>>(), ["new", "mid"]);
    drop(snapshot);
    // The rules are the same, the stock is another one.
    let mut writer = session.catalog().write();
    let again = vector(&mut rng(2));
    writer.upsert(&product("old", here), &again, None).unwrap();
    writer.commit().unwrap();
    let snapshot = session.catalog().read().unwrap();
    assert_eq!(successor(&snapshot, "old"), None, "it can be bought again");
    drop(snapshot);
    let both = found(&session);
    assert_eq!(both["old"], None);
    assert_eq!(both.len(), 2, "what is in the middle is still replaced: {both:?}");
    obey(&session, replacing(&[replace("old", "new", true), replace("mid", "new", true)]));
    assert_eq!(found(&session).into_keys().collect::<Vec<_>>(), ["new"]);
}

#[test]
fn a_successor_has_the_place_and_score_of_what_it_replaces() {
    let (sold, here) = (Availability::OutOfStock, Availability::InStock);
    let (session, _dir) = stocked(&[product("old", sold), product("new", here), product("else", here)], 5);
    let image = session.catalog().read().unwrap().vector("old").unwrap();
    let query = Query { image: image.map(QueryImage::Embedded), ..Query::default() };
    let before = session.search(&query).unwrap().hits;
    assert_eq!(before[0].id, "old");
    obey(&session, replacing(&[replace("old", "new", false)]));
    let after = session.search(&query).unwrap().hits;
    assert_eq!((after[0].id.as_str(), after[0].replaces.as_deref(), after.len()), ("new", Some("old"), 2));
    assert_eq!((after[0].score, after[0].reasons), (before[0].score, before[0].reasons));
    let like = Query { product: Some("new".into()), ..Query::default() };
    let like = session.search(&like).unwrap().hits;
    assert_eq!(
        like.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(),
        ["else"],
        "no hit is the product itself"
    );
}

/// A shop without groups, rules, replacements and a query.
#[derive(Clone, Debug)]
struct Case {
    products: Vec<Product>,
    pins: Vec<(usize, u32)>,
    hidden: Option<usize>,
    asked: Option<usize>,
    replacements: Vec<Replacement>,
    k: usize,
    seed: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let products = proptest::collection::vec((0..3_usize, any::<bool>()), 1..24).prop_map(|all| {
        let make = |(n, (brand, is_out)): (usize, (usize, bool))| Product {
            brand: BRANDS[brand].into(),
            ..product(&format!("p{n}"), if is_out { Availability::OutOfStock } else { Availability::InStock })
        };
        all.into_iter().enumerate().map(make).collect::<Vec<_>>()
    });
    let pins = proptest::collection::vec((0..26_usize, 1..12_u32), 0..6);
    let replaced = proptest::collection::vec((0..26_usize, 0..26_usize, any::<bool>()), 0..24);
    let one = || proptest::option::of(0..24_usize);
    (products, pins, one(), proptest::option::of(0..3_usize), replaced, 1..30_usize, any::<u64>()).prop_map(
        |(products, pins, hidden, asked, replaced, k, seed)| Case {
            products,
            pins,
            hidden,
            asked,
            replacements: without_circles(&replaced),
            k,
            seed,
        },
    )
}

/// Those that a document may have: one of each product, none that leads back.
fn without_circles(all: &[(usize, usize, bool)]) -> Vec<Replacement> {
    let mut next: BTreeMap<usize, (usize, bool)> = BTreeMap::new();
    for (product, by, always) in all {
        let ends = std::iter::successors(Some(*by), |at| next.get(at).map(|(by, _)| *by));
        if !next.contains_key(product) && ends.into_iter().all(|at| at != *product) {
            next.insert(*product, (*by, *always));
        }
    }
    let made = |(product, (by, always))| replace(&format!("p{product}"), &format!("p{by}"), always);
    next.into_iter().map(made).collect()
}

impl Case {
    fn rules(&self, has_replacements: bool) -> Merchandising {
        let pin = |(n, place): &(usize, u32)| RuleAction::Pin { product: format!("p{n}"), place: *place };
        let hidden = self.hidden.map(|n| RuleAction::Hide {
            what: Selection { products: vec![format!("p{n}")], conditions: Vec::new() },
        });
        let banner = RuleAction::Banner { text: "A rule has an action".into() };
        let actions = self.pins.iter().map(pin).chain(hidden).chain([banner]).collect();
        let replacements = if has_replacements { self.replacements.clone() } else { Vec::new() };
        Merchandising { replacements, ..document(actions) }
    }

    fn stored(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    fn passes(&self, product: &Product) -> bool {
        self.asked.is_none_or(|brand| product.brand == BRANDS[brand])
            && self.hidden.is_none_or(|n| product.id != format!("p{n}"))
    }

    fn can_be_bought(&self, id: &str) -> bool {
        self.stored(id).is_some_and(|product| product.availability == Availability::InStock)
    }

    /// The last product of the chain that passes and can be bought.
    fn successor(&self, id: &str) -> Option<String> {
        let (mut at, mut last) = (id.to_owned(), None);
        for _ in 0..MOST_LINKS {
            let Some(next) = self.replacements.iter().find(|next| next.product == at) else { break };
            if self.can_be_bought(&at) && !next.always {
                break;
            }
            at.clone_from(&next.by);
            if self.can_be_bought(&at) && self.stored(&at).is_some_and(|product| self.passes(product)) {
                last = Some(at.clone());
            }
        }
        last
    }

    /// What is shown for each of these ids, each product once, with pins in their places.
    fn shown<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut pins: Vec<(usize, String)> = Vec::new();
        for (n, place) in &self.pins {
            let id = format!("p{n}");
            let id = self.stored(&id).map(|_| self.successor(&id).unwrap_or(id.clone()));
            let Some(id) = id.filter(|id| self.can_be_bought(id) && self.passes(self.stored(id).unwrap()))
            else {
                continue;
            };
            if pins.iter().all(|(_, pinned)| *pinned != id) {
                pins.push((*place as usize, id));
            }
        }
        let mut seen: HashSet<String> = pins.iter().map(|(_, id)| id.clone()).collect();
        let ids = ids.into_iter().map(|id| self.successor(id).unwrap_or(id.to_owned()));
        let mut shown: Vec<String> = ids.filter(|id| seen.insert(id.clone())).collect();
        pins.sort_by_key(|(place, _)| *place);
        let mut last = 0;
        for (place, id) in pins {
            last = place.max(last + 1);
            shown.insert((last - 1).min(shown.len()), id);
        }
        shown.truncate(self.k);
        shown
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn successors_stand_where_they_should_with_pins_hides_and_filters(case in case()) {
        let (session, _dir) = stocked(&case.products, case.seed);
        let filter = case.asked.map(|brand| format!("brand={}", BRANDS[brand]));
        let query = Query {
            image: Some(QueryImage::Embedded(vector(&mut rng(case.seed ^ 1)))),
            filter: Filter::parse(filter.as_slice()).unwrap(),
            k: case.k,
            ..Query::default()
        };
        obey(&session, case.rules(false));
        let natural = session.search(&Query { k: 100, unpinned: true, ..query.clone() }).unwrap().hits;
        obey(&session, case.rules(true));
        let hits = session.search(&query).unwrap().hits;
        let ids: Vec<&str> = hits.iter().map(|hit| hit.id.as_str()).collect();
        prop_assert_eq!(&ids, &case.shown(natural.iter().map(|hit| hit.id.as_str())));
        let scores: HashMap<&str, f32> = natural.iter().map(|hit| (hit.id.as_str(), hit.score)).collect();
        for hit in hits.iter().filter(|hit| !hit.is_pinned()) {
            let own = hit.replaces.as_deref().unwrap_or(&hit.id);
            prop_assert_eq!(hit.score, scores[own], "{} in place of {:?}", hit.id, hit.replaces);
            prop_assert!(hit.replaces.is_none() || case.successor(own).as_ref() == Some(&hit.id));
        }

        // Without a query: in the order of the catalogue the same, by price without what is replaced.
        let snapshot = session.catalog().read().unwrap();
        let guidance = session.guide(&snapshot, &Query::default(), &query.filter).unwrap();
        let among = query.filter.clone().narrowed(guidance.filter());
        let browsed = |order| {
            let shown = snapshot.browse_guided(&among, order, case.k, &guidance).unwrap();
            shown.into_iter().map(|shown| shown.product.id).collect::<Vec<_>>()
        };
        let passing: Vec<&str> = case.products.iter().filter(|p| case.passes(p)).map(|p| p.id.as_str()).collect();
        prop_assert_eq!(browsed(Order::Catalog), case.shown(passing.iter().copied()));
        let left = passing.into_iter().filter(|id| case.successor(id).is_none()).take(case.k);
        prop_assert_eq!(browsed(Order::PriceUp), left.collect::<Vec<_>>());
    }
}
