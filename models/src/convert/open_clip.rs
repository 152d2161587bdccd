//! open_clip's own layout: `open_clip_config.json`, and tensors named as in OpenAI's first code.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::plan::{Change, Plan};
use super::source::Source;
use super::{Made, unusable};
use crate::error::{Error, Result};

pub(super) const FILE: &str = "open_clip_config.json";

/// The end token that says: read a text at its largest id, as open_clip does.
const LARGEST_ID: u32 = 2;

/// `open_clip_config.json`, for one kind of model.
#[derive(Deserialize)]
pub(super) struct File<M> {
    pub(super) model_cfg: M,
    #[serde(default)]
    pub(super) preprocess_cfg: PreprocessConfig,
}

/// Other fields would change what is computed, so they are refused by their name. The same goes for the towers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelConfig {
    embed_dim: usize,
    #[serde(default)]
    quick_gelu: bool,
    vision_cfg: VisionConfig,
    text_cfg: TextConfig,
    /// Whether text tensors begin with `text.`; the names tell.
    #[serde(default, rename = "custom_text")]
    _custom_text: bool,
    /// Where the training began.
    #[serde(default, rename = "init_logit_scale")]
    _init_logit_scale: Option<f64>,
}

/// open_clip's own vision transformer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VisionConfig {
    #[serde(default = "vision_layers")]
    layers: usize,
    #[serde(default = "vision_width")]
    width: usize,
    #[serde(default = "head_width")]
    head_width: usize,
    #[serde(default = "mlp_ratio")]
    mlp_ratio: f64,
    #[serde(default = "patch_size")]
    patch_size: usize,
    #[serde(default = "image_size")]
    pub(super) image_size: usize,
    /// Only while training.
    #[serde(default, rename = "patch_dropout")]
    _patch_dropout: f64,
    #[serde(default)]
    timm_model_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextConfig {
    #[serde(default = "context_length")]
    context_length: usize,
    #[serde(default = "vocab_size")]
    vocab_size: usize,
    #[serde(default = "text_width")]
    width: usize,
    #[serde(default = "text_heads")]
    heads: usize,
    #[serde(default = "text_layers")]
    layers: usize,
    #[serde(default = "mlp_ratio")]
    mlp_ratio: f64,
    /// The bundle's own tokenizer is taken.
    #[serde(default, rename = "hf_tokenizer_name")]
    _hf_tokenizer_name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PreprocessConfig {
    #[serde(default = "openai_mean")]
    mean: [f32; 3],
    #[serde(default = "openai_std")]
    std: [f32; 3],
    #[serde(default = "bicubic")]
    interpolation: String,
    #[serde(default = "shortest")]
    resize_mode: String,
}

impl Default for PreprocessConfig {
    fn default() -> Self {
        Self { mean: openai_mean(), std: openai_std(), interpolation: bicubic(), resize_mode: shortest() }
    }
}

/// The parts of a bundle for the model that `config` describes.
///
/// # Errors
/// [`Error::Layout`] if the model computes what this library does not: another tower, another pooling.
pub(super) fn make(folder: &Path, config: &[u8], source: &Source<'_>) -> Result<Made> {
    let file: File<ModelConfig> =
        serde_json::from_slice(config).map_err(|e| unusable(&folder.join(FILE), e.to_string()))?;
    let ModelConfig { vision_cfg: vision, text_cfg: text, .. } = &file.model_cfg;
    vision.check(folder)?;
    Ok(Made {
        config: pretty(&config_json(&file.model_cfg, vision, text)),
        preprocessor: pretty(&preprocessor_json(folder, &file.preprocess_cfg, vision.image_size)?),
        plan: plan(source)?,
    })
}

impl VisionConfig {
    /// # Errors
    /// [`Error::Layout`] if the tower is another library's.
    pub(super) fn check(&self, folder: &Path) -> Result<()> {
        match &self.timm_model_name {
            Some(name) => {
                let reason = format!("its image tower is timm's {name}, which is not known");
                Err(unusable(&folder.join(FILE), reason))
            }
            None => Ok(()),
        }
    }

    /// The section of a bundle's config.
    pub(super) fn section(&self, quick_gelu: bool) -> Value {
        json!({
            "hidden_size": self.width,
            "intermediate_size": inner(self.width, self.mlp_ratio),
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.width / self.head_width.max(1),
            "image_size": self.image_size,
            "patch_size": self.patch_size,
            "hidden_act": activation(quick_gelu),
        })
    }
}

fn activation(quick_gelu: bool) -> &'static str {
    if quick_gelu { "quick_gelu" } else { "gelu" }
}

fn inner(width: usize, ratio: f64) -> usize {
    (width as f64 * ratio) as usize
}

fn config_json(model: &ModelConfig, vision: &VisionConfig, text: &TextConfig) -> Value {
    json!({
        "model_type": "clip",
        "projection_dim": model.embed_dim,
        "text_config": {
            "vocab_size": text.vocab_size,
            "hidden_size": text.width,
            "intermediate_size": inner(text.width, text.mlp_ratio),
            "num_hidden_layers": text.layers,
            "num_attention_heads": text.heads,
            "max_position_embeddings": text.context_length,
            "hidden_act": activation(model.quick_gelu),
            "eos_token_id": LARGEST_ID,
        },
        "vision_config": vision.section(model.quick_gelu),
    })
}

