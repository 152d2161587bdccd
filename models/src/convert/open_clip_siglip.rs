//! SigLIP and SigLIP2 in open_clip's layout: the image tower is timm's (`visual.trunk.…`), the text tower open_clip's.
//!
//! The bundle is the one that transformers' `SiglipModel` of the same numbers would be.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::open_clip::{FILE, File, preprocessor_json, pretty};
use super::plan::{Change, Plan};
use super::source::Source;
use super::{Made, read, unusable};
use crate::config::TextCleaning;
use crate::error::{Error, Result};

/// Other fields would change what is computed, so they are refused by their name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelConfig {
    embed_dim: usize,
    vision_cfg: VisionConfig,
    text_cfg: TextConfig,
    #[serde(default, rename = "custom_text")]
    _custom_text: bool,
    /// Where the training began; these two.
    #[serde(default, rename = "init_logit_scale")]
    _init_logit_scale: Option<f64>,
    #[serde(default, rename = "init_logit_bias")]
    _init_logit_bias: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VisionConfig {
    image_size: usize,
    timm_model_name: String,
    #[serde(default, rename = "timm_model_pretrained")]
    _timm_model_pretrained: bool,
    timm_pool: String,
    timm_proj: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextConfig {
    context_length: usize,
    vocab_size: usize,
    width: usize,
    heads: usize,
    layers: usize,
    #[serde(default = "mlp_ratio")]
    mlp_ratio: f64,
    no_causal_mask: bool,
    proj_bias: bool,
    pool_type: String,
    norm_kwargs: Norm,
    #[serde(default)]
    act_kwargs: Act,
    /// The bundle's own tokenizer is taken.
    #[serde(default, rename = "hf_tokenizer_name")]
    _hf_tokenizer_name: Option<String>,
    tokenizer_kwargs: Tokenizer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Norm {
    eps: f64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    #[serde(default)]
    approximate: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokenizer {
    clean: String,
}

/// What timm's name of a tower says and its tensors do not.
struct TimmTower {
    heads: usize,
    activation: &'static str,
}

/// Whether the image tower is one of timm's SigLIP towers.
pub(super) fn is_siglip(config: &[u8]) -> bool {
    let name = |config: Value| {
        let name = config["model_cfg"]["vision_cfg"]["timm_model_name"].as_str()?.to_owned();
        (name.starts_with("vit_") && name.contains("_siglip_")).then_some(())
    };
    serde_json::from_slice(config).ok().and_then(name).is_some()
}

/// The parts of a bundle for the model that `config` describes.
///
/// # Errors
/// [`Error::Layout`] if the model computes or reads what this library does not.
pub(super) fn make(folder: &Path, config: &[u8], source: &Source<'_>) -> Result<Made> {
    let file: File<ModelConfig> =
        serde_json::from_slice(config).map_err(|e| unusable(&folder.join(FILE), e.to_string()))?;
    let ModelConfig { vision_cfg: vision, text_cfg: text, .. } = &file.model_cfg;
    let refuse = |reason: String| Err(unusable(&folder.join(FILE), reason));
    let Some(timm) = TimmTower::named(&vision.timm_model_name) else {
        return refuse(format!("its image tower is timm's {}, which is not known", vision.timm_model_name));
    };
    let read_as_siglip = text.no_causal_mask && text.proj_bias && text.pool_type == "last";
    if !read_as_siglip || text.norm_kwargs.eps != 1e-6 || text.tokenizer_kwargs.clean != "canonicalize" {
        return refuse("its text tower is not read as SigLIP's".into());
    }
    if (vision.timm_pool.as_str(), vision.timm_proj.as_str()) != ("map", "none") {
        return refuse("its image tower is not read by attention pooling alone".into());
    }
    let plan = plan(source)?;
    let mut config = config_json(&file.model_cfg, &timm, source)?;
    if has_byte_pairs(folder)? {
        config["text_config"]["cleaning"] = json!(TextCleaning::OpenClip);
    }
    Ok(Made {
        config: pretty(&config),
        preprocessor: pretty(&preprocessor_json(folder, &file.preprocess_cfg, vision.image_size)?),
        plan,
    })
}

/// Whether the tokenizer is SigLIP2's. open_clip takes punctuation from its texts, which transformers does not, and
/// the bundle says so. SigLIP's are prepared in the same way by both.
fn has_byte_pairs(folder: &Path) -> Result<bool> {
    let json: Value = serde_json::from_slice(&read(folder, "tokenizer.json")?)
        .map_err(|e| unusable(&folder.join("tokenizer.json"), e.to_string()))?;
    Ok(json["model"]["type"] == "BPE")
}

impl TimmTower {
    /// As `timm/models/vision_transformer.py` (1.0) has them.
    fn named(name: &str) -> Option<Self> {
        let (size, rest) = name.strip_prefix("vit_")?.split_once("_patch")?;
        let (patch, side) = rest.split_once("_siglip_")?;
        let heads = match size {
            "base" => 12,
            "large" | "so400m" | "giantopt" => 16,
            _ => return None,
        };
        let by_tanh =
            matches!((size, patch, side), ("base", "32", _) | ("large", _, "512") | ("so400m", "16", _))
                || size == "giantopt";
        // Towers that are read by a mean have "gap" before their side.
        patch.parse::<usize>().ok().zip(side.parse::<usize>().ok())?;
        Some(Self { heads, activation: if by_tanh { "gelu_pytorch_tanh" } else { "gelu" } })
    }
}

fn config_json(model: &ModelConfig, timm: &TimmTower, source: &Source<'_>) -> Result<Value> {
    let shape = |name: &str| {
        let found = ["", "module."].iter().find_map(|prefix| source.shape(&format!("{prefix}{name}")));
        found.map(|(_, shape)| shape).ok_or_else(|| Error::Weights(format!("{name} is missing")))
    };
    let patches = shape("visual.trunk.patch_embed.proj.weight")?;
    let inner = shape("visual.trunk.blocks.0.mlp.fc1.weight")?;
    let layers =
        (0..).take_while(|n| shape(&format!("visual.trunk.blocks.{n}.norm1.weight")).is_ok()).count();
    let text = &model.text_cfg;
    let text_activation = match text.act_kwargs.approximate.as_deref() {
        Some("tanh") => "gelu_pytorch_tanh",
        _ => "gelu",
    };
    Ok(json!({
        "model_type": "siglip",
        "text_config": {
            "vocab_size": text.vocab_size,
            "hidden_size": text.width,
            "intermediate_size": (text.width as f64 * text.mlp_ratio) as usize,
            "num_hidden_layers": text.layers,
            "num_attention_heads": text.heads,
            "max_position_embeddings": text.context_length,
            "projection_size": model.embed_dim,
            "hidden_act": text_activation,
        },
        "vision_config": {
            "hidden_size": patches.first(),
            "intermediate_size": inner.first(),
            "num_hidden_layers": layers,
            "num_attention_heads": timm.heads,
            "image_size": model.vision_cfg.image_size,
            "patch_size": patches.last(),
            "hidden_act": timm.activation,
        },
    }))
}

/// Which tensor becomes which.
fn plan(source: &Source<'_>) -> Result<Plan> {
    let mut plan = Plan::default();
    for name in source.names() {
        let plain = name.strip_prefix("module.").unwrap_or(&name);
        let placed = match plain.strip_prefix("visual.trunk.") {
            Some(rest) => place_image(&mut plan, &name, rest, source),
            None => place_text(&mut plan, &name, plain, source),
        };
        placed.ok_or_else(|| Error::Weights(format!("{name} is not a tensor of open_clip's SigLIP")))?;
    }
    Ok(plan)
}

/// A tensor of timm's vision transformer; `None` if its name is not known.
fn place_image(plan: &mut Plan, name: &str, plain: &str, source: &Source<'_>) -> Option<()> {
    let head = |part: &str| format!("vision_model.head.{part}");
    if let Some(kind) = plain.strip_prefix("attn_pool.q.") {
        // The bundle has queries, keys and values in one, as PyTorch's attention does.
        let key_value = name.replace("attn_pool.q.", "attn_pool.kv.");
        plan.take_stacked(head(&format!("attention.in_proj_{kind}")), &[name, &key_value]);
        return Some(());
    }
    let to = match plain {
        "attn_pool.kv.weight" | "attn_pool.kv.bias" => return Some(()),
        "pos_embed" => {
            plan.take("vision_model.embeddings.position_embedding.weight", name, Change::Squeeze);
            return Some(());
        }
        "attn_pool.latent" => head("probe"),
        _ => {
            let (part, kind) = plain.rsplit_once('.')?;
            match part {
                "patch_embed.proj" => format!("vision_model.embeddings.patch_embedding.{kind}"),
                "norm" => format!("vision_model.post_layernorm.{kind}"),
                "attn_pool.proj" => head(&format!("attention.out_proj.{kind}")),
                "attn_pool.norm" => head(&format!("layernorm.{kind}")),
                "attn_pool.mlp.fc1" => head(&format!("mlp.fc1.{kind}")),
                "attn_pool.mlp.fc2" => head(&format!("mlp.fc2.{kind}")),
                _ => return block(plan, name, part.strip_prefix("blocks.")?, kind, source),
            }
        }
    };
    plan.take(to, name, Change::None);
    Some(())
}

/// A tensor of a block: `N.norm1`, `N.attn.qkv` and so on.
fn block(plan: &mut Plan, name: &str, part: &str, kind: &str, source: &Source<'_>) -> Option<()> {
    let (number, part) = part.split_once('.')?;
    let to = |part: &str| format!("vision_model.encoder.layers.{number}.{part}.{kind}");
    let to = match part {
        "attn.qkv" => return plan.take_thirds(&to, name, source),
        "norm1" => to("layer_norm1"),
        "norm2" => to("layer_norm2"),
        "attn.proj" => to("self_attn.out_proj"),
        "mlp.fc1" | "mlp.fc2" => to(part),
        _ => return None,
    };
    plan.take(to, name, Change::None);
    Some(())
}

/// A tensor of open_clip's text tower, or of what scales scores; `None` if its name is not known.
fn place_text(plan: &mut Plan, name: &str, plain: &str, source: &Source<'_>) -> Option<()> {
    if matches!(plain, "logit_scale" | "logit_bias") {
        plan.take(plain, name, Change::Squeeze);
        return Some(());
    }
    let plain = plain.strip_prefix("text.")?;
    let kind = plain.rsplit_once('.').map_or("", |(_, kind)| kind);
    if plain == format!("text_projection.{kind}") {
        plan.take(format!("text_model.head.{kind}"), name, Change::None);
        return Some(());
    }
    super::open_clip::place(plan, name, plain, source)
}

fn mlp_ratio() -> f64 {
    4.0
}

#[cfg(test)]
mod tests {
    use super::TimmTower;

    #[test]
    fn a_towers_name_says_its_heads_and_its_activation() {
        for (name, heads, activation) in [
            ("vit_base_patch16_siglip_224", 12, "gelu"),
            ("vit_base_patch32_siglip_256", 12, "gelu_pytorch_tanh"),
            ("vit_large_patch16_siglip_384", 16, "gelu"),
            ("vit_large_patch16_siglip_512", 16, "gelu_pytorch_tanh"),
            ("vit_so400m_patch14_siglip_384", 16, "gelu"),
            ("vit_so400m_patch16_siglip_256", 16, "gelu_pytorch_tanh"),
            ("vit_giantopt_patch16_siglip_384", 16, "gelu_pytorch_tanh"),
        ] {
            let tower = TimmTower::named(name).unwrap();
            assert_eq!((tower.heads, tower.activation), (heads, activation), "{name}");
        }
        for unknown in [
            "vit_base_patch16_siglip_gap_224",
            "vit_base_patch16_odd_siglip_224",
            "vit_huge_patch14_siglip_224",
            "convnext_base",
        ] {
            assert!(TimmTower::named(unknown).is_none(), "{unknown}");
        }
    }
}
