//! Recognises the same picture: one may be a crop of the other, blurred, in other light, or compressed.
//!
//! An embedding describes a thing but not the position of its edges, so a crop of a photograph is no nearer to it
//! than a photograph of something similar. An [`ImageTemplate`] keeps a grid of mean colours in less than half a
//! kilobyte. A search places the query over it in all sizes from two thirds to the whole and at all positions, and
//! compares them by normalised cross-correlation (Lewis, "Fast template
//! matching", Vision Interface 1995), which a brighter light or another white balance changes little.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;
use serde::{Deserialize, Serialize};

/// Means from side to side of a template.
const SIDE: usize = 12;

/// The smallest size at which a query is compared, in means from side to side.
const LEAST_SIDE: usize = SIDE * 2 / 3;

/// The least share of the template that a query must cover.
const LEAST_AREA: f32 = 0.5;

/// The variance of a mean by noise and compression, in squared levels. It keeps two blank pictures from being
/// alike.
const NOISE: f32 = 4.0;

/// A higher likeness counts as this one.
const FULL: f32 = 0.99;

/// Values per mean: red, green, blue.
const CHANNELS: usize = 3;

/// A small copy of a product's picture, which tells whether another picture is a part of it. In JSON it is Base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageTemplate(Box<[u8]>);

impl TryFrom<String> for ImageTemplate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes = STANDARD.decode(text).map_err(|e| e.to_string())?;
        if bytes.len() == Self::BYTES {
            Ok(Self(bytes.into()))
        } else {
            Err(format!("an image template has {} bytes", Self::BYTES))
        }
    }
}

impl From<ImageTemplate> for String {
    fn from(template: ImageTemplate) -> Self {
        STANDARD.encode(template.0)
    }
}

impl std::fmt::Debug for ImageTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ImageTemplate(…)")
    }
}

impl ImageTemplate {
    /// Its size in bytes.
    pub const BYTES: usize = SIDE * SIDE * CHANNELS;

    /// The template of a picture. A thumbnail gives nearly the same template as the full picture.
    pub fn from_picture(picture: &RgbImage) -> Self {
        let means = Means::from_picture(picture, SIDE, SIDE);
        Self(means.values.iter().map(|v| v.round() as u8).collect())
    }

    /// `[12, 12, 3]`, RGB, row by row: the input of [`TemplateQuery::likeness_in`].
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A query's picture, prepared for comparison with templates.
pub struct TemplateQuery(Vec<Template>);

impl TemplateQuery {
    /// Costs a pass over the picture, once per query.
    pub fn new(picture: &RgbImage) -> Self {
        // Twice as fine as what is compared: so the sizes between are right too.
        let base = Means::from_picture(picture, 2 * SIDE, 2 * SIDE);
        let sizes = LEAST_SIDE..=SIDE;
        let pairs = sizes.clone().flat_map(|width| sizes.clone().map(move |height| (width, height)));
        let large = pairs.filter(|(w, h)| (w * h) as f32 >= LEAST_AREA * (SIDE * SIDE) as f32);
        Self(large.map(|(w, h)| Template::new(&base.resized(w, h))).collect())
    }

