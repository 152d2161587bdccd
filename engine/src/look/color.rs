//! The colours of the thing on a picture.

use super::color_cluster::clusters;
use super::light::gains;
use crate::look::SeenColor;
use crate::look::color_cluster::ColorCluster;
use crate::look::lab::Lab;
use crate::look::lab::{lab_of_levels, rgb_of_lab};
use crate::look::masked_image::MaskedImage;
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
    let change = |at: usize| {
        let pair = |dx: isize, dy: isize| Some((masked.beside(at, -dx, -dy)?, masked.beside(at, dx, dy)?));
        let steps = [(1, 0), (0, 1)].map(|(dx, dy)| {
            let (a, b) = pair(dx, dy).unwrap_or((at, at));
            (0..3).map(|i| (masked.rgb[a][i] - masked.rgb[b][i]).powi(2)).sum::<f32>()
        });
        steps[0] + steps[1]
    };
    let changes: Vec<(usize, f32)> = masked.cells().map(|at| (at, change(at))).collect();
    let mut sorted: Vec<f32> = changes.iter().map(|(_, change)| *change).collect();
    let middle = sorted.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable_by(middle, f32::total_cmp);
    let rows = || changes.iter().map(|(at, _)| at / masked.width);
    let (top, bottom) = (rows().min().unwrap_or_default(), rows().max().unwrap_or_default());
    let neck = top + (HEAD * (bottom - top) as f32) as usize;
    let gains = gains(masked);
    let lit = |rgb: [f32; 3]| lab_of_levels(std::array::from_fn(|i| (rgb[i] * gains[i]).min(1.0)));
    let flat = changes.iter().filter(|(_, change)| *change <= *median);
    flat.map(|(at, _)| (lit(masked.rgb[*at]), at / masked.width <= neck)).collect()
}
