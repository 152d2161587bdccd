//! Published layouts become bundles that compute what their reference computes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor, safetensors};
use fs_err as fs;
use knytt_models::convert::{BUNDLE_FILES, Layout, convert};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Encoder, Error, Isa, Options, Precision};

use crate::golden;

/// A model whose config says `to` in place of `from` is refused with a message that has `named`, and nothing is made.
fn refuses(layout: &str, from: &str, to: &str, named: &str) {
    let folder = copy(layout, &[]);
    let config = folder.path().join("open_clip_config.json");
    let text = fs::read_to_string(&config).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(&config, text.replace(from, to)).unwrap();
    let bundle = folder.path().join("bundle");
    let error = convert(folder.path(), &bundle).unwrap_err().to_string();
    assert!(error.contains(named) && !bundle.exists(), "{error}");
}

/// A copy of a golden folder's files, without those that are left out.
fn copy(name: &str, but: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(golden(name)).unwrap() {
        let entry = entry.unwrap();
        if !but.iter().any(|left_out| entry.file_name() == *left_out) {
            fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
    }
    dir
}

fn assert_computes(bundle: &Path, reference: &str, what: &str) {
    let reference: HashMap<String, Tensor> = safetensors::load(golden(reference), &Device::Cpu).unwrap();
    let texts: Vec<String> = serde_json::from_slice(&fs::read(golden("texts.json")).unwrap()).unwrap();
    for isa in Isa::available() {
        let options = Options { isa: Some(isa), precision: Precision::F32, ..Options::default() };
        let encoder = Encoder::start_with(Bundle::open(bundle).unwrap(), &options).unwrap();
        let mut compared = 0;
        for (name, expected) in &reference {
            let ours = match name.split_once('/') {
                Some(("image", picture)) => {
                    let file = fs::read(golden("pictures").join(picture)).unwrap();
                    let picture = match picture {
                        // The reference drops how transparent a pixel is.
                        "rgba.png" => image::load_from_memory(&file).unwrap().into_rgb8(),
                        _ => decode(&file, &Limits::default(), Some(56)).unwrap(),
                    };
                    encoder.embed_image(&picture).unwrap()
                }
                Some(("text", number)) => {
                    encoder.embed_text(&texts[number.parse::<usize>().unwrap()]).unwrap()
                }
                _ => continue,
            };
            let theirs: Vec<f32> = expected.to_vec1().unwrap();
            let worst =
                ours.as_slice().iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0_f32, f32::max);
            let cosine: f32 = ours.as_slice().iter().zip(&theirs).map(|(a, b)| a * b).sum();
            assert!(worst <= 1e-4 && cosine >= 0.99999, "{what} {isa} {name}: {worst}, {cosine}");
            compared += 1;
        }
        assert_eq!(compared, 18, "{what}: twelve pictures and six texts");
    }
}

#[test]
fn open_clips_own_layout_computes_what_open_clip_does() {
    let dir = tempfile::tempdir().unwrap();
    let converted = convert(&golden("open-clip"), &dir.path().join("bundle")).unwrap();
    assert_eq!(converted.layout, Layout::OpenClip);
    assert_computes(&converted.bundle, "open-clip/golden.safetensors", "open_clip");
}

#[test]
fn open_clips_siglip_with_timms_tower_computes_what_open_clip_does() {
    let dir = tempfile::tempdir().unwrap();
    let converted = convert(&golden("open-clip-siglip"), &dir.path().join("bundle")).unwrap();
    assert_eq!(converted.layout, Layout::OpenClip);
    assert_computes(&converted.bundle, "open-clip-siglip/golden.safetensors", "open_clip's SigLIP");
    let tensors = safetensors::load(converted.bundle.join("model.safetensors"), &Device::Cpu).unwrap();
    assert!(tensors["logit_bias"].dims().is_empty() && tensors.contains_key("logit_scale"));
}