    /// How well the query matches a template or a part of it, −1 to 1; `None` for bytes that are no template.
    pub fn likeness_in(&self, template: &[u8]) -> Option<f32> {
        (template.len() == ImageTemplate::BYTES).then(|| best(&self.0, &Plane::from_template(template)))
    }
}

/// Converts a likeness into a summand for a score, 0 to about 2.6 for the same picture. Fisher's transform spreads
/// high values; the likeness of unrelated pictures adds next to nothing.
pub(crate) fn evidence(likeness: f32) -> f32 {
    likeness.clamp(0.0, FULL).atanh()
}

/// How well the best template fits at its best place.
fn best(templates: &[Template], plane: &Plane) -> f32 {
    let mut best = -1.0_f32;
    for template in templates {
        for top in 0..=SIDE - template.height {
            for left in 0..=SIDE - template.width {
                best = best.max(template.fits(plane, left, top));
            }
        }
    }
    best
}

/// Numbers of a template's row, with zeros after those that it has. A fixed count, so that the compiler
/// unrolls the loop over it into vector instructions, of which every processor has those for 16-bit numbers.
const ROW: usize = 40;

/// Numbers of a plane's row: from its last place, a template's row still ends within it.
const PLANE_ROW: usize = ROW + (SIDE - LEAST_SIDE) * CHANNELS;

/// What a template's largest number is scaled to: a sum of all products stays below 2³¹.
const LARGEST: f32 = 8192.0;

/// The query at one size: `[height, width, 3]`, each channel of mean zero, all of norm `1 / unit`.
struct Template {
    width: usize,
    height: usize,
    rows: Vec<[i16; ROW]>,
    unit: f32,
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
        let most = values.iter().fold(f32::EPSILON, |most, v| most.max(v.abs()));
        let scale = LARGEST / most;
        let row = |values: &[f32]| {
            let mut row = [0; ROW];
            row.iter_mut().zip(values).for_each(|(out, v)| *out = (v * scale).round() as i16);
            row
        };
        let rows = values.chunks_exact(means.width * CHANNELS).map(row).collect();
        Self { width: means.width, height: means.height, rows, unit: 1.0 / (norm * scale) }
    }

    /// Normalised cross-correlation with the window of its size at this place, −1 to 1.
    fn fits(&self, plane: &Plane, left: usize, top: usize) -> f32 {
        let from = left * CHANNELS;
        let rows = self.rows.iter().zip(&plane.rows[top..]);
        let product: i32 =
            rows.filter_map(|(own, row)| row[from..].first_chunk().map(|row| product(own, row))).sum();
        product as f32 * self.unit / plane.deviation(left, top, self.width, self.height)
    }
}

