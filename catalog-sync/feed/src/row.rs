//! One row of a feed, whatever the feed's format.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Columns;
use crate::column::{Column, Role, role_of};
use crate::text::UNREADABLE;

/// Cells under Merchant Center's names, in the feed's order, empty ones left out. A name with several values
/// has several cells.
#[derive(Clone, Debug)]
pub struct Row {
    /// For people: `feed.csv:17`.
    pub(crate) place: String,
    cells: Vec<(Arc<Column>, String)>,
    /// The id of the whole product that this row is a variant of, where the format has one.
    pub(crate) whole: Option<String>,
    /// Why the shop does not show it.
    pub(crate) hidden: Option<&'static str>,
    /// How many rows it is from the feed's beginning, from 1; 0 where nobody counted.
    pub(crate) number: u64,
}

impl Row {
    pub(crate) fn new(place: String, mut cells: Vec<(Arc<Column>, String)>) -> Self {
        // Some programs fill cells up with NUL bytes.
        cells
            .iter_mut()
            .filter(|(_, value)| value.contains('\0'))
            .for_each(|(_, value)| *value = value.replace('\0', ""));
        cells.retain(|(_, value)| !value.trim().is_empty());
        Self { place, cells, whole: None, hidden: None, number: 0 }
    }

    /// Adds a cell.
    pub(crate) fn put(&mut self, column: Arc<Column>, value: String) {
        self.cells.push((column, value));
    }

    /// This row with what a variant says itself instead: its number, its prices and its stock, and of its words those
    /// that the product does not say.
    pub(crate) fn overlaid(&self, own: &Self, columns: &mut Columns) -> Self {
        let role = |column: &Column| column.role.map(|(role, _)| role);
        let of_prices = [Role::Price, Role::SalePrice];
        let has = |row: &Self, roles: &[Role]| {
            row.cells.iter().any(|(c, _)| role(c).is_some_and(|r| roles.contains(&r)))
        };
        let has_price = has(own, &of_prices);
        let replaced = |column: &Column| match role(column) {
            Some(Role::Id | Role::Group) => true,
            Some(Role::Price | Role::SalePrice) => has_price,
            Some(role @ (Role::Availability | Role::Image | Role::Color | Role::Size)) => has(own, &[role]),
            _ => {
                (column.is_former_price && has_price)
                    || column.name == "gtin" && own.cell(&column.written).is_some()
            }
        };
        let mut cells: Vec<_> = self.cells.iter().filter(|(column, _)| !replaced(column)).cloned().collect();
        for (column, value) in &own.cells {
            match role(column) {
                Some(Role::Title) if self.has_title() => {
                    cells.push((columns.attribute("variant_title"), value.clone()))
                }
                Some(Role::Id) => cells.push((columns.attribute(&column.name), value.clone())),
                Some(role) if has(self, &[role]) && !replaced(column) => {}
                _ => cells.push((Arc::clone(column), value.clone())),
            }
        }
        cells.retain(|(column, _)| column.name != "id" || column.role.is_some());
        Self { cells, whole: None, ..self.clone() }
    }

