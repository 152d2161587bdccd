//! Clusters the colours of a picture.
//!
//! Colours are counted in small cells of CIELAB, and the counts are smoothed to a density. Peaks of the density
//! are clusters. Fabric in light and in shade is one long cluster; stripes are two with a valley between them.
//! Clusters are joined if the valley between them is shallow, after the persistence of Chazal et al.,
//! "Persistence-based clustering in Riemannian manifolds" (JACM 2013).

use std::collections::HashMap;

use crate::look::lab::Lab;

/// Sides of a cell in L, a and b.
const CELL: Lab = [6.0, 5.0, 5.0];

/// Standard deviations of the smoothing in L, a and b.
const SPREAD: Lab = [6.0, 4.5, 4.5];

/// Two clusters are one if the valley between them is at least this share of the lower one.
const VALLEY: f32 = 0.75;

/// How much more the brighter side of a cluster counts for its tone, 0 to 1.
const PULL: f32 = 0.6;

/// A cluster of colours.
pub(super) struct ColorCluster {
    /// The colour in good light.
    pub tone: Lab,
    /// The number of colours in it.
    pub weight: f32,
    /// The number of marked colours in it.
    pub marked: f32,
}

/// The clusters of colours, each of which may be marked.
pub(super) fn clusters(colors: &[(Lab, bool)]) -> Vec<ColorCluster> {
    let cells = cells(colors);
    groups(&cells).iter().map(|members| ColorCluster::from_cells(&cells, members)).collect()
}

/// Pixels of one cell.
struct Cell {
    mean: Lab,
    weight: f32,
    marked: f32,
    /// The smoothed weight of all cells.
    density: f32,
}

fn cells(colors: &[(Lab, bool)]) -> Vec<Cell> {
    let mut sums: HashMap<[i32; 3], (Lab, f32, f32)> = HashMap::new();
    for (p, marked) in colors {
        let key = std::array::from_fn(|i| (p[i] / CELL[i]).floor() as i32);
        let (sum, total, marks) = sums.entry(key).or_default();
        (0..3).for_each(|i| sum[i] += p[i]);
        *total += 1.0;
        *marks += f32::from(u8::from(*marked));
    }
    let mut keyed: Vec<_> = sums.into_iter().collect();
    keyed.sort_by_key(|(key, _)| *key);
    let cell = |(_, (sum, weight, marked)): ([i32; 3], (Lab, f32, f32))| Cell {
        mean: sum.map(|s| s / weight),
        weight,
        marked,
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

/// The cells of each cluster, by number.
fn groups(cells: &[Cell]) -> Vec<Vec<usize>> {
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
    members.retain(|cluster| !cluster.is_empty());
    members
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

impl ColorCluster {
    /// Its tone is that of its brighter side, since folds and shade only take light away.
    fn from_cells(cells: &[Cell], members: &[usize]) -> Self {
        let weight: f32 = members.iter().map(|at| cells[*at].weight).sum();
        let marked = members.iter().map(|at| cells[*at].marked).sum();
        let mean = |pull: &dyn Fn(&Cell) -> f32| -> Lab {
            let members = || members.iter().map(|at| &cells[*at]);
            let total: f32 = members().map(pull).sum();
            std::array::from_fn(|i| members().map(|cell| pull(cell) * cell.mean[i]).sum::<f32>() / total)
        };
        let middle = mean(&|cell| cell.weight);
        let tone = mean(&|cell| cell.weight * (1.0 + PULL * ((cell.mean[0] - middle[0]) / 6.0).tanh()));
        Self { tone, weight, marked }
    }
}
