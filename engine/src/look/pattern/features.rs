//! The features by which patterns are told apart.

use std::f32::consts::PI;
use std::sync::LazyLock;

use super::texture::{CHANNELS, Detail, Texture};
use crate::look::SeenColor;
use crate::look::masked_image::MaskedImage;

/// The number of features.
pub const FEATURES: usize = 24;

/// Steps of the autocorrelation, in pixels of the texture.
const LAGS: i32 = 36;

/// Cells from which the autocorrelation is estimated, about.
const SAMPLE: usize = 2000;

/// Bins of gradient directions over half a turn.
const DIRECTIONS: usize = 18;

/// Numbers that tell patterns apart, all about -1 to 1.
pub(crate) struct PatternFeatures([f32; FEATURES]);

impl PatternFeatures {
    /// None if the thing has too few pixels.
    pub(in crate::look) fn from_masked_image(masked: &MaskedImage, colors: &[SeenColor]) -> Option<Self> {
        let texture = Texture::from_masked_image(masked)?;
        let contrast = Contrast::from_texture(&texture);
        let edges = Edges::from_texture(&texture);
        let sample: Vec<[u16; 2]> =
            texture.places.iter().copied().step_by(texture.area().div_ceil(SAMPLE)).collect();
        let [along, across] =
            edges.main_direction().map(|angle| Correlation::along(&texture, &sample, &contrast, angle));
        let share = |at: usize| colors.get(at).map_or(0.0, |color| f32::from(color.percent) / 100.0);
        let log = |value: f32| (value.max(0.01).ln() / 3.0).clamp(-1.5, 1.5);
        let values = [
            log(contrast.deviation[0]),
            log(contrast.deviation[1].max(contrast.deviation[2])),
            contrast.peaked,
            contrast.skew,
            edges.one_way,
            edges.two_ways,
            edges.one_way * edges.one_way,
            edges.two_ways - edges.one_way,
            log(edges.density),
            edges.dense_share,
            edges.central,
            edges.upper,
            along.peak,
            across.peak,
            along.trough,
            across.trough,
            along.far,
            across.far,
            (along.peak * across.peak.max(0.0)).max(0.0).sqrt(),
            along.period,
            across.period,
            share(0) - 0.5,
            share(1),
            share(2),
        ];
        Some(Self(values.map(|value| if value.is_finite() { value } else { 0.0 })))
    }

    /// The values that the linear model weighs, each about -1 to 1. Some are products of others, which a
    /// linear model cannot form itself.
    pub(crate) fn values(&self) -> [f32; FEATURES] {
        self.0
    }
}

/// How much the detail varies.
struct Contrast {
    /// Standard deviation of each channel.
    deviation: [f32; CHANNELS],
    /// Whether few pixels vary much (1) or many a little (0): a print, or weave.
    peaked: f32,
    /// Whether what stands out is darker (-1) or brighter (1).
    skew: f32,
}

impl Contrast {
    fn from_texture(texture: &Texture) -> Self {
        let count = texture.area() as f32;
        let details = || texture.places.iter().map(|place| texture.detail(*place));
        let mut squares = [0.0; CHANNELS];
        for detail in details() {
            (0..CHANNELS).for_each(|c| squares[c] += detail[c] * detail[c]);
        }
        let deviation = squares.map(|sum| (sum / count).sqrt());
        let total: f32 = deviation.iter().map(|d| d * d).sum();
        let (of_total, of_deviation) = (1.0 / total.max(1e-3), 1.0 / deviation[0].max(0.1));
        let (mut fourth, mut third) = (0.0, 0.0);
        for detail in details() {
            let square = (0..CHANNELS).map(|c| detail[c] * detail[c]).sum::<f32>() * of_total;
            fourth += square * square;
            third += (detail[0] * of_deviation).powi(3);
        }
        let peaked = ((fourth / count).max(1.0).ln() / 3.0).min(1.5);
        Self { deviation, peaked, skew: (third / count / 3.0).clamp(-1.0, 1.0) }
    }
}

