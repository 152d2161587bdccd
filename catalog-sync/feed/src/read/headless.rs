//! Lists without a header, as people write them by hand: `chair.jpg;Red chair;49,90 €`. What a column is shows in the
//! first row.

use crate::Columns;
use crate::pictures::names_pictures;
use crate::price::{self, Style};

/// Names for the columns of a table whose first row is already one of products; none if that row is a header: it has a
/// name that is known, or no picture.
pub(super) fn names(first: &[String], columns: &Columns) -> Option<Vec<String>> {
    if first.iter().any(|cell| columns.know(cell)) {
        return None;
    }
    let picture = first.iter().position(|cell| names_pictures(cell))?;
    let mut names: Vec<String> = (1..=first.len()).map(|number| format!("column {number}")).collect();
    names[picture] = "image".into();
    let is_price = |cell: &String| {
        let has_digit = cell.bytes().any(|byte| byte.is_ascii_digit());
        let is_told = cell.chars().any(|c| !c.is_ascii_digit() && !c.is_whitespace());
        has_digit && is_told && cell.len() < 30 && price::read(cell, &Style::with_point()).is_ok()
    };
    let mut price = None;
    for (at, cell) in first.iter().enumerate() {
        if names_pictures(cell) && at != picture {
            names[at] = "additional_image_link".into();
        } else if price.is_none() && is_price(cell) {
            price = Some(at);
            names[at] = "price".into();
        }
    }
    // Before the words of a product may stand its number, which is one word with digits in it.
    let is_left = |at: &usize| names[*at].starts_with("column ");
    let has_letters = |cell: &str| cell.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let is_number =
        |cell: &str| !cell.contains(char::is_whitespace) && cell.contains(|c: char| c.is_ascii_digit());
    let words = |at: &usize| is_left(at) && has_letters(&first[*at]);
    let title = (0..first.len())
        .find(|at| words(at) && !is_number(&first[*at]))
        .or_else(|| (0..first.len()).find(words));
    let id = (0..first.len()).find(|at| is_left(at) && Some(*at) != title && is_number(first[*at].trim()));
    if let Some(at) = title {
        names[at] = "title".into();
    }
    if let Some(at) = id {
        names[at] = "id".into();
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cells: &[&str]) -> Option<String> {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        names(&cells, &Columns::default()).map(|names| names.join(" "))
    }

    #[test]
    fn a_first_row_of_products_tells_what_its_columns_are() {
        assert_eq!(told(&["stol.jpg", "Röd stol"]).as_deref(), Some("image title"));
        assert_eq!(told(&["https://c.test/a.png?w=2"]).as_deref(), Some("image"));
        assert_eq!(
            told(&["A-17", "Silla roja", "49,90 €", "fotos/silla.jpg"]).as_deref(),
            Some("id title price image")
        );
        assert_eq!(told(&["Lamp", "a.jpg", "b.jpg"]).as_deref(), Some("title image additional_image_link"));
        assert_eq!(told(&["file", "title"]), None);
        assert_eq!(told(&["Artikelnummer", "Was es ist"]), None, "no picture");
    }
}
