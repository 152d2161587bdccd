//! The facets that a shopper can filter by.

use knytt_engine::{ColorName, FacetCounts, Field, Filter, Snapshot};
use knytt_ui_api::{Facet, FacetValue, PriceBounds, Problem};

use super::measure::clipped;
use crate::problem::of_engine;

/// How many values of a facet a screen is sent; the rarest are left out.
const MOST_VALUES: usize = 40;

/// Columns of feeds that programs read and no shopper chooses by.
const TECHNICAL: [&str; 23] = [
    "popularity",
    "rank",
    "score",
    "rating",
    "reviews",
    "sales",
    "views",
    "position",
    "weight",
    "sku",
    "handle",
    "link",
    "url",
    "image",
    "vendor code",
    "tags",
    "published",
    // Which store has a product, and where: a kiosk says it of its own store.
    "store availability",
    "store location",
    "instore product location",
    "aisle",
    "shelf",
    "quantity",
];

/// The ends of such columns' names.
const TECHNICAL_ENDS: [&str; 12] = [
    " id", " at", " date", " link", " url", " image", " code", " count", " rank", " score", " label",
    " weight",
];

/// The facets of the products that pass `filter`, without those that repeat another.
///
/// # Errors
/// The catalogue cannot be read.
pub fn facets(snapshot: &Snapshot, filter: &Filter) -> Result<Vec<Facet>, Problem> {
    let all = snapshot.facets(filter).map_err(of_engine)?;
    let has_shades = all.iter().any(|facet| facet.field == Field::Shade);
    let chosen: Vec<&Field> = filter.fields().collect();
    let shown = all.into_iter().filter(|facet| {
        chosen.contains(&&facet.field) || !(is_technical(&facet.field) || has_shades && repeats_shades(facet))
    });
    let value = |(value, count)| FacetValue { value, count: clipped(count) };
    Ok(shown
        .map(|facet| Facet {
            field: facet.field.name().into(),
            values: facet.values.into_iter().take(MOST_VALUES).map(value).collect(),
        })
        .collect())
}

/// Whether the palette names every colour that the shop does.
fn repeats_shades(facet: &FacetCounts) -> bool {
    facet.field == Field::Color
        && facet.values.iter().all(|(value, _)| ColorName::understood(value).is_some())
}

fn is_technical(field: &Field) -> bool {
    let name = match field {
        Field::Gtin | Field::Mpn => return true,
        Field::Attribute(name) => name,
        _ => return false,
    };
    let name = name.replace(['_', '-', '.', '/'], " ");
    TECHNICAL.contains(&name.as_str()) || TECHNICAL_ENDS.iter().any(|end| name.ends_with(end))
}

/// The lowest and highest price of the products that pass all of `filter` but its price.
///
/// # Errors
/// The catalogue cannot be read.
pub fn price_bounds(snapshot: &Snapshot, filter: &Filter) -> Result<Option<PriceBounds>, Problem> {
    let bounds = snapshot.price_bounds(&filter.at_any_price()).map_err(of_engine)?;
    Ok(bounds.map(|(low, high)| PriceBounds {
        min: low.amount.to_string(),
        max: high.amount.to_string(),
        currency: if low.currency == high.currency { low.currency.to_string() } else { String::new() },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_programs_is_no_facet() {
        for name in [
            "popularity",
            "created_at",
            "item_group_id",
            "image-url",
            "gtin",
            "sales rank",
            "store_code",
            "aisle",
        ] {
            assert!(is_technical(&Field::named(name)), "{name}");
        }
        for name in ["material", "season", "brand", "shade", "heel_height", "format"] {
            assert!(!is_technical(&Field::named(name)), "{name}");
        }
    }

    #[test]
    fn colours_that_the_palette_names_are_shown_once() {
        let facet = |values: &[&str]| FacetCounts {
            field: Field::Color,
            values: values.iter().map(|value| ((*value).to_owned(), 1)).collect(),
        };
        assert!(repeats_shades(&facet(&["Red", "navy", "light blue"])));
        assert!(!repeats_shades(&facet(&["Red", "Whisper 7"])));
    }
}
