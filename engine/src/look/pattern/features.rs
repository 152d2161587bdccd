//! The features by which patterns are told apart.

use super::edges::Edges;
use super::texture::{CHANNELS, Texture};
use crate::look::SeenColor;
use crate::look::masked_image::MaskedImage;

/// The number of features.
pub const FEATURES: usize = 24;

/// Steps of the autocorrelation, in pixels of the texture.
const LAGS: usize = 36;

/// Cells from which the autocorrelation is estimated, about.
const SAMPLE: usize = 2000;

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
        let steps: [(i32, i32); LAGS] = std::array::from_fn(|lag| {
            let lag = lag as f32;
            ((lag * cos).round() as i32, (lag * sin).round() as i32)
        });
        let curve = texture.products(sample, &steps).map(|[a, b, c, count]| {
            let sum = a + b + c;
            sum / count.max(1.0) / total
        });
        let trough_at = (1..curve.len() - 1).find(|at| curve[*at] < 0.3 && curve[*at] <= curve[at + 1]);
        let trough_at = trough_at.unwrap_or(curve.len() - 1);
        let rest = curve.iter().enumerate().skip(trough_at);
        let (peak_at, peak) = rest.max_by(|a, b| a.1.total_cmp(b.1)).unwrap_or((0, &0.0));
        let far = curve[8..24].iter().sum::<f32>() / 16.0;
        let size = (texture.area() as f32).sqrt();
        Self { peak: *peak, trough: curve[trough_at], far, period: (4.0 * peak_at as f32 / size).min(1.5) }
    }
}
