//! The approximate index finds what the exact scan finds, and is asked only where it may be.

use knytt_engine::{Catalog, Filter, IndexKind, Product, Strategy};
use knytt_models::Embedding;

use crate::common::{clustered, ids, product, rng, search, spec};

const DIMENSION: usize = 48;
const PRODUCTS: usize = 6_000;

fn catalog(dir: &std::path::Path) -> (Catalog, Vec<Embedding>) {
    let catalog = Catalog::create(dir, &spec(DIMENSION)).unwrap();
    let mut vectors = clustered(&mut rng(7), PRODUCTS + 60, DIMENSION, 150);
    let queries = vectors.split_off(PRODUCTS);
    let mut writer = catalog.write();
    writer.keep_arroy_from(Some(1_000));
    for (number, vector) in vectors.iter().enumerate() {
        let shade = if number % 50 == 0 { "rare" } else { ["even", "odd"][number % 2] };
        let product = Product { colors: vec![shade.into()], ..product(number) };
        writer.upsert(&product, vector, None).unwrap();
        if number % 2_000 == 1_999 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
    (catalog, queries)
}

#[test]
fn both_approximate_kinds_have_a_recall_at_10_above_98_percent_and_auto_asks_the_codes() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, queries) = catalog(dir.path());
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.info().unwrap().index.arroy_vectors, PRODUCTS as u64);
    let any = Filter::default();
    for (strategy, kind) in [(Strategy::Auto, IndexKind::IvfRabitq), (Strategy::Arroy, IndexKind::Arroy)] {
        let mut found = 0;
        for query in &queries {
            let answer = search(&snapshot, query, &any, 10, strategy);
            assert_eq!(answer.index, kind);
            let exact = search(&snapshot, query, &any, 10, Strategy::Exact);
            assert_eq!(exact.index, IndexKind::Exact);
            let exact = ids(&exact);
            found += ids(&answer).iter().filter(|id| exact.contains(id)).count();
        }
        let recall = found as f64 / (10 * queries.len()) as f64;
        assert!(recall >= 0.98, "recall@10 of {kind} is {recall}");
    }
}

#[test]
fn a_narrow_filter_is_answered_exactly_and_always_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, queries) = catalog(dir.path());
    let snapshot = catalog.read().unwrap();
    let rare = Filter::parse(&["color=rare"]).unwrap();
    for query in &queries {
        let auto = search(&snapshot, query, &rare, 100, Strategy::Auto);
        assert_eq!((auto.index, auto.matched, auto.products.len()), (IndexKind::Exact, 120, 100));
        // Asked to use arroy all the same, it finds as many.
        assert_eq!(search(&snapshot, query, &rare, 100, Strategy::Arroy).products.len(), 100);
        // More hits than the trees may come across: the answer is still full.
        let all = search(&snapshot, query, &Filter::default(), PRODUCTS, Strategy::Arroy);
        assert_eq!(all.products.len(), PRODUCTS);
    }
}

#[test]
fn the_index_follows_deletes_and_changed_vectors() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, queries) = catalog(dir.path());
    let mut writer = catalog.write();
    writer.delete("3");
    writer.upsert(&product("4"), &queries[0], None).unwrap();
    writer.upsert(&product("new"), &queries[1], None).unwrap();
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.info().unwrap().index.arroy_vectors, PRODUCTS as u64);
    for (query, nearest) in [(&queries[0], "4"), (&queries[1], "new")] {
        let found = search(&snapshot, query, &Filter::default(), 1, Strategy::Arroy);
        assert_eq!((found.index, ids(&found)), (IndexKind::Arroy, vec![nearest]));
    }
}

#[test]
fn the_index_is_dropped_when_it_is_not_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, queries) = catalog(dir.path());
    let mut writer = catalog.write();
    writer.keep_arroy_from(None);
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.info().unwrap().index.arroy_vectors, 0);
    let found = search(&snapshot, &queries[0], &Filter::default(), 5, Strategy::Arroy);
    assert_eq!(found.index, IndexKind::Exact);
}
