//! Clusters the colours of a picture.
//!
//! Colours are counted in small cells of CIELAB, and the counts are smoothed to a density. Peaks of the density
//! are clusters. Fabric in light and in shade is one long cluster; stripes are two with a valley between them.
//! Clusters are joined if the valley between them is shallow, after the persistence of Chazal et al.,
//! "Persistence-based clustering in Riemannian manifolds" (JACM 2013).

use std::ops::Range;

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
    /// Which cell it is along L. Cells lie in its order.
    layer: usize,
    weight: f32,
    marked: f32,
    /// The smoothed weight of all cells.
    density: f32,
}

fn cells(colors: &[(Lab, bool)]) -> Vec<Cell> {
    let mut cells = counted(colors);
    let mut densities = vec![0.0; cells.len()];
    // Of every pair once. The sum of each cell is over all cells in their order.
    for at in 0..cells.len() {
        let own = &cells[at];
        for other in near(&cells, at, FURTHEST).start..at {
            let kernel = kernel(own.mean, cells[other].mean);
            densities[at] += cells[other].weight * kernel;
            densities[other] += own.weight * kernel;
        }
        densities[at] += own.weight;
    }
    cells.iter_mut().zip(densities).for_each(|(cell, density)| cell.density = density);
    cells
}

/// Cells along L, a and b in which every colour of sRGB lies, and in how many of them black is away from the first.
const CELLS: [usize; 3] = [18, 48, 48];
const BLACK: [f32; 3] = [0.0, 24.0, 24.0];

/// The colours of each cell, in the order of L, then a, then b.
fn counted(colors: &[(Lab, bool)]) -> Vec<Cell> {
    const NONE: u16 = u16::MAX;
    let mut numbers = vec![NONE; CELLS.iter().product()];
    let mut sums: Vec<(usize, Lab, f32, f32)> = Vec::new();
    for (color, marked) in colors {
        // The number of cells from the first is positive, so cutting it off is rounding down.
        let along = |i: usize| ((color[i] / CELL[i] + BLACK[i]).max(0.0) as usize).min(CELLS[i] - 1);
        let key = (along(0) * CELLS[1] + along(1)) * CELLS[2] + along(2);
        if numbers[key] == NONE {
            numbers[key] = sums.len() as u16;
            sums.push((key, [0.0; 3], 0.0, 0.0));
        }
        let (_, sum, total, marks) = &mut sums[usize::from(numbers[key])];
        (0..3).for_each(|i| sum[i] += color[i]);
        *total += 1.0;
        *marks += f32::from(u8::from(*marked));
    }
    sums.sort_unstable_by_key(|(key, ..)| *key);
    let cell = |(key, sum, weight, marked): (usize, Lab, f32, f32)| Cell {
        layer: key / (CELLS[1] * CELLS[2]),
        mean: sum.map(|s| s / weight),
        weight,
        marked,
        density: 0.0,
    };
    sums.into_iter().map(cell).collect()
}

/// The cells whose light is so near to that of another that their squared gap may be at most `most`.
fn near(cells: &[Cell], at: usize, most: f32) -> Range<usize> {
    // Colours that lie so many layers apart have at least one layer less between them.
    let layers = (most.sqrt() * SPREAD[0] / CELL[0]) as usize + 1;
    let own = cells[at].layer;
    let start = cells[..at].partition_point(|cell| cell.layer + layers < own);
    let end = at + cells[at..].partition_point(|cell| cell.layer <= own + layers);
    start..end
}

fn gap_squared(a: Lab, b: Lab) -> f32 {
    let of = |i: usize| (a[i] - b[i]) * const { [1.0 / SPREAD[0], 1.0 / SPREAD[1], 1.0 / SPREAD[2]] }[i];
    of(0) * of(0) + of(1) * of(1) + of(2) * of(2)
}

/// Colours with a larger squared gap have nothing to do with each other.
const FURTHEST: f32 = 12.0;

fn kernel(a: Lab, b: Lab) -> f32 {
    let gap = gap_squared(a, b);
    if gap > FURTHEST { 0.0 } else { (-0.5 * gap).exp() }
}

/// Cells that are neighbours are nearer than this, in standard deviations squared.
const NEIGHBOUR: f32 = 3.5;

/// The cells of each cluster, by number.
fn groups(cells: &[Cell]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| cells[*b].density.total_cmp(&cells[*a].density));
    let mut parent: Vec<usize> = (0..cells.len()).collect();
    let mut is_placed = vec![false; cells.len()];
    let mut peaks: Vec<usize> = Vec::new();
    for at in order {
        let beside = near(cells, at, NEIGHBOUR)
            .filter(|other| is_placed[*other] && gap_squared(cells[at].mean, cells[*other].mean) < NEIGHBOUR);
        peaks.clear();
        peaks.extend(beside.map(|other| root(&parent, other)));
        peaks.sort_unstable_by(|a, b| cells[*b].density.total_cmp(&cells[*a].density).then(a.cmp(b)));
        peaks.dedup();
        if let Some((highest, lower)) = peaks.split_first() {
            parent[at] = *highest;
            let shallow = |peak: &&usize| cells[at].density >= VALLEY * cells[**peak].density;
            lower.iter().filter(shallow).for_each(|peak| parent[*peak] = *highest);
        }
        is_placed[at] = true;
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
