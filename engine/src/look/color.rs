//! The colours of the thing on a picture.

use super::color_cluster::clusters;
use super::light::gains;
use crate::look::SeenColor;
use crate::look::color_cluster::ColorCluster;
use crate::look::lab::Lab;
use crate::look::lab::{levels_to_lab, rgb_of_lab};
use crate::look::masked_image::{Cell, MaskedImage, WHITE};
use crate::look::palette::ColorName;

/// Colours per picture at most.
const MAX_COLORS: usize = 3;

/// The least share of the thing. Smaller shares are buttons or seams.
const MIN_SHARE: f32 = 0.12;

/// The share of a thing's height, from its top, where a wearer's face is.
const HEAD: f32 = 0.2;

/// The least share of that part that has the colour of skin if it shows a face.
const FACE: f32 = 0.25;

/// A larger share of the thing is fabric, even if it has the colour of skin.
const MOST_SKIN: f32 = 0.45;

/// The colours of a thing: at most three, the largest first. Those of a wearer's skin are left out.
pub(super) fn colors(masked: &MaskedImage) -> Vec<SeenColor> {
    let flat = flat(masked);
    let head = flat.iter().filter(|(_, high)| *high).count() as f32;
    let all = flat.len() as f32;
    let mut clusters = clusters(&flat);
    clusters.retain(|cluster| !is_skin(cluster, head, all));
    let total: f32 = clusters.iter().map(|cluster| cluster.weight).sum();
    let mut named: Vec<(ColorName, Lab, f32)> = Vec::new();
    clusters.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    for ColorCluster { tone, weight, .. } in clusters {
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

/// Whether a cluster is a wearer's skin: it has the colour of skin and appears where a face would be.
fn is_skin(cluster: &ColorCluster, head: f32, all: f32) -> bool {
    let [light, a, b] = cluster.tone;
    let (hue, chroma) = (b.atan2(a).to_degrees(), a.hypot(b));
    let skin_like =
        (30.0..72.0).contains(&hue) && (12.0..38.0).contains(&chroma) && (30.0..85.0).contains(&light);
    skin_like && cluster.weight < MOST_SKIN * all && cluster.marked > FACE * head
}

/// The colours of the half of the cells with the least change, which leaves out edges with mixed colours. Each
/// comes with whether it is in the part where a face would be.
fn flat(masked: &MaskedImage) -> Vec<(Lab, bool)> {
    let changes: Vec<u32> = masked.places.iter().map(|place| change(masked, *place)).collect();
    let mut sorted = changes.clone();
    let middle = sorted.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable(middle);
    let row = |place: &[u16; 2]| usize::from(place[1]);
    let (top, bottom) = (masked.places.first().map_or(0, row), masked.places.last().map_or(0, row));
    let neck = top + (HEAD * (bottom - top) as f32) as usize;
    let gains = gains(masked).map(|gain| gain / f32::from(WHITE));
    let flat: Vec<[u16; 2]> = masked
        .places
        .iter()
        .zip(&changes)
        .filter(|(_, change)| **change <= *median)
        .map(|(p, _)| *p)
        .collect();
    let mut lit: [Vec<f32>; 3] = std::array::from_fn(|_| Vec::with_capacity(flat.len()));
    for place in &flat {
        let cell = masked.cell(*place);
        for (channel, levels) in lit.iter_mut().enumerate() {
            levels.push((f32::from(cell[channel]) * gains[channel]).min(1.0));
        }
    }
    levels_to_lab(&mut lit);
    let [light, a, b] = &lit;
    let colors = light.iter().zip(a).zip(b).map(|((light, a), b)| [*light, *a, *b]);
    colors.zip(&flat).map(|(color, place)| (color, row(place) <= neck)).collect()
}

/// How much a cell's neighbours differ, across and down, where both are the thing.
fn change(masked: &MaskedImage, place: [u16; 2]) -> u32 {
    let [left, right, above, below] = masked.beside(place);
    let between = |a: Cell, b: Cell| -> u32 {
        let square = |i: usize| u32::from(a[i].abs_diff(b[i])).pow(2);
        if a[3] & b[3] == 1 { square(0) + square(1) + square(2) } else { 0 }
    };
    between(left, right) + between(above, below)
}