#[test]
fn open_clips_siglip2_computes_and_reads_texts_as_open_clip_does() {
    let dir = tempfile::tempdir().unwrap();
    let converted = convert(&golden("open-clip-siglip2"), &dir.path().join("bundle")).unwrap();
    assert_eq!(converted.layout, Layout::OpenClip);
    let golden_file = golden("open-clip-siglip2/golden.safetensors");
    assert_computes(&converted.bundle, "open-clip-siglip2/golden.safetensors", "open_clip's SigLIP2");
    let file = fs::read(&golden_file).unwrap();
    let (_, header) = ::safetensors::SafeTensors::read_metadata(&file).unwrap();
    let cleaned: Vec<String> = serde_json::from_str(&header.metadata().as_ref().unwrap()["cleaned"]).unwrap();
    let texts: Vec<String> = serde_json::from_slice(&fs::read(golden("texts.json")).unwrap()).unwrap();
    let reference = safetensors::load(&golden_file, &Device::Cpu).unwrap();
    let bundle = Bundle::open(&converted.bundle).unwrap();
    for (kind, texts) in [("tokens", &texts), ("cleaned", &cleaned)] {
        for (n, text) in texts.iter().enumerate() {
            let ours: Vec<i64> =
                bundle.words().unwrap().ids(text).unwrap().into_iter().map(i64::from).collect();
            assert_eq!(ours, reference[&format!("{kind}/{n}")].to_vec1::<i64>().unwrap(), "{text}");
        }
    }
    assert!(matches!(bundle.words().unwrap().ids(" _?!, "), Err(Error::EmptyText)), "nothing is left of it");
}

