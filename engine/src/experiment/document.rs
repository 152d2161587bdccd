//! The document, as it is written in JSON, in the catalogue and in releases. Names here are a promise.

use serde::{Deserialize, Serialize};

use crate::merchandise::document::Merchandising;
use crate::rank::weights::Weights;

/// Arms of an experiment at most.
const MOST_ARMS: usize = 5;
/// Letters of an id.
const LONGEST_ID: usize = 64;

/// An experiment that is obeyed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Experiment {
    /// The version of this schema: 1.
    pub version: u32,
    /// What events name it by: lower-case letters, digits and `-`.
    pub id: String,
    /// What assigns visitors to arms: 64 hexadecimal digits, different for each experiment.
    pub key: String,
    /// Whether both rankings are merged into one list for everybody who takes part, in place of an arm for each.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interleaved: bool,
    /// The control and at least one variant.
    pub arms: Vec<ExperimentArm>,
    /// From this moment on, in milliseconds since 1970 (UTC).
    pub from_ms: i64,
    /// Before this moment, in milliseconds since 1970 (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}

/// One arm. Without a change it is like no experiment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExperimentArm {
    /// How many of the 10,000 buckets of visitors it has.
    pub share: u32,
    /// How it ranks, in place of the catalogue's weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Weights>,
    /// What it obeys, in place of the catalogue's rules and synonyms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Merchandising>,
}

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct InvalidExperiment {
    /// Where it is, such as `arms[1].weights`.
    pub place: String,
    /// What was expected.
    pub reason: String,
}

fn refuse(place: impl Into<String>, reason: impl Into<String>) -> InvalidExperiment {
    InvalidExperiment { place: place.into(), reason: reason.into() }
}

impl Experiment {
    /// The version of the schema that this program writes and reads.
    pub const VERSION: u32 = 1;

    /// Buckets of visitors.
    pub const BUCKETS: u32 = 10_000;

    /// The largest document, in bytes of JSON.
    pub const MOST_BYTES: usize = 2 << 20;

    /// Reads a document and checks every bound.
    ///
    /// # Errors
    /// It is no JSON, has a field that is not known, is of another version, or is out of its bounds.
    pub fn read(json: &[u8]) -> Result<Self, InvalidExperiment> {
        if json.len() > Self::MOST_BYTES {
            return Err(refuse("document", format!("at most {} bytes", Self::MOST_BYTES)));
        }
        let document: Self =
            serde_json::from_slice(json).map_err(|error| refuse("document", error.to_string()))?;
        document.check()?;
        Ok(document)
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// The first thing that is out of its bounds.
    pub fn check(&self) -> Result<(), InvalidExperiment> {
        if self.version != Self::VERSION {
            return Err(refuse("version", format!("{} is not known here", self.version)));
        }
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if self.id.is_empty() || self.id.len() > LONGEST_ID || !self.id.chars().all(is_plain) {
            return Err(refuse("id", "1 to 64 lower-case letters, digits and -"));
        }
        if self.key_bytes().is_none() {
            return Err(refuse("key", "64 hexadecimal digits in lower case"));
        }
        if self.until_ms.is_some_and(|until| until <= self.from_ms) {
            return Err(refuse("untilMs", "later than fromMs"));
        }
        self.check_arms()
    }

    fn check_arms(&self) -> Result<(), InvalidExperiment> {
        let most = if self.interleaved { 2 } else { MOST_ARMS };
        if !(2..=most).contains(&self.arms.len()) {
            return Err(refuse("arms", format!("from 2 to {most}")));
        }
        let buckets: u64 = self.arms.iter().map(|arm| u64::from(arm.share)).sum();
        if buckets > u64::from(Self::BUCKETS) {
            return Err(refuse("arms", format!("shares of at most {} in all", Self::BUCKETS)));
        }
        for (number, arm) in self.arms.iter().enumerate() {
            let place = |field: &str| format!("arms[{number}].{field}");
            if arm.share == 0 {
                return Err(refuse(place("share"), "at least 1"));
            }
            if (arm.weights.is_none() && arm.rules.is_none()) != (number == 0) {
                let reason = "the first arm changes nothing; every other one changes something";
                return Err(refuse(format!("arms[{number}]"), reason));
            }
            if arm.weights.is_some_and(|weights| !weights.is_sound()) {
                return Err(refuse(place("weights"), "numbers from 0 to 10"));
            }
            if let Some(Err(error)) = arm.rules.as_ref().map(Merchandising::check) {
                return Err(refuse(place("rules"), error.to_string()));
            }
        }
        Ok(())
    }

    /// Whether it is obeyed at this moment, in milliseconds since 1970.
    pub fn runs_at(&self, at_ms: i64) -> bool {
        (self.from_ms..self.until_ms.unwrap_or(i64::MAX)).contains(&at_ms)
    }

    /// The addresses that rules of its arms lead to.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.arms.iter().filter_map(|arm| arm.rules.as_ref()).flat_map(Merchandising::addresses)
    }

