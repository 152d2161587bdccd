//! From the engine's types.

use crate::{
    Affinity, Availability, Card, Chip, Condition, Guided, Learned, MatchKind, Money, PriceRange, Reasons,
    RuleDid, RuleEffect, RuleName, ScoreParts, Shade, Timings, Variant,
};

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
            sale_price: reduced(product.price.as_ref(), product.sale_price.as_ref()),
            availability: product.availability.into(),
            colors: product.colors.clone(),
            favourite: false,
            picture: None,
        }
    }
}

/// A sale price that is none is not shown as one.
fn reduced(price: Option<&knytt_engine::Price>, sale: Option<&knytt_engine::Price>) -> Option<Money> {
    sale.filter(|sale| price.is_none_or(|price| sale.amount < price.amount)).map(Money::from)
}

impl From<&knytt_engine::Variant> for Variant {
    fn from(variant: &knytt_engine::Variant) -> Self {
        Self {
            id: variant.id.clone(),
            color: variant.color.clone(),
            size: variant.size.clone(),
            price: variant.price.as_ref().map(Money::from),
            sale_price: reduced(variant.price.as_ref(), variant.sale_price.as_ref()),
            availability: variant.availability.into(),
        }
    }
}

impl From<&knytt_engine::SeenColor> for Shade {
    fn from(color: &knytt_engine::SeenColor) -> Self {
        let [r, g, b] = color.rgb;
        Self { name: color.name.clone(), hex: format!("#{r:02x}{g:02x}{b:02x}") }
    }
}

impl From<knytt_engine::MatchKind> for MatchKind {
    fn from(kind: knytt_engine::MatchKind) -> Self {
        match kind {
            knytt_engine::MatchKind::Exact => Self::Exact,
            knytt_engine::MatchKind::Similar => Self::Similar,
            knytt_engine::MatchKind::Other => Self::Other,
        }
    }
}

impl From<knytt_engine::ScoreParts> for ScoreParts {
    fn from(p: knytt_engine::ScoreParts) -> Self {
        Self { image: p.image, text: p.text, product: p.product, without: p.without, mix: p.mix }
    }
}

impl From<knytt_engine::Reasons> for Reasons {
    fn from(r: knytt_engine::Reasons) -> Self {
        Self {
            visual: r.visual,
            likeness: r.likeness,
            instance_embedding: r.instance_embedding,
            words: r.words,
            color: r.color,
            category: r.category,
            pattern: r.pattern,
            brand: r.brand,
            price: r.price,
            personal: r.personal,
            popularity: r.popularity,
            freshness: r.freshness,
            rules: r.rules,
        }
    }
}

impl From<knytt_engine::RuleName> for RuleName {
    fn from(rule: knytt_engine::RuleName) -> Self {
        Self { id: rule.id, name: rule.name }
    }
}

impl From<&knytt_engine::RuleEffect> for RuleEffect {
    fn from(effect: &knytt_engine::RuleEffect) -> Self {
        let did = match effect.did {
            knytt_engine::RuleDid::Pinned => RuleDid::Pinned,
            knytt_engine::RuleDid::Boosted => RuleDid::Boosted,
            knytt_engine::RuleDid::Buried => RuleDid::Buried,
        };
        Self { rule: effect.rule.clone().into(), did }
    }
}

impl Guided {
    /// `None` if the rules add nothing.
    pub fn from_engine(guided: knytt_engine::Guided) -> Option<Self> {
        let nothing = knytt_engine::Guided::default();
        (guided != nothing).then(|| Self {
            banner: guided.banner,
            redirect: guided.redirect,
            rules: guided.rules.into_iter().map(RuleName::from).collect(),
            also: guided.also,
        })
    }
}

impl From<&knytt_engine::Chip> for Chip {
    fn from(chip: &knytt_engine::Chip) -> Self {
        let condition = Condition::from_filter(&chip.condition);
        Self { said: chip.said.clone(), rest: chip.rest.clone(), condition }
    }
}

impl Condition {
    /// Of a condition as a filter writes it: `price=..50`, `pattern!=striped`.
    fn from_filter(written: &str) -> Self {
        let (field, value) = written.split_once('=').unwrap_or((written, ""));
        if let Some(field) = field.strip_suffix('!') {
            return Self::Lacks { field: field.into(), value: value.into() };
        }
        if field != "price" {
            return Self::Has { field: field.into(), value: value.into() };
        }
        let end = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (min, max) = value.split_once("..").unwrap_or((value, value));
        Self::Costs { price: PriceRange { min: end(min), max: end(max) } }
    }
}

impl From<knytt_engine::Affinity> for Affinity {
    fn from(affinity: knytt_engine::Affinity) -> Self {
        Self { name: affinity.name, liking: affinity.liking }
    }
}

impl Learned {
    /// What a taste knows. It keeps no currency: `currency` is the shop's.
    pub fn from_known(known: knytt_engine::Known, currency: Option<knytt_engine::Currency>) -> Self {
        let all = |names: Vec<knytt_engine::Affinity>| names.into_iter().map(Affinity::from).collect();
        let usual = known.usual_price.zip(currency);
        Self {
            any: known.signals > 0.0,
            categories: all(known.categories),
            brands: all(known.brands),
            sizes: all(known.sizes),
            usual_price: usual.map(|(price, currency)| Money {
                amount: format!("{price:.2}"),
                currency: currency.as_str().into(),
            }),
        }
    }
}

impl From<knytt_engine::Timings> for Timings {
    fn from(t: knytt_engine::Timings) -> Self {
        Self {
            decode: t.decode_ms,
            embed: t.embed_ms,
            search: t.search_ms,
            rank: t.rank_ms,
            total: t.total_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_filters_write_them() {
        let range = |min: Option<&str>, max: Option<&str>| Condition::Costs {
            price: PriceRange { min: min.map(Into::into), max: max.map(Into::into) },
        };
        assert_eq!(Condition::from_filter("price=..50"), range(None, Some("50")));
        assert_eq!(Condition::from_filter("price=20..49.90"), range(Some("20"), Some("49.90")));
        let (field, value) = ("pattern".into(), "striped".into());
        assert_eq!(Condition::from_filter("pattern!=striped"), Condition::Lacks { field, value });
        let (field, value) = ("brand".into(), "acme & co".into());
        assert_eq!(Condition::from_filter("brand=acme & co"), Condition::Has { field, value });
    }

    #[test]
    fn what_a_reading_says_is_what_the_window_is_told() {
        let reading = knytt_engine::ParsedQuery::parse("dress under 50 size M not striped", |_| true);
        let told: Vec<Condition> = reading.chips.iter().map(|chip| Chip::from(chip).condition).collect();
        let named = |field: &str, value: &str| (field.to_owned(), value.to_owned());
        let ((size, m), (pattern, striped)) = (named("size", "m"), named("pattern", "striped"));
        let price = PriceRange { min: None, max: Some("50".into()) };
        assert_eq!(
            told,
            [
                Condition::Costs { price },
                Condition::Has { field: size, value: m },
                Condition::Lacks { field: pattern, value: striped },
            ]
        );
    }

    #[test]
    fn a_sale_that_is_none_is_not_told() {
        let product = |sale: &str| knytt_engine::Product {
            price: Some("20 EUR".parse().unwrap()),
            sale_price: Some(sale.parse().unwrap()),
            ..knytt_engine::Product::default()
        };
        assert_eq!(Card::from(&product("20 EUR")).sale_price, None);
        assert_eq!(Card::from(&product("15 EUR")).sale_price.unwrap().amount, "15");
    }
}
