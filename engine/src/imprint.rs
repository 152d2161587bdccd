//! Whether two pictures show the very same thing in the very same pose: one may be a part of the other,
//! blurred, in other light, and compressed.
//!
//! An embedding says what a thing is like and forgets where its edges are; a crop of a photograph is then
//! no nearer to it than a photograph of something similar. An [`Imprint`] is the opposite: 18 × 18 means
//! of red, green and blue, which fit in a kilobyte. A query is laid over it in all sizes from two thirds to
//! the whole, at all places, and compared by normalised cross-correlation (Lewis, "Fast template
//! matching", Vision Interface 1995), which a brighter light or another white balance changes little.
//! First on means of 2 × 2, for all candidates; then, for the best of them, in full near the place found.

use image::RgbImage;

/// Means from side to side of an imprint.
const FINE: usize = 18;

/// And of the coarse copy on which all candidates are looked at.
const COARSE: usize = FINE / 2;

/// How many candidates are looked at in full.
const REFINED: usize = 8;

/// A query that covers less of a picture, as a share of its area, is not looked for.
const LEAST_AREA: f32 = 0.5;

/// The variance of a mean that says nothing, in squared levels: of noise and of compression. It keeps two
/// blank pictures from being alike.
const NOISE: f32 = 4.0;

/// What likeness adds to a score, per unit of its Fisher transform: measured on crops of photographs, where
/// more changes nothing, and on garments photographed again, where more does harm (`examples/confidence.rs`).
const WEIGHT: f32 = 0.1;

/// A higher likeness counts as this one.
const FULL: f32 = 0.99;

/// Values per mean: red, green, blue.
const CHANNELS: usize = 3;

/// What is kept of a product's picture, to tell whether another picture is a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint(Box<[u8]>);

impl Imprint {
    /// Its size in bytes.
    pub const BYTES: usize = FINE * FINE * CHANNELS;

    /// Of a picture: the full one, or its thumbnail, which gives nearly the same.
    pub fn of(picture: &RgbImage) -> Self {
        let means = Means::of(picture, FINE, FINE);
        Self(means.values.iter().map(|v| v.round() as u8).collect())
    }

    /// `[18, 18, 3]`, RGB, row by row: what [`Sought::among`] reads.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A query's picture, ready to be looked for in imprints.
pub struct Sought {
    coarse: Vec<Template>,
    fine: Vec<Template>,
}

impl Sought {
    /// Takes a millisecond or two, once per query.
    pub fn new(picture: &RgbImage) -> Self {
        // Twice as fine as what is compared: so the sizes between are right too.
        let base = Means::of(picture, 2 * FINE, 2 * FINE);
        let of = |side: usize| -> Vec<Template> {
            let sizes = side * 2 / 3..=side;
            let pairs = sizes.clone().flat_map(|width| sizes.clone().map(move |height| (width, height)));
            let large = pairs.filter(|(w, h)| (w * h) as f32 >= LEAST_AREA * (side * side) as f32);
            large.map(|(w, h)| Template::new(&base.resized(w, h))).collect()
        };
        Self { coarse: of(COARSE), fine: of(FINE) }
    }

