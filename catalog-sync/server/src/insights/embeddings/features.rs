//! Random Fourier features of embeddings (Rahimi and Recht, 2007): the dot product of two embeddings' features is about
//! the Gaussian kernel exp(−‖x − y‖² / 2σ²) of the embeddings.
//!
//! So the distance of two means of features is about the maximum mean discrepancy of what the means are of (Gretton et
//! al., 2012), and a mean of features is all that has to be kept of many embeddings.

/// Frequencies, each of which makes two features.
const FREQUENCIES: usize = 128;

/// How many features an embedding has.
pub const FEATURES: usize = 2 * FREQUENCIES;

/// The features of one embedding, unit norm: `[FEATURES]`.
pub type Vector = [f32; FEATURES];

/// Values that are multiplied side by side.
const LANES: usize = 8;

/// A width below this says that all embeddings are the same.
const LEAST_WIDTH: f64 = 1e-3;

/// Draws frequencies. With another seed, what is stored could not be compared with what comes.
const SEED: &[u8] = b"knytt embeddings 1";

/// The features of one model's embeddings at one width of the kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// `[FREQUENCIES, dimension]`, each value normal with the deviation 1 / width.
    frequencies: Box<[f32]>,
    dimension: usize,
}

impl Features {
    /// The same for the same dimension and width, on every machine.
    pub fn new(dimension: usize, width: f64) -> Self {
        let mut drawn = blake3::Hasher::new().update(SEED).finalize_xof();
        let mut number = || {
            let mut bytes = [0; 8];
            drawn.fill(&mut bytes);
            // From above 0 to 1, so that it has a logarithm.
            ((u64::from_le_bytes(bytes) >> 11) as f64 + 1.0) / (1_u64 << 53) as f64
        };
        let mut normal = || (-2.0 * number().ln()).sqrt() * (std::f64::consts::TAU * number()).cos();
        let width = width.max(LEAST_WIDTH);
        let frequencies = (0..FREQUENCIES * dimension).map(|_| (normal() / width) as f32).collect();
        Self { frequencies, dimension }
    }

    /// The features of an embedding, `[dimension]`; `None` of one of another dimension.
    pub fn of(&self, embedding: &[f32]) -> Option<Vector> {
        if embedding.len() != self.dimension || self.dimension == 0 {
            return None;
        }
        let scale = 1.0 / (FREQUENCIES as f32).sqrt();
        let mut features = [0.0; FEATURES];
        for (pair, frequency) in
            features.chunks_exact_mut(2).zip(self.frequencies.chunks_exact(self.dimension))
        {
            let (sin, cos) = dot(frequency, embedding).sin_cos();
            pair.copy_from_slice(&[scale * cos, scale * sin]);
        }
        Some(features)
    }
}

/// In lanes, which the compiler makes vector instructions of.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// The width of the kernel that tells embeddings like these apart best as a rule: the median of their distances. `None`
/// of fewer than two.
pub fn width(embeddings: &[Vec<f32>]) -> Option<f64> {
    let mut distances = Vec::new();
    for (at, one) in embeddings.iter().enumerate() {
        let squared = |other: &Vec<f32>| one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
        distances.extend(embeddings[at + 1..].iter().map(|other| f64::from(squared(other)).sqrt()));
    }
    let middle = distances.len() / 2;
    let median =
        (!distances.is_empty()).then(|| *distances.select_nth_unstable_by(middle, f64::total_cmp).1)?;
    Some(median.max(LEAST_WIDTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_product_of_features_is_about_the_kernel_of_the_embeddings() {
        let features = Features::new(64, 0.8);
        let unit = |at: usize, part: f32| {
            let mut values = vec![0.0; 64];
            (values[at], values[63]) = ((1.0 - part * part).sqrt(), part);
            values
        };
        for (a, b) in
            [(unit(0, 0.0), unit(0, 0.0)), (unit(0, 0.9), unit(1, 0.9)), (unit(0, 0.0), unit(1, 0.0))]
        {
            let squared: f32 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
            let kernel = (-squared / (2.0 * 0.8 * 0.8)).exp();
            let found = dot(&features.of(&a).unwrap(), &features.of(&b).unwrap());
            // The deviation of the mean of 128 cosines is at most 1 / √256.
            assert!((found - kernel).abs() < 4.0 / 16.0 * (1.0 - kernel) + 1e-4, "{found} for {kernel}");
        }
        assert_eq!(features.of(&[1.0; 63]), None);
        assert_eq!(features, Features::new(64, 0.8));
    }

    #[test]
    fn a_width_is_the_median_distance() {
        let at = |angle: f32| vec![angle.cos(), angle.sin()];
        let width = width(&[at(0.0), at(0.1), at(1.0)]).unwrap();
        assert!((width - 2.0 * 0.45_f64.sin()).abs() < 1e-6, "{width}");
        assert_eq!(super::width(&[at(0.0)]), None);
        assert_eq!(super::width(&[at(0.0), at(0.0)]), Some(LEAST_WIDTH));
    }
}