fn product(a: &[i16; ROW], b: &[i16; ROW]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

/// A template as numbers, with sums over every rectangle that begins in its corner.
struct Plane {
    rows: [[i16; PLANE_ROW]; SIDE],
    /// Of red, green, blue, and of all squares: `[SIDE + 1, SIDE + 1, 4]`.
    sums: [[f32; CHANNELS + 1]; STRIDE * STRIDE],
}

/// Sums from row to row.
const STRIDE: usize = SIDE + 1;

impl Plane {
    fn from_template(template: &[u8]) -> Self {
        let values: Vec<f32> = template.iter().map(|v| f32::from(*v)).collect();
        let mut sums = [[0.0; CHANNELS + 1]; STRIDE * STRIDE];
        for (n, pixel) in values.chunks_exact(CHANNELS).enumerate() {
            let (x, y) = (n % SIDE, n / SIDE);
            let own = |i: usize| if i < CHANNELS { pixel[i] } else { pixel.iter().map(|v| v * v).sum() };
            let (above, before, corner) =
                (sums[y * STRIDE + x + 1], sums[(y + 1) * STRIDE + x], sums[y * STRIDE + x]);
            sums[(y + 1) * STRIDE + x + 1] =
                std::array::from_fn(|i| own(i) + above[i] + before[i] - corner[i]);
        }
        let mut rows = [[0; PLANE_ROW]; SIDE];
        for (row, bytes) in rows.iter_mut().zip(template.chunks_exact(SIDE * CHANNELS)) {
            row.iter_mut().zip(bytes).for_each(|(out, byte)| *out = i16::from(*byte));
        }
        Self { rows, sums }
    }

    /// The root of the summed squares about the means of a window.
    fn deviation(&self, left: usize, top: usize, width: usize, height: usize) -> f32 {
        let at = |x: usize, y: usize| &self.sums[y * STRIDE + x];
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
    fn from_picture(picture: &RgbImage, width: usize, height: usize) -> Self {
        let (from_width, from_height) = (picture.width() as usize, picture.height() as usize);
        let row = from_width * CHANNELS;
        let rows = cells(from_height, height);
        // Rows first, so that each pixel is read once, whole rows at a time.
        let mut down = vec![0.0; height * row];
        let mut whole = vec![0; row];
        for (out, cell) in down.chunks_exact_mut(row.max(1)).zip(&rows) {
            mean_row(picture.as_raw(), cell, &mut whole, out);
        }
        Self { width: from_width, height, values: down }.across(width)
    }

    fn resized(&self, width: usize, height: usize) -> Self {
        let across = self.across(width);
        let values = down(&across.values, width, &cells(self.height, height));
        Self { width, height, values }
    }

    fn across(&self, width: usize) -> Self {
        let columns = cells(self.width, width);
        let mut values = vec![0.0; self.height * width * CHANNELS];
        let from = self.values.chunks_exact((self.width * CHANNELS).max(1));
        for (out, row) in values.chunks_exact_mut(width * CHANNELS).zip(from) {
            for (out, cell) in out.chunks_exact_mut(CHANNELS).zip(&columns) {
                for (at, share) in cell {
                    let pixel = &row[at * CHANNELS..][..CHANNELS];
                    (0..CHANNELS).for_each(|c| out[c] += share * pixel[c]);
                }
            }
        }
        Self { width, height: self.height, values }
    }
}

/// The mean of some rows of a picture. Those inside the cell all have the same share, so they are summed as whole
/// numbers; `sums` is room for that.
fn mean_row(bytes: &[u8], cell: &[(usize, f32)], sums: &mut [u32], out: &mut [f32]) {
    let row = |at: usize| &bytes[at * out.len()..(at + 1) * out.len()];
    let inside = cell.get(1..cell.len().saturating_sub(1)).unwrap_or_default();
    sums.fill(0);
    for (at, _) in inside {
        sums.iter_mut().zip(row(*at)).for_each(|(sum, value)| *sum += u32::from(*value));
    }
    let edges = [cell.first(), cell.last().filter(|_| cell.len() > 1)].map(|edge| edge.copied());
    let [first, last] = edges.map(|edge| edge.map_or((&[][..], 0.0), |(at, share)| (row(at), share)));
    let share = inside.first().map_or(0.0, |(_, share)| *share);
    out.iter_mut().zip(&*sums).for_each(|(out, sum)| *out = share * *sum as f32);
    for (row, share) in [first, last] {
        out.iter_mut().zip(row).for_each(|(out, value)| *out += share * f32::from(*value));
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
    use image::{Rgb, imageops};

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

    #[test]
    fn a_picture_is_its_own_likeness_at_any_size() {
        let large = imageops::resize(&picture(5), 300, 400, imageops::FilterType::Triangle);
        let likeness = TemplateQuery::new(&picture(5))
            .likeness_in(ImageTemplate::from_picture(&large).as_bytes())
            .unwrap();
        assert!(likeness > 0.99, "{likeness}");
    }

    #[test]
    fn blank_pictures_are_not_alike_and_other_bytes_are_no_template() {
        let blank = RgbImage::from_pixel(50, 50, Rgb([200, 200, 200]));
        let query = TemplateQuery::new(&blank);
        assert!(query.likeness_in(ImageTemplate::from_picture(&blank).as_bytes()).unwrap() < 0.1);
        assert_eq!(query.likeness_in(&[1, 2, 3]), None);
    }

    #[test]
    fn likeness_speaks_for_a_product_and_never_against_it() {
        assert_eq!(evidence(-0.5), 0.0);
        assert!(evidence(0.5) < 0.6 && evidence(0.97) > 2.0 && evidence(1.0) < 2.7);
    }

    #[test]
    fn a_template_survives_json_as_a_short_text() {
        let template = ImageTemplate::from_picture(&picture(1));
        let json = serde_json::to_string(&template).unwrap();
        assert!(json.len() < 600);
        assert_eq!(serde_json::from_str::<ImageTemplate>(&json).unwrap(), template);
        assert!(serde_json::from_str::<ImageTemplate>("\"AAAA\"").is_err());
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