    /// How much each imprint is the same picture as this one or holds it as a part, up to 1: `None` for
    /// those that were not among the likeliest few, and for what is not an imprint.
    pub fn among(&self, imprints: &[&[u8]]) -> Vec<Option<f32>> {
        let mut found: Vec<(usize, Placed)> = Vec::with_capacity(imprints.len());
        for (at, bytes) in imprints.iter().enumerate() {
            if bytes.len() == Imprint::BYTES {
                found.push((at, best(&self.coarse, &Plane::coarse(bytes), |_| true)));
            }
        }
        found.sort_by(|a, b| b.1.likeness.total_cmp(&a.1.likeness));
        let mut likeness = vec![None; imprints.len()];
        for (at, coarse) in found.into_iter().take(REFINED) {
            let fine = best(&self.fine, &Plane::fine(imprints[at]), |place| place.refines(&coarse));
            likeness[at] = Some(fine.likeness);
        }
        likeness
    }
}

/// The score of a product whose picture is like the query's in this measure ([`Sought::among`]): its cosine
/// and up to 0.26 for the very same picture. Likeness that comes by chance adds next to nothing.
pub fn score_with_likeness(score: f32, likeness: Option<f32>) -> f32 {
    score + WEIGHT * likeness.unwrap_or(0.0).clamp(0.0, FULL).atanh()
}

/// Where a template lies in a plane and how well it fits.
#[derive(Clone, Copy)]
struct Placed {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    likeness: f32,
}

impl Placed {
    /// Whether it is what `coarse` is on a grid twice as fine, give or take one.
    fn refines(&self, coarse: &Self) -> bool {
        let near = |fine: usize, coarse: usize| fine.abs_diff(2 * coarse) <= 1;
        near(self.width, coarse.width)
            && near(self.height, coarse.height)
            && near(self.left, coarse.left)
            && near(self.top, coarse.top)
    }
}

/// The best place of the best template, among those that `wanted` lets through.
fn best(templates: &[Template], plane: &Plane, wanted: impl Fn(&Placed) -> bool) -> Placed {
    let mut best = Placed { left: 0, top: 0, width: 0, height: 0, likeness: -1.0 };
    for template in templates {
        let (width, height) = (template.width, template.height);
        for top in 0..=plane.side - height {
            for left in 0..=plane.side - width {
                let place = Placed { left, top, width, height, likeness: 0.0 };
                if wanted(&place) {
                    let likeness = template.fits(plane, left, top);
                    if likeness > best.likeness {
                        best = Placed { likeness, ..place };
                    }
                }
            }
        }
    }
    best
}

/// The query at one size: `[height, width, 3]`, each channel of mean zero, all of norm one.
struct Template {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Template {
    fn new(means: &Means) -> Self {
        let count = (means.width * means.height) as f32;
        let mut values = means.values.clone();
        for channel in 0..CHANNELS {
            let of_channel = || (channel..values.len()).step_by(CHANNELS);
            let mean = of_channel().map(|at| values[at]).sum::<f32>() / count;
            for at in of_channel() {
                values[at] -= mean;
            }
        }
        let energy: f32 = values.iter().map(|v| v * v).sum();
        let norm = (energy + NOISE * CHANNELS as f32 * count).sqrt();
        values.iter_mut().for_each(|v| *v /= norm);
        Self { width: means.width, height: means.height, values }
    }

    /// Normalised cross-correlation with the window of its size at this place, −1 to 1.
    fn fits(&self, plane: &Plane, left: usize, top: usize) -> f32 {
        let row = self.width * CHANNELS;
        let mut product = 0.0;
        for (y, own) in self.values.chunks_exact(row).enumerate() {
            let from = ((top + y) * plane.side + left) * CHANNELS;
            product += dot(own, &plane.values[from..from + row]);
        }
        product / plane.deviation(left, top, self.width, self.height)
    }
}

/// In eight lanes, so that the compiler uses vectors.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// An imprint as numbers, with sums over every rectangle that begins in its corner.
struct Plane {
    side: usize,
    values: Vec<f32>,
    /// Of red, green, blue, and of all squares: `[side + 1, side + 1, 4]`.
    sums: Vec<[f32; CHANNELS + 1]>,
}

impl Plane {
    fn fine(imprint: &[u8]) -> Self {
        Self::new(FINE, imprint.iter().map(|v| f32::from(*v)).collect())
    }

    fn coarse(imprint: &[u8]) -> Self {
        let at = |x: usize, y: usize, channel: usize| u32::from(imprint[(y * FINE + x) * CHANNELS + channel]);
        let mut values = Vec::with_capacity(COARSE * COARSE * CHANNELS);
        for (x, y) in (0..COARSE * COARSE).map(|n| (n % COARSE * 2, n / COARSE * 2)) {
            values.extend((0..CHANNELS).map(|c| {
                (at(x, y, c) + at(x + 1, y, c) + at(x, y + 1, c) + at(x + 1, y + 1, c)) as f32 / 4.0
            }));
        }
        Self::new(COARSE, values)
    }

