//! The safety classifier gives the scores of the reference in PyTorch (`make_safety.py`).

use std::collections::BTreeMap;

use fs_err as fs;
use knytt_models::convert::{Layout, convert};
use knytt_models::{Error, Fingerprint, SafetyClassifier};
use tempfile::TempDir;

use crate::compare::picture;
use crate::golden;

/// A copy of the classifier's files, `safety.json` changed.
fn changed(from: &str, to: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(golden("safety/model.safetensors"), dir.path().join("model.safetensors")).unwrap();
    let text = fs::read_to_string(golden("safety/safety.json")).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(dir.path().join("safety.json"), text.replacen(from, to, 1)).unwrap();
    dir
}

#[test]
fn scores_are_those_of_the_reference() {
    let classifier = SafetyClassifier::open(&golden("safety")).unwrap();
    let scores = fs::read(golden("safety/scores.json")).unwrap();
    let scores: BTreeMap<String, f32> = serde_json::from_slice(&scores).unwrap();
    assert_eq!(scores.len(), 12);
    for (name, theirs) in scores {
        let ours = classifier.score(&picture(&name));
        assert!((ours - theirs).abs() < 2e-3, "{name}: {ours}, not {theirs}");
    }
}

#[test]
fn a_classifier_is_got_whole_and_found_by_its_fingerprint() {
    let models = tempfile::tempdir().unwrap();
    let to = models.path().join("random");
    let from = changed("\"random\"", "\"renamed\"");
    fs::write(from.path().join("NOTICE"), "whose it is").unwrap();
    let converted = convert(from.path(), &to).unwrap();
    assert_eq!(converted.layout, Layout::Safety);
    assert_eq!(fs::read_to_string(to.join("NOTICE")).unwrap(), "whose it is");
    let here = SafetyClassifier::open(&to).unwrap();
    assert_eq!(here.description().name, "renamed");
    let original = SafetyClassifier::open(&golden("safety")).unwrap();
    assert_eq!(here.fingerprint(), original.fingerprint(), "a name changes no score");
    assert!(SafetyClassifier::find(models.path(), here.fingerprint()).is_some());
    assert!(SafetyClassifier::find(models.path(), &Fingerprint::of(&[b"another"])).is_none());
    assert!(convert(from.path(), &to).is_err(), "what is there is not written over");
    let resized = changed("\"resample\": 2", "\"resample\": 3");
    let other = SafetyClassifier::open(resized.path()).unwrap();
    assert_ne!(other.fingerprint(), original.fingerprint(), "other pixels are other scores");
}

#[test]
fn a_classifier_that_is_not_computed_here_is_refused() {
    for (from, to) in [
        ("knytt_safety_resnet", "another"),
        ("\"rgb\"", "\"bgr\""),
        ("\"threshold\": 0.5", "\"threshold\": 80"),
        ("\"stride\": 2", "\"stride\": 3"),
        ("\"resample\": 2", "\"resample\": 0"),
        ("\"height\": 56", "\"height\": 48"),
    ] {
        let opened = SafetyClassifier::open(changed(from, to).path());
        assert!(matches!(opened, Err(Error::Config { file: "safety.json", .. })), "{to}");
    }
    let other = changed("\"stem_width\": 8", "\"stem_width\": 9");
    assert!(matches!(SafetyClassifier::open(other.path()), Err(Error::Weights(_))));
}
