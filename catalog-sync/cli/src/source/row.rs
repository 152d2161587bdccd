//! One row of a feed, whatever the file's format.

use std::sync::Arc;

use super::column::{Column, Role};

/// Cells in the feed's order, empty ones left out.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    cells: Vec<(Arc<Column>, String)>,
}

impl Row {
    pub fn new(line: u64, cells: Vec<(Arc<Column>, String)>) -> Self {
        Self { line, cells: cells.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect() }
    }

    /// The cell under this name, letter case aside.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.cells.iter().find(|(c, _)| c.name.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The first filled cell of this meaning.
    pub fn role(&self, role: Role) -> Option<&str> {
        self.best(role).map(|position| self.cells[position].1.trim())
    }

    /// The cells that fill no part of the product: unknown columns, and second names of a known part.
    pub fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        let counts = |position: usize, column: &Column| match column.role {
            Some((role, _)) => self.best(role) != Some(position),
            None => true,
        };
        self.cells
            .iter()
            .enumerate()
            .filter(move |(position, (column, _))| counts(*position, column))
            .map(|(_, (column, value))| (column.name.as_str(), value.trim()))
    }

    fn best(&self, role: Role) -> Option<usize> {
        let place = |position: usize| match self.cells[position].0.role {
            Some((r, place)) if r == role => Some((place, position)),
            _ => None,
        };
        (0..self.cells.len()).filter_map(place).min().map(|(_, position)| position)
    }
}

#[cfg(test)]
impl Row {
    pub fn of(line: u64, cells: &[(&str, &str)]) -> Self {
        let mut columns = super::Columns::new(None);
        Self::new(line, cells.iter().map(|(name, value)| (columns.column(name), (*value).into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_telling_name_counts_and_the_other_is_kept() {
        let row =
            Row::of(2, &[("google_product_category", "Apparel"), ("Category", "Hats"), ("Fit", "slim")]);
        assert_eq!(row.role(Role::Category), Some("Hats"));
        let others: Vec<_> = row.others().collect();
        assert_eq!(others, [("google_product_category", "Apparel"), ("Fit", "slim")]);
    }

    #[test]
    fn an_empty_cell_gives_way_to_the_next_name() {
        let row = Row::of(2, &[("category", "  "), ("product_type", "Shoes")]);
        assert_eq!(row.role(Role::Category), Some("Shoes"));
        assert_eq!(row.others().count(), 0);
    }
}
