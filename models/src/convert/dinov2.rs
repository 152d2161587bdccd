//! DINOv2 as transformers' `Dinov2Model` saves it: an image tower alone, under names of its own.
//!
//! The bundle has CLIP's names. The factors of its layers (LayerScale) go into the layers that they follow, and its
//! positions are those of the size that the preprocessor makes. Follows `modeling_dinov2.py` of transformers 5.23.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::open_clip::pretty;
use super::plan::{Change, Plan};
use super::source::Source;
use super::{Made, read, unusable};
use crate::config::{Activation, DINOV2_MODEL};
use crate::error::{Error, Result};
use crate::preprocess::Preprocessing;

const FILE: &str = "config.json";

/// The patches, whose tensor says how large they are.
const PATCHES: &str = "embeddings.patch_embeddings.projection.weight";
const POSITIONS: &str = "embeddings.position_embeddings";
const FIRST_INNER: &str = "encoder.layer.0.mlp.fc1.weight";

/// `config.json`, in what it says and the tensors do not. Defaults are transformers'.
#[derive(Deserialize)]
struct Published {
    #[serde(default = "twelve")]
    num_hidden_layers: usize,
    #[serde(default = "twelve")]
    num_attention_heads: usize,
    #[serde(default = "gelu")]
    hidden_act: Activation,
    #[serde(default = "layer_norm_eps")]
    layer_norm_eps: f64,
    #[serde(default = "yes")]
    qkv_bias: bool,
    #[serde(default)]
    use_swiglu_ffn: bool,
}

/// Whether a `config.json` is DINOv2's as it is published: flat. A bundle's has a section for its tower. The one with
/// registers (`dinov2_with_registers`) is another model.
pub(super) fn is_dinov2(config: &[u8]) -> bool {
    let is_flat = |config: Value| config["model_type"] == "dinov2" && config.get("vision_config").is_none();
    serde_json::from_slice(config).is_ok_and(is_flat)
}

/// The parts of a bundle for the model in `folder`, whose `config.json` is `config`.
///
/// # Errors
/// [`Error::Layout`] if the model computes what this library does not, or the preprocessor makes no squares of whole
/// patches; [`Error::Weights`] if a tensor is missing.
pub(super) fn make(folder: &Path, config: &[u8], source: &Source<'_>) -> Result<Made> {
    let refuse = |reason: String| unusable(&folder.join(FILE), reason);
    let published: Published = serde_json::from_slice(config).map_err(|e| refuse(e.to_string()))?;
    for (refused, name) in
        [(published.use_swiglu_ffn, "use_swiglu_ffn true"), (!published.qkv_bias, "qkv_bias false")]
    {
        if refused {
            return Err(refuse(format!("it has {name}, which is not known")));
        }
    }
    let preprocessor = read(folder, "preprocessor_config.json")?;
    let side = side(folder, &preprocessor)?;
    let tensors = Tensors::of(source);
    let config = tensors.config_json(&published, side)?;
    let patch = tensors.shape(PATCHES)?.last().copied().unwrap_or(0);
    if patch == 0 || !side.is_multiple_of(patch) {
        let reason = format!("it makes pictures of {side} pixels, which are no whole patches of {patch}");
        return Err(unusable(&folder.join("preprocessor_config.json"), reason));
    }
    Ok(Made { config: pretty(&config), preprocessor, plan: tensors.plan(side / patch)? })
}

/// The side of the squares that a preprocessor makes.
fn side(folder: &Path, preprocessor: &[u8]) -> Result<usize> {
    match Preprocessing::parse(preprocessor)?.output_size() {
        (width, height) if width == height => Ok(width as usize),
        size => {
            let reason = format!("it makes pictures of {size:?} pixels, which are not square");
            Err(unusable(&folder.join("preprocessor_config.json"), reason))
        }
    }
}

/// The tensors of a checkpoint; one with a classifier has `dinov2.` before the names of the model.
struct Tensors<'s> {
    source: &'s Source<'s>,
    prefix: &'static str,
}

