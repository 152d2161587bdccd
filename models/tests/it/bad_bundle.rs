//! A bundle that is not whole is refused, by name of what is wrong.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device as Candle, Tensor, safetensors};
use knytt_models::{Bundle, Device, Encoder, Error};
use tempfile::TempDir;

use crate::golden;

/// A copy of the small bundle that a test may break.
fn copy() -> TempDir {
    let dir = TempDir::new().unwrap();
    for file in ["config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"] {
        fs_err::copy(golden("quick-gelu").join(file), dir.path().join(file)).unwrap();
    }
    dir
}

fn rewrite(dir: &Path, change: impl FnOnce(&mut HashMap<String, Tensor>)) {
    let file = dir.join("model.safetensors");
    let mut tensors = safetensors::load(&file, &Candle::Cpu).unwrap();
    change(&mut tensors);
    safetensors::save(&tensors, file).unwrap();
}

fn edit(dir: &Path, file: &str, from: &str, to: &str) {
    let path = dir.join(file);
    let text = fs_err::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs_err::write(path, text.replace(from, to)).unwrap();
}

fn load(dir: &Path) -> Result<Encoder, Error> {
    Encoder::start(Bundle::open(dir)?, Device::Cpu)
}

fn refusal(dir: &TempDir) -> String {
    load(dir.path()).err().expect("the bundle is broken").to_string()
}

#[test]
fn every_tensor_is_needed() {
    let names: Vec<String> = safetensors::load(golden("quick-gelu").join("model.safetensors"), &Candle::Cpu)
        .unwrap()
        .into_keys()
        .filter(|name| name != "logit_scale")
        .collect();
    for name in names {
        let dir = copy();
        rewrite(dir.path(), |tensors| {
            tensors.remove(&name);
        });
        let reason = refusal(&dir);
        assert!(reason.contains(&name), "{name} is gone, and the error says: {reason}");
    }
}

#[test]
fn a_tensor_of_another_shape_is_refused() {
    let dir = copy();
    rewrite(dir.path(), |tensors| {
        let name = "visual_projection.weight";
        let turned = tensors[name].t().unwrap().contiguous().unwrap();
        tensors.insert(name.into(), turned);
    });
    assert!(refusal(&dir).contains("shape"), "{}", refusal(&dir));
}

#[test]
fn a_missing_file_is_named() {
    for file in ["config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"] {
        let dir = copy();
        fs_err::remove_file(dir.path().join(file)).unwrap();
        assert!(refusal(&dir).contains(file), "{}", refusal(&dir));
    }
}

#[test]
fn damaged_files_are_refused() {
    for file in ["config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"] {
        let dir = copy();
        let path = dir.path().join(file);
        let bytes = fs_err::read(&path).unwrap();
        fs_err::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(load(dir.path()).is_err(), "half of {file} was accepted");
    }
}

#[test]
fn an_unknown_activation_is_refused() {
    let dir = copy();
    edit(dir.path(), "config.json", "quick_gelu", "swish");
    assert!(refusal(&dir).contains("swish"), "{}", refusal(&dir));
}

#[test]
fn a_picture_size_that_the_tower_does_not_take_is_refused() {
    let dir = copy();
    edit(dir.path(), "preprocessor_config.json", "56", "28");
    assert!(refusal(&dir).contains("28"), "{}", refusal(&dir));
}

#[test]
fn half_precision_files_load_and_give_nearly_the_same() {
    let exact = load(&golden("quick-gelu")).unwrap().embed_text("a red dress").unwrap();
    for (dtype, least) in [(DType::F16, 0.9999), (DType::BF16, 0.999)] {
        let dir = copy();
        rewrite(dir.path(), |tensors| {
            tensors.values_mut().for_each(|t| *t = t.to_dtype(dtype).unwrap());
        });
        let rounded = load(dir.path()).unwrap().embed_text("a red dress").unwrap();
        let pairs = exact.as_slice().iter().zip(rounded.as_slice());
        let cosine: f32 = pairs.map(|(a, b)| a * b).sum();
        assert!(cosine > least && cosine < 1.0, "{dtype:?}: {cosine}");
    }
}

#[test]
fn any_change_of_the_model_changes_the_fingerprint() {
    let original = Bundle::open(&golden("quick-gelu")).unwrap();
    let same = copy();
    edit(same.path(), "config.json", "\n", "\n ");
    assert_eq!(Bundle::open(same.path()).unwrap().fingerprint(), original.fingerprint());

    let weights = copy();
    rewrite(weights.path(), |tensors| {
        let name = "visual_projection.weight";
        tensors.insert(name.into(), (&tensors[name] * 1.001).unwrap());
    });
    let act = copy();
    edit(act.path(), "config.json", "quick_gelu", "gelu");
    let mean = copy();
    edit(mean.path(), "preprocessor_config.json", "0.48145466", "0.5");
    for changed in [weights, act, mean] {
        assert_ne!(Bundle::open(changed.path()).unwrap().fingerprint(), original.fingerprint());
    }
}

#[test]
fn an_asked_for_gpu_that_is_not_there_is_an_error() {
    let started = Encoder::start(Bundle::open(&golden("quick-gelu")).unwrap(), Device::Cuda(99));
    assert!(matches!(started, Err(Error::Device { .. })));
}
