//! `config.json`: the architecture, as Hugging Face's `CLIPConfig` writes it, or its `SiglipConfig`; and of a model that
//! knows pictures only, the section of the image tower alone.

mod siglip;
mod towers;
mod vit;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::towers::{TowerConfig, TowersConfig};
pub use self::vit::ViTConfig;
pub(crate) use self::vit::{DINOV2_MODEL, ViTKind};
use crate::error::{Error, Result};

const FILE: &str = "config.json";

/// Both towers and the space they meet in. Defaults are transformers', whose files leave out what
/// equals them. Serialised, it is part of the fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Values of an embedding.
    #[serde(default = "default::<512>")]
    pub projection_dim: usize,
    /// The text tower; `None` for a model that knows pictures only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_config: Option<TextConfig>,
    /// The image tower.
    pub vision_config: VisionConfig,
}

/// The nonlinearity inside a transformer layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// x · σ(1.702 x): OpenAI's bundles.
    QuickGelu,
    /// x · Φ(x), exact: LAION's bundles.
    Gelu,
    /// x · Φ(x) by way of a hyperbolic tangent: SigLIP's bundles.
    #[serde(rename = "gelu_pytorch_tanh")]
    GeluTanh,
}

/// How a text goes through its tower, and where it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextReading {
    /// Each position sees what came before it; the text is read at its end token: CLIP.
    #[default]
    EndToken,
    /// Texts are padded to the longest length, all positions see each other, and the last one is read: SigLIP. The
    /// projection is a layer with a bias, `text_model.head`.
    LastPosition,
    /// All positions see each other, each part of a layer is normalised after it was added, and the mean of all
    /// positions is read: RoBERTa. The projection is two layers without biases, `text_model.head.fc1` and `fc2`.
    Mean,
}

/// What SigLIP2's texts go through before its tokenizer; the weights were trained with either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextCleaning {
    /// Small letters, as transformers' tokenizers have it.
    #[default]
    Transformers,
    /// Small letters, no punctuation, single blanks, as open_clip's `canonicalize` has it.
    OpenClip,
}

/// The shape of a stack of transformer layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transformer {
    /// Values per position.
    pub hidden_size: usize,
    /// Values inside the feed-forward block.
    pub intermediate_size: usize,
    /// Layers.
    pub layers: usize,
    /// Attention heads per layer.
    pub heads: usize,
    /// Nonlinearity of the feed-forward block.
    pub activation: Activation,
    /// Added to the variance in layer normalisation.
    pub layer_norm_eps: f64,
}

/// The transformer that texts go through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextConfig {
    #[serde(default = "default::<49408>")]
    pub(crate) vocab_size: usize,
    #[serde(default = "default::<512>")]
    pub(crate) hidden_size: usize,
    #[serde(default = "default::<2048>")]
    pub(crate) intermediate_size: usize,
    #[serde(default = "default::<12>")]
    pub(crate) num_hidden_layers: usize,
    #[serde(default = "default::<8>")]
    pub(crate) num_attention_heads: usize,
    #[serde(default = "default::<77>")]
    pub(crate) max_position_embeddings: usize,
    #[serde(default = "quick_gelu")]
    pub(crate) hidden_act: Activation,
    #[serde(default = "layer_norm_eps")]
    pub(crate) layer_norm_eps: f64,
    #[serde(default = "default_end_token")]
    pub(crate) eos_token_id: u32,
    #[serde(default, skip_serializing_if = "TextReading::is_at_end_token")]
    pub(crate) reading: TextReading,
    /// Outputs of the first of the two layers that read a mean.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) projection_hidden_size: usize,
    #[serde(default, skip_serializing_if = "TextCleaning::is_of_transformers")]
    pub(crate) cleaning: TextCleaning,
}

/// The image tower's kind and shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum VisionConfig {
    /// Several towers side by side; it alone names towers.
    Towers(TowersConfig),
    /// Our convolutional tower; it alone names its stem's channels.
    ResNet(ResNetConfig),
    /// EfficientNet-Lite's tower; it alone names stages of inverted residual blocks.
    EfficientNet(EfficientNetConfig),
    /// CLIP's vision transformer, SigLIP's or DINOv2's.
    ViT(ViTConfig),
}