pub(super) fn preprocessor_json(folder: &Path, config: &PreprocessConfig, side: usize) -> Result<Value> {
    let unknown = |what: &str, value: &str| {
        unusable(&folder.join(FILE), format!("preprocess_cfg: {what} {value:?} is not known"))
    };
    let resample = match config.interpolation.as_str() {
        "bicubic" => 3,
        "bilinear" => 2,
        other => return Err(unknown("interpolation", other)),
    };
    let exact = json!({"height": side, "width": side});
    let (size, crop) = match config.resize_mode.as_str() {
        "shortest" => (json!({"shortest_edge": side}), true),
        "squash" => (exact.clone(), false),
        other => return Err(unknown("resize_mode", other)),
    };
    let mut file = json!({
        "do_resize": true, "size": size, "resample": resample,
        "do_center_crop": crop, "crop_size": exact,
        "do_rescale": true, "rescale_factor": 1.0 / 255.0,
        "do_normalize": true, "image_mean": config.mean, "image_std": config.std,
    });
    if crop {
        file["crop_rounding"] = "half_even".into();
    }
    Ok(file)
}

pub(super) fn pretty(json: &Value) -> Vec<u8> {
    format!("{json:#}\n").into_bytes()
}

/// Which tensor becomes which.
fn plan(source: &Source<'_>) -> Result<Plan> {
    let mut plan = Plan::default();
    for name in source.names() {
        // What a checkpoint of several processes adds, and what separate text towers begin with.
        let plain = name.strip_prefix("module.").unwrap_or(&name);
        let plain = plain.strip_prefix("text.").unwrap_or(plain);
        if matches!(plain, "attn_mask" | "logit_bias") || plain.ends_with("num_batches_tracked") {
            continue;
        }
        place(&mut plan, &name, plain, source).ok_or_else(|| {
            Error::Weights(format!("{name} is not a tensor of a vision transformer's CLIP"))
        })?;
    }
    Ok(plan)
}

/// Puts one tensor into the plan; `None` if its name is not known.
pub(super) fn place(plan: &mut Plan, name: &str, plain: &str, source: &Source<'_>) -> Option<()> {
    let whole = match plain {
        "visual.class_embedding" => "vision_model.embeddings.class_embedding",
        "visual.positional_embedding" => "vision_model.embeddings.position_embedding.weight",
        "visual.conv1.weight" => "vision_model.embeddings.patch_embedding.weight",
        "visual.ln_pre.weight" => "vision_model.pre_layrnorm.weight",
        "visual.ln_pre.bias" => "vision_model.pre_layrnorm.bias",
        "visual.ln_post.weight" => "vision_model.post_layernorm.weight",
        "visual.ln_post.bias" => "vision_model.post_layernorm.bias",
        "token_embedding.weight" => "text_model.embeddings.token_embedding.weight",
        "positional_embedding" => "text_model.embeddings.position_embedding.weight",
        "ln_final.weight" => "text_model.final_layer_norm.weight",
        "ln_final.bias" => "text_model.final_layer_norm.bias",
        "text_projection.weight" => "text_projection.weight",
        "logit_scale" => "logit_scale",
        _ => "",
    };
    if !whole.is_empty() {
        let change = if plain == "logit_scale" { Change::Squeeze } else { Change::None };
        plan.take(whole, name, change);
        return Some(());
    }
    // These two are [width, dimension]; a linear layer's weight is [dimension, width].
    let projected = match plain {
        "visual.proj" => "visual_projection.weight",
        "text_projection" => "text_projection.weight",
        _ => return layer(plan, name, plain, source),
    };
    plan.take(projected, name, Change::Transpose);
    Some(())
}

/// A tensor of a transformer's layer: `[visual.]transformer.resblocks.N.…`.
fn layer(plan: &mut Plan, name: &str, plain: &str, source: &Source<'_>) -> Option<()> {
    let (tower, rest) = match plain.strip_prefix("visual.transformer.resblocks.") {
        Some(rest) => ("vision_model", rest),
        None => ("text_model", plain.strip_prefix("transformer.resblocks.")?),
    };
    let (number, rest) = rest.split_once('.')?;
    let to = |part: &str| format!("{tower}.encoder.layers.{number}.{part}");
    if let Some(kind) = rest.strip_prefix("attn.in_proj_") {
        return plan.take_thirds(&|part| to(&format!("{part}.{kind}")), name, source);
    }
    let (part, kind) = rest.rsplit_once('.')?;
    let part = match part {
        "ln_1" => "layer_norm1",
        "ln_2" => "layer_norm2",
        "attn.out_proj" => "self_attn.out_proj",
        "mlp.c_fc" => "mlp.fc1",
        "mlp.c_proj" => "mlp.fc2",
        _ => return None,
    };
    plan.take(to(&format!("{part}.{kind}")), name, Change::None);
    Some(())
}

fn vision_layers() -> usize {
    12
}

fn vision_width() -> usize {
    768
}

fn head_width() -> usize {
    64
}

fn mlp_ratio() -> f64 {
    4.0
}

fn patch_size() -> usize {
    16
}

fn image_size() -> usize {
    224
}

fn context_length() -> usize {
    77
}

fn vocab_size() -> usize {
    49_408
}

fn text_width() -> usize {
    512
}

fn text_heads() -> usize {
    8
}

fn text_layers() -> usize {
    12
}

fn openai_mean() -> [f32; 3] {
    [0.481_454_66, 0.457_827_5, 0.408_210_73]
}

fn openai_std() -> [f32; 3] {
    [0.268_629_54, 0.261_302_6, 0.275_777_1]
}

fn bicubic() -> String {
    "bicubic".into()
}

fn shortest() -> String {
    "shortest".into()
}
