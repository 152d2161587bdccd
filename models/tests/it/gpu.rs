//! A GPU gives what the CPU gives. Any adapter will do, Mesa's lavapipe too; `KNYTT_GPU` is the number of the
//! one to use.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device as Candle, Tensor, safetensors};
use image::{Rgb, RgbImage};
use knytt_models::convert::convert;
use knytt_models::{Bundle, Device, Embedding, Encoder, Error, Options, Pending, Precision, adapters};
use tempfile::TempDir;

use crate::compare::{dot, embedded, largest_difference};
use crate::golden;

fn number() -> usize {
    std::env::var("KNYTT_GPU").ok().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn start(bundle: Bundle, device: Device, precision: Precision) -> Encoder {
    Encoder::start_with(bundle, &Options { device, precision, ..Options::default() }).unwrap()
}

fn picture(n: u32) -> RgbImage {
    RgbImage::from_fn(60 + n, 70, |x, y| Rgb([(x * n) as u8, (y * 3) as u8, (x ^ y) as u8]))
}

/// All at once, so that the encoder's queue makes batches of them.
fn embed_images(encoder: &Encoder, count: u32) -> Vec<Embedding> {
    let pending: Vec<Pending> = (0..count).map(|n| encoder.submit_image(&picture(n)).unwrap()).collect();
    pending.into_iter().map(|pending| pending.wait().unwrap()).collect()
}

fn embed_texts(encoder: &Encoder) -> Vec<Embedding> {
    if !encoder.embeds_words() {
        return Vec::new();
    }
    ["a", "a red dress", "a blue and white striped shirt with long sleeves"]
        .map(|text| encoder.embed_text(text).unwrap())
        .into()
}

#[track_caller]
fn assert_same(ours: &[Embedding], theirs: &[Embedding], least: f32) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours.fingerprint(), theirs.fingerprint());
        assert_near(ours.as_slice(), theirs.as_slice(), least);
        assert_eq!(ours.instance_embedding().is_some(), theirs.instance_embedding().is_some());
        if let Some((ours, theirs)) = ours.instance_embedding().zip(theirs.instance_embedding()) {
            assert_near(ours, theirs, least);
        }
    }
}

#[track_caller]
fn assert_near(ours: &[f32], theirs: &[f32], least: f32) {
    let cosine: f32 = ours.iter().zip(theirs).map(|(a, b)| a * b).sum();
    assert!(ours.len() == theirs.len() && cosine >= least, "cosine {cosine}");
}

/// Both towers in both precisions.
fn check(open: impl Fn() -> Bundle, pictures: &[u32]) {
    let cpu = start(open(), Device::Cpu, Precision::F32);
    for (precision, least) in [(Precision::F32, 0.9999), (Precision::Bf16, 0.999)] {
        let gpu = start(open(), Device::Gpu(Some(number())), precision);
        for &count in pictures {
            assert_same(&embed_images(&gpu, count), &embed_images(&cpu, count), least);
        }
        assert_same(&embed_texts(&gpu), &embed_texts(&cpu), least);
        assert_eq!(gpu.notice(), None);
    }
}

/// Each golden picture and text of `variant` alone, in both precisions, against the reference; `bundle` is made of it.
fn check_reference(bundle: &Path, variant: &str, count: usize) {
    for (precision, least) in [(Precision::F32, 0.99999), (Precision::Bf16, 0.999)] {
        let gpu = start(Bundle::open(bundle).unwrap(), Device::Gpu(Some(number())), precision);
        for (name, ours, theirs) in embedded(&gpu, variant, count) {
            let (worst, cosine) =
                (largest_difference(ours.as_slice(), &theirs), dot(ours.as_slice(), &theirs));
            let is_close = precision != Precision::F32 || worst <= 1e-4;
            assert!(is_close && cosine >= least, "{variant} {precision} {name}: {worst}, {cosine}");
        }
        assert_eq!(gpu.notice(), None);
    }
}

#[test]
fn siglip_and_siglip2_are_those_of_the_reference_and_batches_those_of_the_cpu() {
    for variant in ["siglip", "siglip2"] {
        check_reference(&golden(variant), variant, 18);
        check(|| Bundle::open(&golden(variant)).unwrap(), &[8]);
    }
}

