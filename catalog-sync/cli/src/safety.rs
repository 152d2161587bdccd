//! `--safety`: which pictures are refused.

use std::path::Path;
use std::str::FromStr;

use knytt_engine::{ClassifierRule, SafetyConfig};
use knytt_models::{SafetyClassifier, user_models};

/// What was said; off is a configuration that refuses nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Safety(pub SafetyConfig);

impl FromStr for Safety {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let config = match (text, text.parse::<f32>()) {
            ("off", _) => SafetyConfig::default(),
            (_, Ok(share)) => SafetyConfig { threshold: Some(share), ..SafetyConfig::default() },
            _ if Path::new(text).is_file() => read(Path::new(text))?,
            _ => SafetyConfig { classifier: Some(classifier(text)?), ..SafetyConfig::default() },
        };
        if !config.is_sound() {
            return Err("the threshold is a share, from 0 to 1".into());
        }
        Ok(Self(config))
    }
}

/// `NAME` or `NAME=SHARE`: a classifier among the user's models.
fn classifier(text: &str) -> Result<ClassifierRule, String> {
    let (name, share) = text.split_once('=').map_or((text, None), |(name, share)| (name, Some(share)));
    let is_name = Path::new(name).components().count() == 1;
    let folder = user_models().filter(|_| is_name).map(|models| models.join(name));
    let folder = folder.filter(|folder| SafetyClassifier::is_in(folder)).ok_or_else(|| {
        format!(
            "{name}: neither a share, a file, off, nor a safety classifier that is here: \
            `knytt model list` shows those, and `knytt model get FOLDER` takes one"
        )
    })?;
    let opened = SafetyClassifier::open(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let threshold = match share {
        Some(share) => share.parse().map_err(|_| format!("{share}: not a share, from 0 to 1"))?,
        None => opened.description().threshold,
    };
    Ok(ClassifierRule { name: name.into(), fingerprint: opened.fingerprint().clone(), threshold })
}

fn read(path: &Path) -> Result<SafetyConfig, String> {
    let text = fs_err::read_to_string(path).map_err(|e| e.to_string())?;
    let config: SafetyConfig = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    match config.is_on() {
        true => Ok(config),
        false => Err(format!("{}: says no threshold, a share from 0 to 1", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_a_file_or_off() {
        let threshold = |text: &str| text.parse::<Safety>().map(|safety| safety.0.threshold);
        assert_eq!(threshold("0.8"), Ok(Some(0.8)));
        assert_eq!(threshold("off"), Ok(None));
        assert!(threshold("1.5").unwrap_err().contains("0 to 1"));
        assert!(threshold("nowhere.json").unwrap_err().contains("neither"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("safety.json");
        fs_err::write(&file, r#"{"refused": ["a knife"], "threshold": 0.6}"#).unwrap();
        let read = file.to_str().unwrap().parse::<Safety>().unwrap().0;
        assert_eq!((read.refused.len(), read.threshold), (1, Some(0.6)));
        assert!(!read.accepted.is_empty(), "what is not said is as usual");
        fs_err::write(&file, r#"{"refused": ["a knife"]}"#).unwrap();
        assert!(threshold(file.to_str().unwrap()).unwrap_err().contains("no threshold"));
    }
}