#[test]
fn a_siglip_that_is_read_otherwise_is_refused_by_its_name() {
    for (from, to, named) in [
        ("_siglip_56", "_siglip_gap_56", "siglip_gap_56"),
        ("_patch14_", "_patch14_odd_", "patch14_odd"),
        (r#""timm_pool": "map""#, r#""timm_pool": "avg""#, "attention pooling"),
        (r#""no_causal_mask": true"#, r#""no_causal_mask": false"#, "text tower"),
        (r#""pool_type": "last""#, r#""pool_type": "argmax""#, "text tower"),
        (r#""layers": 2"#, r#""layers": 2, "use_pad_mask": true"#, "use_pad_mask"),
    ] {
        refuses("open-clip-siglip", from, to, named);
    }
}

#[test]
fn a_config_of_a_repositorys_own_code_is_not_transformers() {
    // As Marqo publishes it: transformers' name for the model, open_clip's tensors in both files of weights.
    let folder = copy("open-clip-siglip", &[]);
    let config = r#"{"model_type": "siglip", "auto_map": {"AutoModel": "own.Model"}, "text_config": {}, "vision_config": {}}"#;
    fs::write(folder.path().join("config.json"), config).unwrap();
    fs::copy(golden("siglip/model.safetensors"), folder.path().join("model.safetensors")).unwrap();
    let converted = convert(folder.path(), &folder.path().join("bundle")).unwrap();
    assert_eq!(converted.layout, Layout::OpenClip);
}

#[test]
fn an_archive_of_pytorch_with_the_two_files_of_an_old_tokenizer_is_the_same_model() {
    let dir = tempfile::tempdir().unwrap();
    let converted = convert(&golden("archive"), &dir.path().join("bundle")).unwrap();
    assert_eq!(converted.layout, Layout::Transformers);
    assert_computes(&converted.bundle, "gelu/golden.safetensors", "archive");
    // The tokenizer that was put together says the same as the one that was saved.
    let (made, saved) = (Bundle::open(&converted.bundle).unwrap(), Bundle::open(&golden("gelu")).unwrap());
    for text in ["Don't  STOP: 3/4 sleeves", "robe d'été à fleurs; 青いシャツ 👗", "<|endoftext|> x"]
    {
        assert_eq!(
            made.words().unwrap().ids(text).unwrap(),
            saved.words().unwrap().ids(text).unwrap(),
            "{text}"
        );
    }
}

#[test]
fn the_same_model_gives_the_same_fingerprint_from_every_file() {
    let dir = tempfile::tempdir().unwrap();
    let fingerprint = |from: &Path, to: &str| {
        let bundle = convert(from, &dir.path().join(to)).unwrap().bundle;
        Bundle::open(&bundle).unwrap().fingerprint().clone()
    };
    let whole = copy("gelu", &[]);
    // Two files with an index, as large models are published.
    let shards = copy("gelu", &["model.safetensors"]);
    let tensors = safetensors::load(golden("gelu/model.safetensors"), &Device::Cpu).unwrap();
    let (one, two): (HashMap<_, _>, HashMap<_, _>) =
        tensors.into_iter().partition(|(name, _)| name.starts_with("text_model"));
    let mut index = serde_json::Map::new();
    for (file, part) in [("model-1.safetensors", &one), ("model-2.safetensors", &two)] {
        safetensors::save(part, shards.path().join(file)).unwrap();
        index.extend(part.keys().map(|name| (name.clone(), file.into())));
    }
    let index = serde_json::json!({ "weight_map": index });
    fs::write(shards.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
    let archive = copy("archive", &["vocab.json", "merges.txt"]);
    fs::copy(golden("gelu/tokenizer.json"), archive.path().join("tokenizer.json")).unwrap();
    let first = fingerprint(whole.path(), "a");
    assert_eq!(fingerprint(shards.path(), "b"), first);
    assert_eq!(fingerprint(archive.path(), "c"), first);
    let names: Vec<_> = fs::read_dir(dir.path().join("a")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), BUNDLE_FILES.len(), "{names:?}");
}

#[test]
fn an_archive_runs_nothing_and_is_refused() {
    let folder = copy("archive", &["pytorch_model.bin"]);
    fs::copy(golden("hostile.bin"), folder.path().join("pytorch_model.bin")).unwrap();
    let to = folder.path().join("bundle");
    convert(folder.path(), &to).unwrap_err();
    assert!(!to.exists() && !PathBuf::from("executed").exists() && !folder.path().join("executed").exists());
}

#[test]
fn damaged_archives_are_errors() {
    let folder = copy("archive", &[]);
    let file = folder.path().join("pytorch_model.bin");
    let whole = fs::read(&file).unwrap();
    // The pickle stands at the beginning of the archive; the directory at its end.
    let mut state = 7_u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for round in 0..300 {
        let mut bytes = whole.clone();
        for _ in 0..=next(4) {
            let at = if round % 3 == 0 { bytes.len() - 1 - next(4_000) } else { next(9_000) };
            bytes[at] = next(256) as u8;
        }
        if round % 10 == 0 {
            bytes.truncate(next(whole.len()));
        }
        fs::write(&file, bytes).unwrap();
        // Either it is refused, or what was changed did not matter; it never ends the process.
        let to = folder.path().join(format!("bundle-{round}"));
        if convert(folder.path(), &to).is_err() {
            assert!(!to.exists(), "round {round}");
        }
    }
}

#[test]
fn what_this_library_cannot_compute_is_refused_by_its_name() {
    for (from, to, named) in [
        (r#""patch_size": 14"#, r#""patch_size": 14, "attentional_pool": true"#, "attentional_pool"),
        (r#""patch_size": 14"#, r#""patch_size": 14, "timm_model_name": "convnext_base""#, "convnext_base"),
        (r#""vocab_size": 400"#, r#""vocab_size": 400, "hf_model_name": "roberta-base""#, "hf_model_name"),
        (r#""resize_mode": "shortest""#, r#""resize_mode": "longest""#, "longest"),
        (r#""embed_dim": 24"#, r#""embed_dim": 25"#, "projection"),
    ] {
        refuses("open-clip", from, to, named);
    }
}

#[test]
fn a_folder_without_a_model_says_what_it_lacks() {
    let empty = tempfile::tempdir().unwrap();
    let error = convert(empty.path(), &empty.path().join("bundle")).unwrap_err();
    assert!(matches!(error, Error::Layout { .. }) && error.to_string().contains("open_clip_config.json"));
    let full = tempfile::tempdir().unwrap();
    fs::write(full.path().join("mine"), "x").unwrap();
    assert!(convert(&golden("open-clip"), full.path()).is_err());
    assert!(full.path().join("mine").exists());
}

#[test]
fn a_text_that_is_cut_keeps_the_token_that_the_tower_is_read_at() {
    // OpenAI's configs name 2 as the end token, and their texts are read at the largest id.
    let folder = copy("quick-gelu", &[]);
    let config = folder.path().join("config.json");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&config).unwrap()).unwrap();
    json["text_config"]["eos_token_id"] = 2.into();
    fs::write(&config, json.to_string()).unwrap();
    let (legacy, plain) =
        (Bundle::open(folder.path()).unwrap(), Bundle::open(&golden("quick-gelu")).unwrap());
    for text in ["boots ".repeat(40), "hats ".repeat(30)] {
        assert_eq!(legacy.words().unwrap().ids(&text).unwrap(), plain.words().unwrap().ids(&text).unwrap());
    }
    let encoder = Encoder::start_with(legacy, &Options::default()).unwrap();
    let embed = |text: String| encoder.embed_text(&text).unwrap();
    let (boots, hats) = (embed("boots ".repeat(40)), embed("hats ".repeat(30)));
    let nearness: f32 = boots.as_slice().iter().zip(hats.as_slice()).map(|(a, b)| a * b).sum();
    assert!(nearness < 0.99, "two long texts are told apart: {nearness}");
}
