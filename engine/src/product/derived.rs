//! Values derived from a product: from its feed, or else from its picture.

use crate::look::SeenColor;
use crate::look::lab::lab_of_rgb;
use crate::look::palette::{ColorFamily, ColorName};
use crate::look::pattern::Pattern;
use crate::product::fold::fold;
use crate::product::{Availability, Product};

/// The attribute that a release's popularity comes as.
pub(crate) const POPULARITY: &str = "popularity";

/// The attribute that marks a product without a picture, and its only value. An attribute travels in every release
/// and has a bitmap, and one with a single value is no facet.
pub(crate) const PICTURE_MISSING: (&str, &str) = ("picture_missing", "yes");

/// The category that the feed says, else the one that was guessed.
pub(crate) fn category(product: &Product) -> &str {
    match &product.look.category {
        Some(guess) if product.category.trim().is_empty() => &guess.value,
        _ => &product.category,
    }
}

/// Whether nothing of a product can be bought.
pub(crate) fn is_sold_out(product: &Product) -> bool {
    let is_out = |availability: Availability| availability == Availability::OutOfStock;
    let variants = &product.variants;
    is_out(product.availability)
        || (!variants.is_empty() && variants.iter().all(|variant| is_out(variant.availability)))
}

/// The pattern that the feed says, else the one that was seen.
pub(crate) fn pattern(product: &Product) -> Option<Pattern> {
    let said = attribute(product, "pattern").and_then(Pattern::understood);
    said.or_else(|| Pattern::understood(&product.look.pattern.as_ref()?.value))
}

/// A measured colour also gets each name whose distance is at most this much above that of the nearest name, in
/// CIEDE2000.
const NAMES_WITHIN: f32 = 10.0;

/// The palette's names for the colours of the feed, or else for the measured colours. A tone between two names
/// gets both, since shoppers differ in what they call it.
pub(crate) fn shades(product: &Product) -> Vec<ColorName> {
    let mut shades: Vec<ColorName> = product.colors.iter().filter_map(|c| ColorName::understood(c)).collect();
    if shades.is_empty() {
        shades = product.look.colors.iter().flat_map(names_of).collect();
    }
    shades.sort_unstable();
    shades.dedup();
    shades
}

pub(crate) fn names_of(seen: &SeenColor) -> Vec<ColorName> {
    let lab = lab_of_rgb(seen.rgb);
    let metal = |name: &ColorName| name.family() == ColorFamily::Metallic;
    let names = ColorName::ALL.iter().filter(|name| !metal(name));
    let far: Vec<(f32, ColorName)> = names.filter_map(|name| Some((name.distance_to(lab)?, *name))).collect();
    let nearest = far.iter().map(|(far, _)| *far).fold(f32::MAX, f32::min);
    far.into_iter().filter(|(far, _)| *far <= nearest + NAMES_WITHIN).map(|(_, name)| name).collect()
}

pub(crate) fn number(product: &Product, name: &str) -> f32 {
    attribute(product, name)
        .and_then(|text| text.trim().parse().ok())
        .filter(|n: &f32| n.is_finite())
        .unwrap_or(0.0)
}

pub(crate) fn attribute<'p>(product: &'p Product, name: &str) -> Option<&'p str> {
    product.attributes.iter().find(|(key, _)| fold(key) == name).map(|(_, value)| value.as_str())
}
