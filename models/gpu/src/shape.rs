//! The architecture of a model, as far as the kernels ask.

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
    /// The text tower; nothing for a model that knows pictures only.
    pub text: Option<TextShape>,
}

/// The image tower's kind and shape.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageShape {
    /// A vision transformer.
    Patches {
        /// Whose it is.
        kind: ViTKind,
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
    /// EfficientNet-Lite: a 3 × 3 convolution of stride 2, stages of inverted residual blocks, and a 1 × 1 convolution.
    EfficientNet {
        /// Channels of the first convolution.
        stem: usize,
        /// The stages.
        stages: Vec<InvertedStageShape>,
        /// Channels of the last convolution.
        head: usize,
        /// Values between the moments of all maps and the embedding; nothing where the means of the last map are
        /// projected.
        hidden: Option<usize>,
        /// What tells one thing from others of its kind, if the model does.
        instance: Option<InstanceShape>,
    },
    /// Towers whose embeddings, each at unit length and one after the other, go through one projection.
    SideBySide(Vec<TowerShape>),
}

/// One of several towers.
#[derive(Clone, Debug, PartialEq)]
pub struct TowerShape {
    /// Values of its own embedding.
    pub dimension: usize,
    /// The side of its pictures, which divides that of all; a smaller one reads means of squares of pixels.
    pub image_size: usize,
    /// Its kind and shape; not several towers again.
    pub image: ImageShape,
}

/// Inverted residual blocks of one width: 1 × 1 expansion, depthwise convolution, 1 × 1 projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvertedStageShape {
    /// Values per pixel.
    pub channels: usize,
    /// Blocks.
    pub depth: usize,
    /// Of the first block's depthwise convolution.
    pub stride: usize,
    /// The side of the depthwise kernels.
    pub kernel: usize,
    /// The width inside a block is this multiple of its input's; at 1 there is no expansion.
    pub expansion: usize,
}

/// What is before and behind the layers of a vision transformer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViTKind {
    /// CLIP's: a class position is read, all positions are normalised before the first layer, and a projection follows.
    Clip,
    /// SigLIP's: one learned query asks all patches, which have a bias; no projection.
    SigLip,
    /// DINOv2's: a class position is read, patches have a bias; no projection.
    Dinov2,
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

/// A transformer over token ids.
#[derive(Clone, Debug, PartialEq)]
pub struct TextShape {
    /// How a text goes through it, and where it is read.
    pub reading: TextReading,
    /// Known tokens.
    pub vocabulary: usize,
    /// The longest text, in tokens.
    pub positions: usize,
    /// Its layers.
    pub transformer: TransformerShape,
}

/// How a text goes through its tower, and where it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextReading {
    /// Each position sees what came before it, and the last one of each text is read: CLIP.
    EndToken,
    /// All positions see each other, texts are as long as the longest text may be, and the last position is read; the
    /// projection is `text_model.head`, which has a bias: SigLIP.
    LastPosition,
    /// All positions of a text see each other, each part of a layer is normalised after it was added, and the mean of
    /// all positions is read by two layers, `text_model.head.fc1` and `fc2`: RoBERTa.
    Mean {
        /// Values between the two layers.
        hidden: usize,
    },
}

/// A stack of transformer layers.
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
    /// x · Φ(x) by way of a hyperbolic tangent: SigLIP's models.
    GeluTanh,
}

impl Shape {
    /// Whether the kernels cover it.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(text) = &self.text {
            text.transformer.check("text tower")?;
        }
        self.image.check(self.dimension, self.image_size)
    }

    /// The towers that are transformers.
    pub(crate) fn transformers(&self) -> impl Iterator<Item = &TransformerShape> {
        let images = self.image.alone().into_iter().filter_map(|image| match image {
            ImageShape::Patches { transformer, .. } => Some(transformer),
            _ => None,
        });
        images.chain(self.text.as_ref().map(|text| &text.transformer))
    }

    /// Side and stride of the depthwise kernels.
    pub(crate) fn depthwise(&self) -> impl Iterator<Item = (usize, usize)> {
        let stages = self.image.alone().into_iter().flat_map(|image| match image {
            ImageShape::EfficientNet { stages, .. } => stages.as_slice(),
            _ => &[],
        });
        stages.flat_map(|stage| [(stage.kernel, stage.stride), (stage.kernel, 1)])
    }

    /// Values of a picture.
    pub(crate) fn pixels(&self) -> usize {
        3 * self.image_size * self.image_size
    }
}

impl ImageShape {
    /// `dimension`: values of its embedding; `side`: of its pictures.
    fn check(&self, dimension: usize, side: usize) -> Result<()> {
        match self {
            Self::Patches { kind, patch, transformer } => {
                transformer.check("image tower")?;
                if *patch == 0 || side < *patch {
                    return Err(Error::Shape("the picture is smaller than a patch".into()));
                }
                if *kind != ViTKind::Clip && dimension != transformer.hidden {
                    return Err(Error::Shape(
                        "a tower without a projection has other values than the space".into(),
                    ));
                }
                Ok(())
            }
            Self::Residual { .. } => Ok(()),
            Self::EfficientNet { stages, .. } => {
                let known = |s: &InvertedStageShape| matches!((s.kernel, s.stride), (3 | 5, 1 | 2));
                let shrink = stages.iter().map(|stage| stage.stride).product::<usize>() * 2;
                if !stages.iter().all(known) || !side.is_multiple_of(shrink) {
                    return Err(Error::Shape(
                        "depthwise kernels are 3 or 5 wide, their strides 1 or 2, and all strides together divide \
                         the picture"
                            .into(),
                    ));
                }
                Ok(())
            }
            Self::SideBySide(towers) => towers.iter().try_for_each(|tower| {
                if tower.image_size == 0 || !side.is_multiple_of(tower.image_size) {
                    return Err(Error::Shape(
                        "the side of a tower's pictures does not divide that of all".into(),
                    ));
                }
                if matches!(tower.image, Self::SideBySide(_)) {
                    return Err(Error::Shape("a tower of several towers is one of several".into()));
                }
                tower.image.check(tower.dimension, tower.image_size)
            }),
        }
    }

    /// The towers side by side, or itself.
    fn alone(&self) -> Vec<&Self> {
        match self {
            Self::SideBySide(towers) => towers.iter().map(|tower| &tower.image).collect(),
            one => vec![one],
        }
    }

    /// Values of an instance embedding; 0 for none.
    pub(crate) fn instance_embedding(&self) -> usize {
        match self {
            Self::SideBySide(towers) => towers.iter().map(|tower| tower.image.instance_embedding()).sum(),
            one => one.instance().map_or(0, |instance| instance.dimension),
        }
    }

    /// The instance head; of several towers, each has its own.
    pub(crate) fn instance(&self) -> Option<InstanceShape> {
        match self {
            Self::Residual { instance, .. } | Self::EfficientNet { instance, .. } => *instance,
            Self::Patches { .. } | Self::SideBySide(_) => None,
        }
    }
}

impl TransformerShape {
    /// Values of one attention head.
    pub(crate) fn head(&self) -> usize {
        self.hidden / self.heads
    }

    /// What scores are multiplied by.
    pub(crate) fn score_scale(&self) -> f32 {
        (self.head() as f32).powf(-0.5)
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
