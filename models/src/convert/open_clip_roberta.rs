//! open_clip's CLIP with RoBERTa as its text tower: the multilingual ones have XLM-RoBERTa.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::open_clip::{FILE, File, VisionConfig, place, preprocessor_json, pretty};
use super::plan::{Change, Plan};
use super::source::Source;
use super::{Made, unusable};
use crate::error::{Error, Result};

/// What open_clip's tokenizers cut a text to.
const CONTEXT: usize = 77;

/// The rows of RoBERTa's positions that stand before the first one: that of the padding token, and one more.
const FIRST_POSITION: usize = 2;

/// Values of a head in every RoBERTa that was published; no tensor tells it.
const HEAD_WIDTH: usize = 64;

const END_TOKEN: u32 = 2;

/// Other fields would change what is computed, so they are refused by their name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelConfig {
    embed_dim: usize,
    #[serde(default)]
    quick_gelu: bool,
    vision_cfg: VisionConfig,
    text_cfg: TextConfig,
    #[serde(default, rename = "custom_text")]
    _custom_text: bool,
    #[serde(default, rename = "init_logit_scale")]
    _init_logit_scale: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextConfig {
    hf_model_name: String,
    #[serde(default, rename = "hf_model_pretrained")]
    _hf_model_pretrained: bool,
    /// The bundle's own tokenizer is taken.
    #[serde(default, rename = "hf_tokenizer_name")]
    _hf_tokenizer_name: Option<String>,
    #[serde(default = "mlp", alias = "proj")]
    hf_proj_type: String,
    #[serde(default = "mean_pooler", alias = "pooler_type")]
    hf_pooler_type: String,
}

/// The sizes that only the tensors say.
struct TextShape {
    vocabulary: usize,
    hidden: usize,
    inner: usize,
    layers: usize,
    positions: usize,
    /// Outputs of the first of the two layers that read the tower.
    head: usize,
}

/// Whether the text tower is a RoBERTa.
pub(super) fn is_roberta(config: &[u8]) -> bool {
    let named = |config: Value| {
        let name = config["model_cfg"]["text_cfg"]["hf_model_name"].as_str()?.to_owned();
        is_known(&name).then_some(())
    };
    serde_json::from_slice(config).ok().and_then(named).is_some()
}

/// Names are `xlm-roberta-base`, `FacebookAI/roberta-large` and the like.
fn is_known(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    ["roberta-base", "roberta-large", "xlm-roberta-base", "xlm-roberta-large"].contains(&name)
}

/// The parts of a bundle for the model that `config` describes.
///
/// # Errors
/// [`Error::Layout`] if the model computes or reads what this library does not.
pub(super) fn make(folder: &Path, config: &[u8], source: &Source<'_>) -> Result<Made> {
    let file: File<ModelConfig> =
        serde_json::from_slice(config).map_err(|e| unusable(&folder.join(FILE), e.to_string()))?;
    let ModelConfig { vision_cfg: vision, text_cfg: text, .. } = &file.model_cfg;
    vision.check(folder)?;
    let read = (text.hf_pooler_type.as_str(), text.hf_proj_type.as_str());
    if read != ("mean_pooler", "mlp") {
        let reason = format!("its text tower {} is read by {} and {}", text.hf_model_name, read.0, read.1);
        return Err(unusable(&folder.join(FILE), format!("{reason}; mean_pooler and mlp are known")));
    }
    let shape = TextShape::read(source)?;
    Ok(Made {
        config: pretty(&config_json(&file.model_cfg, &shape)),
        preprocessor: pretty(&preprocessor_json(folder, &file.preprocess_cfg, vision.image_size)?),
        plan: plan(source, shape.positions)?,
    })
}

impl TextShape {
    fn read(source: &Source<'_>) -> Result<Self> {
        let rows_and_columns = |name: &str| {
            let found =
                ["", "module."].iter().find_map(|prefix| source.shape(&format!("{prefix}text.{name}")));
            match found.map(|(_, shape)| shape).as_deref() {
                Some([rows, columns]) => Ok((*rows, *columns)),
                _ => Err(Error::Weights(format!("text.{name} is missing, or no matrix"))),
            }
        };
        let (vocabulary, hidden) = rows_and_columns("transformer.embeddings.word_embeddings.weight")?;
        let (positions, _) = rows_and_columns("transformer.embeddings.position_embeddings.weight")?;
        let (inner, _) = rows_and_columns("transformer.encoder.layer.0.intermediate.dense.weight")?;
        Ok(Self {
            vocabulary,
            hidden,
            inner,
            // The highest number counts, so that a layer of which a tensor is missing is missed.
            layers: source
                .names()
                .iter()
                .filter_map(|name| layer_number(name))
                .max()
                .map_or(0, |last| last + 1),
            positions: positions.saturating_sub(FIRST_POSITION).min(CONTEXT),
            head: rows_and_columns("proj.0.weight")?.0,
        })
    }
}

