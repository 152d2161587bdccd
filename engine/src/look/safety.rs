//! Refuses unsafe pictures in queries and in catalogues.

use std::sync::{Arc, Mutex, PoisonError};

use knytt_models::{Embedding, Encoder};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::look::prompts::Prompts;

/// The prompts and the threshold of the safety gate.
///
/// A model that has seen unsafe pictures in training tells them by words; one that has not, does not. The
/// starter bundle was trained on clothes alone, so it cannot, and no threshold would change that: the gate
/// is off unless a threshold is set, and one should be set only after it was measured with the bundle in
/// use, on pictures of both kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SafetyConfig {
    /// Prompts that describe what must not be shown.
    pub refused: Vec<String>,
    /// Prompts that describe what shops show: the alternatives.
    pub accepted: Vec<String>,
    /// The share of the refused prompts, 0 to 1, from which a picture is flagged; none is off.
    pub threshold: Option<f32>,
}

impl Default for SafetyConfig {
    fn default() -> Self {
        let owned = |prompts: &[&str]| prompts.iter().map(|prompt| (*prompt).to_owned()).collect();
        Self {
            refused: owned(&[
                "a photo of a naked person",
                "a pornographic picture",
                "a photo of violence and blood",
                "a photo of a wounded person",
            ]),
            accepted: owned(&[
                "a product photo of clothes",
                "a photo of a person wearing clothes",
                "a photo of a model in swimwear or underwear",
                "a photo of shoes or a bag",
                "a photo of a thing",
            ]),
            threshold: None,
        }
    }
}

impl SafetyConfig {
    /// Whether its threshold is a share.
    pub fn is_sound(&self) -> bool {
        self.threshold.is_none_or(|threshold| (0.0..=1.0).contains(&threshold))
    }
}

/// The prompts of a [`SafetyConfig`], embedded.
#[derive(Clone, Debug)]
pub struct SafetyGate {
    prompts: Prompts,
    /// How many of the prompts, from the first, describe what is refused.
    refused: usize,
    threshold: f32,
}

impl SafetyGate {
    /// None if the gate is off: without a threshold or without prompts of both kinds.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if a prompt cannot be embedded.
    pub fn open(encoder: &Encoder, config: &SafetyConfig) -> Result<Option<Self>> {
        let Some(threshold) = config.threshold else { return Ok(None) };
        if config.refused.is_empty() || config.accepted.is_empty() {
            return Ok(None);
        }
        let texts: Vec<&String> = config.refused.iter().chain(&config.accepted).collect();
        let prompts = Prompts::embed(encoder, &["{}"], &texts)?;
        Ok(Some(Self { prompts, refused: config.refused.len(), threshold }))
    }

    /// Whether the refused prompts have at least the threshold's share of a picture.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if another model made the embedding.
    pub fn refuses(&self, picture: &Embedding) -> Result<bool> {
        let shares = self.prompts.shares(picture)?;
        Ok(shares.iter().take(self.refused).sum::<f32>() >= self.threshold)
    }
}

/// The gate of a catalogue, opened when the first picture comes and again when the catalogue says otherwise.
/// Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gatekeeper(Arc<Mutex<Option<Kept>>>);

#[derive(Debug)]
struct Kept {
    config: SafetyConfig,
    gate: Option<Arc<SafetyGate>>,
}

impl Gatekeeper {
    pub(crate) fn gate(&self, encoder: &Encoder, config: &SafetyConfig) -> Result<Option<Arc<SafetyGate>>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.config == *config) {
            return Ok(kept.gate.clone());
        }
        let gate = SafetyGate::open(encoder, config)?.map(Arc::new);
        *kept = Some(Kept { config: config.clone(), gate: gate.clone() });
        Ok(gate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use knytt_models::{Bundle, Device};

    /// Mechanics alone: what this bundle of random weights refuses means nothing.
    fn random() -> Encoder {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/tests/golden/gelu");
        Encoder::start(Bundle::open(folder.as_ref()).unwrap(), Device::Cpu).unwrap()
    }

    #[test]
    fn the_gate_is_off_without_a_threshold() {
        assert!(SafetyGate::open(&random(), &SafetyConfig::default()).unwrap().is_none());
        let without = SafetyConfig { refused: Vec::new(), threshold: Some(0.5), ..SafetyConfig::default() };
        assert!(SafetyGate::open(&random(), &without).unwrap().is_none());
    }

    #[test]
    fn it_refuses_from_its_threshold_on() {
        let encoder = random();
        let near = encoder.embed_text("a photo of violence and blood").unwrap();
        let gate = |threshold| {
            let config = SafetyConfig { threshold: Some(threshold), ..SafetyConfig::default() };
            SafetyGate::open(&encoder, &config).unwrap().unwrap()
        };
        assert!(gate(0.0).refuses(&near).unwrap());
        assert!(!gate(1.1).refuses(&near).unwrap());
    }

    #[test]
    fn another_models_embedding_is_an_error() {
        let config = SafetyConfig { threshold: Some(0.5), ..SafetyConfig::default() };
        let gate = SafetyGate::open(&random(), &config).unwrap().unwrap();
        let stranger = Embedding::new(vec![1.0, 0.0], knytt_models::Fingerprint::of(&[b"another"])).unwrap();
        assert!(gate.refuses(&stranger).is_err());
    }
}
