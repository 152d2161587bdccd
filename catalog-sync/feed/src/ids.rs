//! The ids of products in a feed whose columns name none: a column that holds one by its values, or else what their
//! pictures are called, or else their numbers.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::column::{Role, normalise};
use crate::{Row, pictures};

/// No id of a shop is longer.
const MAX_BYTES: usize = 64;

/// Words in the names of columns of ids.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "id", "ids", "sku", "code", "nr", "no", "num", "number", "nummer", "numero", "número", "numer", "číslo", "ref", "uid",
    "uuid", "guid", "key", "kod", "kód", "código", "codigo", "codice", "cod", "art", "slug", "handle", "asin", "plu", "ident",
    "identifier", "код", "артикул", "номер", "קוד", "מקט", "رقم", "رمز", "کد", "κωδικός", "koda", "šifra", "kode", "kodas",
    "kods", "kood", "koodi", "sifra",
];

/// The same in scripts without spaces between words.
const PARTS: &[&str] = &["番号", "編號", "编号", "編号", "コード", "번호", "코드", "รหัส"];

/// Words in the names of columns that hold numbers of something else.
#[rustfmt::skip]
const OF_OTHERS: &[&str] = &[
    "color", "colour", "size", "category", "brand", "country", "currency", "zip", "postal", "tax", "vat", "hs", "phone",
    "group", "parent", "type", "supplier", "store", "language", "image", "picture", "photo", "order", "sort", "position",
];

/// Numbers of makers and of barcodes: ids where there is no other.
const OF_MAKERS: &[&str] = &["gtin", "ean", "upc", "isbn", "barcode", "ean13", "gtin13", "mpn"];

/// How products are known that have no id of their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    /// The column that holds it, as the feed writes it.
    column: Option<String>,
    /// What pictures of several rows are called.
    shared: HashSet<u64>,
    /// Whether the feed was looked through.
    is_learnt: bool,
}

/// What is seen of a feed's rows that have no id.
#[derive(Default)]
pub(crate) struct Learning {
    rows: usize,
    columns: HashMap<String, Seen>,
    names: HashMap<u64, usize>,
}

#[derive(Default)]
struct Seen {
    values: HashSet<u64>,
    filled: usize,
    is_first: bool,
    is_out: bool,
}

impl Learning {
    pub(crate) fn see(&mut self, row: &Row) {
        if row.role(Role::Id).is_some() {
            return;
        }
        self.rows += 1;
        *self.names.entry(hash(&name(&pictures::of(row).0))).or_insert(0) += 1;
        for (at, (name, value)) in row.unknown().enumerate() {
            let is_first = at == 0 && row.begins_with(name);
            let seen = match self.columns.get_mut(name) {
                Some(seen) => seen,
                None => self.columns.entry(name.to_owned()).or_insert(Seen { is_first, ..Seen::default() }),
            };
            if seen.is_out {
                continue;
            }
            seen.filled += 1;
            if !may_be_id(value) || !seen.values.insert(hash(value)) {
                *seen = Seen { is_out: true, ..Seen::default() };
            }
        }
    }

    pub(crate) fn ids(self) -> Ids {
        let whole = self.columns.iter().filter(|(_, seen)| !seen.is_out && seen.filled == self.rows);
        let ranked = whole.filter_map(|(name, seen)| {
            let rank = rank(name).or_else(|| (seen.is_first && self.rows > 1).then_some(2))?;
            Some((rank, name))
        });
        let column = ranked.min().map(|(_, name)| name.clone());
        let shared = self.names.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name);
        Ids { column, shared: shared.collect(), is_learnt: true }
    }
}

impl Ids {
    /// The id of a row whose picture this is; empty if it has neither an id nor a picture.
    pub(crate) fn of(&self, row: &Row, image: &str) -> String {
        if let Some(id) = row.role(Role::Id) {
            return id.to_owned();
        }
        if let Some(id) = self.column.as_ref().and_then(|column| row.cell(column)) {
            return id.to_owned();
        }
        let name = name(image);
        if name.is_empty() && image.is_empty() && !row.has_title() {
            return String::new();
        }
        // Rows that were not looked through are those of a caller that has only one.
        let is_shared = name.is_empty() || self.shared.contains(&hash(&name));
        if is_shared && (self.is_learnt || name.is_empty()) { format!("row-{}", row.number) } else { name }
    }
}

