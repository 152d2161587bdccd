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
    /// The shops that may be told what is done with their hits.
    pub consents: Vec<Consent>,
    /// Whether searches are remembered.
    pub keep_history: bool,
    /// Whether a taste is learned from what is looked at, kept and dismissed, and ranks.
    pub personal: bool,
    /// Whether the hint of the first start was seen.
    pub hint_seen: bool,
    /// Where the model runs: [`ModelDevice::id`](crate::ModelDevice::id).
    pub device: String,
    /// The camera to start with: [`CameraSource::id`](crate::CameraSource::id).
    pub camera: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            consents: Vec::new(),
            keep_history: true,
            personal: true,
            hint_seen: false,
            device: "cpu".into(),
            camera: None,
        }
    }
}

/// What a shopper agrees to: that one shop is told, at one address. Another shop of the same name, and the
/// same shop at another address, are asked about anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Consent {
    /// The shop: the hash of its first root of keys, and the catalogue's id.
    pub shop: String,
    /// What the shop called itself.
    pub name: String,
    /// Where feedback goes: scheme, host and port.
    pub address: String,
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
