//! Models the background of a picture from the colours at its borders.

use crate::look::lab::{Lab, LabImage};

/// Colours that a background may have: two walls, a floor, a shadow on each.
const MAX_MODES: usize = 6;

/// A colour on less of the border than this is not looked at.
const MIN_SHARE: f32 = 0.06;

/// How far apart, in Lab, pixels of one colour may lie.
const RADIUS: f32 = 12.0;

/// The least spread of a colour, in Lab: light first, since shadows change it.
const SPREAD: Lab = [4.0, 2.0, 2.0];

/// Length on the border over the square root of the area, from which a colour is background. A thing that
/// the border cuts has less than one.
const MIN_CONNECTIVITY: f32 = 1.6;

/// Colours of the background.
pub(crate) struct Background {
    modes: Vec<BackgroundColor>,
}

/// One colour and how it varies.
struct BackgroundColor {
    mean: Lab,
    /// Inverse of the covariance.
    inverse: [[f32; 3]; 3],
}

/// From this distance on, in standard deviations, a pixel is not of a colour.
pub(crate) const DIFFERENT: f32 = 3.0;

impl Background {
    /// None if there is no colour to begin with.
    pub(crate) fn from_picture(picture: &LabImage) -> Option<Self> {
        let border = border(picture);
        let mut left: Vec<Lab> = border.iter().map(|at| picture.pixels[*at]).collect();
        let mut modes = Vec::new();
        while modes.len() < MAX_MODES && left.len() as f32 > MIN_SHARE * border.len() as f32 {
            let centre = densest(&left);
            let members: Vec<Lab> = left.iter().copied().filter(|p| near(*p, centre)).collect();
            let mode = BackgroundColor::from_members(&members);
            if members.len() as f32 >= MIN_SHARE * border.len() as f32 {
                modes.push(mode);
            }
            left.retain(|p| !near(*p, centre));
        }
        let connectivity: Vec<f32> = modes.iter().map(|mode| mode.connectivity(picture)).collect();
        let best = connectivity.iter().copied().max_by(f32::total_cmp)?;
        let enough = MIN_CONNECTIVITY.min(best);
        let kept = modes.into_iter().zip(connectivity).filter(|(_, c)| *c >= enough).map(|(mode, _)| mode);
        Some(Self { modes: kept.collect() })
    }

    /// For each pixel its distance to the nearest background colour, in standard deviations.
    pub(crate) fn contrast(&self, picture: &LabImage) -> Vec<f32> {
        let nearest = |p: &Lab| self.modes.iter().map(|mode| mode.squared(*p)).fold(f32::MAX, f32::min);
        picture.pixels.iter().map(|p| nearest(p).sqrt()).collect()
    }
}

impl BackgroundColor {
    fn from_members(members: &[Lab]) -> Self {
        let count = members.len().max(1) as f32;
        let mean: Lab = std::array::from_fn(|i| members.iter().map(|p| p[i]).sum::<f32>() / count);
        let mut covariance = [[0.0; 3]; 3];
        for p in members {
            let d: Lab = std::array::from_fn(|i| p[i] - mean[i]);
            for (i, row) in covariance.iter_mut().enumerate() {
                row.iter_mut().zip(d).for_each(|(cell, other)| *cell += d[i] * other / count);
            }
        }
        for i in 0..3 {
            covariance[i][i] += SPREAD[i] * SPREAD[i];
        }
        Self { mean, inverse: inverse(&covariance) }
    }

    /// The square of Mahalanobis' distance. Written out, since it is asked of every pixel and colour.
    #[inline]
    fn squared(&self, p: Lab) -> f32 {
        let [x, y, z] = [p[0] - self.mean[0], p[1] - self.mean[1], p[2] - self.mean[2]];
        let [[xx, xy, xz], [_, yy, yz], [_, _, zz]] = self.inverse;
        let squared = x * (xx * x + 2.0 * (xy * y + xz * z)) + y * (yy * y + 2.0 * yz * z) + zz * z * z;
        squared.max(0.0)
    }

    /// Zhu's: pixels of this colour on the border over the square root of those in the picture.
    fn connectivity(&self, picture: &LabImage) -> f32 {
        let (width, height) = (picture.width, picture.height);
        let own = |p: &Lab| u32::from(self.squared(*p) < DIFFERENT * DIFFERENT);
        let (mut area, mut length) = (0, 0);
        for (y, row) in picture.pixels.chunks_exact(width).enumerate() {
            let of_row: u32 = row.iter().map(own).sum();
            area += of_row;
            length += if y == 0 || y == height - 1 { of_row } else { own(&row[0]) + own(&row[width - 1]) };
        }
        length as f32 / (area.max(1) as f32).sqrt()
    }
}

/// Pixels within three hundredths of the shorter side from the border, at least one.
fn border(picture: &LabImage) -> Vec<usize> {
    let (width, height) = (picture.width, picture.height);
    let band = (3 * width.min(height)).div_ceil(100).max(1);
    let inside = |at: &usize| {
        let (x, y) = picture.place(*at);
        x < band || y < band || x >= width - band || y >= height - band
    };
    (0..width * height).filter(inside).collect()
}

fn near(a: Lab, b: Lab) -> bool {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>() < RADIUS * RADIUS
}

/// Of at most 200 evenly chosen colours the one with the most others around it, moved to their mean.
fn densest(colours: &[Lab]) -> Lab {
    let chosen: Vec<Lab> = colours.iter().copied().step_by(colours.len().div_ceil(200)).collect();
    // Each channel by itself, so that eight others are compared at once.
    let channels: [Vec<f32>; 3] = std::array::from_fn(|i| chosen.iter().map(|p| p[i]).collect());
    let [light, a, b] = &channels;
    let crowd = |centre: &Lab| -> u32 {
        let others = light.iter().zip(a).zip(b);
        others.map(|((&l, &a), &b)| u32::from(near([l, a, b], *centre))).sum()
    };
    let centre = chosen.iter().copied().max_by_key(crowd).unwrap_or_default();
    let around = || chosen.iter().filter(|p| near(**p, centre));
    let count = around().count().max(1) as f32;
    std::array::from_fn(|i| around().map(|p| p[i]).sum::<f32>() / count)
}

/// Of a symmetric matrix whose diagonal keeps it regular, by cofactors.
fn inverse(m: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    let cofactor = |i: usize, j: usize| {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f32 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    std::array::from_fn(|i| std::array::from_fn(|j| cofactor(j, i) / determinant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_times_its_matrix_is_one() {
        let m = [[40.0, 3.0, -2.0], [3.0, 12.0, 4.0], [-2.0, 4.0, 15.0]];
        let inverse = inverse(&m);
        for (i, j) in (0..9).map(|cell| (cell / 3, cell % 3)) {
            let cell: f32 = (0..3).map(|k| m[i][k] * inverse[k][j]).sum();
            assert!((cell - f32::from(u8::from(i == j))).abs() < 1e-5, "{i} {j} {cell}");
        }
    }
}