/// How well the name of a column says that it holds ids, less is better.
fn rank(name: &str) -> Option<u8> {
    let plain = normalise(name);
    let mut words = plain.split('_');
    if OF_MAKERS.contains(&plain.as_str()) {
        return Some(1);
    }
    let is_word = |word: &str| WORDS.contains(&word) || PARTS.iter().any(|part| word.contains(part));
    let is_of_others = plain.split('_').any(|word| OF_OTHERS.contains(&word));
    (words.any(is_word) && !is_of_others).then_some(0)
}

/// Whether a value can be an id: short, in one word, no address and no price.
fn may_be_id(value: &str) -> bool {
    let is_fraction = value.parse::<f64>().is_ok() && value.contains('.');
    value.len() <= MAX_BYTES
        && !value.contains("://")
        && !value.contains(char::is_whitespace)
        && !value.starts_with(['{', '['])
        && !is_fraction
        && value.chars().any(char::is_alphanumeric)
}

/// What a picture is called: the path of a file, of an address the last part without its ending.
fn name(image: &str) -> String {
    let is_inline = image.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    if is_inline || image.is_empty() {
        return String::new();
    }
    if !image.contains("://") && !image.starts_with("//") {
        return image.to_owned();
    }
    let path = image.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let path = path.split_once("//").map_or(path, |(_, path)| path);
    let last = path.split_once('/').map_or("", |(_, path)| path.rsplit('/').next().unwrap_or_default());
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    percent_encoding::percent_decode_str(stem).decode_utf8_lossy().trim().to_owned()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(rows: &[&[(&str, &str)]]) -> Vec<String> {
        let numbered = |(at, cells): (usize, &&[(&str, &str)])| {
            let mut row = Row::of(cells);
            row.number = at as u64 + 1;
            row
        };
        let rows: Vec<Row> = rows.iter().enumerate().map(numbered).collect();
        let mut learning = Learning::default();
        rows.iter().for_each(|row| learning.see(row));
        let ids = learning.ids();
        rows.iter().map(|row| ids.of(row, &pictures::of(row).0)).collect()
    }

    #[test]
    fn a_column_that_holds_an_id_is_known_by_its_name_and_its_values() {
        let address = "https://c.test/a.jpg";
        let rows: [&[(&str, &str)]; 2] = [
            &[("Shop-internal no.", "K-1"), ("name", "Mug"), ("image", address), ("weight", "7")],
            &[("Shop-internal no.", "K-2"), ("name", "Mug"), ("image", address), ("weight", "8")],
        ];
        assert_eq!(ids(&rows), ["K-1", "K-2"]);
        let rows: [&[(&str, &str)]; 2] = [
            &[("Sifre", "K-1"), ("name", "Mug"), ("image", address)],
            &[("Sifre", "K-2"), ("name", "Jug"), ("image", "https://c.test/b.jpg")],
        ];
        assert_eq!(ids(&rows), ["K-1", "K-2"], "the first column, if its values tell rows apart");
        let rows: [&[(&str, &str)]; 2] = [
            &[("name", "Mug"), ("image", address), ("ean", "4006381333931")],
            &[("name", "Jug"), ("image", address), ("ean", "4006381333948")],
        ];
        assert_eq!(ids(&rows), ["4006381333931", "4006381333948"]);
    }

    #[test]
    fn without_a_column_a_product_is_called_like_its_picture_or_has_a_number() {
        let rows: [&[(&str, &str)]; 3] = [
            &[("name", "Mug"), ("image", "https://c.test/x/mug%20blue.jpg?w=8"), ("weight", "7")],
            &[("name", "Jug"), ("image", "https://c.test/same.jpg"), ("weight", "8")],
            &[("name", "Cup"), ("image", "https://c.test/same.jpg"), ("weight", "9")],
        ];
        assert_eq!(ids(&rows), ["mug blue", "row-2", "row-3"]);
        assert_eq!(
            ids(&[&[("image", "pics/a.jpg")], &[("image", "pics/b.jpg")]]),
            ["pics/a.jpg", "pics/b.jpg"]
        );
    }
}
