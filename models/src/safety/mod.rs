//! A small classifier that says how likely it is that a picture may not be shown.
//!
//! It is no part of a bundle: its score has nothing to do with the space of embeddings, so one classifier serves
//! catalogues of any model. Its folder has `safety.json` and `model.safetensors`
//! (`models/training/open_nsfw.py` makes one).

mod description;
mod network;

use std::path::Path;
use std::sync::Arc;

use image::RgbImage;

pub use self::description::SafetyDescription;
use self::network::Network;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::preprocess::Preprocessing;
use crate::weights::Weights;

/// The file that tells a classifier's folder from a bundle's.
pub(crate) const DESCRIPTION_FILE: &str = "safety.json";

/// Its weights.
pub(crate) const WEIGHTS_FILE: &str = "model.safetensors";

/// Texts that a licence asks to go with the weights. They need not be there.
pub(crate) const LICENSE_FILES: [&str; 2] = ["NOTICE", "LICENSE"];

/// A classifier of pictures, loaded. It runs on the processor, in f32, on the thread that asks: several threads can ask
/// at the same time.
pub struct SafetyClassifier {
    description: SafetyDescription,
    fingerprint: Fingerprint,
    preprocessing: Preprocessing,
    network: Network,
}

impl SafetyClassifier {
    /// Whether a folder says that it is a classifier's.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(DESCRIPTION_FILE).is_file()
    }

    /// Loads the classifier in `folder`.
    ///
    /// # Errors
    /// [`Error::Read`](crate::Error::Read) if a file is missing, [`Error::Config`](crate::Error::Config) if `safety.json` is not what it should be,
    /// [`Error::Weights`](crate::Error::Weights) if a tensor is missing or has another shape.
    pub fn open(folder: &Path) -> Result<Self> {
        let description = SafetyDescription::read(folder)?;
        let weights = Arc::new(Weights::map(&folder.join(WEIGHTS_FILE))?);
        let preprocessing = description.preprocessing()?;
        let fingerprint = fingerprint(&description, &preprocessing, &weights)?;
        let network = Network::new(&description.network, &weights)?;
        Ok(Self { description, fingerprint, preprocessing, network })
    }

    /// The classifier of this fingerprint among the folders in `models`; `None` if none of them has it. A folder that
    /// cannot be read is passed over: it may be another one that is being made.
    pub fn find(models: &Path, fingerprint: &Fingerprint) -> Option<Self> {
        let folders = fs_err::read_dir(models).ok()?.flatten().map(|entry| entry.path());
        let mut opened = folders.filter(|folder| Self::is_in(folder)).filter_map(|f| Self::open(&f).ok());
        opened.find(|classifier| classifier.fingerprint == *fingerprint)
    }

    /// What it is, and whose.
    pub fn description(&self) -> &SafetyDescription {
        &self.description
    }

    /// Identifies its scores: a hash over architecture, preprocessing and weights.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// How likely it is that `picture` (RGB, any size, upright) may not be shown, from 0 to 1.
    pub fn score(&self, picture: &RgbImage) -> f32 {
        let (side, _) = self.preprocessing.output_size();
        let mut pixels = Vec::with_capacity((3 * side * side) as usize);
        self.preprocessing.normalise_into(&self.preprocessing.pixels(picture), &mut pixels);
        self.network.refused_share(&pixels, side as usize)
    }
}

impl std::fmt::Debug for SafetyClassifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SafetyClassifier({}, {})", self.description.name, self.fingerprint.short())
    }
}

/// Name, licence and threshold are not in it: they change no score.
fn fingerprint(
    description: &SafetyDescription,
    preprocessing: &Preprocessing,
    weights: &[u8],
) -> Result<Fingerprint> {
    let canonical = |json: serde_json::Result<Vec<u8>>| json.map_err(|e| description::invalid(e.to_string()));
    Ok(Fingerprint::of(&[
        b"knytt safety classifier 1",
        &canonical(serde_json::to_vec(&description.network))?,
        &canonical(serde_json::to_vec(preprocessing))?,
        blake3::hash(weights).as_bytes(),
    ]))
}