/// Where the detail changes, and which way.
struct Edges {
    directions: [f32; DIRECTIONS],
    /// Whether all changes go one way: 1 for stripes, 0 for dots.
    one_way: f32,
    /// Whether they go one way or square to it: 1 for stripes and checks.
    two_ways: f32,
    /// Mean change from pixel to pixel.
    density: f32,
    /// Share of the thing where the change is strong.
    dense_share: f32,
    /// How much stronger changes are in the middle of the thing than around it, -1 to 1.
    central: f32,
    /// How much stronger they are in its upper half than below, -1 to 1.
    upper: f32,
}

impl Edges {
    fn from_texture(texture: &Texture) -> Self {
        let mut edges = Self {
            directions: [0.0; DIRECTIONS],
            one_way: 0.0,
            two_ways: 0.0,
            density: 0.0,
            dense_share: 0.0,
            central: 0.0,
            upper: 0.0,
        };
        let extent = Extent::from_texture(texture);
        let (mut one, mut two) = ([0.0_f32; 2], [0.0_f32; 2]);
        let mut places = [[0.0_f32; 2]; 4];
        let (mut total, mut count, mut strong) = (0.0_f32, 0.0_f32, 0.0_f32);
        for &place in &texture.places {
            let Some([x, y]) = gradient(texture.beside(place)) else { continue };
            let energy = x * x + y * y;
            let strength = energy.sqrt();
            edges.directions[direction(x, y)] += energy;
            // The energy at twice and at four times the angle, by the squares of complex numbers.
            let twice = [x * x - y * y, 2.0 * x * y];
            let of = energy.max(f32::MIN_POSITIVE);
            let four = [(twice[0] * twice[0] - twice[1] * twice[1]) / of, 2.0 * twice[0] * twice[1] / of];
            one = [one[0] + twice[0], one[1] + twice[1]];
            two = [two[0] + four[0], two[1] + four[1]];
            total += energy;
            count += 1.0;
            strong += f32::from(u8::from(strength > 3.0));
            edges.density += strength;
            for place in extent.places(place) {
                places[place][0] += strength;
                places[place][1] += 1.0;
            }
        }
        let mean = |place: usize| places[place][0] / places[place][1].max(1.0);
        let against = |a: f32, b: f32| (a - b) / (a + b).max(0.1);
        edges.one_way = one[0].hypot(one[1]) / total.max(1e-3);
        edges.two_ways = two[0].hypot(two[1]) / total.max(1e-3);
        edges.density /= count.max(1.0);
        edges.dense_share = strong / count.max(1.0);
        edges.central = against(mean(0), mean(1));
        edges.upper = against(mean(2), mean(3));
        edges
    }

    /// The direction in which most changes go, and the one square to it, in radians.
    fn main_direction(&self) -> [f32; 2] {
        // Summed with the direction square to it, so that stripes and checks are met alike.
        let half = DIRECTIONS / 2;
        let around = |bin: usize| {
            let at = |bin: usize| self.directions[bin % DIRECTIONS];
            at(bin) + 0.5 * (at(bin + 1) + at(bin + DIRECTIONS - 1))
        };
        let both = |bin: &usize| around(*bin) + around(bin + half);
        let best = (0..half).max_by(|a, b| both(a).total_cmp(&both(b))).unwrap_or_default();
        let first = if around(best) >= around(best + half) { best } else { best + half };
        [first, first + half].map(|bin| (bin as f32 + 0.5) * PI / DIRECTIONS as f32)
    }
}

/// Which of the equal parts of half a turn a direction is in.
fn direction(x: f32, y: f32) -> usize {
    // Of the two directions of a line the one with a positive `y`; past how many limits that has turned.
    let (x, y) = if y < 0.0 || (y == 0.0 && x < 0.0) { (-x, -y) } else { (x, y) };
    LIMITS.iter().map(|[cos, sin]| usize::from(cos * y >= sin * x)).sum()
}

/// Cosine and sine of the angles between two parts of half a turn.
static LIMITS: LazyLock<[[f32; 2]; DIRECTIONS - 1]> = LazyLock::new(|| {
    std::array::from_fn(|n| {
        let angle = (n + 1) as f32 * PI / DIRECTIONS as f32;
        [angle.cos(), angle.sin()]
    })
});

