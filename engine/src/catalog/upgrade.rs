//! Upgrades a catalogue of an earlier schema to the present one when it is opened, in one transaction.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::calibrate::scale::Calibration;
use crate::catalog::entry::Derived;
use crate::catalog::meta::{read_meta, write_calibration, write_meta};
use crate::error::Result;
use crate::index;
use crate::lexical::terms::Terms;
use crate::lexical::{self, postings};
use crate::product::Product;
use crate::product::field::codes_of;
use crate::product::field::{Field, facet_key};
use crate::store::bitmap::read_items;
use crate::store::facet_bitmaps::{self, FacetChanges};
use crate::store::rank_features;
use crate::store::schema::{SCHEMA_VERSION, meta_key};
use crate::store::view::Edit;

/// Products per step. It bounds the memory that a step takes.
const STEP: usize = 10_000;

/// Adds what the later schemas introduced:
///
/// - schema 2: rank features, words, and the facets that are derived from pictures;
/// - schema 3: the index of codes, and a key of its own for the calibration;
/// - schema 4: places and delta blocks. The vectors of an older catalogue lie at their default places, so none are
///   written;
/// - schema 5: the numbers of barcodes and of parts as fields of their own, also those of variants;
/// - schema 6: further pictures. An older catalogue has none;
/// - schema 7: codes of two bits per dimension.
pub(crate) fn upgrade(edit: &mut Edit<'_, '_>) -> Result<()> {
    let version = edit.db.meta.get(edit.txn, meta_key::SCHEMA)?.and_then(|v| v.try_into().ok());
    let version = version.map_or(1, u32::from_le_bytes);
    match version {
        ..2 => derive_all(edit)?,
        2..5 => move_codes(edit)?,
        _ => (),
    }
    if version < 3 {
        move_calibration(edit)?;
    }
    if version < 7 {
        let live = read_items(edit.view(), meta_key::LIVE)? | read_items(edit.view(), meta_key::PICTURES)?;
        index::ivf::maintain::rebuild(edit, &live)?;
    }
    Ok(edit.db.meta.put(edit.txn, meta_key::SCHEMA, &SCHEMA_VERSION.to_le_bytes())?)
}

fn derive_all(edit: &mut Edit<'_, '_>) -> Result<()> {
    edit.db.rank_features.clear(edit.txn)?;
    edit.db.words.clear(edit.txn)?;
    edit.db.facets.clear(edit.txn)?;
    in_steps(edit, derive)
}

/// Moves the numbers of barcodes and of parts to fields of their own. Before schema 5 they were attributes, and those
/// of variants were not there.
fn move_codes(edit: &mut Edit<'_, '_>) -> Result<()> {
    for name in facet_bitmaps::attributes(edit.view())? {
        if matches!(Field::named(&name), Field::Gtin | Field::Mpn) {
            facet_bitmaps::remove_field(edit, &Field::Attribute(name))?;
        }
    }
    in_steps(edit, |edit, products| {
        let mut facets = FacetChanges::default();
        for (item, product) in products {
            for (field, value) in codes_of(product).filter(|(_, value)| !value.trim().is_empty()) {
                facets.add(facet_key(&field, &value), &value, *item);
            }
        }
        facets.write(edit)
    })
}

/// Calls `write` with all products, so many at a time that memory stays small.
fn in_steps(
    edit: &mut Edit<'_, '_>,
    write: impl Fn(&mut Edit<'_, '_>, &[(u32, Product)]) -> Result<()>,
) -> Result<()> {
    let mut from = 0_u32;
    loop {
        let range = from..;
        let step = edit.db.products.range(edit.txn, &range)?.take(STEP).map(|entry| {
            let (item, bytes) = entry?;
            Ok((item, serde_json::from_slice::<Product>(bytes)?))
        });
        let products = step.collect::<Result<Vec<_>>>()?;
        let Some((last, _)) = products.last() else { break };
        let next = last.checked_add(1);
        write(edit, &products)?;
        match next {
            Some(next) => from = next,
            None => break,
        }
    }
    Ok(())
}

/// Moves the calibration to its own key. Before schema 3 it was a part of the catalogue's description.
fn move_calibration(edit: &mut Edit<'_, '_>) -> Result<()> {
    #[derive(Deserialize)]
    struct Described {
        calibration: Option<Calibration>,
    }
    let described = edit
        .db
        .meta
        .get(edit.txn, meta_key::CATALOG)?
        .map(serde_json::from_slice::<Described>)
        .transpose()?;
    if let Some(calibration) = described.and_then(|described| described.calibration) {
        write_calibration(edit, &calibration)?;
    }
    // Writing the description again drops the calibration from it.
    let meta = read_meta(edit.view())?;
    write_meta(edit, &meta)
}

/// Writes the derived entries of some products.
fn derive(edit: &mut Edit<'_, '_>, products: &[(u32, Product)]) -> Result<()> {
    let (mut facets, mut words) = (FacetChanges::default(), postings::PostingChanges::default());
    let mut rows = BTreeMap::new();
    for (item, product) in products {
        let derived = Derived::from_product(product);
        for (key, value) in derived.facets {
            facets.add(key, &value, *item);
        }
        lexical::record(&mut words, *item, &Terms::new(), &derived.terms);
        rows.insert(*item, derived.rank_features);
    }
    rank_features::write(edit, &rows)?;
    facets.write(edit)?;
    words.write(edit)
}
