//! A point on the unit sphere, and which model put it there.

use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;

/// A unit-norm, finite vector with the [`Fingerprint`] of the model that made it.
///
/// Cosine similarity of two embeddings is their dot product. Embeddings of different models live in
/// different spaces: every operation on two of them checks the fingerprints.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    values: Box<[f32]>,
    fingerprint: Fingerprint,
    instance_embedding: Option<Box<[f32]>>,
}

/// Below this norm a direction is rounding noise.
const MIN_NORM: f32 = 1e-6;

impl Embedding {
    /// Normalises `values` to unit length.
    ///
    /// # Errors
    /// [`Error::DegenerateEmbedding`] if a value is not finite or the vector is (nearly) zero.
    pub fn new(values: Vec<f32>, fingerprint: Fingerprint) -> Result<Self> {
        let mut values = values.into_boxed_slice();
        normalise(&mut values)?;
        Ok(Self { values, fingerprint, instance_embedding: None })
    }

    /// Adds the instance embedding, normalised. Values without a direction (nearly zero, or not finite) add none.
    pub fn with_instance_embedding(mut self, values: &[f32]) -> Self {
        let mut values = Box::from(values);
        self.instance_embedding = normalise(&mut values).is_ok().then_some(values);
        self
    }

    /// Tells the product on a picture from others of its kind; unit norm. Two pictures of one product have a
    /// high dot product, whatever side they show. It says nothing of the kind of product or of words. `None`
    /// for texts, for fused embeddings, and from models without an instance head.
    pub fn instance_embedding(&self) -> Option<&[f32]> {
        self.instance_embedding.as_deref()
    }

    /// The values, `[dimension]`, unit norm.
    pub fn as_slice(&self) -> &[f32] {
        &self.values
    }

    /// How many values there are.
    pub fn dimension(&self) -> usize {
        self.values.len()
    }

    /// The model that made it.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Cosine similarity, −1 to 1: higher is more alike.
    ///
    /// # Errors
    /// [`Error::FingerprintMismatch`] if another model made `other`.
    pub fn cosine(&self, other: &Self) -> Result<f32> {
        self.same_space(other)?;
        Ok(self.values.iter().zip(&other.values).map(|(a, b)| a * b).sum())
    }

    /// The normalised weighted sum of several embeddings: the query "like these, less like that".
    /// A negative weight pushes away.
    ///
    /// # Errors
    /// [`Error::FingerprintMismatch`] if the embeddings come from different models,
    /// [`Error::DegenerateEmbedding`] if `parts` is empty or its members cancel out.
    pub fn fuse(parts: &[(&Self, f32)]) -> Result<Self> {
        let Some(((first, _), rest)) = parts.split_first() else {
            return Err(Error::DegenerateEmbedding("nothing to fuse"));
        };
        rest.iter().try_for_each(|(part, _)| first.same_space(part))?;
        let mut sum = vec![0.0; first.dimension()];
        for (part, weight) in parts {
            sum.iter_mut().zip(&part.values).for_each(|(s, v)| *s += weight * v);
        }
        Self::new(sum, first.fingerprint.clone())
    }

    fn same_space(&self, other: &Self) -> Result<()> {
        if self.fingerprint == other.fingerprint {
            return Ok(());
        }
        Err(Error::FingerprintMismatch {
            expected: self.fingerprint.clone(),
            received: other.fingerprint.clone(),
        })
    }
}

fn normalise(values: &mut [f32]) -> Result<()> {
    if values.iter().any(|v| !v.is_finite()) {
        return Err(Error::DegenerateEmbedding("it has a value that is not a finite number"));
    }
    // In f64: the square of a large f32 overflows.
    let norm = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
    if norm < f64::from(MIN_NORM) {
        return Err(Error::DegenerateEmbedding("it is zero, so it has no direction"));
    }
    values.iter_mut().for_each(|v| *v = (f64::from(*v) / norm) as f32);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(name: &str) -> Fingerprint {
        Fingerprint::of(&[name.as_bytes()])
    }

    #[test]
    fn zero_and_non_finite_vectors_are_rejected() {
        for bad in [vec![0.0; 4], vec![], vec![1.0, f32::NAN], vec![f32::INFINITY, 0.0]] {
            assert!(Embedding::new(bad, space("a")).is_err());
        }
    }

    #[test]
    fn values_are_normalised_even_when_their_squares_overflow() {
        let e = Embedding::new(vec![3e30, 4e30], space("a")).unwrap();
        assert!((e.as_slice()[0] - 0.6).abs() < 1e-6 && (e.as_slice()[1] - 0.8).abs() < 1e-6);
    }

    #[test]
    fn embeddings_of_two_models_do_not_mix() {
        let a = Embedding::new(vec![1.0, 0.0], space("a")).unwrap();
        let b = Embedding::new(vec![1.0, 0.0], space("b")).unwrap();
        assert!(matches!(a.cosine(&b), Err(Error::FingerprintMismatch { .. })));
        assert!(Embedding::fuse(&[(&a, 0.5), (&b, 0.5)]).is_err());
    }

    #[test]
    fn opposite_embeddings_cancel_to_an_error() {
        let a = Embedding::new(vec![1.0, 0.0], space("a")).unwrap();
        let b = Embedding::new(vec![-1.0, 0.0], space("a")).unwrap();
        assert!(Embedding::fuse(&[(&a, 1.0), (&b, 1.0)]).is_err());
    }
}
