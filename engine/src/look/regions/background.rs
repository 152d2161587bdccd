//! Models the background of a picture from the colours at its borders.

use knytt_kernels::{Widened, widened};

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
        let mut left = border(picture);
        let least = MIN_SHARE * left.len() as f32;
        let mut modes = Vec::new();
        while modes.len() < MAX_MODES && left.len() as f32 > least {
            let centre = densest(&left);
            let members: Vec<Lab> = left.iter().copied().filter(|p| near(*p, centre)).collect();
            let mode = BackgroundColor::from_members(&members);
            if members.len() as f32 >= least {
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
        widened(Contrast { modes: &self.modes, picture })
    }
}

/// The loops of [`Background::contrast`].
struct Contrast<'a> {
    modes: &'a [BackgroundColor],
    picture: &'a LabImage,
}

impl Widened for Contrast<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run(self) -> Vec<f32> {
        let mut contrast = vec![f32::MAX; self.picture.area()];
        let [light, a, b] = self.picture.channels();
        for mode in self.modes {
            for (((nearest, l), a), b) in contrast.iter_mut().zip(light).zip(a).zip(b) {
                let squared = mode.squared([*l, *a, *b]);
                *nearest = if squared < *nearest { squared } else { *nearest };
            }
        }
        for squared in &mut contrast {
            *squared = squared.sqrt();
        }
        contrast
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
    #[inline(always)]
    fn squared(&self, p: Lab) -> f32 {
        let [x, y, z] = [p[0] - self.mean[0], p[1] - self.mean[1], p[2] - self.mean[2]];
        let [[xx, xy, xz], [_, yy, yz], [_, _, zz]] = self.inverse;
        let squared = x * (xx * x + 2.0 * (xy * y + xz * z)) + y * (yy * y + 2.0 * yz * z) + zz * z * z;
        squared.max(0.0)
    }

    /// Zhu's: pixels of this colour on the border over the square root of those in the picture.
    fn connectivity(&self, picture: &LabImage) -> f32 {
        let (area, length) = widened(Cover { mode: self, picture });
        length as f32 / (area.max(1) as f32).sqrt()
    }
}

/// Counts the pixels of a colour: in the picture, and on its border.
struct Cover<'a> {
    mode: &'a BackgroundColor,
    picture: &'a LabImage,
}

impl Widened for Cover<'_> {
    type Output = (u32, u32);

    #[inline(always)]
    fn run(self) -> (u32, u32) {
        let (width, height) = (self.picture.width, self.picture.height);
        let (mut area, mut length) = (0, 0);
        for y in 0..height {
            let (start, end) = (y * width, (y + 1) * width);
            let of_row = self.between(start, end);
            area += of_row;
            let is_end = y == 0 || y == height - 1;
            length += if is_end { of_row } else { self.is_own(start) + self.is_own(end - 1) };
        }
        (area, length)
    }
}

impl Cover<'_> {
    #[inline(always)]
    fn between(&self, from: usize, to: usize) -> u32 {
        let [light, a, b] = self.picture.channels().map(|channel| &channel[from..to]);
        let mut count = 0;
        for ((l, a), b) in light.iter().zip(a).zip(b) {
            count += u32::from(self.mode.squared([*l, *a, *b]) < DIFFERENT * DIFFERENT);
        }
        count
    }

    #[inline(always)]
    fn is_own(&self, at: usize) -> u32 {
        u32::from(self.mode.squared(self.picture.pixel(at)) < DIFFERENT * DIFFERENT)
    }
}

/// The colours within three hundredths of the shorter side from the border, at least one pixel.
fn border(picture: &LabImage) -> Vec<Lab> {
    let (width, height) = (picture.width, picture.height);
    let band = (3 * width.min(height)).div_ceil(100).max(1);
    let of_row = |y: usize| {
        let is_inside = (band..height - band).contains(&y);
        let skipped = if is_inside { band..width - band } else { width..width };
        (0..skipped.start).chain(skipped.end..width).map(move |x| picture.pixel(y * width + x))
    };
    (0..height).flat_map(of_row).collect()
}

#[inline(always)]
fn near(a: Lab, b: Lab) -> bool {
    let of = |i: usize| (a[i] - b[i]) * (a[i] - b[i]);
    of(0) + of(1) + of(2) < RADIUS * RADIUS
}

/// Of at most 200 evenly chosen colours the one with the most others around it, moved to their mean.
fn densest(colours: &[Lab]) -> Lab {
    let chosen: Vec<Lab> = colours.iter().copied().step_by(colours.len().div_ceil(200)).collect();
    let crowds = widened(Crowds(&chosen));
    // Of equal ones the last.
    let most = chosen.iter().zip(crowds).max_by_key(|(_, crowd)| *crowd);
    let centre = most.map(|(centre, _)| *centre).unwrap_or_default();
    let around = || chosen.iter().filter(|p| near(**p, centre));
    let count = around().count().max(1) as f32;
    std::array::from_fn(|i| around().map(|p| p[i]).sum::<f32>() / count)
}

/// For each colour, how many of them all are near it.
struct Crowds<'a>(&'a [Lab]);

impl Widened for Crowds<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run(self) -> Vec<u32> {
        // Each channel by itself, so that several are compared at once.
        let [light, a, b]: [Vec<f32>; 3] = std::array::from_fn(|i| self.0.iter().map(|p| p[i]).collect());
        let mut crowds = Vec::with_capacity(self.0.len());
        for centre in self.0 {
            let mut crowd = 0;
            for ((l, a), b) in light.iter().zip(&a).zip(&b) {
                crowd += u32::from(near([*l, *a, *b], *centre));
            }
            crowds.push(crowd);
        }
        crowds
    }
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
