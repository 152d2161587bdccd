//! The cells of a record by the plain names of their columns.

use std::collections::HashMap;

use super::cells::RowBuilder;
use super::records::Record;
use crate::column::normalise;

/// The columns of a table of a known kind.
pub(crate) struct ByName {
    header: Vec<String>,
    plain: Vec<String>,
    places: HashMap<String, usize>,
}

impl ByName {
    pub(crate) fn new(header: &[String]) -> Self {
        let plain: Vec<String> = header.iter().map(|name| normalise(name)).collect();
        let places = plain.iter().enumerate().rev().map(|(at, name)| (name.clone(), at)).collect();
        Self { header: header.to_vec(), plain, places }
    }

    /// Empty if there is no such column.
    pub(crate) fn get<'r>(&self, record: &'r Record, name: &str) -> &'r str {
        self.places.get(name).and_then(|at| record.cells.get(*at)).map(|cell| cell.trim()).unwrap_or_default()
    }

    /// The cell of the record, or of its parent if its own is empty.
    pub(crate) fn inherited<'r>(&self, own: &'r Record, parent: Option<&'r Record>, name: &str) -> &'r str {
        match self.get(own, name) {
            "" => parent.map_or("", |parent| self.get(parent, name)),
            filled => filled,
        }
    }

    /// The columns with their plain names.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, &str)> {
        self.header.iter().zip(&self.plain).map(|(name, plain)| (name.as_str(), plain.as_str()))
    }

    /// Keeps the columns that have no place of their own.
    pub(crate) fn keep_others(
        &self,
        own: &Record,
        parent: Option<&Record>,
        has_place: impl Fn(&str) -> bool,
        maker: &mut RowBuilder<'_>,
    ) {
        for (name, plain) in self.header.iter().zip(&self.plain).filter(|(_, plain)| !has_place(plain)) {
            maker.put_or_keep(name, self.inherited(own, parent, plain));
        }
    }
}
