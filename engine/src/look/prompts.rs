//! Embedded prompts, and the comparison of a picture with them.

use knytt_models::{Embedding, Encoder};

use crate::error::Result;

/// How much a difference of cosines counts: the scale to which CLIP's temperature is clipped in training.
const SHARPNESS: f32 = 100.0;

/// Values, each with the direction of its prompts.
#[derive(Clone, Debug, Default)]
pub struct Prompts {
    values: Vec<String>,
    directions: Vec<Embedding>,
}

impl Prompts {
    /// Embeds each value in each of the `templates`, where `{}` stands for it; several of them are averaged.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if a prompt cannot be embedded.
    pub fn embed<V: AsRef<str>>(encoder: &Encoder, templates: &[&str], values: &[V]) -> Result<Self> {
        let direction = |value: &V| -> Result<Embedding> {
            let prompts = templates.iter().map(|template| template.replace("{}", value.as_ref()));
            let embedded: Vec<_> =
                prompts.map(|prompt| encoder.embed_text(&prompt)).collect::<Result<_, _>>()?;
            Ok(Embedding::fuse(&embedded.iter().map(|embedding| (embedding, 1.0)).collect::<Vec<_>>())?)
        };
        let directions = values.iter().map(direction).collect::<Result<_>>()?;
        Ok(Self { values: values.iter().map(|value| value.as_ref().to_owned()).collect(), directions })
    }

    /// How the picture is shared among the values: softmax of the cosines, 0 to 1, together one.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if another model made the picture's embedding.
    pub fn shares(&self, picture: &Embedding) -> Result<Vec<f32>> {
        let cosines: Vec<f32> =
            self.directions.iter().map(|direction| picture.cosine(direction)).collect::<Result<_, _>>()?;
        let highest = cosines.iter().copied().fold(f32::MIN, f32::max);
        let powers: Vec<f32> = cosines.iter().map(|cosine| (SHARPNESS * (cosine - highest)).exp()).collect();
        let total: f32 = powers.iter().sum();
        Ok(powers.into_iter().map(|power| power / total).collect())
    }

    /// The value with the largest share, and that share; none if there are no values.
    ///
    /// # Errors
    /// As [`shares`](Self::shares).
    pub fn best(&self, picture: &Embedding) -> Result<Option<(&str, f32)>> {
        let shares = self.shares(picture)?;
        let best = self.values.iter().zip(shares).max_by(|a, b| a.1.total_cmp(&b.1));
        Ok(best.map(|(value, share)| (value.as_str(), share)))
    }
}