/// Change of the channel that changes most, across and down; none at the edge of the thing.
fn gradient([left, right, above, below]: [&Detail; 4]) -> Option<[f32; 2]> {
    if left[CHANNELS] * right[CHANNELS] * above[CHANNELS] * below[CHANNELS] == 0.0 {
        return None;
    }
    let of = |c: usize| [0.5 * (right[c] - left[c]), 0.5 * (below[c] - above[c])];
    let energy = |[x, y]: &[f32; 2]| x * x + y * y;
    let larger = |a: [f32; 2], b: [f32; 2]| if energy(&b) >= energy(&a) { b } else { a };
    Some(larger(larger(of(0), of(1)), of(2)))
}

/// Middle and size of a thing.
struct Extent {
    middle: [f32; 2],
    /// One over the standard deviation.
    per_spread: [f32; 2],
}

impl Extent {
    fn from_texture(texture: &Texture) -> Self {
        let count = texture.area() as f64;
        let (mut sums, mut squares) = ([0_u64; 2], [0_u64; 2]);
        for place in &texture.places {
            let place = place.map(u64::from);
            sums = std::array::from_fn(|i| sums[i] + place[i]);
            squares = std::array::from_fn(|i| squares[i] + place[i] * place[i]);
        }
        let middle = sums.map(|sum| sum as f64 / count);
        let spread = |i: usize| (squares[i] as f64 / count - middle[i] * middle[i]).max(1.0).sqrt() as f32;
        Self { middle: middle.map(|at| at as f32), per_spread: [1.0 / spread(0), 1.0 / spread(1)] }
    }

    /// Middle (0) or around it (1); upper (2) or lower half (3).
    fn places(&self, place: [u16; 2]) -> [usize; 2] {
        let off = |i: usize| (f32::from(place[i]) - self.middle[i]) * self.per_spread[i];
        let (across, down) = (off(0), off(1));
        [usize::from(across * across + down * down > 1.0), 2 + usize::from(down > 0.0)]
    }
}

/// How alike the detail is to itself some way off, in one direction, -1 to 1.
struct Correlation {
    /// The highest value behind the first trough: 1 if the pattern comes again.
    peak: f32,
    /// The first trough.
    trough: f32,
    /// Far along, without its sign: stripes stay alike along themselves.
    far: f32,
    /// How far off the peak is, in shares of the thing's size.
    period: f32,
}

impl Correlation {
    /// `sample`: the places from which it is estimated.
    fn along(texture: &Texture, sample: &[[u16; 2]], contrast: &Contrast, angle: f32) -> Self {
        let total: f32 = contrast.deviation.iter().map(|d| d * d).sum::<f32>().max(1e-3);
        let (sin, cos) = angle.sin_cos();
        let curve: Vec<f32> = (0..LAGS)
            .map(|lag| {
                let step = ((lag as f32 * cos).round() as i32, (lag as f32 * sin).round() as i32);
                // The last value of each is 1 where both are of the thing, so the last sum is their number.
                let mut sums = [0.0_f32; CHANNELS + 1];
                for place in sample {
                    if let Some(other) = texture.away(*place, step) {
                        let own = texture.detail(*place);
                        (0..=CHANNELS).for_each(|c| sums[c] += own[c] * other[c]);
                    }
                }
                let [a, b, c, count] = sums;
                let sum = a + b + c;
                sum / count.max(1.0) / total
            })
            .collect();
        let trough_at = (1..curve.len() - 1).find(|at| curve[*at] < 0.3 && curve[*at] <= curve[at + 1]);
        let trough_at = trough_at.unwrap_or(curve.len() - 1);
        let rest = curve.iter().enumerate().skip(trough_at);
        let (peak_at, peak) = rest.max_by(|a, b| a.1.total_cmp(b.1)).unwrap_or((0, &0.0));
        let far = curve[8..24].iter().sum::<f32>() / 16.0;
        let size = (texture.area() as f32).sqrt();
        Self { peak: *peak, trough: curve[trough_at], far, period: (4.0 * peak_at as f32 / size).min(1.5) }
    }
}