    /// The key, if it is one.
    pub(crate) fn key_bytes(&self) -> Option<[u8; 32]> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if self.key.len() != 64 || !self.key.bytes().all(is_digit) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(self.key.as_bytes().chunks_exact(2)) {
            let digits = str::from_utf8(digits).ok()?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(bytes)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Two arms of equal shares, of which the second ranks by words alone.
    pub(crate) fn experiment() -> Experiment {
        let arm = |weights| ExperimentArm { share: 5_000, weights, rules: None };
        Experiment {
            version: 1,
            id: "words-first".into(),
            key: "0f".repeat(32),
            interleaved: false,
            arms: vec![arm(None), arm(Some(Weights { words: 2.0, ..Weights::USUAL }))],
            from_ms: 1_000,
            until_ms: Some(2_000),
        }
    }

    #[test]
    fn a_document_is_read_back() {
        let json = serde_json::to_vec(&experiment()).unwrap();
        assert_eq!(Experiment::read(&json).unwrap(), experiment());
    }

    #[test]
    fn what_is_out_of_its_bounds_is_refused_with_its_place() {
        let refused = |change: &dyn Fn(&mut Experiment)| {
            let mut changed = experiment();
            change(&mut changed);
            changed.check().unwrap_err().place
        };
        assert_eq!(refused(&|e| e.version = 2), "version");
        assert_eq!(refused(&|e| e.id = "Words".into()), "id");
        assert_eq!(refused(&|e| e.key = "0F".repeat(32)), "key");
        assert_eq!(refused(&|e| e.until_ms = Some(1_000)), "untilMs");
        assert_eq!(refused(&|e| e.arms.truncate(1)), "arms");
        assert_eq!(refused(&|e| e.arms[0].share = 5_001), "arms");
        assert_eq!(refused(&|e| e.arms[1].share = 0), "arms[1].share");
        assert_eq!(refused(&|e| e.arms[1].weights = None), "arms[1]");
        assert_eq!(refused(&|e| e.arms[0].weights = Some(Weights::USUAL)), "arms[0]");
        assert_eq!(
            refused(&|e| e.arms[1].weights = Some(Weights { color: f32::NAN, ..Weights::USUAL })),
            "arms[1].weights"
        );
        let three = |e: &mut Experiment| {
            e.interleaved = true;
            e.arms = vec![e.arms[0].clone(), e.arms[1].clone(), e.arms[1].clone()];
            e.arms.iter_mut().for_each(|arm| arm.share = 10);
        };
        assert_eq!(refused(&three), "arms", "two rankings are merged");
    }

    #[test]
    fn it_runs_between_its_moments() {
        let runs = [999, 1_000, 1_999, 2_000].map(|at| experiment().runs_at(at));
        assert_eq!(runs, [false, true, true, false]);
    }
}
