//! Counts what a feed has.

use std::collections::BTreeMap;

use super::{Feed, numbered, why_hidden};
use crate::column::Role;
use crate::entries::{Listings, Tally};
use crate::error::Result;
use crate::price;
use crate::row::Row;

impl Feed {
    /// Counts the rows, the groups and the entries, and meets the columns.
    pub(super) fn count(&mut self) -> Result<()> {
        let mut reader = self.reader()?;
        let (mut rows, mut hidden, mut from_prices) = (0, BTreeMap::new(), 0);
        let mut tally = Tally::default();
        let shown = numbered(reader.by_ref()).filter(|found| match found {
            Ok(Ok(row)) => {
                if let Some(why) = why_hidden(row).filter(|_| !self.options.unpublished) {
                    *hidden.entry(why).or_insert(0) += 1;
                }
                let is_taken = self.takes(row);
                rows += usize::from(is_taken);
                from_prices += u64::from(is_taken && has_from_price(row));
                is_taken
            }
            _ => {
                rows += 1;
                true
            }
        });
        for found in Listings::new(Box::new(shown), &self.defaults) {
            tally.add(found?.as_ref().ok().map(|listing| &listing.product));
        }
        (self.rows, self.hidden, self.from_prices) = (rows, hidden, from_prices);
        self.columns = reader.columns().clone();
        self.left_aside = reader.left_aside();
        self.sheet_categories = reader.sheet_categories();
        self.entries = tally.entries();
        self.groups = tally.groups;
        Ok(())
    }
}

fn has_from_price(row: &Row) -> bool {
    [Role::Price, Role::SalePrice].into_iter().filter_map(|role| row.role(role)).any(price::is_from)
}