#[test]
fn dinov2_is_that_of_the_reference_and_batches_those_of_the_cpu() {
    let folder = TempDir::new().unwrap();
    let bundle = convert(&golden("dinov2"), &folder.path().join("bundle")).unwrap().bundle;
    check_reference(&bundle, "dinov2", 12);
    check(|| Bundle::open(&bundle).unwrap(), &[8]);
}

#[test]
fn roberta_is_that_of_the_reference_and_batches_those_of_the_cpu() {
    let folder = TempDir::new().unwrap();
    let bundle = convert(&golden("xlm-roberta"), &folder.path().join("bundle")).unwrap().bundle;
    check_reference(&bundle, "xlm-roberta", 18);
    check(|| Bundle::open(&bundle).unwrap(), &[8]);
}

#[test]
fn quick_gelu_is_that_of_the_cpu() {
    check(|| Bundle::open(&golden("quick-gelu")).unwrap(), &[1, 3, 8]);
}

#[test]
fn exact_gelu_is_that_of_the_cpu() {
    check(|| Bundle::open(&golden("gelu")).unwrap(), &[1, 3, 8]);
}

#[test]
fn the_starters_residual_network_is_that_of_the_cpu() {
    let folder = TempDir::new().unwrap();
    write_residual_network(folder.path());
    check(|| Bundle::open(folder.path()).unwrap(), &[1, 3]);
}

#[test]
fn the_starter_is_that_of_the_cpu() {
    check(|| Bundle::starter().unwrap(), &[3]);
}

/// Heads of three values: the kernels read four at a time.
#[test]
fn a_model_without_kernels_works_on_the_cpu_and_says_so() {
    let folder = TempDir::new().unwrap();
    write_with_uneven_heads(folder.path());
    let open = || Bundle::open(folder.path()).unwrap();
    let cpu = start(open(), Device::Cpu, Precision::F32);
    let asked = start(open(), Device::Gpu(Some(number())), Precision::F32);
    let notice = asked.notice().unwrap();
    assert!(notice.device == Device::Gpu(Some(number())) && notice.reason.contains("heads of"), "{notice}");
    assert_eq!(embed_images(&asked, 2), embed_images(&cpu, 2));
    assert_eq!(embed_texts(&asked), embed_texts(&cpu));
    let missing = Options { device: Device::Gpu(Some(99)), ..Options::default() };
    assert!(matches!(Encoder::start_with(open(), &missing).err(), Some(Error::Device { .. })));
}

#[test]
fn the_full_size_is_that_of_the_cpu() {
    let folder = TempDir::new().unwrap();
    write_vit_b_32(folder.path());
    let open = || Bundle::open(folder.path()).unwrap();
    let cpu = start(open(), Device::Cpu, Precision::F32);
    let gpu = start(open(), Device::Gpu(Some(number())), Precision::F32);
    assert_same(&embed_images(&gpu, 1), &embed_images(&cpu, 1), 0.9999);
    assert_same(&embed_texts(&gpu), &embed_texts(&cpu), 0.9999);
}

#[test]
fn software_and_missing_adapters_are_errors_and_not_the_cpu() {
    let start = |device| {
        let options = Options { device, ..Options::default() };
        Encoder::start_with(Bundle::open(&golden("quick-gelu")).unwrap(), &options).err()
    };
    let error = start(Device::Gpu(Some(99))).unwrap();
    assert!(matches!(error, Error::Device { .. }), "{error}");
    assert!(adapters().iter().all(|adapter| error.to_string().contains(&adapter.name)));
    if adapters().iter().all(|adapter| adapter.to_string().contains("software")) {
        assert!(matches!(start(Device::Gpu(None)), Some(Error::Device { .. })));
    }
}

#[test]
fn eight_bits_are_not_for_gpus() {
    let options =
        Options { device: Device::Gpu(Some(number())), precision: Precision::Int8, ..Options::default() };
    let error = Encoder::start_with(Bundle::open(&golden("quick-gelu")).unwrap(), &options).err().unwrap();
    assert!(error.to_string().contains("f32"), "{error}");
}

