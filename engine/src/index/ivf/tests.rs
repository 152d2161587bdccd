//! Damaged indexes, and upgrades of catalogues of earlier schemas.

use knytt_models::Embedding;
use tempfile::TempDir;

use super::block::Block;
use super::rotation::split_mix;
use crate::catalog::snapshot::{Nearby, VectorQuery};
use crate::catalog::{Catalog, CatalogSpec};
use crate::error::{Error, Result};
use crate::index::{IndexKind, Strategy};
use crate::product::Product;
use crate::product::filter::Filter;
use crate::store::bitmap::{read_items, write_items};
use crate::store::schema::{SCHEMA_VERSION, meta_key};
use crate::store::view::Edit;
use knytt_models::Fingerprint;

const DIMENSION: usize = 24;

fn vector(seed: u64) -> Embedding {
    let mut state = seed;
    let values = (0..DIMENSION).map(|_| split_mix(&mut state) as i64 as f32 / i64::MAX as f32).collect();
    Embedding::new(values, model()).unwrap()
}

fn model() -> Fingerprint {
    Fingerprint::of(&[b"m"])
}

fn filled(products: u64) -> (TempDir, Catalog) {
    let dir = tempfile::tempdir().unwrap();
    let spec =
        CatalogSpec { id: "shop".into(), model: model(), model_name: "m".into(), dimension: DIMENSION };
    let catalog = Catalog::create(dir.path(), &spec).unwrap();
    let mut writer = catalog.write();
    for number in 0..products {
        let product = Product { id: number.to_string(), ..Product::default() };
        writer.upsert(&product, &vector(number), None).unwrap();
    }
    writer.commit().unwrap();
    (dir, catalog)
}

fn search(catalog: &Catalog) -> Result<Nearby> {
    let (embedding, filter) = (&vector(7), &Filter::default());
    catalog.read()?.search(&VectorQuery { embedding, filter, k: 3, strategy: Strategy::Auto, except: None })
}

#[test]
fn damage_of_any_part_is_an_error() {
    let (_dir, catalog) = filled(2_000);
    let first = search(&catalog).unwrap();
    assert_eq!((first.index, first.products[0].product.id.as_str()), (IndexKind::IvfRabitq, "7"));

    type Damage = fn(&mut Vec<u8>);
    let damages: [Damage; 4] = [
        |bytes| bytes.truncate(bytes.len() - 1),
        |bytes| bytes[0] ^= 0xff,
        |bytes| bytes[5] ^= 1,
        |bytes| bytes.truncate(9),
    ];
    for damage in damages {
        let whole = |key: &u32| {
            catalog.storage().write(|edit| Ok(edit.db.delta.get(edit.txn, key)?.unwrap().to_vec()))
        };
        let put = |key: &u32, bytes: &[u8]| {
            catalog.storage().write(|edit| Ok(edit.db.delta.put(edit.txn, key, bytes)?))
        };
        let stored = whole(&1).unwrap();
        let mut broken = stored.clone();
        damage(&mut broken);
        put(&1, &broken).unwrap();
        assert!(matches!(search(&catalog), Err(Error::Damaged(_))));
        put(&1, &stored).unwrap();
        assert_eq!(search(&catalog).unwrap(), first);

        let stored: Vec<u8> = catalog
            .storage()
            .write(|edit| Ok(edit.db.meta.get(edit.txn, meta_key::CELLS)?.unwrap().to_vec()))
            .unwrap();
        let put = |bytes: &[u8]| {
            catalog.storage().write(|edit| Ok(edit.db.meta.put(edit.txn, meta_key::CELLS, bytes)?))
        };
        let mut broken = stored.clone();
        // The header and the mean are all that a catalogue without cells has.
        damage(&mut broken);
        put(&broken).unwrap();
        assert!(matches!(search(&catalog), Err(Error::Damaged(_))));
        put(&stored).unwrap();
    }
}

#[test]
fn a_flipped_bit_of_a_code_is_found_by_the_check() {
    let (_dir, catalog) = filled(1_500);
    catalog
        .storage()
        .write(|edit| {
            let mut bytes = edit.db.delta.get(edit.txn, &0)?.unwrap().to_vec();
            bytes[100] ^= 1;
            Ok(edit.db.delta.put(edit.txn, &0, &bytes)?)
        })
        .unwrap();
    let report = catalog.read().unwrap().check().unwrap();
    assert_eq!(report.faults, 1, "{report}");
    assert!(report.described[0].contains("another code"), "{report}");
}

#[test]
fn codes_of_schema_3_are_upgraded() {
    for products in [1_500, 17_000] {
        let (dir, catalog) = filled(products);
        // Schema 3 listed changed and new items as stale alike, and numbered its delta blocks by itself.
        let mut writer = catalog.write();
        for number in (0..products + 400).step_by(37) {
            let product = Product { id: number.to_string(), ..Product::default() };
            writer.upsert(&product, &vector(number + 1), None).unwrap();
        }
        writer.commit().unwrap();
        let before = search(&catalog).unwrap();
        let to_3 = |mut edit: Edit<'_, '_>| {
            let blocks: Vec<Vec<u8>> =
                edit.db.delta.iter(edit.txn)?.map(|entry| Ok(entry?.1.to_vec())).collect::<Result<_>>()?;
            edit.db.delta.clear(edit.txn)?;
            let mut stale = read_items(edit.view(), meta_key::STALE)?;
            for (number, bytes) in (40..).zip(blocks) {
                edit.db.delta.put(edit.txn, &number, &bytes)?;
                stale.extend(Block::read(&bytes, 64)?.items());
            }
            if products > 10_000 {
                write_items(&mut edit, meta_key::STALE, &stale)?;
            }
            Ok(edit.db.meta.put(edit.txn, meta_key::SCHEMA, &3_u32.to_le_bytes())?)
        };
        catalog.storage().write(to_3).unwrap();
        drop(catalog);
        let catalog = Catalog::open(dir.path()).unwrap();
        assert_eq!(catalog.info().unwrap().schema_version, SCHEMA_VERSION);
        // The cells decide which of the other products are found, since these vectors have no clusters.
        assert_eq!(search(&catalog).unwrap().products[0], before.products[0]);
        let report = catalog.read().unwrap().check().unwrap();
        assert!(report.is_sound(), "{report}");
    }
}

#[test]
fn a_catalogue_of_the_schema_before_gets_codes_when_it_is_opened() {
    let (dir, catalog) = filled(1_500);
    catalog
        .storage()
        .write(|edit| {
            edit.db.delta.clear(edit.txn)?;
            edit.db.meta.delete(edit.txn, meta_key::CELLS)?;
            Ok(edit.db.meta.put(edit.txn, meta_key::SCHEMA, &2_u32.to_le_bytes())?)
        })
        .unwrap();
    drop(catalog);
    let catalog = Catalog::open(dir.path()).unwrap();
    let info = catalog.info().unwrap();
    assert!(info.schema_version == SCHEMA_VERSION && info.index.codes_bytes > 0);
    assert_eq!(search(&catalog).unwrap().index, IndexKind::IvfRabitq);
    let report = catalog.read().unwrap().check().unwrap();
    assert!(report.is_sound(), "{report}");
}