/// A narrow residual network with batch normalisation folded in (`model_type` `knytt_resnet`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResNetConfig {
    pub(crate) image_size: usize,
    #[serde(default = "default::<3>")]
    pub(crate) num_channels: usize,
    pub(crate) stem_channels: Vec<usize>,
    pub(crate) stem_strides: Vec<usize>,
    pub(crate) channels: Vec<usize>,
    pub(crate) depths: Vec<usize>,
    pub(crate) strides: Vec<usize>,
    /// Values of the instance embedding, which tells one product from others of its kind; 0 if the model has none.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[serde(rename = "identity_dim")]
    pub(crate) instance_dim: usize,
    /// Outputs of the instance head's hidden layer.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[serde(rename = "identity_hidden_size")]
    pub(crate) instance_hidden_size: usize,
}

/// EfficientNet-Lite without its classifier, batch normalisation folded in (`model_type`
/// `knytt_efficientnet_lite`): a 3 × 3 stem of stride 2, stages of inverted residual blocks, a 1 × 1 head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EfficientNetConfig {
    pub(crate) image_size: usize,
    #[serde(default = "default::<3>")]
    pub(crate) num_channels: usize,
    pub(crate) stem_width: usize,
    pub(crate) mbconv_stages: Vec<MbConvStage>,
    pub(crate) head_width: usize,
    /// Outputs of the layer between the moments of all maps and the projection; 0 if the projection reads the
    /// means of the head's map.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) projection_hidden_size: usize,
    /// Values of the instance embedding; 0 if the model has none.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[serde(rename = "identity_dim")]
    pub(crate) instance_dim: usize,
    /// Outputs of the instance head's hidden layer.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[serde(rename = "identity_hidden_size")]
    pub(crate) instance_hidden_size: usize,
}

/// Inverted residual blocks of one width: 1 × 1 expansion, depthwise convolution, 1 × 1 projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MbConvStage {
    pub(crate) channels: usize,
    pub(crate) depth: usize,
    /// Of its first block's depthwise convolution.
    pub(crate) stride: usize,
    /// Side of the depthwise kernels: 3 or 5.
    pub(crate) kernel: usize,
    /// The width inside a block is this multiple of its input's; at 1 there is no expansion.
    pub(crate) expansion: usize,
}

/// One block of an [`EfficientNetConfig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MbConvShape {
    pub from: usize,
    /// Channels of the depthwise convolution.
    pub inner: usize,
    pub to: usize,
    pub stride: usize,
    pub kernel: usize,
}

/// What the image tower's projection reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Projected {
    /// So many pooled values, as they are.
    Pooled(usize),
    /// There is no projection: so many pooled values are the embedding.
    Nothing(usize),
    /// The moments of all maps, through a hidden layer.
    Moments { moments: usize, hidden: usize },
}

/// Two layers over the moments of all maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeadShape {
    pub moments: usize,
    pub hidden: usize,
    pub outputs: usize,
}

/// One stage of a [`ResNetConfig`]: blocks of the same width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    pub channels: usize,
    pub depth: usize,
    /// Of its first block.
    pub stride: usize,
}

impl Config {
    /// Reads `config.json`.
    ///
    /// # Errors
    /// [`Error::Config`] if it is neither a CLIP model's nor a SigLIP model's nor a bundle's of DINOv2, or its numbers
    /// contradict each other.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let mut json: Value = serde_json::from_slice(json).map_err(|e| invalid(e.to_string()))?;
        if siglip::is_siglip(&json) {
            siglip::complete(&mut json)?;
        }
        if json.get("vision_config").is_none() {
            let kind = &json["model_type"];
            return Err(invalid(format!("it has no vision_config, and model_type {kind} is not known")));
        }
        let config: Self = serde_json::from_value(json).map_err(|e| invalid(e.to_string()))?;
        match &config.text_config {
            Some(text) => text.check()?,
            None if config.vision_config.stands_alone() => {}
            None => return Err(invalid("text_config is missing; only DINOv2 has no text tower")),
        }
        config.vision_config.check(config.projection_dim)?;
        if config.projection_dim == 0 {
            return Err(invalid("projection_dim must not be 0"));
        }
        Ok(config)
    }
}

impl TextCleaning {
    fn is_of_transformers(&self) -> bool {
        *self == Self::Transformers
    }
}

