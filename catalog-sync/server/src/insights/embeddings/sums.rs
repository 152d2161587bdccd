//! What is kept of many embeddings: how many they were, the sum of their features, and how far they spread.

use super::features::{FEATURES, Vector, dot};

/// Of so many embeddings one is drawn to measure the spread, so that the four that are compared seldom come from one
/// visitor who changes words.
const DRAWN: i64 = 4;

/// Bytes of a stored sum.
const BYTES: usize = 8 * FEATURES;

/// A sum. Two of them merge by adding up.
#[derive(Clone, Debug)]
pub struct Sums {
    /// Embeddings.
    pub count: i64,
    /// The sum of their features.
    pub features: Box<[f64; FEATURES]>,
    /// The sum of [`spread`]s, each of which is the trace of the squared covariance on average.
    pub spread: f64,
    /// How many they were.
    pub spreads: i64,
    drawn: Vec<Vector>,
}

impl Default for Sums {
    fn default() -> Self {
        Self { count: 0, features: Box::new([0.0; FEATURES]), spread: 0.0, spreads: 0, drawn: Vec::new() }
    }
}

impl Sums {
    /// Adds the features of one embedding.
    pub fn add(&mut self, features: &Vector) {
        self.features.iter_mut().zip(features).for_each(|(sum, value)| *sum += f64::from(*value));
        if self.count % DRAWN == 0 {
            self.drawn.push(*features);
        }
        self.count += 1;
        if let [a, b, c, d] = self.drawn.as_slice() {
            self.spread += spread([a, b, c, d]);
            self.spreads += 1;
            self.drawn.clear();
        }
    }

    /// Adds what another is the sum of.
    pub fn merge(&mut self, other: &Self) {
        self.features.iter_mut().zip(other.features.iter()).for_each(|(to, sum)| *to += sum);
        self.count += other.count;
        self.spread += other.spread;
        self.spreads += other.spreads;
    }

    /// The sum of several.
    pub fn of_all<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::default(), |mut sum, one| {
            sum.merge(one);
            sum
        })
    }

    /// The mean of the features.
    pub fn mean(&self) -> [f64; FEATURES] {
        self.features.map(|sum| sum / self.count.max(1) as f64)
    }

    /// The sum of features as it is stored: little-endian doubles.
    pub fn bytes(&self) -> Vec<u8> {
        self.features.iter().flat_map(|sum| sum.to_le_bytes()).collect()
    }

    /// What was stored; `None` of bytes that this program did not write.
    pub fn of_stored(count: i64, bytes: &[u8], spread: f64, spreads: i64) -> Option<Self> {
        if bytes.len() != BYTES {
            return None;
        }
        let mut sums = Self { count, spread, spreads, ..Self::default() };
        for (sum, bytes) in sums.features.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *sum = f64::from_le_bytes(*bytes);
        }
        Some(sums)
    }
}

/// Of four independent embeddings, a quarter of ⟨a − b, c − d⟩². Its mean is the trace of the squared covariance: both
/// differences have twice the covariance C, and of independent u and v the mean of ⟨u, v⟩² is tr(Cu Cv).
fn spread([a, b, c, d]: [&Vector; 4]) -> f64 {
    let product = dot(a, c) - dot(a, d) - dot(b, c) + dot(b, d);
    f64::from(product).powi(2) / 4.0
}
