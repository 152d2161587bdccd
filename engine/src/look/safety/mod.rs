//! Refuses unsafe pictures in queries and in catalogues.

mod gate;
mod keeper;

use knytt_models::Fingerprint;
use serde::{Deserialize, Serialize};

pub use self::gate::SafetyGate;
pub(crate) use self::keeper::Gatekeeper;

/// What the safety gate of a catalogue refuses. It can judge in two ways, and refuses what either of them refuses.
///
/// By prompts: a model that has seen unsafe pictures in training tells them by words; one that has not, does not. The
/// starter bundle was trained on clothes and groceries, so it cannot, and no threshold would change that: this way is
/// off unless a threshold is set, and one should be set only after it was measured with the bundle in use, on pictures
/// of both kinds.
///
/// By a classifier ([`knytt_models::SafetyClassifier`]), which looks at pixels and serves catalogues of any model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SafetyConfig {
    /// Prompts that describe what must not be shown.
    pub refused: Vec<String>,
    /// Prompts that describe what shops show: the alternatives.
    pub accepted: Vec<String>,
    /// The share of the refused prompts, 0 to 1, from which a picture is flagged; none is off.
    pub threshold: Option<f32>,
    /// The classifier that judges pictures; none is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classifier: Option<ClassifierRule>,
}

/// A classifier that a catalogue asks for, and from which score on it refuses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassifierRule {
    /// What people call it.
    pub name: String,
    /// Identifies it. A device that does not have it judges without it.
    pub fingerprint: Fingerprint,
    /// The score, 0 to 1, from which a picture is flagged.
    pub threshold: f32,
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
            classifier: None,
        }
    }
}

impl SafetyConfig {
    /// Whether its thresholds are shares.
    pub fn is_sound(&self) -> bool {
        let thresholds =
            self.threshold.into_iter().chain(self.classifier.as_ref().map(|rule| rule.threshold));
        thresholds.into_iter().all(|threshold| (0.0..=1.0).contains(&threshold))
    }

    /// Whether it refuses any picture.
    pub fn is_on(&self) -> bool {
        self.threshold.is_some() || self.classifier.is_some()
    }
}