/// The number of the layer that a tensor of the text tower is of.
fn layer_number(name: &str) -> Option<usize> {
    let (_, rest) = name.split_once("text.transformer.encoder.layer.")?;
    rest.split_once('.')?.0.parse().ok()
}

fn config_json(model: &ModelConfig, text: &TextShape) -> Value {
    json!({
        "model_type": "clip",
        "projection_dim": model.embed_dim,
        "text_config": {
            "vocab_size": text.vocabulary,
            "hidden_size": text.hidden,
            "intermediate_size": text.inner,
            "num_hidden_layers": text.layers,
            "num_attention_heads": text.hidden / HEAD_WIDTH,
            "max_position_embeddings": text.positions,
            "hidden_act": "gelu",
            "layer_norm_eps": 1e-5,
            "eos_token_id": END_TOKEN,
            "reading": "mean",
            "projection_hidden_size": text.head,
        },
        "vision_config": model.vision_cfg.section(model.quick_gelu),
    })
}

/// Which tensor becomes which.
fn plan(source: &Source<'_>, positions: usize) -> Result<Plan> {
    let mut plan = Plan::default();
    for name in source.names() {
        let plain = name.strip_prefix("module.").unwrap_or(&name);
        let placed = match plain.strip_prefix("text.") {
            Some(rest) => place_text(&mut plan, &name, rest, positions),
            None => place(&mut plan, &name, plain, source),
        };
        placed.ok_or_else(|| Error::Weights(format!("{name} is not a tensor of open_clip's RoBERTa")))?;
    }
    Ok(plan)
}

/// A tensor of the text tower; `None` if its name is not known.
fn place_text(plan: &mut Plan, name: &str, plain: &str, positions: usize) -> Option<()> {
    let mut change = Change::None;
    let to = match plain {
        "proj.0.weight" => "head.fc1.weight".to_owned(),
        "proj.2.weight" => "head.fc2.weight".to_owned(),
        // Numbers that are computed, and a layer that is not read.
        "transformer.embeddings.position_ids" | "transformer.embeddings.token_type_ids" => return Some(()),
        _ if plain.starts_with("transformer.pooler.") => return Some(()),
        _ => match plain.strip_prefix("transformer.embeddings.") {
            Some(part) => {
                if part == "position_embeddings.weight" {
                    change = Change::Rows(FIRST_POSITION..FIRST_POSITION + positions);
                }
                embedding(part)?.to_owned()
            }
            None => layer(plain.strip_prefix("transformer.encoder.layer.")?)?,
        },
    };
    plan.take(format!("text_model.{to}"), name, change);
    Some(())
}

/// The name of a tensor of what stands below the layers.
fn embedding(part: &str) -> Option<&'static str> {
    Some(match part {
        "word_embeddings.weight" => "embeddings.token_embedding.weight",
        "position_embeddings.weight" => "embeddings.position_embedding.weight",
        "token_type_embeddings.weight" => "embeddings.token_type_embedding.weight",
        "LayerNorm.weight" => "embeddings.layer_norm.weight",
        "LayerNorm.bias" => "embeddings.layer_norm.bias",
        _ => return None,
    })
}

/// The name of a layer's tensor: `N.attention.self.query.weight` and so on.
fn layer(plain: &str) -> Option<String> {
    let (number, rest) = plain.split_once('.')?;
    let (part, kind) = rest.rsplit_once('.')?;
    let part = match part {
        "attention.self.query" => "self_attn.q_proj",
        "attention.self.key" => "self_attn.k_proj",
        "attention.self.value" => "self_attn.v_proj",
        "attention.output.dense" => "self_attn.out_proj",
        "attention.output.LayerNorm" => "layer_norm1",
        "intermediate.dense" => "mlp.fc1",
        "output.dense" => "mlp.fc2",
        "output.LayerNorm" => "layer_norm2",
        _ => return None,
    };
    Some(format!("encoder.layers.{number}.{part}.{kind}"))
}

fn mlp() -> String {
    "mlp".into()
}

fn mean_pooler() -> String {
    "mean_pooler".into()
}
