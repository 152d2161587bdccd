//! Which column has the titles where no name says it: one that is called a product, or else the first one with words that
//! differ from row to row.

use std::collections::{BTreeMap, HashSet};

use crate::column::normalise;
use crate::group_buffer::hash;
use crate::{Row, pictures};

/// What a column of products is called in lists that people write.
#[rustfmt::skip]
const PRODUCTS: &[&str] = &[
    "product", "item", "article", "artikel", "produkt", "produit", "producto", "produto", "prodotto", "proizvod", "izdelek",
    "tuote", "vare", "vara", "termék", "produs", "товар", "продукт", "изделие", "ürün", "προϊόν", "מוצר", "المنتج", "محصول",
    "उत्पाद", "สินค้า", "sản_phẩm", "produk", "商品", "製品", "产品", "產品", "상품", "제품", "what", "thing",
];

/// Names of columns that say what kind a thing is, which is no title, however much they differ.
const KINDS: &[&str] = &["label", "labels", "class", "kind", "split"];

/// What was seen of columns that have no known name.
#[derive(Default)]
pub(crate) struct Learning {
    rows: usize,
    titled: usize,
    columns: BTreeMap<usize, Seen>,
}

#[derive(Default)]
struct Seen {
    name: String,
    filled: usize,
    words: usize,
    values: HashSet<u64>,
}

impl Learning {
    pub(crate) fn see(&mut self, row: &Row) {
        self.rows += 1;
        self.titled += usize::from(row.has_title());
        for (name, value) in row.unknown() {
            let at = self.columns.values().position(|seen| seen.name == name).unwrap_or(self.columns.len());
            let seen =
                self.columns.entry(at).or_insert_with(|| Seen { name: name.to_owned(), ..Seen::default() });
            seen.filled += 1;
            seen.words += usize::from(is_title(value));
            seen.values.insert(hash(value));
        }
    }

    /// None if rows have titles already.
    pub(crate) fn column(self) -> Option<String> {
        if self.titled > 0 || self.rows == 0 {
            return None;
        }
        let rows = self.rows;
        let is_filled = |seen: &&Seen| seen.filled * 5 >= rows * 4 && seen.words * 10 >= seen.filled * 9;
        let is_named = |seen: &&Seen| PRODUCTS.contains(&normalise(&seen.name).as_str());
        let differs = |seen: &&Seen| seen.values.len() * 5 >= seen.filled * 3;
        let is_kind = |seen: &&Seen| KINDS.contains(&normalise(&seen.name).as_str());
        let mut candidates: Vec<_> = self.columns.values().filter(is_filled).collect();
        candidates.retain(|seen| !is_kind(seen));
        let named = candidates.iter().find(|seen| is_named(seen));
        let found = named.or_else(|| candidates.iter().find(|seen| differs(seen)));
        found.map(|seen| seen.name.clone())
    }
}

/// Whether a text may be what a product is called.
fn is_title(value: &str) -> bool {
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    (2..=200).contains(&value.chars().count())
        && letters > 1
        && letters > digits
        && !value.contains("://")
        && !value.starts_with(['{', '[', '<'])
        && !pictures::names_pictures(value)
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
    fn a_column_of_words_that_differ_has_the_titles() {
        let rows: [&[(&str, &str)]; 3] = [
            &[("Regal", "B-1"), ("Werk", "Nord"), ("Was", "Bohrhammer 800 W"), ("Seite", "https://c.test/a")],
            &[("Regal", "B-2"), ("Werk", "Nord"), ("Was", "Bohrerset"), ("Seite", "https://c.test/b")],
            &[("Regal", "B-3"), ("Werk", "Nord"), ("Was", "Säge"), ("Seite", "https://c.test/c")],
        ];
        assert_eq!(column(&rows).as_deref(), Some("Was"));
        assert_eq!(column(&[&[("note", "Warm"), ("Product", "Fan")]]).as_deref(), Some("Product"));
        assert_eq!(column(&[&[("title", "Fan"), ("Product", "Fan")]]), None);
        assert_eq!(column(&[&[("file", "a.jpg"), ("rank", "17")]]), None);
        assert_eq!(column(&[&[("file", "a.jpg"), ("label", "Dress")], &[("label", "Hat")]]), None);
    }
}
