//! Damaged indexes, and upgrades of catalogues of earlier schemas.

use knytt_models::Embedding;
use tempfile::TempDir;

use super::block::BlockBuf;
use super::code::{Coder, dot};
use super::rotation::split_mix;
use crate::catalog::snapshot::{Nearby, VectorQuery};
use crate::catalog::{Catalog, CatalogSpec};
use crate::error::{Error, Result};
use crate::index::simd::Kernel;
use crate::index::simd::lookup::GROUP;
use crate::index::{IndexKind, Strategy};
use crate::product::Product;
use crate::product::filter::Filter;
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
    // One of a first code, then also one of a second code.
    for (at, faults) in [(100, 1), (700, 2)] {
        catalog
            .storage()
            .write(|edit| {
                let mut bytes = edit.db.delta.get(edit.txn, &0)?.unwrap().to_vec();
                bytes[at] ^= 1;
                Ok(edit.db.delta.put(edit.txn, &0, &bytes)?)
            })
            .unwrap();
        let report = catalog.read().unwrap().check().unwrap();
        assert_eq!(report.faults, faults, "{report}");
        assert!(report.described[0].contains("another code"), "{report}");
    }
}

#[test]
fn codes_of_earlier_schemas_are_made_again() {
    for (products, schema) in [(1_500, 3_u32), (17_000, 6)] {
        let (dir, catalog) = filled(products);
        let mut writer = catalog.write();
        for number in (0..products + 400).step_by(37) {
            let product = Product { id: number.to_string(), ..Product::default() };
            writer.upsert(&product, &vector(number + 1), None).unwrap();
        }
        writer.commit().unwrap();
        // It holds the environment open.
        drop(writer);
        let before = search(&catalog).unwrap();
        let to_earlier = |edit: Edit<'_, '_>| {
            edit.db.delta.put(edit.txn, &40, b"of another layout")?;
            edit.db.meta.put(edit.txn, meta_key::CELLS, b"of another layout")?;
            Ok(edit.db.meta.put(edit.txn, meta_key::SCHEMA, &schema.to_le_bytes())?)
        };
        catalog.storage().write(to_earlier).unwrap();
        drop(catalog);
        let catalog = Catalog::open(dir.path()).unwrap();
        assert_eq!(catalog.info().unwrap().schema_version, SCHEMA_VERSION);
        // The cells decide which of the other products are found, since these vectors have no clusters.
        assert_eq!(search(&catalog).unwrap().products[0], before.products[0]);
        let report = catalog.read().unwrap().check().unwrap();
        assert!(report.is_sound(), "{report}");
    }
}

/// The root of the mean square of these differences.
fn deviation(differences: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = differences.len() as f32;
    (differences.map(|d| d * d).sum::<f32>() / count).sqrt()
}

#[test]
fn the_second_bits_halve_the_error_and_its_width_is_known() {
    const ITEMS: u64 = 512;
    const DIMENSION: usize = 256;
    let vector = |seed: u64| {
        let mut state = seed;
        let mut normal = || (0..4).map(|_| split_mix(&mut state) as i64 as f32 / i64::MAX as f32).sum();
        Embedding::new((0..DIMENSION).map(|_| normal()).collect(), model()).unwrap().as_slice().to_vec()
    };
    let (coder, query) = (Coder::new(&vector(1)), vector(2));
    let rows: Vec<Vec<f32>> = (3..3 + ITEMS).map(vector).collect();
    let mut block = BlockBuf::new(coder.width());
    let nothing = [0.0; DIMENSION];
    (0..).zip(&rows).for_each(|(item, row)| block.push(item, &coder.encode(row, &nothing)));
    let (probe, kernel) = (coder.probe(&query, 1.0), Kernel::best());
    let (mut first, mut both) = (Vec::new(), Vec::new());
    for entries in block.as_block().groups() {
        let mut bounds = [0.0; GROUP];
        kernel.above(&probe.lookup(0.0), entries.group, 0.0, &mut bounds);
        let fine = probe.refine(kernel, entries, 0.0, &bounds);
        for (slot, bound) in bounds.into_iter().enumerate() {
            let exact = dot(&query, &rows[entries.item(slot) as usize]);
            first.push(bound - exact);
            both.push((fine.upper[slot] - fine.error[slot] - exact, fine.error[slot]));
        }
    }
    let middle = first.iter().sum::<f32>() / first.len() as f32;
    let of_first = deviation(first.iter().map(|bound| bound - middle));
    let of_both = deviation(both.iter().map(|(error, _)| *error));
    let expected = deviation(both.iter().map(|(_, expected)| *expected));
    assert!(of_both < 0.65 * of_first, "{of_both} is not about half of {of_first}");
    assert!((0.85..1.15).contains(&(of_both / expected)), "{of_both} where {expected} is expected");
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
