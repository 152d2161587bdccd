//! Which column has the pictures where no name says it: the one whose cells are pictures.

use std::collections::HashMap;

use crate::{Row, pictures};

/// What was seen of columns that have no known name.
#[derive(Default)]
pub(crate) struct Learning {
    rows: usize,
    columns: HashMap<String, Seen>,
}

#[derive(Default)]
struct Seen {
    filled: usize,
    pictures: usize,
    /// Where it stands in the first row that has it.
    at: usize,
}

impl Learning {
    pub(crate) fn see(&mut self, row: &Row) {
        self.rows += 1;
        for (at, (name, value)) in row.unknown().enumerate() {
            let seen = self.columns.entry(name.to_owned()).or_insert_with(|| Seen { at, ..Seen::default() });
            seen.filled += 1;
            seen.pictures += usize::from(pictures::names_pictures(value));
        }
    }

    /// The column with pictures in most of its cells, and in the most rows; none if there is no such column.
    pub(crate) fn column(self) -> Option<String> {
        let rows = self.rows;
        let is_of_pictures = |seen: &Seen| seen.pictures * 5 >= seen.filled * 4 && seen.pictures * 2 >= rows;
        let columns = self.columns.into_iter().filter(|(_, seen)| is_of_pictures(seen));
        columns.max_by_key(|(_, seen)| (seen.pictures, usize::MAX - seen.at)).map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(rows: &[&[(&str, &str)]]) -> Option<String> {
        let mut learning = Learning::default();
        rows.iter().for_each(|cells| learning.see(&Row::of(cells)));
        learning.column()
    }

    #[test]
    fn the_column_whose_cells_are_pictures_has_them() {
        let rows: [&[(&str, &str)]; 2] = [
            &[
                ("Ansicht", "https://c.test/a.jpg|https://c.test/b.jpg"),
                ("Seite", "https://c.test/a"),
                ("Detail", "d.png"),
            ],
            &[("Ansicht", "pics\\b.jpg"), ("Seite", "https://c.test/b")],
        ];
        assert_eq!(column(&rows).as_deref(), Some("Ansicht"));
        assert_eq!(column(&[&[("Seite", "https://c.test/a"), ("Text", "see a.jpg there")]]), None);
    }
}
