//! What kind of thing a product is: the first column that says it, and of several paths the deepest.

use crate::column::Role;
use crate::{Row, pictures};

/// How shops say that a product is sold: no kind of thing.
const WAYS_OF_SALE: [&str; 19] = [
    "simple",
    "variable",
    "variation",
    "configurable",
    "grouped",
    "bundle",
    "virtual",
    "downloadable",
    "external",
    "affiliate",
    "subscription",
    "variable-subscription",
    "giftcard",
    "configurable product",
    "simple product",
    "grouped product",
    "variable product",
    "physical",
    "digital",
];

/// What is between the parts of a path.
const STEPS: [&str; 4] = [">", "/", "»", "→"];

/// Empty if no column says it.
pub(crate) fn of(row: &Row) -> String {
    let steps = row.category_steps();
    if steps.len() > 1 {
        return steps.join(" > ");
    }
    let mut cells = row.every(Role::Category);
    // A number of a category says less than its name.
    let is_number =
        |cell: &&str| cell.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | ' ' | '|' | ';'));
    cells.sort_by_key(is_number);
    if cells.first().is_none_or(is_number)
        && let Some(path) = path(row)
    {
        return path;
    }
    let said = |cell: &&str| {
        !cell.split(',').all(|word| WAYS_OF_SALE.contains(&word.trim().to_lowercase().as_str()))
    };
    let mut paths = cells.into_iter().filter(said);
    let Some(first) = paths.next() else {
        return steps.first().map(|step| (*step).to_owned()).unwrap_or_default();
    };
    // Only a list of paths is taken apart: a category may have a comma in its name.
    let parts: Vec<&str> =
        first.split(['|', ';', ',', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let has_path = parts.iter().any(|part| STEPS.iter().any(|step| part.contains(step)));
    let is_list =
        first.contains([';', '\n']) || (first.contains('|') && has_path) || all_paths_from_one_root(&parts);
    if is_list && parts.len() > 1 { deepest(&parts).to_owned() } else { first.to_owned() }
}

/// Yahoo's shops in Japan have a `path` of categories: `Kitchen:Bowls`, several on a line each.
fn path(row: &Row) -> Option<String> {
    let cell = row.cell("path").filter(|cell| !cell.is_empty() && !pictures::names_pictures(cell))?;
    let paths: Vec<String> =
        cell.lines().map(|line| line.split(':').map(str::trim).collect::<Vec<_>>().join(" > ")).collect();
    Some(deepest(&paths.iter().map(String::as_str).collect::<Vec<_>>()).to_owned())
}

/// `Shop/Kitchen,Shop/Kitchen/Kettles`
fn all_paths_from_one_root(parts: &[&str]) -> bool {
    let root = |part: &&str| {
        STEPS.iter().find_map(|step| part.split_once(step)).map(|(root, _)| root.trim().to_owned())
    };
    let first = parts.first().and_then(|part| root(part).or_else(|| Some((*part).to_owned())));
    let deep = parts.iter().filter(|part| root(part).is_some()).count();
    deep > 0
        && parts.iter().all(|part| {
            root(part).unwrap_or_else(|| (*part).to_owned()) == *first.as_deref().unwrap_or_default()
        })
}

/// The path that says most; the first of equals.
fn deepest<'p>(paths: &[&'p str]) -> &'p str {
    let depth = |path: &str| STEPS.iter().map(|step| path.matches(step).count()).max().unwrap_or_default();
    let most = paths.iter().map(|path| depth(path)).max().unwrap_or_default();
    paths.iter().find(|path| depth(path) == most).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_product_is_sold_is_no_kind() {
        assert_eq!(of(&Row::of(&[("product_type", "configurable"), ("categories", "Tables")])), "Tables");
        assert_eq!(of(&Row::of(&[("type", "simple, virtual"), ("title", "x")])), "");
        assert_eq!(of(&Row::of(&[("type", "Hats"), ("title", "x")])), "Hats");
    }

    #[test]
    fn a_name_says_more_than_a_number() {
        assert_eq!(of(&Row::of(&[("category", "1234"), ("product_type", "Bowls")])), "Bowls");
        assert_eq!(of(&Row::of(&[("category", "20,28"), ("title", "x")])), "20,28");
        assert_eq!(
            of(&Row::of(&[("path", "Kitchen:Bowls\nGifts"), ("product-category", "1234")])),
            "Kitchen > Bowls"
        );
        assert_eq!(of(&Row::of(&[("path", "pics/a.jpg"), ("title", "x")])), "");
    }

    #[test]
    fn steps_in_columns_of_their_own_are_a_path() {
        let row = Row::of(&[("category_name1", "Home"), ("category_name2", "Lamps"), ("category_name3", "")]);
        assert_eq!(of(&row), "Home > Lamps");
        assert_eq!(of(&Row::of(&[("Kategorie Ebene 1", "Home"), ("title", "x")])), "Home");
    }

    #[test]
    fn of_several_paths_the_deepest_counts() {
        let of = |text: &str| of(&Row::of(&[("categories", text)]));
        assert_eq!(of("Shop/Kitchen,Shop/Kitchen/Kettles"), "Shop/Kitchen/Kettles");
        assert_eq!(of("Sale; Kitchen > Mugs"), "Kitchen > Mugs");
        assert_eq!(of("Storage; Baskets"), "Storage");
        assert_eq!(of("Hats, caps"), "Hats, caps");
        assert_eq!(of("Furniture | Shelves"), "Furniture | Shelves");
        assert_eq!(of("Clothing > Shirts, tops > Linen"), "Clothing > Shirts, tops > Linen");
    }
}
