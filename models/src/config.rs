//! `config.json`: the architecture, as Hugging Face's `CLIPConfig` writes it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

const FILE: &str = "config.json";

/// Both towers and the space they meet in. Defaults are transformers', whose files leave out what
/// equals them. Serialised, it is part of the fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Values of an embedding.
    #[serde(default = "default::<512>")]
    pub projection_dim: usize,
    /// The text tower.
    pub text_config: TextConfig,
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

/// A causal transformer that is read at the end token.
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
}

/// The image tower's kind and shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum VisionConfig {
    /// Our convolutional tower; it alone names its stem.
    ResNet(ResNetConfig),
    /// CLIP's vision transformer.
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

/// One stage of a [`ResNetConfig`]: blocks of the same width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    pub channels: usize,
    pub depth: usize,
    /// Of its first block.
    pub stride: usize,
}

/// A vision transformer over square patches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViTConfig {
    #[serde(default = "clip_vision_model")]
    pub(crate) model_type: String,
    #[serde(default = "default::<768>")]
    pub(crate) hidden_size: usize,
    #[serde(default = "default::<3072>")]
    pub(crate) intermediate_size: usize,
    #[serde(default = "default::<12>")]
    pub(crate) num_hidden_layers: usize,
    #[serde(default = "default::<12>")]
    pub(crate) num_attention_heads: usize,
    #[serde(default = "default::<224>")]
    pub(crate) image_size: usize,
    #[serde(default = "default::<32>")]
    pub(crate) patch_size: usize,
    #[serde(default = "quick_gelu")]
    pub(crate) hidden_act: Activation,
    #[serde(default = "layer_norm_eps")]
    pub(crate) layer_norm_eps: f64,
}

impl Config {
    /// Reads `config.json`.
    ///
    /// # Errors
    /// [`Error::Config`] if it is not a CLIP model's, or its numbers contradict each other.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let config: Self = serde_json::from_slice(json).map_err(|e| invalid(e.to_string()))?;
        config.text_config.transformer().check("text_config")?;
        match &config.vision_config {
            VisionConfig::ViT(vit) => vit.check()?,
            VisionConfig::ResNet(resnet) => resnet.check()?,
        }
        if config.projection_dim == 0 || config.text_config.max_position_embeddings < 3 {
            return Err(invalid("projection_dim must not be 0, max_position_embeddings at least 3"));
        }
        Ok(config)
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
}

impl VisionConfig {
    /// Values by which one thing is told from others of its kind; 0 if the tower has none.
    pub fn instance_embedding_size(&self) -> usize {
        match self {
            Self::ResNet(config) => config.instance_dim,
            Self::ViT(_) => 0,
        }
    }

    /// The side of its square input, in pixels.
    pub fn image_size(&self) -> usize {
        match self {
            Self::ResNet(config) => config.image_size,
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

impl ViTConfig {
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
        self.transformer().check("vision_config")?;
        if self.model_type != clip_vision_model() {
            return Err(invalid(format!("vision_config: model_type {:?} is not known", self.model_type)));
        }
        if self.patch_size == 0 || !self.image_size.is_multiple_of(self.patch_size) {
            return Err(invalid("vision_config: image_size must be a multiple of patch_size"));
        }
        Ok(())
    }
}

impl Transformer {
    fn check(&self, section: &str) -> Result<()> {
        if self.heads == 0 || !self.hidden_size.is_multiple_of(self.heads) {
            return Err(invalid(format!("{section}: hidden_size must be a multiple of num_attention_heads")));
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

fn clip_vision_model() -> String {
    "clip_vision_model".into()
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
