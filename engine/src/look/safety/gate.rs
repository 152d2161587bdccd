//! The gate of one configuration, ready to judge.

use std::path::Path;

use image::RgbImage;
use knytt_models::{Embedding, Encoder, SafetyClassifier};

use super::SafetyConfig;
use crate::error::Result;
use crate::look::prompts::Prompts;

/// A [`SafetyConfig`] with its prompts embedded and its classifier loaded.
#[derive(Debug)]
pub struct SafetyGate {
    prompts: Option<PromptGate>,
    classifier: Option<(SafetyClassifier, f32)>,
    missing: Option<String>,
}

#[derive(Debug)]
struct PromptGate {
    prompts: Prompts,
    /// How many of the prompts, from the first, describe what is refused.
    refused: usize,
    threshold: f32,
}

impl SafetyGate {
    /// None if the gate is off: without a classifier, and without a threshold or prompts of both kinds. `models` is the
    /// folder in which the classifier's is looked for ([`knytt_models::user_models`]); if it is not there,
    /// [`Self::missing`] names it and the gate judges without it.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if a prompt cannot be embedded.
    pub fn open(encoder: &Encoder, config: &SafetyConfig, models: Option<&Path>) -> Result<Option<Self>> {
        let prompts = PromptGate::open(encoder, config)?;
        let found = config.classifier.as_ref().map(|rule| {
            let classifier = models.and_then(|models| SafetyClassifier::find(models, &rule.fingerprint));
            classifier.map(|classifier| (classifier, rule.threshold)).ok_or_else(|| rule.name.clone())
        });
        let (classifier, missing) = match found {
            Some(Ok(classifier)) => (Some(classifier), None),
            Some(Err(name)) => (None, Some(name)),
            None if prompts.is_none() => return Ok(None),
            None => (None, None),
        };
        Ok(Some(Self { prompts, classifier, missing }))
    }

    /// The name of the classifier that the configuration asks for and that is not here.
    pub fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }

    /// Whether [`Self::refuses_pixels`] looks at pixels at all.
    pub fn judges_pixels(&self) -> bool {
        self.classifier.is_some()
    }

    /// The refused prompts' share of a picture, 0 to 1; none if no prompts judge.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if another model made the embedding.
    pub fn prompt_share(&self, picture: &Embedding) -> Result<Option<f32>> {
        let share = |gate: &PromptGate| Ok(gate.prompts.shares(picture)?.iter().take(gate.refused).sum());
        self.prompts.as_ref().map(share).transpose()
    }

    /// Whether the refused prompts have at least the threshold's share of a picture.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if another model made the embedding.
    pub fn refuses(&self, picture: &Embedding) -> Result<bool> {
        let share = self.prompt_share(picture)?;
        Ok(share.zip(self.prompts.as_ref()).is_some_and(|(share, gate)| share >= gate.threshold))
    }

    /// The classifier's score of a picture (RGB, upright, any size), 0 to 1; none without a classifier.
    pub fn pixel_score(&self, picture: &RgbImage) -> Option<f32> {
        self.classifier.as_ref().map(|(classifier, _)| classifier.score(picture))
    }

    /// Whether the classifier gives a picture at least the threshold's score.
    pub fn refuses_pixels(&self, picture: &RgbImage) -> bool {
        let score = self.pixel_score(picture);
        score.zip(self.classifier.as_ref()).is_some_and(|(score, (_, threshold))| score >= *threshold)
    }
}

impl PromptGate {
    fn open(encoder: &Encoder, config: &SafetyConfig) -> Result<Option<Self>> {
        let Some(threshold) = config.threshold else { return Ok(None) };
        if config.refused.is_empty() || config.accepted.is_empty() {
            return Ok(None);
        }
        let texts: Vec<&String> = config.refused.iter().chain(&config.accepted).collect();
        let prompts = Prompts::embed(encoder, &["{}"], &texts)?;
        Ok(Some(Self { prompts, refused: config.refused.len(), threshold }))
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::{Bundle, Device};

    use super::*;
    use crate::look::safety::ClassifierRule;

    /// Mechanics alone: what this bundle of random weights refuses means nothing.
    fn random() -> Encoder {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/tests/golden/gelu");
        Encoder::start(Bundle::open(folder.as_ref()).unwrap(), Device::Cpu).unwrap()
    }

    #[test]
    fn the_gate_is_off_without_a_threshold() {
        assert!(SafetyGate::open(&random(), &SafetyConfig::default(), None).unwrap().is_none());
        let without = SafetyConfig { refused: Vec::new(), threshold: Some(0.5), ..SafetyConfig::default() };
        assert!(SafetyGate::open(&random(), &without, None).unwrap().is_none());
    }

    #[test]
    fn it_refuses_from_its_threshold_on() {
        let encoder = random();
        let near = encoder.embed_text("a photo of violence and blood").unwrap();
        let gate = |threshold| {
            let config = SafetyConfig { threshold: Some(threshold), ..SafetyConfig::default() };
            SafetyGate::open(&encoder, &config, None).unwrap().unwrap()
        };
        assert!(gate(0.0).refuses(&near).unwrap());
        assert!(!gate(1.1).refuses(&near).unwrap());
    }

    #[test]
    fn another_models_embedding_is_an_error() {
        let config = SafetyConfig { threshold: Some(0.5), ..SafetyConfig::default() };
        let gate = SafetyGate::open(&random(), &config, None).unwrap().unwrap();
        let stranger = Embedding::new(vec![1.0, 0.0], knytt_models::Fingerprint::of(&[b"another"])).unwrap();
        assert!(gate.refuses(&stranger).is_err());
    }

    #[test]
    fn a_classifier_judges_pixels_where_it_is_here_and_is_named_where_it_is_not() {
        let models: &Path = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/tests/golden").as_ref();
        let here = SafetyClassifier::open(&models.join("safety")).unwrap();
        let picture = RgbImage::from_fn(80, 60, |x, y| image::Rgb([x as u8 * 3, y as u8 * 4, 90]));
        let score = here.score(&picture);
        let rule = |threshold| ClassifierRule {
            name: "random".into(),
            fingerprint: here.fingerprint().clone(),
            threshold,
        };
        let gate = |threshold, models| {
            let config = SafetyConfig { classifier: Some(rule(threshold)), ..SafetyConfig::default() };
            SafetyGate::open(&random(), &config, models).unwrap().unwrap()
        };
        assert!(gate(score, Some(models)).refuses_pixels(&picture));
        assert!(!gate(score + 0.01, Some(models)).refuses_pixels(&picture));
        let without = gate(score, Some(models.join("gelu").as_path()));
        assert!(!without.refuses_pixels(&picture));
        assert_eq!(without.missing(), Some("random"));
    }
}
