//! Catalogues of earlier schemas are brought to the present one when they are opened, in one transaction.

use std::collections::BTreeMap;

use heed::RwTxn;
use serde::Deserialize;

use crate::entry::Derived;
use crate::facets::FacetChanges;
use crate::lexical::{self, Terms, postings};
use crate::schema::{Databases, SCHEMA_VERSION, meta_key, read_items, read_meta};
use crate::{Calibration, Product, Result, facts, index};

/// Products per step, so that what is collected stays small.
const STEP: usize = 10_000;

/// Makes what a catalogue lacks. Schema 2 has facts, words, and facets of what is known besides the feed's
/// own columns; schema 3 has codes, and what scores mean apart from the catalogue's description; schema 4
/// has places, of which there are none as long as every vector lies where it lay before, and shelves.
pub(crate) fn upgrade(db: &Databases<'static>, txn: &mut RwTxn<'_>) -> Result<()> {
    let version = db.meta.get(txn, meta_key::SCHEMA)?.and_then(|v| v.try_into().ok());
    let version = version.map_or(1, u32::from_le_bytes);
    if version < 2 {
        derive_all(db, txn)?;
    }
    if version < 3 {
        part_calibration(db, txn)?;
    }
    let (meta, live) = (read_meta(db, txn)?, read_items(db, txn, meta_key::LIVE)?);
    match version {
        ..3 => index::segments::rebuild(db, txn, meta.dimension, &live)?,
        _ => index::segments::shelve(db, txn, meta.dimension, &live)?,
    }
    Ok(db.meta.put(txn, meta_key::SCHEMA, &SCHEMA_VERSION.to_le_bytes())?)
}

fn derive_all(db: &Databases<'static>, txn: &mut RwTxn<'_>) -> Result<()> {
    db.facts.clear(txn)?;
    db.words.clear(txn)?;
    db.facets.clear(txn)?;
    let mut from = 0_u32;
    loop {
        let range = from..;
        let step = db.products.range(txn, &range)?.take(STEP).map(|entry| {
            let (item, bytes) = entry?;
            Ok((item, serde_json::from_slice::<Product>(bytes)?))
        });
        let products = step.collect::<Result<Vec<_>>>()?;
        let Some((last, _)) = products.last() else { break };
        let next = last.checked_add(1);
        derive(db, txn, &products)?;
        match next {
            Some(next) => from = next,
            None => break,
        }
    }
    Ok(())
}

/// Before schema 3 what scores mean was a part of the catalogue's description.
fn part_calibration(db: &Databases<'static>, txn: &mut RwTxn<'_>) -> Result<()> {
    #[derive(Deserialize)]
    struct Described {
        calibration: Option<Calibration>,
    }
    let described =
        db.meta.get(txn, meta_key::CATALOG)?.map(serde_json::from_slice::<Described>).transpose()?;
    if let Some(calibration) = described.and_then(|described| described.calibration) {
        db.meta.put(txn, meta_key::CALIBRATION, &serde_json::to_vec(&calibration)?)?;
    }
    // The description is written anew without it.
    let meta = read_meta(db, txn)?;
    Ok(db.meta.put(txn, meta_key::CATALOG, &serde_json::to_vec(&meta)?)?)
}

/// Everything that follows from the products themselves.
fn derive(db: &Databases<'static>, txn: &mut RwTxn<'_>, products: &[(u32, Product)]) -> Result<()> {
    let (mut facets, mut words) = (FacetChanges::default(), postings::Changes::default());
    let mut rows = BTreeMap::new();
    for (item, product) in products {
        let derived = Derived::of(product);
        for (key, value) in derived.facets {
            facets.add(key, &value, *item);
        }
        lexical::record(&mut words, *item, &Terms::new(), &derived.terms);
        rows.insert(*item, derived.facts);
    }
    facts::write(db, txn, &rows)?;
    facets.write(db, txn)?;
    words.write(db, txn)
}