/// The first of the starter's towers as a bundle of its own, with all of its words.
fn write_residual_network(folder: &Path) {
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("starter");
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(starter.join(name)).unwrap()).unwrap()
    };
    let (mut config, mut preprocessor) = (read("config.json"), read("preprocessor_config.json"));
    config["vision_config"] = config["vision_config"]["towers"][0].take();
    let side = &config["vision_config"]["image_size"];
    for part in ["size", "crop_size"] {
        preprocessor[part] = serde_json::json!({ "width": side, "height": side });
    }
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    std::fs::write(folder.join("preprocessor_config.json"), preprocessor.to_string()).unwrap();
    std::fs::copy(starter.join("tokenizer.json"), folder.join("tokenizer.json")).unwrap();
    let tensors = safetensors::load(starter.join("model.safetensors"), &Candle::Cpu).unwrap();
    let (own, others): (Vec<_>, Vec<_>) =
        tensors.into_iter().partition(|(name, _)| name.starts_with("towers.0."));
    let mut tensors: HashMap<String, Tensor> =
        others.into_iter().filter(|(name, _)| name.starts_with("text_")).collect();
    tensors.extend(own.into_iter().map(|(name, tensor)| (name["towers.0.".len()..].into(), tensor)));
    safetensors::save(&tensors, folder.join("model.safetensors")).unwrap();
}

/// A small model whose text tower has sixteen heads in place of four.
fn write_with_uneven_heads(folder: &Path) {
    for entry in fs_err::read_dir(golden("quick-gelu")).unwrap() {
        let entry = entry.unwrap();
        fs_err::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    let path = folder.join("config.json");
    let mut config: serde_json::Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
    config["text_config"]["num_attention_heads"] = 16.into();
    fs_err::write(path, config.to_string()).unwrap();
}

/// Random weights in the true shape, but for the words, of which few are asked for.
fn write_vit_b_32(folder: &Path) {
    const CONFIG: &str = r#"{"text_config": {"eos_token_id": 1, "vocab_size": 1000}, "vision_config": {}}"#;
    const PREPROCESSOR: &str = r#"{"size": 224, "crop_size": 224,
        "image_mean": [0.481, 0.458, 0.408], "image_std": [0.269, 0.261, 0.276]}"#;
    fs_err::write(folder.join("config.json"), CONFIG).unwrap();
    fs_err::write(folder.join("preprocessor_config.json"), PREPROCESSOR).unwrap();
    fs_err::copy(golden("quick-gelu/tokenizer.json"), folder.join("tokenizer.json")).unwrap();
    let tensors: HashMap<String, Tensor> =
        vit_b_32_shapes().into_iter().map(|(name, shape)| (name, random(&shape))).collect();
    safetensors::save(&tensors, folder.join("model.safetensors")).unwrap();
}

fn random(shape: &[usize]) -> Tensor {
    let deviation = 1.0 / (shape.iter().skip(1).product::<usize>() as f32).sqrt();
    Tensor::randn(0.0, deviation, shape, &Candle::Cpu).unwrap().to_dtype(DType::F16).unwrap()
}

fn vit_b_32_shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        ("visual_projection.weight".into(), vec![512, 768]),
        ("text_projection.weight".into(), vec![512, 512]),
        ("text_model.embeddings.token_embedding.weight".into(), vec![1000, 512]),
        ("text_model.embeddings.position_embedding.weight".into(), vec![77, 512]),
        ("vision_model.embeddings.class_embedding".into(), vec![768]),
        ("vision_model.embeddings.patch_embedding.weight".into(), vec![768, 3, 32, 32]),
        ("vision_model.embeddings.position_embedding.weight".into(), vec![50, 768]),
    ];
    let mut linear = |name: String, to: usize, from: &[usize]| {
        shapes.push((format!("{name}.bias"), vec![to]));
        shapes.push((format!("{name}.weight"), [&[to], from].concat()));
    };
    linear("text_model.final_layer_norm".into(), 512, &[]);
    linear("vision_model.pre_layrnorm".into(), 768, &[]);
    linear("vision_model.post_layernorm".into(), 768, &[]);
    for (tower, hidden, layer) in ["text_model", "vision_model"]
        .into_iter()
        .zip([512, 768])
        .flat_map(|(t, h)| (0..12).map(move |n| (t, h, n)))
    {
        let layer = format!("{tower}.encoder.layers.{layer}");
        linear(format!("{layer}.layer_norm1"), hidden, &[]);
        linear(format!("{layer}.layer_norm2"), hidden, &[]);
        for projection in ["q_proj", "k_proj", "v_proj", "out_proj"] {
            linear(format!("{layer}.self_attn.{projection}"), hidden, &[hidden]);
        }
        linear(format!("{layer}.mlp.fc1"), 4 * hidden, &[hidden]);
        linear(format!("{layer}.mlp.fc2"), hidden, &[4 * hidden]);
    }
    shapes
}
