//! The gate of a catalogue's queries.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use image::RgbImage;
use knytt_models::{Encoder, SafetyClassifier, user_models};

use super::{SafetyConfig, SafetyGate};
use crate::error::Result;

/// Judged pictures that are remembered: somebody who filters and sorts searches with the same picture again.
const REMEMBERED: usize = 64;

/// The gate of a catalogue, opened when the first picture comes and again when the catalogue says otherwise.
/// Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Gatekeeper {
    kept: Arc<Mutex<Option<Kept>>>,
    /// Where classifiers lie.
    models: Option<PathBuf>,
}

#[derive(Debug)]
struct Kept {
    config: SafetyConfig,
    gate: Option<Arc<SafetyGate>>,
    /// The hashes of pixels, and whether the gate refuses them; the newest last.
    judged: VecDeque<(blake3::Hash, bool)>,
}

impl Default for Gatekeeper {
    fn default() -> Self {
        Self { kept: Arc::default(), models: user_models() }
    }
}

impl Gatekeeper {
    /// One whose classifiers lie in `models`.
    pub fn with_models(models: PathBuf) -> Self {
        Self { kept: Arc::default(), models: Some(models) }
    }

    pub fn gate(&self, encoder: &Encoder, config: &SafetyConfig) -> Result<Option<Arc<SafetyGate>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.config == *config) {
            return Ok(kept.gate.clone());
        }
        let gate = SafetyGate::open(encoder, config, self.models.as_deref())?.map(Arc::new);
        *kept = Some(Kept { config: config.clone(), gate: gate.clone(), judged: VecDeque::new() });
        Ok(gate)
    }

    /// The gate after another look for a classifier that was not here when it was opened: somebody may have put it
    /// where it is looked for meanwhile.
    pub fn gate_after_another_look(
        &self,
        encoder: &Encoder,
        config: &SafetyConfig,
    ) -> Result<Option<Arc<SafetyGate>>> {
        let gate = self.gate(encoder, config)?;
        if gate.as_ref().is_some_and(|gate| gate.missing().is_some()) && self.has_classifier(config) {
            *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
            return self.gate(encoder, config);
        }
        Ok(gate)
    }

    fn has_classifier(&self, config: &SafetyConfig) -> bool {
        let wanted = config.classifier.as_ref().zip(self.models.as_deref());
        wanted.is_some_and(|(rule, models)| SafetyClassifier::find(models, &rule.fingerprint).is_some())
    }

    /// Whether `gate`, the present one, refuses a query's pixels.
    pub fn refuses_pixels(&self, gate: &Arc<SafetyGate>, picture: &RgbImage) -> bool {
        if !gate.judges_pixels() {
            return false;
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&picture.width().to_le_bytes()).update(picture.as_raw());
        let hash = hasher.finalize();
        let mut known = None;
        self.with_judged(gate, |judged| known = judged.iter().find(|(of, _)| *of == hash).map(|(_, it)| *it));
        if let Some(refused) = known {
            return refused;
        }
        let refused = gate.refuses_pixels(picture);
        self.with_judged(gate, |judged| {
            judged.push_back((hash, refused));
            if judged.len() > REMEMBERED {
                judged.pop_front();
            }
        });
        refused
    }

    /// What `gate` judged is forgotten with it.
    fn with_judged(&self, gate: &Arc<SafetyGate>, with: impl FnOnce(&mut VecDeque<(blake3::Hash, bool)>)) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_present = |kept: &&mut Kept| kept.gate.as_ref().is_some_and(|it| Arc::ptr_eq(it, gate));
        if let Some(kept) = kept.as_mut().filter(is_present) {
            with(&mut kept.judged);
        }
    }
}