impl<'s> Tensors<'s> {
    fn of(source: &'s Source<'s>) -> Self {
        let prefixed = source.shape(&format!("dinov2.{PATCHES}")).is_some();
        Self { source, prefix: if prefixed { "dinov2." } else { "" } }
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>> {
        let name = format!("{}{name}", self.prefix);
        let shape = self.source.shape(&name).map(|(_, shape)| shape);
        shape.ok_or_else(|| Error::Weights(format!("{name} is missing")))
    }

    fn config_json(&self, published: &Published, side: usize) -> Result<Value> {
        let patches = self.shape(PATCHES)?;
        let hidden = patches.first();
        Ok(json!({
            "model_type": "dinov2",
            "projection_dim": hidden,
            "vision_config": {
                "model_type": DINOV2_MODEL,
                "hidden_size": hidden,
                "intermediate_size": self.shape(FIRST_INNER)?.first(),
                "num_hidden_layers": published.num_hidden_layers,
                "num_attention_heads": published.num_attention_heads,
                "image_size": side,
                "patch_size": patches.last(),
                "hidden_act": published.hidden_act,
                "layer_norm_eps": published.layer_norm_eps,
            },
        }))
    }

    /// Which tensor becomes which. `across`: patches of a picture, in each direction.
    fn plan(&self, across: usize) -> Result<Plan> {
        let mut plan = Plan::default();
        for name in self.source.names() {
            // Without its prefix a classifier is no part of the model.
            let Some(plain) = name.strip_prefix(self.prefix) else { continue };
            // Masks are for training; the factors go into the layers that they follow.
            if plain == "embeddings.mask_token"
                || plain.ends_with(".lambda1")
                || plain.starts_with("classifier.")
            {
                continue;
            }
            let (to, change) = self.place(plain, across).ok_or_else(|| {
                Error::Weights(format!("{name} is not a tensor of DINOv2 without registers"))
            })?;
            plan.take(to, &name, change);
        }
        Ok(plan)
    }

    /// The name that a tensor has in a bundle, and what is done to it; `None` if its name is not known.
    fn place(&self, plain: &str, across: usize) -> Option<(String, Change)> {
        let embeddings = |name: &str| format!("vision_model.embeddings.{name}");
        if plain == "embeddings.cls_token" {
            return Some((embeddings("class_embedding"), Change::Squeeze));
        }
        if plain == POSITIONS {
            return Some((embeddings("position_embedding.weight"), Change::Positions(across)));
        }
        let (part, kind) = plain.rsplit_once('.')?;
        let to = match part {
            "embeddings.patch_embeddings.projection" => embeddings("patch_embedding"),
            "layernorm" => "vision_model.post_layernorm".into(),
            _ => return self.layer(part.strip_prefix("encoder.layer.")?, kind),
        };
        Some((format!("{to}.{kind}"), Change::None))
    }

    /// A tensor of a layer: `N.norm1`, `N.attention.attention.query` and so on.
    fn layer(&self, part: &str, kind: &str) -> Option<(String, Change)> {
        let (number, part) = part.split_once('.')?;
        let scaled =
            |n: u8| Change::Scaled(format!("{}encoder.layer.{number}.layer_scale{n}.lambda1", self.prefix));
        let (to, change) = match part {
            "norm1" => ("layer_norm1", Change::None),
            "norm2" => ("layer_norm2", Change::None),
            "attention.attention.query" => ("self_attn.q_proj", Change::None),
            "attention.attention.key" => ("self_attn.k_proj", Change::None),
            "attention.attention.value" => ("self_attn.v_proj", Change::None),
            "attention.output.dense" => ("self_attn.out_proj", scaled(1)),
            "mlp.fc1" => ("mlp.fc1", Change::None),
            "mlp.fc2" => ("mlp.fc2", scaled(2)),
            _ => return None,
        };
        Some((format!("vision_model.encoder.layers.{number}.{to}.{kind}"), change))
    }
}

fn twelve() -> usize {
    12
}

fn gelu() -> Activation {
    Activation::Gelu
}

fn layer_norm_eps() -> f64 {
    1e-6
}

fn yes() -> bool {
    true
}
