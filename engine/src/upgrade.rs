//! Catalogues of earlier schemas are brought to the present one when they are opened, in one transaction.

use heed::RwTxn;
use serde::Deserialize;

use crate::facet::{facet_key, facets_of};
use crate::facets::FacetChanges;
use crate::facts::{self, Facts};
use crate::lexical::{self, postings};
use crate::schema::{Databases, SCHEMA_VERSION, meta_key, read_meta};
use crate::{Calibration, Product, Result};

/// Products per step, so that what is collected stays small.
const STEP: usize = 10_000;

/// Makes what schema 2 has and schema 1 has not: facts, words, and facets of what is known besides the
/// feed's own columns.
pub(crate) fn upgrade(db: &Databases<'static>, txn: &mut RwTxn<'_>) -> Result<()> {
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
    part_calibration(db, txn)?;
    Ok(db.meta.put(txn, meta_key::SCHEMA, &SCHEMA_VERSION.to_le_bytes())?)
}

/// In schema 1 what scores mean is a part of the catalogue's description.
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
    for (item, product) in products {
        for (field, value) in facets_of(product) {
            facets.add(facet_key(&field, &value), &value, *item);
        }
        lexical::record(&mut words, *item, None, Some(product));
    }
    let rows = products.iter().map(|(item, product)| (*item, Some(Facts::of(product)))).collect();
    facts::write(db, txn, &rows)?;
    facets.write(db, txn)?;
    words.write(db, txn)
}
