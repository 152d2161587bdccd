//! The index of codes: what it finds, and that it follows every change.

use std::collections::BTreeMap;

use knytt_engine::{Catalog, Filter, IndexKind, Product, Snapshot, Strategy};
use knytt_models::Embedding;
use rand::Rng;

use crate::common::{assert_sound, clustered, ids, product, random_embedding, rng, search, spec};

/// Enough for cells.
const PRODUCTS: usize = 18_000;
const DIMENSION: usize = 40;

fn colored(number: usize) -> Product {
    let of = |n: usize| if number.is_multiple_of(n) { format!("of {n}") } else { "none".into() };
    Product { colors: vec![of(2), of(7), of(150)], ..product(number) }
}

fn store(catalog: &Catalog, vectors: &BTreeMap<usize, Embedding>) {
    let mut writer = catalog.write();
    for (&number, vector) in vectors {
        writer.upsert(&colored(number), vector, None).unwrap();
    }
    writer.commit().unwrap();
}

/// The share of the exact answers that the codes find.
fn recall(snapshot: &Snapshot, queries: &[Embedding], filter: &Filter, k: usize) -> f64 {
    let (mut found, mut wanted) = (0, 0);
    for query in queries {
        let answer = search(snapshot, query, filter, k, Strategy::IvfRabitq);
        assert_eq!(answer.index, IndexKind::IvfRabitq);
        assert!(answer.products.is_sorted_by(|a, b| a.score >= b.score));
        let exact = search(snapshot, query, filter, k, Strategy::Exact);
        assert_eq!((answer.products.len(), answer.matched), (exact.products.len(), exact.matched));
        let exact = ids(&exact);
        found += ids(&answer).iter().filter(|id| exact.contains(id)).count();
        wanted += exact.len();
    }
    found as f64 / wanted as f64
}

#[test]
fn near_and_far_queries_find_what_the_exact_scan_finds_under_any_filter() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(DIMENSION)).unwrap();
    let mut vectors = clustered(&mut rng(3), PRODUCTS + 30, DIMENSION, 300);
    let near = vectors.split_off(PRODUCTS);
    store(&catalog, &vectors.into_iter().enumerate().collect());
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    // As far from all products as words are from pictures.
    let away = random_embedding(&mut rng(4), DIMENSION);
    let far: Vec<_> = near.iter().map(|q| Embedding::fuse(&[(q, 0.4), (&away, 1.0)]).unwrap()).collect();
    for (name, queries) in [("near", &near), ("far", &far)] {
        for k in [1, 10, 500] {
            let all = recall(&snapshot, queries, &Filter::default(), k);
            assert!(all >= 0.95, "{name}: recall@{k} is {all}");
        }
        for condition in ["color=of 2", "color=of 7", "color=of 150"] {
            let filtered = recall(&snapshot, queries, &Filter::parse(&[condition]).unwrap(), 10);
            assert!(filtered >= 0.99, "{name}, {condition}: recall@10 is {filtered}");
        }
    }
}

#[test]
fn after_any_batches_the_index_is_as_good_as_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path().join("changed"), &spec(DIMENSION)).unwrap();
    let mut rng = rng(11);
    let pool = clustered(&mut rng, 60_000, DIMENSION, 200);
    let mut now: BTreeMap<usize, Embedding> = BTreeMap::new();
    // Past the limits at which the index comes, gets cells, takes in what is fresh, is made anew and goes.
    for (adds, changes, deletes) in [
        (900, 0, 0),
        (200, 20, 5),
        (1_500, 300, 200),
        (16_000, 100, 900),
        (300, 250, 250),
        (900, 700, 500),
        (1, 1, 1),
        (19_000, 0, 3_000),
        (0, 0, 28_000),
        (0, 50, 3_000),
        (0, 0, 1_800),
    ] {
        let mut writer = catalog.write();
        for _ in 0..adds + changes {
            let is_new = writer.len() < adds || now.is_empty();
            let number = if is_new { rng.random_range(0..1_000_000) } else { some(&mut rng, &now) };
            let vector = pool[rng.random_range(0..pool.len())].clone();
            writer.upsert(&colored(number), &vector, None).unwrap();
            now.insert(number, vector);
        }
        for _ in 0..deletes.min(now.len()) {
            let number = some(&mut rng, &now);
            writer.delete(&number.to_string());
            now.remove(&number);
        }
        writer.commit().unwrap();
        let snapshot = catalog.read().unwrap();
        assert_eq!(snapshot.len().unwrap(), now.len() as u64);
        assert_sound(&snapshot);
    }
    assert_eq!(catalog.info().unwrap().index.codes_bytes, 0, "a small catalogue keeps no codes");

    let more: BTreeMap<usize, Embedding> = pool.iter().take(3_000).cloned().enumerate().collect();
    store(&catalog, &more);
    now.extend(more);
    let anew = Catalog::create(dir.path().join("anew"), &spec(DIMENSION)).unwrap();
    store(&anew, &now);
    let queries: Vec<_> = (0..20).map(|_| pool[rng.random_range(0..pool.len())].clone()).collect();
    for catalog in [&catalog, &anew] {
        let found = recall(&catalog.read().unwrap(), &queries, &Filter::default(), 10);
        assert!(found >= 0.98, "recall@10 is {found}");
    }
}

