//! Which columns of a product a row sets.

use std::fmt;
use std::ops::BitOr;

use knytt_engine::{Price, Product};

/// A set of a product's columns.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Columns(u32);

macro_rules! columns {
    ($($name:ident = $bit:literal: $field:ident,)+) => {
        impl Columns {
            $(#[doc = concat!("[`Product::", stringify!($field), "`].")]
            pub const $name: Self = Self(1 << $bit);)+

            /// Every column.
            pub const ALL: Self = Self(0 $(| 1 << $bit)+);

            /// The columns in which two products differ.
            pub fn between(one: &Product, other: &Product) -> Self {
                let mut differ = Self::NONE;
                $(if one.$field != other.$field {
                    differ = differ | Self::$name;
                })+
                // Equal numbers may be written differently, and a catalogue keeps how.
                let written = |price: &Option<Price>| price.as_ref().map(Price::to_string);
                if written(&one.price) != written(&other.price) {
                    differ = differ | Self::PRICE;
                }
                if written(&one.sale_price) != written(&other.sale_price) {
                    differ = differ | Self::SALE_PRICE;
                }
                differ
            }

            /// Sets these columns of `product` to what `source` has there.
            pub fn copy(self, source: &Product, product: &mut Product) {
                $(if self.contains(Self::$name) {
                    product.$field.clone_from(&source.$field);
                })+
            }
        }

        impl fmt::Debug for Columns {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries([$((Self::$name, stringify!($field)),)+]
                    .iter().filter(|(column, _)| self.contains(*column)).map(|(_, name)| name)).finish()
            }
        }
    };
}

columns! {
    TITLE = 0: title,
    BRAND = 1: brand,
    CATEGORY = 2: category,
    DESCRIPTION = 3: description,
    PRICE = 4: price,
    COLORS = 5: colors,
    SIZES = 6: sizes,
    AVAILABILITY = 7: availability,
    IMAGE = 8: image,
    EXTRA = 9: attributes,
    SALE_PRICE = 10: sale_price,
    GROUP = 11: group,
    MORE_IMAGES = 12: more_images,
    VARIANTS = 13: variants,
    LOOK = 14: look,
}

impl Columns {
    /// No column.
    pub const NONE: Self = Self(0);

    /// Whether it has all of `other`.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    /// `None` if there are columns that this version does not know.
    pub(crate) fn from_bits(bits: u32) -> Option<Self> {
        Self::ALL.contains(Self(bits)).then_some(Self(bits))
    }
}

impl BitOr for Columns {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copying_what_differs_makes_equal() {
        let old = Product { id: "a".into(), title: "old".into(), brand: "b".into(), ..Product::default() };
        let new = Product { title: "new".into(), sizes: vec!["M".into()], ..old.clone() };
        let differ = Columns::between(&old, &new);
        assert_eq!(differ, Columns::TITLE | Columns::SIZES);
        let mut changed = old.clone();
        differ.copy(&new, &mut changed);
        assert_eq!(changed, new);
        assert!(Columns::between(&old, &old).is_empty());
        let priced = |price: &str| Product { price: price.parse().ok(), ..old.clone() };
        assert_eq!(Columns::between(&priced("12.5 EUR"), &priced("12.50 EUR")), Columns::PRICE);
        assert_eq!(format!("{differ:?}"), r#"{"title", "sizes"}"#);
    }
}
