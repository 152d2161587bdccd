//! `--safety`: which pictures are refused.

use std::path::Path;
use std::str::FromStr;

use knytt_engine::SafetyConfig;

/// What was said; off is a configuration without a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Safety(pub SafetyConfig);

impl FromStr for Safety {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let config = match (text, text.parse::<f32>()) {
            ("off", _) => SafetyConfig::default(),
            (_, Ok(share)) => SafetyConfig { threshold: Some(share), ..SafetyConfig::default() },
            _ => read(Path::new(text))?,
        };
        if !config.is_sound() {
            return Err("the threshold is a share, from 0 to 1".into());
        }
        Ok(Self(config))
    }
}

fn read(path: &Path) -> Result<SafetyConfig, String> {
    let said = || format!("{}: neither a share, a file nor off", path.display());
    let text = fs_err::read_to_string(path).map_err(|_| said())?;
    let config: SafetyConfig = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    match config.threshold {
        Some(_) => Ok(config),
        None => Err(format!("{}: says no threshold, a share from 0 to 1", path.display())),
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
