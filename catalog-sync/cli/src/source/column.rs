//! What the columns of a feed mean.

use std::collections::HashMap;
use std::sync::Arc;

/// A part of a product that a column can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Id,
    Title,
    Description,
    Brand,
    Category,
    Price,
    Currency,
    Color,
    Size,
    Availability,
    Image,
}

/// Usual names of each part, the more telling ones first: where a row fills several, the first counts
/// and the others are kept as attributes.
const NAMES: &[(Role, &[&str])] = &[
    (Role::Id, &["id", "item_id", "product_id", "sku", "handle"]),
    (Role::Title, &["title", "name", "product_name"]),
    (Role::Description, &["description", "body", "body_html"]),
    (Role::Brand, &["brand", "vendor", "manufacturer"]),
    (Role::Category, &["category", "product_type", "google_product_category", "type"]),
    (Role::Price, &["price"]),
    (Role::Currency, &["currency", "price_currency"]),
    (Role::Color, &["color", "colour", "colors", "colours"]),
    (Role::Size, &["size", "sizes"]),
    (Role::Availability, &["availability", "stock"]),
    (Role::Image, IMAGE_NAMES),
];

/// The names under which a picture is looked for.
pub const IMAGE_NAMES: &[&str] = &[
    "image",
    "image_link",
    "image_path",
    "image_file",
    "image_url",
    "image_src",
    "picture",
    "photo",
    "file",
    "filename",
    "path",
];

/// One column: its name as the feed writes it, and what it means.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The part that it fills, with its place among the names of that part.
    pub role: Option<(Role, usize)>,
}

impl Column {
    fn of(name: &str, image_column: Option<&str>) -> Self {
        let plain = normalise(name);
        let known =
            NAMES.iter().find_map(|(role, names)| Some((*role, names.iter().position(|n| *n == plain)?)));
        let role = match image_column {
            Some(chosen) if normalise(chosen) == plain => Some((Role::Image, 0)),
            Some(_) => known.filter(|(role, _)| *role != Role::Image),
            None => known,
        };
        Self { name: name.trim().to_owned(), role }
    }
}

/// The part of a product that is usually called `name`.
pub fn role_of(name: &str) -> Option<Role> {
    Column::of(name, None).role.map(|(role, _)| role)
}

/// `Image Link`, `image-link` and `g:image_link` are one name.
fn normalise(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
    let name = name.strip_prefix("g:").unwrap_or(&name);
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// The columns of one feed, each looked at once.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    image_column: Option<String>,
    known: HashMap<String, Arc<Column>>,
}

impl Columns {
    pub fn new(image_column: Option<String>) -> Self {
        Self { image_column, known: HashMap::new() }
    }

    /// The column of this name, as the feed writes it.
    pub fn column(&mut self, name: &str) -> Arc<Column> {
        if let Some(column) = self.known.get(name) {
            return Arc::clone(column);
        }
        let column = Arc::new(Column::of(name, self.image_column.as_deref()));
        self.known.insert(name.to_owned(), Arc::clone(&column));
        column
    }

    /// Whether one of the columns met so far has pictures.
    pub fn have_image(&self) -> bool {
        self.known.values().any(|c| matches!(c.role, Some((Role::Image, _))))
    }

    /// Whether a column of this name was met.
    pub fn contain(&self, name: &str) -> bool {
        self.known.values().any(|c| c.name.eq_ignore_ascii_case(name))
    }

    /// The names met so far, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.known.values().map(|c| c.name.as_str()).collect();
        names.sort_unstable();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_spellings_mean_the_same() {
        for name in ["image_link", "Image Link", "g:image_link", " IMAGE-LINK ", "\u{feff}image link"] {
            assert_eq!(role_of(name), Some(Role::Image), "{name}");
        }
        assert_eq!(role_of("Google Product Category"), Some(Role::Category));
        assert_eq!(role_of("Body (HTML)"), Some(Role::Description));
        assert_eq!(role_of("label"), None);
    }

    #[test]
    fn a_chosen_image_column_replaces_the_usual_ones() {
        let mut columns = Columns::new(Some("shot".into()));
        assert_eq!(columns.column("image").role, None);
        assert!(!columns.have_image());
        assert_eq!(columns.column("Shot").role, Some((Role::Image, 0)));
        assert!(columns.have_image() && columns.contain("IMAGE"));
    }
}