#[test]
fn small_batches_merge_every_delta_block_into_the_cells_in_turn() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(DIMENSION)).unwrap();
    let mut rng = rng(17);
    let pool = clustered(&mut rng, 30_000, DIMENSION, 200);
    let mut now: BTreeMap<usize, Embedding> = pool.iter().take(17_000).cloned().enumerate().collect();
    store(&catalog, &now);
    for batch in 0..24 {
        let mut writer = catalog.write();
        for turn in 0..300 {
            let number = some(&mut rng, &now);
            if turn % 3 == 0 {
                writer.delete(&number.to_string());
                now.remove(&number);
                continue;
            }
            let number = if turn % 3 == 1 { 1_000 * batch + 100_000 + turn } else { number };
            let vector = pool[rng.random_range(0..pool.len())].clone();
            writer.upsert(&colored(number), &vector, None).unwrap();
            now.insert(number, vector);
        }
        writer.commit().unwrap();
        let delta = catalog.info().unwrap().databases.into_iter().find(|d| d.name == "fresh").unwrap();
        // A sixteenth of the catalogue and what a few batches bring, each code with its share of a page.
        assert!(delta.bytes < 17_000 / 8 * 60, "{} bytes are fresh after batch {batch}", delta.bytes);
    }
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.len().unwrap(), now.len() as u64);
    assert_sound(&snapshot);
    let queries: Vec<_> = (0..20).map(|_| pool[rng.random_range(0..pool.len())].clone()).collect();
    let found = recall(&snapshot, &queries, &Filter::default(), 10);
    assert!(found >= 0.98, "recall@10 is {found}");
}

/// One of the products.
fn some(rng: &mut impl Rng, now: &BTreeMap<usize, Embedding>) -> usize {
    let from = rng.random_range(0..1_000_000);
    let next = now.range(from..).next().or_else(|| now.iter().next());
    next.map_or(0, |(&number, _)| number)
}

#[test]
fn an_index_that_was_left_for_later_is_made_by_the_next_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(DIMENSION)).unwrap();
    let vectors = clustered(&mut rng(6), 3_000, DIMENSION, 40);
    for (part, vectors) in vectors.chunks(1_500).enumerate() {
        let filled = catalog.transact::<_, knytt_engine::Error>(|transaction| {
            transaction.leave_index();
            for (n, vector) in vectors.iter().enumerate() {
                let row = vector.as_slice().iter().flat_map(|v| half::f16::from_f32(*v).to_le_bytes());
                transaction.upsert(&colored(part * 1_500 + n), &row.collect::<Vec<u8>>(), None)?;
            }
            Ok(())
        });
        filled.unwrap();
        let snapshot = catalog.read().unwrap();
        let answer = search(&snapshot, &vectors[7], &Filter::default(), 5, Strategy::Auto);
        assert_eq!(answer.index, IndexKind::Exact, "everything is compared until then");
        assert_eq!(ids(&answer)[0], (part * 1_500 + 7).to_string());
    }
    catalog.transact::<_, knytt_engine::Error>(|_| Ok(())).unwrap();
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    assert!(recall(&snapshot, &vectors[..20], &Filter::default(), 10) >= 0.95);
}
