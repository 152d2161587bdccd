//! The fields that products are filtered by, and their keys on disk.

use std::fmt;

use crate::product::Product;
use crate::product::derived;
use crate::product::fold::fold;
use crate::product::gtin::{compared, is_gtin_column};

/// A field that products are filtered and counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// [`Product::category`].
    Category,
    /// [`Product::brand`].
    Brand,
    /// One of [`Product::colors`].
    Color,
    /// One of [`Product::sizes`].
    Size,
    /// [`Product::availability`].
    Availability,
    /// The currency of [`Product::price`].
    Currency,
    /// The palette's names for its colours and their families, in English: what "blue" means, whatever
    /// the feed calls it. Seen on the picture where the feed says nothing.
    Shade,
    /// Its pattern, in English; seen on the picture where the feed says nothing.
    Pattern,
    /// The number below its barcode or that of a variant, as a [`Gtin`](crate::Gtin) where it is one.
    Gtin,
    /// The maker's part number of it or of a variant.
    Mpn,
    /// One of [`Product::attributes`], by its name in lower case.
    Attribute(String),
}

impl Field {
    /// The fields that every catalogue has and whose values many products share.
    pub const KNOWN: [&'static str; 8] =
        ["category", "brand", "color", "size", "availability", "currency", "shade", "pattern"];

    /// The field of this name, in any case; every name that is not known is an attribute's.
    pub fn named(name: &str) -> Self {
        let name = fold(name);
        match name.as_str() {
            "category" => Self::Category,
            "brand" => Self::Brand,
            "color" | "colour" | "colors" | "colours" => Self::Color,
            "size" | "sizes" => Self::Size,
            "availability" => Self::Availability,
            "currency" => Self::Currency,
            "shade" => Self::Shade,
            "pattern" => Self::Pattern,
            "mpn" => Self::Mpn,
            _ if is_gtin_column(&name) => Self::Gtin,
            _ => Self::Attribute(name),
        }
    }

    /// The name that [`Field::named`] reads.
    pub fn name(&self) -> &str {
        match self {
            Self::Category => "category",
            Self::Brand => "brand",
            Self::Color => "color",
            Self::Size => "size",
            Self::Availability => "availability",
            Self::Currency => "currency",
            Self::Shade => "shade",
            Self::Pattern => "pattern",
            Self::Gtin => "gtin",
            Self::Mpn => "mpn",
            Self::Attribute(name) => name,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every field and value of a product, as the feed writes them. Empty values are left out; no pair
/// comes twice.
pub(crate) fn facets_of(product: &Product) -> Vec<(Field, String)> {
    let mut facets = vec![
        (Field::Category, derived::category(product).to_owned()),
        (Field::Brand, product.brand.clone()),
        (Field::Availability, product.availability.as_str().into()),
    ];
    facets.extend(product.price_now().iter().map(|p| (Field::Currency, p.currency.as_str().into())));
    facets.extend(product.colors.iter().map(|c| (Field::Color, c.clone())));
    facets.extend(product.sizes.iter().map(|s| (Field::Size, s.clone())));
    for shade in derived::shades(product) {
        facets.push((Field::Shade, shade.name().into()));
        facets.push((Field::Shade, shade.family().name().into()));
    }
    facets.extend(derived::pattern(product).map(|pattern| (Field::Pattern, pattern.name().into())));
    facets.extend(codes_of(product));
    // A number of its own for each product tells nothing apart.
    let others = product.attributes.iter().map(|(name, value)| (fold(name), value));
    let others = others.filter(|(name, _)| !matches!(name.as_str(), derived::POPULARITY | "pattern"));
    let others = others.filter(|(name, _)| !matches!(Field::named(name), Field::Gtin | Field::Mpn));
    facets.extend(others.map(|(name, value)| (Field::Attribute(name), value.clone())));
    let mut seen = std::collections::BTreeSet::new();
    facets.retain(|(field, value)| {
        let value = fold(value);
        !value.is_empty() && seen.insert((field.clone(), value))
    });
    facets
}

/// The numbers of barcodes and the makers' part numbers of a product and of its variants.
pub(crate) fn codes_of(product: &Product) -> impl Iterator<Item = (Field, String)> {
    let rows = std::iter::once(&product.attributes).chain(product.variants.iter().map(|v| &v.attributes));
    rows.flatten().flat_map(|(name, value)| match Field::named(name) {
        // A cell may hold the numbers of several packages.
        Field::Gtin => {
            value.split([',', ';', '|', '\n']).map(|number| (Field::Gtin, compared(number))).collect()
        }
        Field::Mpn => vec![(Field::Mpn, value.clone())],
        _ => Vec::new(),
    })
}

/// LMDB keys end at 511 bytes; a longer one is replaced by its hash.
const LONGEST_KEY_BYTES: usize = 400;

/// A database key for any text: the text itself, or its hash if it is long. The first byte keeps
/// the two apart and makes the key of an empty text valid.
pub(crate) fn text_key(text: &str) -> Vec<u8> {
    if text.len() <= LONGEST_KEY_BYTES {
        return [b"=", text.as_bytes()].concat();
    }
    [b"#".as_slice(), blake3::hash(text.as_bytes()).as_bytes()].concat()
}

/// The start of all keys of `field` in the facet database. Known fields sort first.
pub(crate) fn field_prefix(field: &Field) -> Vec<u8> {
    match field {
        Field::Attribute(name) => {
            let name = if name.len() > 60 {
                blake3::hash(name.as_bytes()).to_hex().to_string()
            } else {
                name.clone()
            };
            [b"@", name.as_bytes(), b"\0"].concat()
        }
        known => [b"!", known.name().as_bytes(), b"\0"].concat(),
    }
}

/// The key of one value of one field in the facet database.
pub(crate) fn facet_key(field: &Field, value: &str) -> Vec<u8> {
    let mut key = field_prefix(field);
    key.extend(text_key(&fold(value)));
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_compare_without_case_and_spacing() {
        assert_eq!(fold("  Dark   RED\t"), "dark red");
        assert_eq!(facet_key(&Field::Color, "RED"), facet_key(&Field::Color, " red"));
    }

    #[test]
    fn an_attribute_never_shadows_a_known_field() {
        let attribute = Field::Attribute("brand".into());
        assert_ne!(facet_key(&attribute, "x"), facet_key(&Field::Brand, "x"));
    }

    #[test]
    fn keys_stay_within_what_lmdb_takes() {
        let long = "x".repeat(10_000);
        assert!(facet_key(&Field::Attribute(long.clone()), &long).len() <= 511);
        assert_ne!(text_key(&long), text_key(&format!("{long}y")));
    }

    #[test]
    fn a_product_has_each_facet_once_and_no_empty_ones() {
        let product =
            Product { colors: vec!["Red".into(), "red ".into(), String::new()], ..Product::default() };
        let facets = facets_of(&product);
        // The colour, its name in the palette, which is its family too, and the availability.
        assert_eq!(facets.len(), 3, "{facets:?}");
    }
}