    fn new(side: usize, values: Vec<f32>) -> Self {
        let stride = side + 1;
        let mut sums = vec![[0.0; CHANNELS + 1]; stride * stride];
        for (n, pixel) in values.chunks_exact(CHANNELS).enumerate() {
            let (x, y) = (n % side, n / side);
            let own = |i: usize| if i < CHANNELS { pixel[i] } else { pixel.iter().map(|v| v * v).sum() };
            let (above, before, corner) =
                (sums[y * stride + x + 1], sums[(y + 1) * stride + x], sums[y * stride + x]);
            sums[(y + 1) * stride + x + 1] =
                std::array::from_fn(|i| own(i) + above[i] + before[i] - corner[i]);
        }
        Self { side, values, sums }
    }

    /// The root of the summed squares about the means of a window.
    fn deviation(&self, left: usize, top: usize, width: usize, height: usize) -> f32 {
        let at = |x: usize, y: usize| &self.sums[y * (self.side + 1) + x];
        let (a, b) = (at(left, top), at(left + width, top));
        let (c, d) = (at(left, top + height), at(left + width, top + height));
        let sum = |i: usize| d[i] - b[i] - c[i] + a[i];
        let count = (width * height) as f32;
        let means: f32 = (0..CHANNELS).map(|i| sum(i) * sum(i)).sum::<f32>() / count;
        ((sum(CHANNELS) - means).max(0.0) + NOISE * CHANNELS as f32 * count).sqrt()
    }
}

/// A picture in means over equal cells: `[height, width, 3]`, 0 to 255.
struct Means {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Means {
    fn of(picture: &RgbImage, width: usize, height: usize) -> Self {
        let (from_width, from_height) = (picture.width() as usize, picture.height() as usize);
        let bytes = picture.as_raw();
        // Rows first, so that each pixel is read once.
        let (columns, rows) = (cells(from_width, width), cells(from_height, height));
        let mut across = vec![0.0; from_height * width * CHANNELS];
        for (out, row) in
            across.chunks_exact_mut(width * CHANNELS).zip(bytes.chunks_exact(from_width * CHANNELS))
        {
            for (out, cell) in out.chunks_exact_mut(CHANNELS).zip(&columns) {
                for (at, share) in cell {
                    (0..CHANNELS).for_each(|c| out[c] += share * f32::from(row[at * CHANNELS + c]));
                }
            }
        }
        Self { width, height, values: down(&across, width, &rows) }
    }

    fn resized(&self, width: usize, height: usize) -> Self {
        let (columns, rows) = (cells(self.width, width), cells(self.height, height));
        let mut across = vec![0.0; self.height * width * CHANNELS];
        let from = self.values.chunks_exact(self.width * CHANNELS);
        for (out, row) in across.chunks_exact_mut(width * CHANNELS).zip(from) {
            for (out, cell) in out.chunks_exact_mut(CHANNELS).zip(&columns) {
                for (at, share) in cell {
                    (0..CHANNELS).for_each(|c| out[c] += share * row[at * CHANNELS + c]);
                }
            }
        }
        Self { width, height, values: down(&across, width, &rows) }
    }
}

/// Rows of `[rows, width, 3]`, weighted and summed.
fn down(across: &[f32], width: usize, rows: &[Vec<(usize, f32)>]) -> Vec<f32> {
    let row = width * CHANNELS;
    let mut values = vec![0.0; rows.len() * row];
    for (out, cell) in values.chunks_exact_mut(row).zip(rows) {
        for (at, share) in cell {
            let from = &across[at * row..(at + 1) * row];
            out.iter_mut().zip(from).for_each(|(out, value)| *out += share * value);
        }
    }
    values
}

/// What each of `to` equal cells covers of a line of `from` pixels: pixels and their shares, which sum
/// to one.
fn cells(from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let size = from as f32 / to as f32;
    let cell = |n: usize| {
        let (start, end) = (n as f32 * size, (n + 1) as f32 * size);
        let last = (end.ceil() as usize).min(from);
        let share = |at: usize| ((at + 1) as f32).min(end) - (at as f32).max(start);
        (start as usize..last).map(|at| (at, share(at) / size)).filter(|(_, share)| *share > 0.0).collect()
    };
    (0..to).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, Rgb, imageops};