    /// What is under this name, letter case aside: the feed's name, Merchant Center's, or another usual one.
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let called = self.values(|column| column.is_called(name));
        let found = if called.is_empty() { self.all(role_of(name)?) } else { called };
        join(&found)
    }

    /// The first filled cell of this meaning.
    pub(crate) fn role(&self, role: Role) -> Option<&str> {
        self.all(role).into_iter().next()
    }

    /// All cells of the most telling column of this meaning that is filled.
    pub(crate) fn all(&self, role: Role) -> Vec<&str> {
        match self.best(role) {
            Some(best) => self.values(|column| std::ptr::eq(column, best)),
            None => Vec::new(),
        }
    }

    /// All cells of all columns of this meaning, the more telling column first.
    pub(crate) fn every(&self, role: Role) -> Vec<&str> {
        let place = |column: &Column| column.role.filter(|(r, _)| *r == role).map(|(_, place)| place);
        self.sorted(place)
    }

    /// The cells of columns of this meaning, each with what the feed calls its column.
    pub(crate) fn every_named(&self, role: Role) -> Vec<(&str, &str)> {
        let of_role = self.cells.iter().filter(|(column, _)| column.role.is_some_and(|(r, _)| r == role));
        of_role.map(|(column, value)| (column.written.as_str(), value.trim())).collect()
    }

    /// The cells of numbered columns of pictures, in their order.
    pub(crate) fn numbered_pictures(&self) -> Vec<&str> {
        self.sorted(|column| column.role.filter(|_| column.is_numbered()).map(|(_, place)| place))
    }

    fn sorted(&self, place: impl Fn(&Column) -> Option<usize>) -> Vec<&str> {
        let mut cells: Vec<(usize, &str)> =
            self.cells.iter().filter_map(|(column, value)| Some((place(column)?, value.trim()))).collect();
        cells.sort_by_key(|(place, _)| *place);
        cells.into_iter().map(|(_, value)| value).collect()
    }

    /// The column and the cell that could not be read as text.
    pub(crate) fn unreadable(&self) -> Option<&str> {
        let mut bad = self.cells.iter().filter(|(_, value)| value.contains(UNREADABLE));
        bad.next().map(|(column, _)| column.written.as_str())
    }

    /// The cells that fill no part of the product, by name: unknown columns, and second names of a known part.
    pub(crate) fn others(&self) -> BTreeMap<String, String> {
        let mut others: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (column, value) in &self.cells {
            if column.is_numbered() || matches!(column.role, Some((Role::MoreImages, _))) {
                continue;
            }
            let fills = column.role.and_then(|(role, _)| self.best(role));
            if !fills.is_some_and(|best| std::ptr::eq(best, &raw const **column)) {
                others.entry(&column.name).or_default().push(value.trim());
            }
        }
        let joined = |(name, values): (&str, Vec<&str>)| Some((name.to_owned(), join(&values)?.into_owned()));
        others.into_iter().filter_map(joined).collect()
    }

    /// The cells of columns that fill no part, by the feed's names for them.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = (&str, &str)> {
        let unknown = self.cells.iter().filter(|(column, _)| column.role.is_none());
        unknown.map(|(column, value)| (column.written.as_str(), value.trim()))
    }

    /// Whether its first cell is of this column.
    pub(crate) fn begins_with(&self, written: &str) -> bool {
        self.cells.first().is_some_and(|(column, _)| column.written == written)
    }

    /// The first cell of a column, by the feed's name for it.
    pub(crate) fn cell(&self, written: &str) -> Option<&str> {
        let mut of_column = self.cells.iter().filter(|(column, _)| column.written == written);
        of_column.next().map(|(_, value)| value.trim())
    }

    /// The steps of a path of categories that have columns of their own.
    pub(crate) fn category_steps(&self) -> Vec<&str> {
        self.sorted(|column| column.level.map(usize::from))
    }

    /// What a column says that the product cost before.
    pub(crate) fn former_price(&self) -> Option<&str> {
        self.values(|column| column.is_former_price).into_iter().next()
    }

    /// What the feed calls the column that fills a part.
    pub(crate) fn written(&self, role: Role) -> Option<&str> {
        self.best(role).map(|column| column.written.as_str())
    }

    pub(crate) fn has_title(&self) -> bool {
        self.role(Role::Title).is_some()
    }

    fn values(&self, wanted: impl Fn(&Column) -> bool) -> Vec<&str> {
        self.cells.iter().filter(|(column, _)| wanted(column)).map(|(_, value)| value.trim()).collect()
    }

    fn best(&self, role: Role) -> Option<&Column> {
        let place = |column: &Column| column.role.filter(|(r, _)| *r == role).map(|(_, place)| place);
        let filled = self.cells.iter().filter_map(|(column, _)| Some((place(column)?, &**column)));
        filled.min_by_key(|(place, _)| *place).map(|(_, column)| column)
    }
}

/// Several values as one text: with a bar between them, or as a JSON list where that could be misread.
pub(crate) fn join<'a>(values: &[&'a str]) -> Option<Cow<'a, str>> {
    match values {
        [] => None,
        [one] => Some(Cow::Borrowed(one)),
        many if many.iter().any(|value| value.contains('|')) => {
            serde_json::to_string(many).ok().map(Cow::Owned)
        }
        many => Some(Cow::Owned(many.join("|"))),
    }
}

#[cfg(test)]
impl Row {
    pub(crate) fn of(cells: &[(&str, &str)]) -> Self {
        let mut columns = crate::Columns::default();
        let cells = cells.iter().map(|(name, value)| (columns.column(name), (*value).into())).collect();
        Self::new("f:2".into(), cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_telling_name_counts_and_the_other_is_kept() {
        let row = Row::of(&[("google_product_category", "Apparel"), ("Category", "Hats"), ("Fit", "slim")]);
        assert_eq!(row.role(Role::Category), Some("Hats"));
        let others: Vec<_> = row.others().into_iter().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(others, [pair("Fit", "slim"), pair("google_product_category", "Apparel")]);
    }

    #[test]
    fn an_empty_cell_gives_way_to_the_next_name() {
        let row = Row::of(&[("category", "  "), ("product_type", "Shoes")]);
        assert_eq!(row.role(Role::Category), Some("Shoes"));
        assert!(row.others().is_empty());
    }

    #[test]
    fn repeated_values_are_all_kept() {
        let row = Row::of(&[
            ("product_highlight", "warm"),
            ("product_highlight", "light"),
            ("x", "a|b"),
            ("x", "c"),
        ]);
        assert_eq!(row.others()["product_highlight"], "warm|light");
        assert_eq!(row.others()["x"], r#"["a|b","c"]"#);
        assert_eq!(row.get("Product_Highlight").as_deref(), Some("warm|light"));
    }
}
