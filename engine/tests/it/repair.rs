//! What is readable of a damaged catalogue is copied into a new one.

use fs_err as fs;
use std::collections::BTreeMap;
use std::path::Path;

use knytt_engine::{Catalog, QuarantineRow, SourceRecord, Weights};

use crate::common::{assert_sound, product, random_embedding, rng, spec};

const PAGE: usize = 4096;
const DIMENSION: usize = 16;
const PRODUCTS: usize = 400;

fn build(dir: &Path) {
    let catalog = Catalog::create(dir, &spec(DIMENSION)).unwrap();
    let mut rng = rng(5);
    let mut writer = catalog.write();
    for id in 0..PRODUCTS {
        let title = format!("a thing of the number {id} {}", "and more words ".repeat(id % 9));
        let thumbnail = vec![7; id * 11 % 6_000];
        let product = knytt_engine::Product { title, ..product(id) };
        writer.upsert(&product, &random_embedding(&mut rng, DIMENSION), Some(&thumbnail)).unwrap();
        let record = SourceRecord { content_hash: format!("hash {id}"), product: id.to_string() };
        writer.put_source(&format!("{id}.jpg"), &record);
    }
    let (source, code, reason) = ("bad.jpg".into(), "broken".into(), "cut".into());
    let (id, title) = ("17".into(), "A thing".into());
    writer.quarantine(&QuarantineRow { source, code, reason, id, title });
    writer.set_weights(Some(Weights::VISUAL));
    writer.set_release(7);
    writer.commit().unwrap();
    // A second commit, so that some items are free and some vectors lie elsewhere.
    writer.delete("3");
    let moved = random_embedding(&mut rng, DIMENSION);
    writer.upsert(&product(5), &moved, None).unwrap();
    writer.commit().unwrap();
}

/// Title, vector and thumbnail of a product.
type Row = (String, Vec<u8>, Option<Vec<u8>>);

/// Every product.
fn content(dir: &Path) -> BTreeMap<String, Row> {
    let catalog = Catalog::open(dir).unwrap();
    let snapshot = catalog.read().unwrap();
    let row = |id: String| {
        let record = snapshot.record(&id).unwrap().unwrap();
        let thumbnail = record.thumbnail.map(<[u8]>::to_vec);
        (id, (record.product.title, record.vector.to_vec(), thumbnail))
    };
    snapshot.ids().unwrap().into_iter().map(row).collect()
}

#[test]
fn a_sound_catalogue_is_copied_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    build(&from);
    let repaired = Catalog::repair(&from, &to).unwrap();
    assert!(repaired.is_complete && repaired.found.is_sound(), "{repaired:?}");
    assert_eq!((repaired.products, repaired.lost), (PRODUCTS as u64 - 1, 0));
    assert_eq!(content(&from), content(&to));
    let catalog = Catalog::open(&to).unwrap();
    let (snapshot, info) = (catalog.read().unwrap(), catalog.info().unwrap());
    assert_sound(&snapshot);
    assert_eq!((info.release, info.weights, info.quarantined), (7, Some(Weights::VISUAL), 1));
    assert_eq!(snapshot.source("9.jpg").unwrap().unwrap().content_hash, "hash 9");
    assert_eq!(Catalog::repair(&from, &to).unwrap_err().code(), "catalog_exists");
}

#[test]
fn the_products_of_readable_pages_survive_and_the_others_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let from = dir.path().join("from");
    build(&from);
    let (whole, before) = (fs::read(from.join("data.mdb")).unwrap(), content(&from));
    let (mut repaired, mut refused, mut lost) = (0, 0, 0);
    for first in (0..whole.len() / PAGE).step_by(13) {
        let (torn, to) = (dir.path().join(format!("torn{first}")), dir.path().join(format!("to{first}")));
        let mut bytes = whole.clone();
        bytes[first * PAGE..(first + 1) * PAGE].fill(0);
        fs::create_dir(&torn).unwrap();
        fs::write(torn.join("data.mdb"), &bytes).unwrap();
        let Ok(done) = Catalog::repair(&torn, &to) else {
            assert!(!to.join("data.mdb").exists(), "a part of a catalogue is left");
            refused += 1;
            continue;
        };
        repaired += 1;
        lost += done.lost;
        assert_sound(&Catalog::open(&to).unwrap().read().unwrap());
        let after = content(&to);
        assert_eq!(after.len() as u64, done.products);
        for (id, (title, vector, thumbnail)) in &after {
            assert_eq!((title, vector), (&before[id].0, &before[id].1));
            assert!(thumbnail.is_none() || thumbnail == &before[id].2 || !done.is_complete);
        }
        // Where the noted hash is lost with a page of `meta`, nobody can say that the copy is complete.
        let is_hash_lost = done.found.described.iter().any(|fault| fault.starts_with("meta:"));
        assert_eq!(done.is_complete, after == before && !is_hash_lost, "page {first}: {done:?}");
    }
    assert!(repaired > refused && lost > 0, "{repaired} repaired, {refused} refused, {lost} lost");
}

#[test]
fn every_page_in_use_that_is_overwritten_is_described() {
    let dir = tempfile::tempdir().unwrap();
    let from = dir.path().join("from");
    build(&from);
    let report = Catalog::check_pages(&from).unwrap();
    assert!(report.is_sound() && report.pages > 100, "{report:?}");
    let whole = fs::read(from.join("data.mdb")).unwrap();
    let mut bytes = whole.clone();
    bytes[PAGE * 20..PAGE * 60].fill(0);
    let torn = dir.path().join("torn");
    fs::create_dir(&torn).unwrap();
    fs::write(torn.join("data.mdb"), &bytes).unwrap();
    let report = Catalog::check_pages(&torn).unwrap();
    assert!(report.faults > 5 && report.described[0].contains("page"), "{report:?}");
    fs::write(torn.join("data.mdb"), &whole[..PAGE * 50]).unwrap();
    let report = Catalog::check_pages(&torn).unwrap();
    assert!(report.described.iter().any(|fault| fault.contains("beyond the end")), "{report:?}");
}