    use super::*;

    /// Soft spots of colour at places that `number` chooses.
    fn picture(number: u32) -> RgbImage {
        RgbImage::from_fn(120, 160, |x, y| {
            let wave = |n: u32| {
                let (a, b) = ((number * 37 + n * 11) % 17, (number * 53 + n * 29) % 19);
                let phase = x as f32 * (a as f32 + 2.0) / 90.0 + y as f32 * (b as f32 + 1.0) / 110.0;
                (phase + n as f32).sin().mul_add(90.0, 128.0) as u8
            };
            Rgb([wave(1), wave(2), wave(3)])
        })
    }

    /// A part of two thirds, blurred, in warm light.
    fn part(picture: &RgbImage) -> RgbImage {
        let mut part = imageops::fast_blur(&picture.view(15, 20, 98, 130).to_image(), 1.5);
        let gains = [1.1, 0.95, 0.75];
        part.pixels_mut()
            .for_each(|p| (0..3).for_each(|c| p.0[c] = (f32::from(p.0[c]) * gains[c]).min(255.0) as u8));
        part
    }

    #[test]
    fn a_part_in_other_light_is_found_among_others() {
        let imprints: Vec<Imprint> = (0..40).map(|n| Imprint::of(&picture(n))).collect();
        let bytes: Vec<&[u8]> = imprints.iter().map(Imprint::as_bytes).collect();
        for own in [3, 17, 38] {
            let likeness = Sought::new(&part(&picture(own as u32))).among(&bytes);
            let other = likeness.iter().enumerate().filter(|(at, _)| *at != own).filter_map(|(_, l)| *l);
            let other = other.fold(-1.0, f32::max);
            let own = likeness[own].unwrap();
            assert!(own > 0.95 && own > other + 0.1, "own {own}, best other {other}");
        }
    }

    #[test]
    fn a_picture_is_its_own_likeness_at_any_size() {
        let large = imageops::resize(&picture(5), 300, 400, imageops::FilterType::Triangle);
        let likeness = Sought::new(&picture(5)).among(&[Imprint::of(&large).as_bytes()]);
        assert!(likeness[0].unwrap() > 0.99, "{likeness:?}");
    }

    #[test]
    fn blank_pictures_are_not_alike_and_other_bytes_are_no_imprint() {
        let blank = RgbImage::from_pixel(50, 50, Rgb([200, 200, 200]));
        let imprint = Imprint::of(&blank);
        let likeness = Sought::new(&blank).among(&[imprint.as_bytes(), &[1, 2, 3]]);
        assert!(likeness[0].unwrap() < 0.1 && likeness[1].is_none());
    }

    #[test]
    fn likeness_adds_to_a_score_and_never_takes_away() {
        let with = |likeness| score_with_likeness(0.8, likeness);
        assert_eq!(with(None), 0.8);
        assert_eq!(with(Some(-0.5)), 0.8);
        assert!(with(Some(0.5)) < 0.86 && with(Some(0.97)) > 1.0 && with(Some(1.0)) < 1.07);
    }

    #[test]
    fn shares_of_cells_sum_to_one() {
        for (from, to) in [(160, 18), (7, 18), (18, 18), (19, 18), (1, 4)] {
            for cell in cells(from, to) {
                let sum: f32 = cell.iter().map(|(_, share)| share).sum();
                assert!((sum - 1.0).abs() < 1e-4, "{from} to {to}: {sum}");
            }
        }
    }
}
