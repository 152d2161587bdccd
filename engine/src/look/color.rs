//! The colours of the thing on a picture.
//!
//! Its pixels are counted in small cells of CIELAB; the counts, smoothed, are hills. Cloth in light and in
//! shade is one long hill, stripes are two with a valley between them: hills are joined where the valley is
//! not deep, after the persistence of Chazal et al., "Persistence-based clustering in Riemannian
//! manifolds" (JACM 2013).

use std::collections::HashMap;

use super::foreground::Foreground;
use super::{ColorName, Lab, SeenColor, distance};
use crate::regions::rgb_of_lab;

/// More would be a list, not a look.
const MAX_COLORS: usize = 3;

/// Of the thing: less is a button or a seam.
const MIN_SHARE: f32 = 0.12;

/// Sides of a cell in L, a and b.
const CELL: Lab = [6.0, 5.0, 5.0];

/// Standard deviations of the smoothing in L, a and b.
const SPREAD: Lab = [6.0, 4.5, 4.5];

/// Two hills are one if the valley between them is at least this share of the lower one.
const VALLEY: f32 = 0.7;

/// Pixels of one cell.
struct Cell {
    mean: Lab,
    weight: f32,
    /// Of all weight, smoothed.
    density: f32,
}

/// The colours of a thing: at most three, the largest first.
pub(super) fn colors(foreground: &Foreground) -> Vec<SeenColor> {
    let cells = cells(foreground);
    let total: f32 = cells.iter().map(|cell| cell.weight).sum();
    let mut named: Vec<(ColorName, Lab, f32)> = Vec::new();
    for hill in hills(&cells) {
        let (tone, weight) = tone(&cells, &hill);
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

fn cells(foreground: &Foreground) -> Vec<Cell> {
    let mut sums: HashMap<[i32; 3], (Lab, f32)> = HashMap::new();
    for (p, weight) in foreground.pixels() {
        let key = std::array::from_fn(|i| (p[i] / CELL[i]).floor() as i32);
        let (sum, total) = sums.entry(key).or_default();
        (0..3).for_each(|i| sum[i] += weight * p[i]);
        *total += weight;
    }
    let mut keyed: Vec<_> = sums.into_iter().collect();
    keyed.sort_by_key(|(key, _)| *key);
    let cell = |(_, (sum, weight)): ([i32; 3], (Lab, f32))| Cell {
        mean: sum.map(|s| s / weight),
        weight,
        density: 0.0,
    };
    let mut cells: Vec<Cell> = keyed.into_iter().map(cell).collect();
    let density = |at: &Cell| cells.iter().map(|other| other.weight * kernel(at.mean, other.mean)).sum();
    let densities: Vec<f32> = cells.iter().map(density).collect();
    cells.iter_mut().zip(densities).for_each(|(cell, density)| cell.density = density);
    cells
}

fn gap_squared(a: Lab, b: Lab) -> f32 {
    (0..3).map(|i| ((a[i] - b[i]) / SPREAD[i]).powi(2)).sum()
}

fn kernel(a: Lab, b: Lab) -> f32 {
    let gap = gap_squared(a, b);
    if gap > 12.0 { 0.0 } else { (-0.5 * gap).exp() }
}

/// Cells that are neighbours are nearer than this, in standard deviations squared.
const NEIGHBOUR: f32 = 3.5;

/// The cells of each hill, by number.
fn hills(cells: &[Cell]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| cells[*b].density.total_cmp(&cells[*a].density));
    let mut parent: Vec<usize> = (0..cells.len()).collect();
    let mut placed: Vec<usize> = Vec::new();
    for at in order {
        let near = placed
            .iter()
            .copied()
            .filter(|other| gap_squared(cells[at].mean, cells[*other].mean) < NEIGHBOUR);
        let mut peaks: Vec<usize> = near.map(|other| root(&parent, other)).collect();
        peaks.sort_by(|a, b| cells[*b].density.total_cmp(&cells[*a].density));
        peaks.dedup();
        if let Some((highest, lower)) = peaks.split_first() {
            parent[at] = *highest;
            let shallow = |peak: &&usize| cells[at].density >= VALLEY * cells[**peak].density;
            lower.iter().filter(shallow).for_each(|peak| parent[*peak] = *highest);
        }
        placed.push(at);
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); cells.len()];
    (0..cells.len()).for_each(|at| members[root(&parent, at)].push(at));
    members.retain(|hill| !hill.is_empty());
    members
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

/// The tone of a hill, towards its top, and its weight.
fn tone(cells: &[Cell], hill: &[usize]) -> (Lab, f32) {
    let weight: f32 = hill.iter().map(|at| cells[*at].weight).sum();
    let pull = |at: &usize| cells[*at].weight * cells[*at].density;
    let total: f32 = hill.iter().map(pull).sum();
    let tone =
        std::array::from_fn(|i| hill.iter().map(|at| pull(at) * cells[*at].mean[i]).sum::<f32>() / total);
    (tone, weight)
}
