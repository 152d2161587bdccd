//! The products that a code stands for.

use knytt_engine::{Error, Field, Filter, Order, Product, Result, Snapshot};
use knytt_wire::LINK_COLUMNS;

use super::meaning::Meaning;

/// Products of one number that are read.
const MOST: usize = 4;

/// The products of a catalogue that a code stands for, in the catalogue's order. No model is asked.
///
/// # Errors
/// The catalogue cannot be read.
pub fn products(snapshot: &Snapshot, meaning: &Meaning) -> Result<Vec<Product>> {
    match meaning {
        Meaning::Gtin(gtin) => snapshot.with_gtin(gtin),
        Meaning::Link(link) => {
            first(LINK_COLUMNS.iter().map(|column| (Field::named(column), link)), snapshot)
        }
        Meaning::Number(number) => {
            if let Some(product) = snapshot.product(number)? {
                return Ok(vec![product]);
            }
            first(
                [Field::Gtin, Field::Mpn, Field::named("sku")].into_iter().map(|field| (field, number)),
                snapshot,
            )
        }
    }
}

/// The products that have the value in the first of these fields that has it at all.
fn first<'a>(fields: impl Iterator<Item = (Field, &'a String)>, snapshot: &Snapshot) -> Result<Vec<Product>> {
    for (field, value) in fields {
        let found = match snapshot.browse(&Filter::default().with(field, value), Order::Catalog, MOST) {
            // No product of the catalogue has this column.
            Err(Error::Filter(_)) => continue,
            found => found?,
        };
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}
