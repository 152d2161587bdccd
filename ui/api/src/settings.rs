//! What the shopper set.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The shopper's settings. What is missing in a stored file takes its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Settings {
    /// The language.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Whether what is done with hits may be told to the shop.
    pub consent: bool,
    /// Whether searches are remembered.
    pub keep_history: bool,
    /// Whether a taste is learned from what is looked at, kept and dismissed, and ranks.
    pub personal: bool,
    /// Whether the hint of the first start was seen.
    pub hint_seen: bool,
    /// Where the model runs: one of [`ModelSummary::devices`](crate::ModelSummary::devices).
    pub device: String,
    /// The camera to start with: [`CameraSource::id`](crate::CameraSource::id).
    pub camera: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            consent: false,
            keep_history: true,
            personal: true,
            hint_seen: false,
            device: "cpu".into(),
            camera: None,
        }
    }
}

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
#[expect(missing_docs, reason = "codes of ISO 639-1")]
pub enum Language {
    /// What the system speaks, English otherwise.
    #[default]
    System,
    En,
    De,
    Es,
    Fr,
    Zh,
    Ar,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
