//! Readers and a writer at the same time, in one process.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use knytt_engine::{Catalog, Error, Filter, OpenOptions, Product, Strategy};

use crate::common::{assert_sound, product, random_embedding, rng, search, spec, tiny_map};

const DIMENSION: usize = 32;

fn generation(number: u32, id: u32) -> Product {
    Product { attributes: [("generation".to_owned(), number.to_string())].into(), ..product(id) }
}

#[test]
fn readers_see_whole_batches_only_while_the_map_grows_under_them() {
    const PRODUCTS: u32 = 150;
    let dir = tempfile::tempdir().unwrap();
    let catalog = tiny_map(dir.path(), DIMENSION);
    let write = |number: u32| {
        let mut writer = catalog.write();
        let mut rng = rng(number.into());
        for id in 0..PRODUCTS {
            // Each generation is larger than the one before, so that the file keeps growing.
            let thumbnail = vec![7; 40 * number as usize];
            let vector = random_embedding(&mut rng, DIMENSION);
            writer.upsert(&generation(number, id), &vector, Some(&thumbnail)).unwrap();
        }
        writer.commit().unwrap();
    };
    write(0);
    let done = AtomicBool::new(false);
    let seen: BTreeSet<String> = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|reader| {
                let (catalog, done) = (&catalog, &done);
                scope.spawn(move || {
                    let mut seen = BTreeSet::new();
                    let query = random_embedding(&mut rng(reader), DIMENSION);
                    while !done.load(Ordering::Relaxed) {
                        let snapshot = catalog.read().unwrap();
                        let found = search(&snapshot, &query, &Filter::default(), 150, Strategy::Auto);
                        assert_eq!(found.products.len(), PRODUCTS as usize);
                        let numbers: BTreeSet<_> = found
                            .products
                            .into_iter()
                            .map(|p| p.product.attributes["generation"].clone())
                            .collect();
                        assert_eq!(numbers.len(), 1, "a mixture of {numbers:?}");
                        seen.extend(numbers);
                    }
                    seen
                })
            })
            .collect();
        (1..40).for_each(write);
        done.store(true, Ordering::Relaxed);
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
    });
    assert!(seen.len() > 1, "the readers saw one generation only: {seen:?}");
    assert_sound(&catalog.read().unwrap());
}

#[test]
fn a_snapshot_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(DIMENSION)).unwrap();
    let vector = random_embedding(&mut rng(1), DIMENSION);
    let mut writer = catalog.write();
    writer.upsert(&product("a"), &vector, None).unwrap();
    writer.commit().unwrap();
    let before = catalog.read().unwrap();
    writer.delete("a");
    writer.upsert(&product("b"), &vector, None).unwrap();
    writer.commit().unwrap();
    assert!(before.contains("a").unwrap() && !before.contains("b").unwrap());
    let after = catalog.read().unwrap();
    assert!(!after.contains("a").unwrap() && after.contains("b").unwrap());
}

#[test]
fn opening_a_folder_twice_shares_it_and_closing_lets_it_be_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = Catalog::create(dir.path(), &spec(DIMENSION)).unwrap();
    let second = Catalog::open(dir.path().join(".")).unwrap();
    let mut writer = first.write();
    writer.upsert(&product("a"), &random_embedding(&mut rng(1), DIMENSION), None).unwrap();
    writer.commit().unwrap();
    assert!(second.read().unwrap().contains("a").unwrap());
    drop((first, second, writer));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..30 {
                    assert!(Catalog::open(dir.path()).unwrap().read().unwrap().contains("a").unwrap());
                }
            });
        }
    });
}

#[test]
fn a_commit_that_must_grow_names_the_snapshots_that_hold_it_up_and_can_be_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let options = OpenOptions {
        initial_map_bytes: 1,
        growth_patience: Duration::from_millis(100),
        ..OpenOptions::default()
    };
    let catalog = Catalog::open_or_create_with(dir.path(), &spec(DIMENSION), options).unwrap();
    let held = catalog.read().unwrap();
    let mut writer = catalog.write();
    let vector = random_embedding(&mut rng(1), DIMENSION);
    writer.upsert(&product("a"), &vector, Some(&vec![0; 4 << 20])).unwrap();
    let error = writer.commit().unwrap_err();
    assert!(matches!(error, Error::ReadersHoldMap { readers: 1, .. }), "{error}");
    // Readers are not shut out by a commit that has given up.
    assert!(catalog.read().unwrap().is_empty().unwrap());
    drop(held);
    assert_eq!(writer.commit().unwrap().inserted, 1);
    assert!(catalog.read().unwrap().contains("a").unwrap());
}
