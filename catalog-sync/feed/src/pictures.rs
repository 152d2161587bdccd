//! Which pictures a row names: its first one, and the further ones, wherever a feed puts them.

use std::path::Path;

use crate::Row;
use crate::column::{Role, normalise};
use crate::json::Json;
use crate::{picture_cell as wrapped, picture_file};

/// The product's picture and the further ones, each once. The picture is empty if there is none.
pub(crate) fn of(row: &Row) -> (String, Vec<String>) {
    let main = main(row);
    let numbered = row.numbered_pictures();
    let further = row.every(Role::MoreImages);
    let small = row.all(Role::Thumbnail);
    let mut images: Vec<String> = Vec::new();
    for cell in main.into_iter().chain(numbered).chain(further) {
        for one in addresses(cell) {
            if !images.contains(&one) {
                images.push(one);
            }
        }
    }
    if images.is_empty() {
        images = small.into_iter().flat_map(addresses).take(1).collect();
    }
    let mut images = images.into_iter();
    (images.next().unwrap_or_default(), images.collect())
}

/// The addresses in a cell. Several have a bar, a comma, a semicolon or a line end between them, or are a list of
/// JSON; an address may have signs of that kind of its own.
pub(crate) fn addresses(cell: &str) -> Vec<String> {
    let cell = cell.trim();
    if cell.starts_with("data:") {
        return vec![cell.to_owned()];
    }
    if let Some(inline) = wrapped::inline(cell) {
        return vec![inline];
    }
    if let Some(found) = wrapped::addresses(cell) {
        return found;
    }
    if cell.starts_with(['[', '{'])
        && let Ok(json) = Json::parse(cell)
    {
        return of_json(&json);
    }
    let bars =
        cell.split(['|', '\n', '\r']).flat_map(|part| split(part, ';')).flat_map(|part| split(part, ','));
    let bars = bars.flat_map(|part| split(part, ' '));
    bars.map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// Columns of a product's first picture, beside which one that is only called a picture has another.
const MAIN: [&str; 8] = [
    "default_image",
    "main_image",
    "main_image_url",
    "main_picture",
    "primary_image",
    "featured_image",
    "cover_image",
    "main_photo",
];
const PLAIN: [&str; 6] = ["image", "image_url", "image_link", "picture", "photo", "img"];

/// The cells of the picture's column; where one column has the main picture and another a picture, those of both.
fn main(row: &Row) -> Vec<&str> {
    let of = |names: &[&str]| {
        let cells = row.every_named(Role::Image);
        cells.into_iter().find(|(name, _)| names.contains(&normalise(name).as_str())).map(|(_, cell)| cell)
    };
    match (of(&MAIN), of(&PLAIN)) {
        (Some(main), Some(other)) => {
            let others = row.all(Role::Image).into_iter().filter(|cell| *cell != other && *cell != main);
            [main, other].into_iter().chain(others).collect()
        }
        _ => row.all(Role::Image),
    }
}

/// Whether a cell has nothing but pictures in it, by what their names end in.
pub(crate) fn names_pictures(cell: &str) -> bool {
    let is_picture = |address: &String| {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        address.starts_with("data:image/") || picture_file::is_picture(Path::new(path))
    };
    let found = addresses(cell);
    !found.is_empty() && found.iter().all(is_picture)
}

/// The addresses that JSON has for pictures: texts, or objects with an address in them.
pub(crate) fn of_json(json: &Json) -> Vec<String> {
    const ADDRESSES: [&str; 16] = [
        "src",
        "url",
        "href",
        "link",
        "contentUrl",
        "content_url",
        "image",
        "image_url",
        "imageUrl",
        "original",
        "full",
        "large",
        "file",
        "path",
        "source",
        "originalSrc",
    ];
    // GraphQL's lists are objects with the members in them.
    if let Some(list) = ["edges", "nodes", "items"].iter().find_map(|name| json.get(name)) {
        return of_json(list);
    }
    let one = |member: &Json| {
        let of_object =
            || ADDRESSES.iter().find_map(|name| member.get(name)?.each().iter().find_map(Json::scalar));
        let nested =
            || ["node", "image"].iter().find_map(|name| of_json(member.get(name)?).into_iter().next());
        member.scalar().or_else(of_object).map(str::to_owned).or_else(nested)
    };
    json.each().iter().filter_map(one).filter(|address| !address.is_empty()).collect()
}

/// Cuts at a sign where another address begins behind it. Among addresses of servers that is where a scheme is; of
/// files it is where what is before it ends like a picture's name, unless nothing does.
fn split(text: &str, sign: char) -> Vec<&str> {
    let has_schemes = text.contains("://") || text.trim_start().starts_with("//");
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(sign) {
        let (before, rest) = (text[start..at].trim(), text[at + 1..].trim_start());
        let begins = ["http://", "https://", "//", "file:", "data:"]
            .iter()
            .any(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        // Names of files have blanks of their own; behind one a path has to begin.
        let is_apart = sign != ' ' || rest.split(' ').next().is_some_and(|next| next.contains('/'));
        let is_cut = begins
            || (!has_schemes && is_apart && (ends_as_picture(before) || before.is_empty()))
            || rest.is_empty();
        if is_cut {
            found.push(before);
            start = at + 1;
        }
    }
    found.push(text[start..].trim());
    found
}

fn ends_as_picture(name: &str) -> bool {
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    (2..=5).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_several_addresses_is_taken_apart() {
        let expected = ["https://c.test/a.jpg", "https://c.test/b.jpg"];
        for between in [",", ", ", ";", " ; ", "|", "\n", "\r\n", ",\n", " "] {
            assert_eq!(addresses(&expected.join(between)), expected, "{between:?}");
            assert_eq!(
                addresses(&["p/a.jpg", "p/b.png"].join(between)),
                ["p/a.jpg", "p/b.png"],
                "{between:?}"
            );
        }
        assert_eq!(addresses("https://c.test/a.jpg,"), ["https://c.test/a.jpg"]);
        assert_eq!(addresses(r#"["a.jpg", {"src": "b.jpg"}]"#), ["a.jpg", "b.jpg"]);
        assert_eq!(addresses(r#"{"edges": [{"node": {"url": "a.jpg"}}]}"#), ["a.jpg"]);
    }

    #[test]
    fn signs_of_an_addresss_own_stay() {
        for whole in [
            "https://c.test/w_80,h_80/a.jpg",
            "https://c.test/a.jpg?size=1;2",
            "p/blue, large.jpg",
            "data:image/png;base64,AAAA",
        ] {
            assert_eq!(addresses(whole), [whole]);
        }
        assert_eq!(
            addresses("https://c.test/w=1,h=2/a.jpg, https://c.test/b.jpg"),
            ["https://c.test/w=1,h=2/a.jpg", "https://c.test/b.jpg"]
        );
    }

    #[test]
    fn the_first_is_the_picture_and_the_others_are_further_ones() {
        let read = |cells: &[(&str, &str)]| of(&Row::of(cells));
        let pair = |first: &str, others: &[&str]| {
            (first.to_owned(), others.iter().map(|other| (*other).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            read(&[("image_link", "a.jpg"), ("image_link", "b.jpg"), ("thumbnail", "t.jpg")]),
            pair("a.jpg", &["b.jpg"])
        );
        assert_eq!(
            read(&[("IMAGE1", "a.jpg"), ("IMAGE3", "c.jpg"), ("IMAGE2", "b.jpg")]),
            pair("a.jpg", &["b.jpg", "c.jpg"])
        );
        assert_eq!(read(&[("thumbnail", "t.jpg"), ("images", "a.jpg|b.jpg")]), pair("a.jpg", &["b.jpg"]));
        assert_eq!(read(&[("thumbnail", "t.jpg")]), pair("t.jpg", &[]));
        assert_eq!(
            read(&[("image_link", "a.jpg"), ("additional_image_url_1", "b.jpg"), ("images", "a.jpg,c.jpg")]),
            pair("a.jpg", &["b.jpg", "c.jpg"])
        );
    }
}
