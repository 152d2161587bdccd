//! DINOv2, a model of pictures only, gives the numbers of Hugging Face transformers (`make_dinov2.py`).

use std::path::{Path, PathBuf};

use candle_core::{Device as Candle, Tensor, safetensors};
use fs_err as fs;
use knytt_models::convert::{Layout, convert};
use knytt_models::{Bundle, Device, Encoder, Error, Isa, Pending, Precision};
use serde_json::Value;
use tempfile::TempDir;

use crate::compare::{dot, embedded, floats, largest_difference, picture, reference, start};
use crate::golden;

const FILES: [&str; 3] = ["config.json", "preprocessor_config.json", "model.safetensors"];

/// The bundle of the published files.
fn bundle() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let converted = convert(&golden("dinov2"), &dir.path().join("bundle")).unwrap();
    assert_eq!(converted.layout, Layout::Transformers);
    (dir, converted.bundle)
}

/// A copy of the published files.
fn copy() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in FILES {
        fs::copy(golden("dinov2").join(file), dir.path().join(file)).unwrap();
    }
    dir
}

/// Changes a JSON file.
fn edit(file: &Path, change: impl FnOnce(&mut Value)) {
    let mut json: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    change(&mut json);
    fs::write(file, json.to_string()).unwrap();
}

#[test]
fn pixels_are_those_of_the_reference() {
    let (_dir, bundle) = bundle();
    let bundle = Bundle::open(&bundle).unwrap();
    let mut compared = 0;
    for (name, theirs) in reference("dinov2") {
        let Some(file) = name.strip_prefix("pixels/") else { continue };
        let mut ours = Vec::new();
        bundle.preprocessing().normalise_into(&bundle.preprocessing().pixels(&picture(file)), &mut ours);
        let worst = largest_difference(&ours, &floats(&theirs));
        assert!(worst <= 1e-4, "{name}: {worst}");
        compared += 1;
    }
    assert_eq!(compared, 3);
}

#[test]
fn embeddings_are_those_of_the_reference_on_every_instruction_set() {
    let (_dir, bundle) = bundle();
    for (isa, (precision, least)) in Isa::available().into_iter().flat_map(|isa| {
        [(Precision::F32, 0.99999), (Precision::Bf16, 0.9999), (Precision::Int8, 0.99)]
            .map(|bound| (isa, bound))
    }) {
        for (name, ours, theirs) in embedded(&start(&bundle, isa, precision), "dinov2", 12) {
            let (worst, cosine) =
                (largest_difference(ours.as_slice(), &theirs), dot(ours.as_slice(), &theirs));
            assert!(cosine >= least, "{isa} {precision} {name}: {cosine}");
            assert!(precision != Precision::F32 || worst <= 1e-4, "{isa} {name}: {worst}");
        }
    }
}

#[test]
fn a_batch_gives_what_each_gives_alone() {
    let (_dir, bundle) = bundle();
    let encoder = start(&bundle, Isa::Portable, Precision::F32);
    let pictures = ["landscape.jpg", "portrait.png", "grey.jpg", "tiny.bmp", "small.gif"].map(picture);
    let together: Vec<Pending> = pictures.iter().map(|p| encoder.submit_image(p).unwrap()).collect();
    for (picture, batched) in pictures.iter().zip(together) {
        let (alone, batched) = (encoder.embed_image(picture).unwrap(), batched.wait().unwrap());
        assert!(largest_difference(alone.as_slice(), batched.as_slice()) <= 1e-6);
    }
}

#[test]
fn it_knows_pictures_only_and_says_so() {
    let (_dir, bundle) = bundle();
    assert!(!bundle.join("tokenizer.json").exists());
    let encoder = Encoder::start(Bundle::open(&bundle).unwrap(), Device::Cpu).unwrap();
    assert!(!encoder.embeds_words() && encoder.dimension() == 48);
    let error = encoder.embed_text("a red dress").unwrap_err();
    assert!(matches!(error, Error::PicturesOnly) && error.to_string().contains("pictures only"));
    // A model of another kind needs its text tower.
    edit(&bundle.join("config.json"), |json| {
        json["vision_config"]["model_type"] = "clip_vision_model".into()
    });
    let error = Bundle::open(&bundle).err().unwrap().to_string();
    assert!(error.contains("text_config is missing"), "{error}");
}

#[test]
fn a_bundle_converts_to_itself_and_a_classifier_to_the_model_in_it() {
    let (dir, bundle) = bundle();
    let fingerprint = |bundle: &Path| Bundle::open(bundle).unwrap().fingerprint().clone();
    let again = convert(&bundle, &dir.path().join("again")).unwrap().bundle;
    assert_eq!(fingerprint(&again), fingerprint(&bundle));
    let classifier = copy();
    let weights = classifier.path().join("model.safetensors");
    let tensors = safetensors::load(&weights, &Candle::Cpu).unwrap();
    let prefixed = tensors.into_iter().map(|(name, tensor)| (format!("dinov2.{name}"), tensor));
    let head = Tensor::zeros((10, 96), candle_core::DType::F32, &Candle::Cpu).unwrap();
    let all: std::collections::HashMap<_, _> = prefixed.chain([("classifier.weight".into(), head)]).collect();
    safetensors::save(&all, weights).unwrap();
    let of_classifier = convert(classifier.path(), &dir.path().join("classifier")).unwrap().bundle;
    assert_eq!(fingerprint(&of_classifier), fingerprint(&bundle));
}

#[test]
fn every_tensor_but_the_mask_is_needed() {
    let published = copy();
    let weights = published.path().join("model.safetensors");
    let tensors = safetensors::load(&weights, &Candle::Cpu).unwrap();
    for name in tensors.keys() {
        let mut without = tensors.clone();
        without.remove(name);
        safetensors::save(&without, &weights).unwrap();
        let to = published.path().join("bundle");
        match convert(published.path(), &to) {
            Ok(_) => {
                assert_eq!(name, "embeddings.mask_token");
                fs::remove_dir_all(&to).unwrap();
            }
            Err(error) => assert!(!to.exists() && matches!(error, Error::Weights(_)), "{name}: {error}"),
        }
    }
}

#[test]
fn what_this_library_cannot_compute_is_refused_by_its_name() {
    let refused = |file: &str, change: &dyn Fn(&mut Value), named: &str| {
        let published = copy();
        edit(&published.path().join(file), change);
        let error = convert(published.path(), &published.path().join("bundle")).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    };
    refused("config.json", &|json| json["use_swiglu_ffn"] = true.into(), "use_swiglu_ffn");
    refused("config.json", &|json| json["qkv_bias"] = false.into(), "qkv_bias");
    refused("config.json", &|json| json["hidden_act"] = "silu".into(), "silu");
    refused("config.json", &|json| json["model_type"] = "dinov2_with_registers".into(), "with_registers");
    let crop = |size: Value| move |json: &mut Value| json["crop_size"] = size.clone();
    let preprocessor = "preprocessor_config.json";
    refused(preprocessor, &crop(serde_json::json!({"height": 56, "width": 42})), "square");
    refused(preprocessor, &crop(serde_json::json!({"height": 57, "width": 57})), "patches of 14");
}
