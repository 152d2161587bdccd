//! `safety.json`: what a classifier is, and whose.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::DESCRIPTION_FILE;
use super::network::NetworkShape;
use crate::error::{Error, Result};
use crate::preprocess::Preprocessing;

const MODEL_TYPE: &str = "knytt_safety_resnet";

/// The parts of a classifier's `safety.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SafetyDescription {
    model_type: String,
    /// What people call it.
    pub name: String,
    /// The licence of its weights.
    pub license: String,
    /// Where its weights come from, and whose they are.
    pub source: String,
    /// What it was trained to tell.
    pub judges: String,
    /// The score from which pictures are refused if nobody says another, from 0 to 1.
    pub threshold: f32,
    /// The order of the first convolution's channels: `rgb`.
    channels: String,
    pub(super) network: NetworkShape,
    /// As a bundle's `preprocessor_config.json`.
    preprocessing: serde_json::Value,
}

impl SafetyDescription {
    /// That of the classifier in `folder`.
    ///
    /// # Errors
    /// [`Error::Read`] if there is none, [`Error::Config`] if it describes no classifier that is computed here.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(DESCRIPTION_FILE);
        let json = fs_err::read(&path).map_err(|source| Error::Read { path, source })?;
        Self::parse(&json)
    }

    fn parse(json: &[u8]) -> Result<Self> {
        let this: Self = serde_json::from_slice(json).map_err(|e| invalid(e.to_string()))?;
        if this.model_type != MODEL_TYPE {
            return Err(invalid(format!("model_type must be {MODEL_TYPE}, not {:?}", this.model_type)));
        }
        if this.channels != "rgb" {
            return Err(invalid(format!("channels must be rgb, not {:?}", this.channels)));
        }
        if !(0.0..=1.0).contains(&this.threshold) {
            return Err(invalid("threshold must be from 0 to 1"));
        }
        this.network.check().map_err(invalid)?;
        let (width, height) = this.preprocessing()?.output_size();
        if width != height {
            return Err(invalid(format!("the crop must be as wide as it is high, not {width} × {height}")));
        }
        Ok(this)
    }

    pub(super) fn preprocessing(&self) -> Result<Preprocessing> {
        let json = serde_json::to_vec(&self.preprocessing).map_err(|e| invalid(e.to_string()))?;
        Preprocessing::parse(&json).map_err(|error| invalid(error.to_string()))
    }
}

pub(super) fn invalid(reason: impl Into<String>) -> Error {
    Error::Config { file: DESCRIPTION_FILE, reason: reason.into() }
}
