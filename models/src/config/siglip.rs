//! SigLIP's `config.json`, as transformers' `SiglipConfig` writes it, in the fields of [`Config`](super::Config).
//!
//! SigLIP2 in fixed sizes is published under the same `model_type`.

use serde_json::{Map, Value, json};

use super::invalid;
use crate::error::Result;

/// The image tower's `model_type`.
pub(super) const VISION_MODEL: &str = "siglip_vision_model";

/// The end token of both tokenizers. Configs name CLIP's, which is in neither.
const END_TOKEN: u32 = 1;

/// Whether a config is SigLIP's.
pub(super) fn is_siglip(config: &Value) -> bool {
    config["model_type"] == "siglip"
}

/// Fills in what `config` leaves out because it equals SigLIP's defaults, and how texts are read.
///
/// # Errors
/// The towers have no attention pooling, or give vectors of different lengths.
pub(super) fn complete(config: &mut Value) -> Result<()> {
    let text = section(config, "text_config")?;
    for (name, default) in [("vocab_size", 32_000), ("max_position_embeddings", 64)] {
        text.entry(name).or_insert(default.into());
    }
    complete_transformer(text);
    text.insert("eos_token_id".into(), END_TOKEN.into());
    text.insert("reading".into(), "last_position".into());
    let text_size = text.get("projection_size").filter(|size| !size.is_null()).or(text.get("hidden_size"));
    let text_size = text_size.cloned();

    let vision = section(config, "vision_config")?;
    for (name, default) in [("image_size", 224), ("patch_size", 16)] {
        vision.entry(name).or_insert(default.into());
    }
    complete_transformer(vision);
    vision.insert("model_type".into(), VISION_MODEL.into());
    if vision.get("vision_use_head") == Some(&Value::Bool(false)) {
        return Err(invalid("vision_config: vision_use_head must be true"));
    }
    let image_size = vision["hidden_size"].clone();
    if text_size.as_ref() != Some(&image_size) {
        return Err(invalid(format!(
            "text_config: projection_size must be the image tower's hidden_size, {image_size}"
        )));
    }
    config["projection_dim"] = image_size;
    Ok(())
}

/// A section of the config; one that is left out is all defaults.
fn section<'c>(config: &'c mut Value, name: &str) -> Result<&'c mut Map<String, Value>> {
    let config = config.as_object_mut().ok_or_else(|| invalid("it is not an object"))?;
    let section = config.entry(name).or_insert_with(|| json!({}));
    section.as_object_mut().ok_or_else(|| invalid(format!("{name} is not an object")))
}

fn complete_transformer(section: &mut Map<String, Value>) {
    for (name, default) in [
        ("hidden_size", json!(768)),
        ("intermediate_size", json!(3072)),
        ("num_hidden_layers", json!(12)),
        ("num_attention_heads", json!(12)),
        ("hidden_act", json!("gelu_pytorch_tanh")),
        ("layer_norm_eps", json!(1e-6)),
    ] {
        section.entry(name).or_insert(default);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Activation, Config, TextReading, VisionConfig};

    /// What google/siglip-base-patch16-224 publishes: everything is as the defaults have it.
    const BASE: &str = r#"{"model_type": "siglip", "text_config": {"model_type": "siglip_text_model"},
        "vision_config": {"model_type": "siglip_vision_model"}}"#;

    #[test]
    fn what_a_config_leaves_out_is_siglips() {
        let config = Config::parse(BASE.as_bytes()).unwrap();
        let VisionConfig::ViT(vision) = &config.vision_config else { panic!("{config:?}") };
        assert_eq!((config.projection_dim, vision.patch_size, vision.image_size), (768, 16, 224));
        assert_eq!((vision.num_attention_heads, vision.layer_norm_eps), (12, 1e-6));
        let text = config.text_config.as_ref().unwrap();
        assert_eq!((text.vocab_size, text.max_position_embeddings, text.hidden_size), (32_000, 64, 768));
        assert_eq!((text.hidden_act, text.reading), (Activation::GeluTanh, TextReading::LastPosition));
        let again = Config::parse(&serde_json::to_vec(&config).unwrap()).unwrap();
        assert_eq!(again, config);
    }

    #[test]
    fn towers_that_do_not_meet_are_refused() {
        for (from, to, named) in [
            ("siglip_text_model\"", "siglip_text_model\", \"projection_size\": 512", "projection_size"),
            ("siglip_vision_model\"", "siglip_vision_model\", \"vision_use_head\": false", "vision_use_head"),
            ("siglip_text_model\"", "siglip_text_model\", \"hidden_act\": \"swish\"", "swish"),
        ] {
            let error = Config::parse(BASE.replace(from, to).as_bytes()).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
