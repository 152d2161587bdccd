//! The architecture of a CLIP model, as far as the kernels ask.

use crate::error::{Error, Result};

/// Both towers and the space they meet in.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Values of an embedding.
    pub dimension: usize,
    /// The side of the square pictures, in pixels.
    pub image_size: usize,
    /// The image tower.
    pub image: ImageShape,
    /// The text tower.
    pub text: TextShape,
}

/// The image tower's kind and shape.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageShape {
    /// CLIP's vision transformer.
    Patches {
        /// The side of a patch, in pixels.
        patch: usize,
        /// Its layers.
        transformer: TransformerShape,
    },
    /// A narrow residual network of 3 × 3 convolutions, read by the mean of its last map.
    Residual {
        /// Channels and stride of each convolution before the stages.
        stem: Vec<(usize, usize)>,
        /// The stages.
        stages: Vec<StageShape>,
        /// What tells one thing from others of its kind, if the model does.
        instance: Option<InstanceShape>,
    },
}

/// Two layers over the means and deviations of all maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceShape {
    /// Values between the layers.
    pub hidden: usize,
    /// Values of an instance embedding.
    pub dimension: usize,
}

/// Blocks of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageShape {
    /// Values per pixel.
    pub channels: usize,
    /// Blocks.
    pub depth: usize,
    /// Of the first block.
    pub stride: usize,
}

/// A causal transformer over token ids.
#[derive(Clone, Debug, PartialEq)]
pub struct TextShape {
    /// Known tokens.
    pub vocabulary: usize,
    /// The longest text, in tokens.
    pub positions: usize,
    /// Its layers.
    pub transformer: TransformerShape,
}

/// A stack of pre-norm transformer layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransformerShape {
    /// Values per position.
    pub hidden: usize,
    /// Values inside the feed-forward block.
    pub inner: usize,
    /// Layers.
    pub layers: usize,
    /// Attention heads per layer.
    pub heads: usize,
    /// Nonlinearity of the feed-forward block.
    pub activation: Activation,
    /// Added to the variance in layer normalisation.
    pub epsilon: f32,
}

/// The nonlinearity after a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x · σ(1.702 x): OpenAI's models.
    QuickGelu,
    /// x · Φ(x), exact to 2 · 10⁻⁷: LAION's models.
    Gelu,
}

impl Shape {
    /// Whether the kernels cover it.
    pub(crate) fn check(&self) -> Result<()> {
        self.text.transformer.check("text tower")?;
        if let ImageShape::Patches { patch, transformer } = &self.image {
            transformer.check("image tower")?;
            if *patch == 0 || !self.image_size.is_multiple_of(*patch) {
                return Err(Error::Shape("the picture is no whole number of patches".into()));
            }
        }
        Ok(())
    }

    /// The towers that are transformers.
    pub(crate) fn transformers(&self) -> impl Iterator<Item = &TransformerShape> {
        let image = match &self.image {
            ImageShape::Patches { transformer, .. } => Some(transformer),
            ImageShape::Residual { .. } => None,
        };
        image.into_iter().chain([&self.text.transformer])
    }

    /// Values of an instance embedding; 0 for none.
    pub(crate) fn instance_embedding(&self) -> usize {
        match self.image {
            ImageShape::Residual { instance: Some(instance), .. } => instance.dimension,
            _ => 0,
        }
    }

    /// Values of a picture.
    pub(crate) fn pixels(&self) -> usize {
        3 * self.image_size * self.image_size
    }
}

impl TransformerShape {
    /// Values of one attention head.
    pub(crate) fn head(&self) -> usize {
        self.hidden / self.heads
    }

    fn check(&self, tower: &str) -> Result<()> {
        // The kernels read four values at once.
        let whole =
            self.heads > 0 && self.hidden.is_multiple_of(4 * self.heads) && self.inner.is_multiple_of(4);
        if !whole || self.layers == 0 {
            return Err(Error::Shape(format!(
                "{tower}: heads of {}/{} values and a feed-forward block of {} are no multiples of 4, or there \
                 is no layer",
                self.hidden, self.heads, self.inner
            )));
        }
        Ok(())
    }
}