impl TextReading {
    fn is_at_end_token(&self) -> bool {
        *self == Self::EndToken
    }
}

impl TextConfig {
    /// Its layers.
    pub fn transformer(&self) -> Transformer {
        Transformer {
            hidden_size: self.hidden_size,
            intermediate_size: self.intermediate_size,
            layers: self.num_hidden_layers,
            heads: self.num_attention_heads,
            activation: self.hidden_act,
            layer_norm_eps: self.layer_norm_eps,
        }
    }

    fn check(&self) -> Result<()> {
        if self.max_position_embeddings < 3 {
            return Err(invalid("text_config: max_position_embeddings must be at least 3"));
        }
        if (self.reading == TextReading::Mean) != (self.projection_hidden_size > 0) {
            return Err(invalid("text_config: projection_hidden_size belongs to the reading \"mean\""));
        }
        self.transformer().check("text_config")
    }
}

impl VisionConfig {
    /// Whether a model may have this tower and no text tower.
    fn stands_alone(&self) -> bool {
        matches!(self, Self::ViT(vit) if vit.kind() == Some(ViTKind::Dinov2))
    }

    /// `projection_dim`: values of its embedding.
    fn check(&self, projection_dim: usize) -> Result<()> {
        if let Projected::Nothing(pooled) = self.projected()
            && pooled != projection_dim
        {
            let reason = "a tower without a projection has as many values as projection_dim";
            return Err(invalid(format!("vision_config: {reason}, {projection_dim}, and not {pooled}")));
        }
        match self {
            Self::Towers(towers) => towers.check(),
            Self::ViT(vit) => vit.check(),
            Self::ResNet(resnet) => resnet.check(),
            Self::EfficientNet(network) => network.check(),
        }
    }

    /// Values by which one thing is told from others of its kind; 0 if the tower has none.
    pub fn instance_embedding_size(&self) -> usize {
        match self {
            Self::Towers(config) => config.instance_embedding_size(),
            Self::ResNet(config) => config.instance_dim,
            Self::EfficientNet(config) => config.instance_dim,
            Self::ViT(_) => 0,
        }
    }

    /// The instance head, if the tower has one; of several towers, each has its own.
    pub(crate) fn instance_head(&self) -> Option<HeadShape> {
        let head = |moments, hidden, outputs| (outputs > 0).then_some(HeadShape { moments, hidden, outputs });
        match self {
            Self::ResNet(c) => head(c.moments_size(), c.instance_hidden_size, c.instance_dim),
            Self::EfficientNet(c) => head(c.moments_size(), c.instance_hidden_size, c.instance_dim),
            Self::Towers(_) | Self::ViT(_) => None,
        }
    }

    /// What the projection of a picture reads.
    pub(crate) fn projected(&self) -> Projected {
        match self {
            Self::Towers(c) => Projected::Pooled(c.joined_size()),
            Self::ResNet(c) => Projected::Pooled(c.pooled_size()),
            Self::EfficientNet(c) if c.projection_hidden_size > 0 => {
                Projected::Moments { moments: c.moments_size(), hidden: c.projection_hidden_size }
            }
            Self::EfficientNet(c) => Projected::Pooled(c.head_width),
            Self::ViT(c) if c.kind() == Some(ViTKind::Clip) => Projected::Pooled(c.hidden_size),
            Self::ViT(c) => Projected::Nothing(c.hidden_size),
        }
    }

    /// The side of its square input, in pixels.
    pub fn image_size(&self) -> usize {
        match self {
            Self::Towers(config) => config.image_size,
            Self::ResNet(config) => config.image_size,
            Self::EfficientNet(config) => config.image_size,
            Self::ViT(config) => config.image_size,
        }
    }
}

impl ResNetConfig {
    pub(crate) fn stages(&self) -> impl Iterator<Item = Stage> {
        let shapes = self.channels.iter().zip(&self.depths).zip(&self.strides);
        shapes.map(|((&channels, &depth), &stride)| Stage { channels, depth, stride })
    }

    /// Values per picture after pooling.
    pub(crate) fn pooled_size(&self) -> usize {
        self.channels.last().copied().unwrap_or(0)
    }

