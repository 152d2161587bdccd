//! The colours of the thing on a picture.

use super::cloth::Cloth;
use super::hills::{Hill, hills};
use super::light::gains;
use super::{ColorName, Lab, SeenColor};
use crate::regions::{lab_of_levels, rgb_of_lab};

/// More would be a list, not a look.
const MAX_COLORS: usize = 3;

/// Of the thing: less is a button or a seam.
const MIN_SHARE: f32 = 0.12;

/// The part of a thing, from its top, where a wearer's face is.
const HEAD: f32 = 0.2;

/// So much of the head has the colour of skin, if there is one.
const FACE: f32 = 0.25;

/// More of a picture's thing than this is cloth, even if it looks like skin.
const MOST_SKIN: f32 = 0.45;

/// The colours of a thing: at most three, the largest first. Those of a wearer's skin are left out.
pub(super) fn colors(cloth: &Cloth) -> Vec<SeenColor> {
    let flat = flat(cloth);
    let head = flat.iter().filter(|(_, high)| *high).count() as f32;
    let all = flat.len() as f32;
    let mut hills = hills(&flat);
    hills.retain(|hill| !is_skin(hill, head, all));
    let total: f32 = hills.iter().map(|hill| hill.weight).sum();
    let mut named: Vec<(ColorName, Lab, f32)> = Vec::new();
    hills.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    for Hill { tone, weight, .. } in hills {
        let name = ColorName::nearest(tone);
        match named.iter_mut().find(|(other, ..)| *other == name) {
            Some(same) => same.2 += weight,
            None => named.push((name, tone, weight)),
        }
    }
    named.sort_by(|a, b| b.2.total_cmp(&a.2));
    let largest = named.first().map(|(.., weight)| *weight).unwrap_or_default();
    named.retain(|(.., weight)| *weight >= (MIN_SHARE * total).min(largest));
    named.truncate(MAX_COLORS);
    let seen = |(name, tone, weight): (ColorName, Lab, f32)| SeenColor {
        name: name.name().into(),
        rgb: rgb_of_lab(tone),
        percent: (100.0 * weight / total).round() as u8,
    };
    named.into_iter().map(seen).collect()
}

/// Whether this is the skin of somebody who wears the thing: its colour, and where a face would be.
fn is_skin(hill: &Hill, head: f32, all: f32) -> bool {
    let [light, a, b] = hill.tone;
    let (hue, chroma) = (b.atan2(a).to_degrees(), a.hypot(b));
    let skin_like =
        (30.0..72.0).contains(&hue) && (12.0..38.0).contains(&chroma) && (30.0..85.0).contains(&light);
    skin_like && hill.weight < MOST_SKIN * all && hill.marked > FACE * head
}

/// The colours of the flatter half of the cells, in the middle of a stripe, not on its edge, where two
/// colours are mixed; each with whether it is at the head of the thing.
fn flat(cloth: &Cloth) -> Vec<(Lab, bool)> {
    let change = |at: usize| {
        let pair = |dx: isize, dy: isize| Some((cloth.beside(at, -dx, -dy)?, cloth.beside(at, dx, dy)?));
        let steps = [(1, 0), (0, 1)].map(|(dx, dy)| {
            let (a, b) = pair(dx, dy).unwrap_or((at, at));
            (0..3).map(|i| (cloth.rgb[a][i] - cloth.rgb[b][i]).powi(2)).sum::<f32>()
        });
        steps[0] + steps[1]
    };
    let changes: Vec<(usize, f32)> = cloth.cells().map(|at| (at, change(at))).collect();
    let mut sorted: Vec<f32> = changes.iter().map(|(_, change)| *change).collect();
    let middle = sorted.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable_by(middle, f32::total_cmp);
    let rows = || changes.iter().map(|(at, _)| at / cloth.width);
    let (top, bottom) = (rows().min().unwrap_or_default(), rows().max().unwrap_or_default());
    let neck = top + (HEAD * (bottom - top) as f32) as usize;
    let gains = gains(cloth);
    let lit = |rgb: [f32; 3]| lab_of_levels(std::array::from_fn(|i| (rgb[i] * gains[i]).min(1.0)));
    let flat = changes.iter().filter(|(_, change)| *change <= *median);
    flat.map(|(at, _)| (lit(cloth.rgb[*at]), at / cloth.width <= neck)).collect()
}
