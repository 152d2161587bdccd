//! Etsy's list of products: pictures in numbered columns, and up to two variations.

use super::by_name::ByName;
use super::cells::RowBuilder;
use super::records::{Record, Records};
use super::{Found, Reader};
use crate::{Columns, Result, Row};

/// How many pictures and variations there may be.
const IMAGES: usize = 20;
const VARIATIONS: usize = 2;

/// Columns that have a place of their own, by their plain names.
const KNOWN: [&str; 7] = ["title", "description", "price", "currency_code", "quantity", "materials", "sku"];

/// Rows of Etsy's list.
pub(crate) struct EtsyRows {
    records: Records,
    names: ByName,
    columns: Columns,
}

impl EtsyRows {
    pub(crate) fn open(records: Records, mut columns: Columns) -> Self {
        drop(columns.column("image_link"));
        Self { names: ByName::new(records.header()), records, columns }
    }

    fn row(&mut self, record: &Record) -> Row {
        let (names, mut maker) = (&self.names, RowBuilder::new(&mut self.columns));
        let get = |name: &str| names.get(record, name);
        // A product with variations has the SKUs of all of them.
        let sku = get("sku");
        if sku.contains(',') {
            maker.keep("sku", sku);
        } else {
            maker.put("id", sku);
        }
        maker.put("title", get("title"));
        maker.put("description", get("description"));
        maker.put("price", get("price"));
        maker.put("currency", get("currency_code"));
        maker.put("availability", get("quantity"));
        for material in get("materials").split(',') {
            maker.put("material", material.replace('_', " ").trim());
        }
        (1..=IMAGES).for_each(|n| maker.put("image_link", get(&format!("image{n}"))));
        for n in 1..=VARIATIONS {
            let name = match get(&format!("variation_{n}_name")) {
                "" => get(&format!("variation_{n}_type")),
                name => name,
            };
            let values = get(&format!("variation_{n}_values")).split(',').map(str::trim);
            values.filter(|value| !value.is_empty()).for_each(|value| maker.put_option(name, value));
        }
        let has_place = |plain: &str| {
            KNOWN.contains(&plain) || plain.starts_with("image") || plain.starts_with("variation_")
        };
        names.keep_others(record, None, has_place, &mut maker);
        Row::new(self.records.place(record), maker.cells())
    }
}

impl Iterator for EtsyRows {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        Some(record.map(|record| record.map(|record| self.row(&record))))
    }
}

impl Reader for EtsyRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn left_aside(&self) -> Vec<(String, usize)> {
        self.records.left_aside().to_vec()
    }
}