    /// Values per picture of the means and deviations of all maps that are kept: the stem's last and each
    /// stage's.
    pub(crate) fn moments_size(&self) -> usize {
        2 * self.stem_channels.last().into_iter().chain(&self.channels).sum::<usize>()
    }

    fn check(&self) -> Result<()> {
        let aligned = self.stem_channels.len() == self.stem_strides.len()
            && self.channels.len() == self.depths.len()
            && self.channels.len() == self.strides.len();
        if !aligned || self.channels.is_empty() || self.stem_channels.is_empty() {
            return Err(invalid("vision_config: its lists of channels, depths and strides differ in length"));
        }
        let strides = self.stem_strides.iter().chain(&self.strides);
        if !strides.clone().all(|s| matches!(s, 1 | 2)) || self.num_channels != 3 {
            return Err(invalid("vision_config: strides must be 1 or 2, num_channels 3"));
        }
        if (self.instance_dim == 0) != (self.instance_hidden_size == 0) {
            return Err(invalid("vision_config: identity_dim needs an identity_hidden_size"));
        }
        let shrink = strides.product();
        if self.image_size == 0 || !self.image_size.is_multiple_of(shrink) {
            return Err(invalid("vision_config: image_size must be a multiple of all strides together"));
        }
        Ok(())
    }
}

impl EfficientNetConfig {
    /// The blocks of each stage.
    pub(crate) fn stages(&self) -> Vec<Vec<MbConvShape>> {
        let mut from = self.stem_width;
        let mut block = |stage: &MbConvStage, n| {
            let stride = if n == 0 { stage.stride } else { 1 };
            let inner = from * stage.expansion;
            let shape = MbConvShape { from, inner, to: stage.channels, stride, kernel: stage.kernel };
            from = stage.channels;
            shape
        };
        self.mbconv_stages.iter().map(|stage| (0..stage.depth).map(|n| block(stage, n)).collect()).collect()
    }

    /// Values per picture of the means and deviations of all maps that are kept: the stem's, each stage's, the
    /// head's.
    pub(crate) fn moments_size(&self) -> usize {
        let stages: usize = self.mbconv_stages.iter().map(|stage| stage.channels).sum();
        2 * (self.stem_width + stages + self.head_width)
    }

    fn check(&self) -> Result<()> {
        let known = |s: &MbConvStage| {
            s.channels > 0 && s.depth > 0 && s.expansion > 0 && matches!((s.stride, s.kernel), (1 | 2, 3 | 5))
        };
        if !self.mbconv_stages.iter().all(known) || self.mbconv_stages.is_empty() {
            return Err(invalid("vision_config: mbconv_stages need strides of 1 or 2 and kernels of 3 or 5"));
        }
        if self.stem_width == 0 || self.head_width == 0 || self.num_channels != 3 {
            return Err(invalid("vision_config: stem_width and head_width must not be 0, num_channels 3"));
        }
        if (self.instance_dim == 0) != (self.instance_hidden_size == 0) {
            return Err(invalid("vision_config: identity_dim needs an identity_hidden_size"));
        }
        let shrink = self.mbconv_stages.iter().map(|s| s.stride).product::<usize>() * 2;
        if self.image_size == 0 || !self.image_size.is_multiple_of(shrink) {
            return Err(invalid("vision_config: image_size must be a multiple of all strides together"));
        }
        Ok(())
    }
}

impl MbConvShape {
    /// Whether the input is added to the result.
    pub(crate) fn is_residual(&self) -> bool {
        self.stride == 1 && self.from == self.to
    }
}

impl Transformer {
    fn check(&self, section: &str) -> Result<()> {
        if self.heads == 0 || !self.hidden_size.is_multiple_of(self.heads) {
            return Err(invalid(format!("{section}: hidden_size must be a multiple of num_attention_heads")));
        }
        if self.layers == 0 {
            return Err(invalid(format!("{section}: num_hidden_layers must not be 0")));
        }
        Ok(())
    }
}

pub(crate) fn invalid(reason: impl Into<String>) -> Error {
    Error::Config { file: FILE, reason: reason.into() }
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

fn default<const N: usize>() -> usize {
    N
}

fn quick_gelu() -> Activation {
    Activation::QuickGelu
}

fn layer_norm_eps() -> f64 {
    1e-5
}

fn default_end_token() -> u32 {
    49407
}
