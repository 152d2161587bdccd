//! The columns of one feed.

use std::collections::HashMap;
use std::sync::Arc;

use super::level::level;
use super::meaning::{NUMBERED, is_former, role, role_named, role_of};
use super::merchant::MERCHANT;
use super::normalise::normalise;
use super::role::Role;
use crate::mapping::Mapping;

/// One column: its name, and what it means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Merchant Center's name if it has one, else the feed's.
    pub(crate) name: String,
    /// As the feed writes it.
    pub(crate) written: String,
    /// The part that it fills, with its place among the names of that part.
    pub(crate) role: Option<(Role, usize)>,
    /// Which step of a path of categories it has, from 1: `Category 2`, `Kategorie Ebene 2`.
    pub(crate) level: Option<u8>,
    /// Whether it has what a product cost before.
    pub(crate) is_former_price: bool,
}

impl Column {
    fn of(written: &str, naming: &Naming) -> Self {
        let written = written.trim().trim_start_matches('\u{feff}');
        let plain = normalise(written);
        let mapped = naming.mapped.get(&plain);
        let plain = mapped.unwrap_or(&plain);
        // A column that somebody named counts before those that only look like it.
        let place = |place: usize| if mapped.is_some() { 0 } else { place + 1 };
        let known = if mapped.is_some() { role(plain) } else { role_named(written) };
        let known = known.map(|(role, at)| (role, place(at)));
        let role = match naming.image_column.as_deref() {
            Some(chosen) if chosen == normalise(written) => Some((Role::Image, 0)),
            Some(_) => known.filter(|(role, _)| !matches!(role, Role::Image | Role::Thumbnail)),
            None => known,
        };
        let name = if mapped.is_some() || MERCHANT.contains(&plain.as_str()) { plain } else { written };
        let is_former_price = is_former(&normalise(written));
        Self {
            name: name.to_owned(),
            written: written.to_owned(),
            role,
            level: level(written),
            is_former_price,
        }
    }

    /// Whether it is one of a row of pictures that are told apart by numbers.
    pub(crate) fn is_numbered(&self) -> bool {
        matches!(self.role, Some((Role::Image, place)) if place > NUMBERED)
    }

    /// Whether somebody may mean it by this name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.written.eq_ignore_ascii_case(name)
    }
}

/// How this feed's columns are named.
#[derive(Debug, Default)]
struct Naming {
    image_column: Option<String>,
    /// Merchant Center's names by the feed's, both plain.
    mapped: HashMap<String, String>,
}

/// The columns of one feed, each looked at once.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    naming: Arc<Naming>,
    known: HashMap<String, Arc<Column>>,
    /// Those that fill no part, whatever they are called.
    attributes: HashMap<String, Arc<Column>>,
}

impl Columns {
    pub(crate) fn new(image_column: Option<&str>, mapping: Option<&Mapping>) -> Self {
        let pairs = mapping.map(|m| m.columns.iter()).unwrap_or_default();
        let naming = Naming {
            image_column: image_column.map(normalise),
            mapped: pairs.map(|(name, column)| (normalise(column), normalise(name))).collect(),
        };
        Self { naming: Arc::new(naming), ..Self::default() }
    }

    /// With a column that has the titles, whatever it is called.
    pub(crate) fn with_title(mut self, column: Option<&str>) -> Self {
        if let (Some(column), Some(naming)) = (column, Arc::get_mut(&mut self.naming)) {
            naming.mapped.entry(normalise(column)).or_insert_with(|| "title".into());
        }
        self
    }

    /// The column of this name, as the feed writes it.
    pub(crate) fn column(&mut self, name: &str) -> Arc<Column> {
        if let Some(column) = self.known.get(name) {
            return Arc::clone(column);
        }
        let column = Arc::new(Column::of(name, &self.naming));
        self.known.insert(name.to_owned(), Arc::clone(&column));
        column
    }

    /// The column of this name that fills no part of a product, even if it is called like one.
    pub(crate) fn attribute(&mut self, name: &str) -> Arc<Column> {
        if let Some(column) = self.attributes.get(name) {
            return Arc::clone(column);
        }
        let written = name.trim().to_owned();
        let column = Arc::new(Column {
            name: written.clone(),
            written,
            role: None,
            level: None,
            is_former_price: false,
        });
        self.attributes.insert(name.to_owned(), Arc::clone(&column));
        column
    }

    /// Whether one of the columns met so far has pictures.
    pub(crate) fn have_image(&self) -> bool {
        let has = |c: &Column| matches!(c.role, Some((Role::Image | Role::MoreImages | Role::Thumbnail, _)));
        self.known.values().any(|c| has(c))
    }

    /// Whether a column of this name would mean something.
    pub(crate) fn know(&self, name: &str) -> bool {
        let plain = normalise(name);
        !plain.is_empty()
            && (role_named(name).is_some()
                || MERCHANT.contains(&plain.as_str())
                || self.naming.mapped.contains_key(&plain)
                || self.naming.image_column.as_ref() == Some(&plain))
    }

    /// Whether a column of this name was met.
    pub fn contain(&self, name: &str) -> bool {
        let name = name.trim();
        let wanted = role_of(name);
        let fills = |c: &Column| wanted.is_some() && c.role.map(|(role, _)| role) == wanted;
        self.known.values().any(|c| c.is_called(name) || fills(c))
            || self.attributes.values().any(|c| c.is_called(name))
    }

    /// The names met so far, as the feed writes them, sorted.
    pub fn names(&self) -> Vec<&str> {
        let columns = self.known.values().chain(self.attributes.values());
        let mut names: Vec<_> = columns.map(|c| c.written.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_attributes_have_one_name_and_others_their_own() {
        let mut columns = Columns::default();
        assert_eq!(columns.column("g:age_group").name, "age_group");
        assert_eq!(columns.column("Size Type").name, "size_type");
        assert_eq!(columns.column("Season (internal)").name, "Season (internal)");
        assert!(columns.contain("size type") && columns.contain("SIZE_TYPE"));
    }

    #[test]
    fn a_chosen_image_column_replaces_the_usual_ones() {
        let mut columns = Columns::new(Some("shot"), None);
        assert_eq!(columns.column("image").role, None);
        assert!(!columns.have_image());
        assert_eq!(columns.column("Shot").role, Some((Role::Image, 0)));
        assert!(columns.have_image() && columns.contain("IMAGE"));
    }

    #[test]
    fn a_mapped_column_counts_before_one_that_is_called_so() {
        let mapping = Mapping::parse("[columns]\ntitle = \"Bezeichnung\"\nmaterial = \"Stoff\"").unwrap();
        let mut columns = Columns::new(None, Some(&mapping));
        assert_eq!(columns.column("Bezeichnung").role, Some((Role::Title, 0)));
        assert_eq!(columns.column("title").role, Some((Role::Title, 1)));
        assert_eq!(columns.column("stoff").name, "material");
        assert!(columns.contain("Stoff") && columns.contain("material"));
    }
}
