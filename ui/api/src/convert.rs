//! From the engine's types.

use crate::{Availability, Card, Money, ScoreParts, Timings};

impl From<&knytt_engine::Price> for Money {
    fn from(price: &knytt_engine::Price) -> Self {
        Self { amount: price.amount.to_string(), currency: price.currency.as_str().into() }
    }
}

impl From<knytt_engine::Availability> for Availability {
    fn from(availability: knytt_engine::Availability) -> Self {
        use knytt_engine::Availability as A;
        match availability {
            A::InStock => Self::InStock,
            A::OutOfStock => Self::OutOfStock,
            A::Preorder => Self::Preorder,
            A::Backorder => Self::Backorder,
            A::Unknown => Self::Unknown,
        }
    }
}

impl From<&knytt_engine::Product> for Card {
    fn from(product: &knytt_engine::Product) -> Self {
        Self {
            id: product.id.clone(),
            title: product.title.clone(),
            brand: product.brand.clone(),
            category: product.category.clone(),
            price: product.price.as_ref().map(Money::from),
            availability: product.availability.into(),
            colors: product.colors.clone(),
            favourite: false,
        }
    }
}

impl From<knytt_engine::ScoreParts> for ScoreParts {
    fn from(parts: knytt_engine::ScoreParts) -> Self {
        Self { image: parts.image, text: parts.text, product: parts.product, without: parts.without }
    }
}

impl From<knytt_engine::Timings> for Timings {
    fn from(t: knytt_engine::Timings) -> Self {
        Self { decode: t.decode, embed: t.embed, search: t.search, rank: t.rank, total: t.total }
    }
}
