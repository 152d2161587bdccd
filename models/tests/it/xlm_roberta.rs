//! open_clip's multilingual CLIP, stage by stage, the same numbers as open_clip (`make_xlm_roberta.py`).

use std::path::PathBuf;

use candle_core::{Device as Candle, safetensors};
use fs_err as fs;
use knytt_models::convert::{Layout, convert};
use knytt_models::{Bundle, Error, Isa, Pending, Precision};
use tempfile::TempDir;

use crate::compare::{dot, embedded, largest_difference, reference, start, texts};
use crate::golden;

const MODEL: &str = "xlm-roberta";

fn bundle() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let converted = convert(&golden(MODEL), &dir.path().join("bundle")).unwrap();
    assert_eq!(converted.layout, Layout::OpenClip);
    (dir, converted.bundle)
}

#[test]
fn tokens_are_those_of_the_reference_and_a_long_text_keeps_its_end() {
    let (_dir, bundle) = bundle();
    let bundle = Bundle::open(&bundle).unwrap();
    let ids = |text: &str| bundle.words().unwrap().ids(text).unwrap();
    let reference = reference(MODEL);
    for (n, text) in texts().iter().enumerate() {
        let ours: Vec<i64> = ids(text).into_iter().map(i64::from).collect();
        assert_eq!(ours, reference[&format!("tokens/{n}")].to_vec1::<i64>().unwrap(), "{text}");
    }
    let long = ids(&"boots ".repeat(100));
    assert_eq!((long.len(), long.first(), long.last()), (77, Some(&0), Some(&2)));
    assert!(matches!(bundle.words().unwrap().ids(" \n "), Err(Error::EmptyText)));
}

#[test]
fn embeddings_are_those_of_the_reference_on_every_instruction_set() {
    let (_dir, bundle) = bundle();
    for isa in Isa::available() {
        for (name, ours, theirs) in embedded(&start(&bundle, isa, Precision::F32), MODEL, 18) {
            let (worst, cosine) =
                (largest_difference(ours.as_slice(), &theirs), dot(ours.as_slice(), &theirs));
            assert!(worst <= 1e-4 && cosine >= 0.99999, "{isa} {name}: {worst}, {cosine}");
        }
    }
}

#[test]
fn sixteen_and_eight_bits_give_nearly_the_same() {
    let (_dir, bundle) = bundle();
    for (isa, (precision, least)) in Isa::available()
        .into_iter()
        .flat_map(|isa| [(Precision::Bf16, 0.9999), (Precision::Int8, 0.99)].map(|bound| (isa, bound)))
    {
        for (name, ours, theirs) in embedded(&start(&bundle, isa, precision), MODEL, 18) {
            let cosine = dot(ours.as_slice(), &theirs);
            assert!(cosine >= least, "{isa} {precision} {name}: {cosine}");
        }
    }
}

#[test]
fn a_batch_gives_what_each_gives_alone() {
    let (_dir, bundle) = bundle();
    let encoder = start(&bundle, Isa::Portable, Precision::F32);
    let texts = texts();
    let together: Vec<Pending> = texts.iter().map(|text| encoder.submit_text(text).unwrap()).collect();
    for (text, batched) in texts.iter().zip(together) {
        let (alone, batched) = (encoder.embed_text(text).unwrap(), batched.wait().unwrap());
        assert!(largest_difference(alone.as_slice(), batched.as_slice()) <= 1e-6, "{text}");
    }
}

#[test]
fn every_tensor_is_needed() {
    let tensors = safetensors::load(golden(MODEL).join("open_clip_model.safetensors"), &Candle::Cpu).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for file in ["open_clip_config.json", "tokenizer.json"] {
        fs::copy(golden(MODEL).join(file), dir.path().join(file)).unwrap();
    }
    for name in tensors.keys().filter(|name| *name != "logit_scale") {
        let mut without = tensors.clone();
        without.remove(name);
        safetensors::save(&without, dir.path().join("open_clip_model.safetensors")).unwrap();
        let bundle = dir.path().join("bundle");
        assert!(convert(dir.path(), &bundle).is_err() && !bundle.exists(), "{name}");
    }
}

#[test]
fn a_text_tower_that_is_read_otherwise_is_refused_by_its_name() {
    for (from, to, named) in [
        ("mean_pooler", "cls_pooler", "cls_pooler"),
        (r#""hf_pooler_type""#, r#""hf_proj_type": "linear", "hf_pooler_type""#, "linear"),
        (r#""hf_pooler_type""#, r#""pool_type": "last", "hf_pooler_type""#, "pool_type"),
        (r#""hf_model_name": "xlm-roberta-base""#, r#""hf_model_name": "google/mt5-base""#, "hf_model_name"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        for file in ["open_clip_model.safetensors", "tokenizer.json"] {
            fs::copy(golden(MODEL).join(file), dir.path().join(file)).unwrap();
        }
        let config = fs::read_to_string(golden(MODEL).join("open_clip_config.json")).unwrap();
        fs::write(dir.path().join("open_clip_config.json"), config.replace(from, to)).unwrap();
        let error = convert(dir.path(), &dir.path().join("bundle")).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}
