//! The tower in its true shape against timm's `tf_efficientnet_lite2` (`models/tests/golden/make_efficientnet.py`).
//! Both sides draw the same random weights from their names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor, safetensors};
use fs_err as fs;
use image::{Rgb, RgbImage};
use knytt_kernels::{Isa, Precision};

use crate::bundle::Bundle;
use crate::encoder::Encoder;
use crate::model::Model;
use crate::options::Options;

const SIDE: usize = 128;
const DIMENSION: usize = 40;
const INSTANCE: usize = 24;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/efficientnet-lite").join(name)
}

/// Uniform between -bound and bound: splitmix64 from the FNV-1a hash of the name on, 53 bits each.
fn drawn(name: &str, shape: &[usize]) -> Tensor {
    let seed = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let bound = match shape {
        [_] => 0.1,
        _ => (6.0 / shape[1..].iter().product::<usize>() as f64).sqrt(),
    };
    let value = |at: u64| {
        let z = seed.wrapping_add(at.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        ((2.0 * unit - 1.0) * bound) as f32
    };
    let count = shape.iter().product::<usize>() as u64;
    Tensor::from_vec((1..=count).map(value).collect::<Vec<f32>>(), shape, &Device::Cpu).unwrap()
}

/// Bands and waves.
fn picture(number: u32) -> RgbImage {
    RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, y| {
        let blue = 255 - x + y * y / 7 * number;
        Rgb([x * (3 + number) + y * 2, x * y / (5 + number), blue].map(|value| (value % 256) as u8))
    })
}

/// A bundle of the tower; `reads_moments`: whether its projection reads the moments of all maps.
fn bundle(folder: &Path, reads_moments: bool) -> Bundle {
    let mut config: serde_json::Value =
        serde_json::from_slice(&fs::read(golden("config.json")).unwrap()).unwrap();
    if !reads_moments {
        config["vision_config"].as_object_mut().unwrap().remove("projection_hidden_size");
    }
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    fs::copy(golden("preprocessor_config.json"), folder.join("preprocessor_config.json")).unwrap();
    let tokenizer = Path::new(env!("CARGO_MANIFEST_DIR")).join("starter/tokenizer.json");
    fs::copy(tokenizer, folder.join("tokenizer.json")).unwrap();
    let projected = if reads_moments { 56 } else { 1280 };
    let mut shapes = tower_shapes();
    shapes.extend(text_shapes());
    shapes.push(("visual_projection.weight".into(), vec![DIMENSION, projected]));
    let tensors: HashMap<String, Tensor> =
        shapes.into_iter().map(|(name, shape)| (name.clone(), drawn(&name, &shape))).collect();
    safetensors::save(&tensors, folder.join("model.safetensors")).unwrap();
    Bundle::open(folder).unwrap()
}

fn tower_shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = Vec::new();
    let mut conv = |name: String, shape: [usize; 4]| {
        shapes.push((format!("{name}.bias"), vec![shape[0]]));
        shapes.push((format!("{name}.weight"), shape.to_vec()));
    };
    conv("vision_model.stem".into(), [32, 3, 3, 3]);
    let (mut from, mut number) = (32, 0);
    // Channels, blocks, side of the kernel, expansion.
    for (to, depth, kernel, expansion) in [
        (16, 1, 3, 1),
        (24, 3, 3, 6),
        (48, 3, 5, 6),
        (88, 4, 3, 6),
        (120, 4, 5, 6),
        (208, 5, 5, 6),
        (352, 1, 3, 6),
    ] {
        for _ in 0..depth {
            let (at, inner) = (format!("vision_model.blocks.{number}"), from * expansion);
            if expansion > 1 {
                conv(format!("{at}.expand"), [inner, from, 1, 1]);
            }
            conv(format!("{at}.depthwise"), [inner, 1, kernel, kernel]);
            conv(format!("{at}.project"), [to, inner, 1, 1]);
            (from, number) = (to, number + 1);
        }
    }
    conv("vision_model.head".into(), [1280, from, 1, 1]);
    let moments = 2 * (32 + 16 + 24 + 48 + 88 + 120 + 208 + 352 + 1280);
    for (name, hidden) in [("visual_hidden", 56), ("identity_head.hidden", 48)] {
        shapes.push((format!("{name}.weight"), vec![hidden, moments]));
        shapes.push((format!("{name}.bias"), vec![hidden]));
    }
    shapes.push(("identity_head.out.weight".into(), vec![INSTANCE, 48]));
    shapes
}

fn text_shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        ("text_model.embeddings.token_embedding.weight".into(), vec![1345, 16]),
        ("text_model.embeddings.position_embedding.weight".into(), vec![8, 16]),
        ("text_projection.weight".into(), vec![DIMENSION, 16]),
    ];
    let layer = "text_model.encoder.layers.0";
    for (name, outputs, inputs) in [
        ("self_attn.q_proj", 16, 16),
        ("self_attn.k_proj", 16, 16),
        ("self_attn.v_proj", 16, 16),
        ("self_attn.out_proj", 16, 16),
        ("mlp.fc1", 32, 16),
        ("mlp.fc2", 16, 32),
    ] {
        shapes.push((format!("{layer}.{name}.weight"), vec![outputs, inputs]));
        shapes.push((format!("{layer}.{name}.bias"), vec![outputs]));
    }
    let norms = [
        format!("{layer}.layer_norm1"),
        format!("{layer}.layer_norm2"),
        "text_model.final_layer_norm".into(),
    ];
    for (name, part) in norms.iter().flat_map(|name| [(name, "weight"), (name, "bias")]) {
        shapes.push((format!("{name}.{part}"), vec![16]));
    }
    shapes
}

fn unit(values: &[f32]) -> Vec<f32> {
    let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
    values.iter().map(|v| v / length).collect()
}

fn assert_close(ours: &[f32], theirs: &[f32], what: &str) {
    let ours = unit(ours);
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let cosine: f32 = ours.iter().zip(theirs).map(|(a, b)| a * b).sum();
    assert!(worst <= 1e-4 && cosine >= 0.99999, "{what}: difference {worst}, cosine {cosine}");
}

/// All three pictures as one batch.
fn pixels(bundle: &Bundle) -> Vec<f32> {
    let preprocessing = bundle.preprocessing();
    let mut pixels = Vec::new();
    for number in 0..3 {
        preprocessing.normalise_into(&preprocessing.pixels(&picture(number)), &mut pixels);
    }
    pixels
}

fn assert_computes(bundle: &Bundle, model: &mut Model, embeddings: &[Vec<f32>], what: &str) {
    let instances = reference("instances");
    for (n, row) in model.images(&pixels(bundle), DIMENSION + INSTANCE).unwrap().iter().enumerate() {
        assert_close(&row[..DIMENSION], &embeddings[n], &format!("{what}, embedding {n}"));
        assert_close(&row[DIMENSION..], &instances[n], &format!("{what}, instance {n}"));
    }
}

fn reference(name: &str) -> Vec<Vec<f32>> {
    safetensors::load(golden("golden.safetensors"), &Device::Cpu).unwrap()[name].to_vec2().unwrap()
}

#[test]
fn the_tower_computes_what_timm_does_in_candle_and_on_every_instruction_set() {
    for (reads_moments, name) in [(false, "pooled"), (true, "moments")] {
        let (folder, expected) = (tempfile::tempdir().unwrap(), reference(name));
        let bundle = bundle(folder.path(), reads_moments);
        assert_computes(&bundle, &mut bundle.load_plain(DType::F32).unwrap(), &expected, "Candle");
        for isa in Isa::available() {
            let mut model = bundle.load_packed(isa, Precision::F32, 2, None).unwrap();
            assert_computes(&bundle, &mut model, &expected, &format!("{name} {isa}"));
        }
    }
}

#[test]
fn fewer_bits_stay_near_the_reference() {
    let (folder, expected) = (tempfile::tempdir().unwrap(), reference("moments"));
    let bundle = bundle(folder.path(), true);
    let mut pixels = Vec::new();
    bundle.preprocessing().normalise_into(&bundle.preprocessing().pixels(&picture(1)), &mut pixels);
    for (precision, least) in [(Precision::Bf16, 0.999), (Precision::Int8, 0.99)] {
        for isa in Isa::available() {
            let mut model = bundle.load_packed(isa, precision, 1, None).unwrap();
            let row = model.images(&pixels, DIMENSION + INSTANCE).unwrap().remove(0);
            let cosine: f32 = unit(&row[..DIMENSION]).iter().zip(&expected[1]).map(|(a, b)| a * b).sum();
            assert!(cosine >= least, "{precision} {isa}: cosine {cosine}");
        }
    }
}

#[test]
fn an_embedding_is_the_same_alone_and_through_the_encoder() {
    let folder = tempfile::tempdir().unwrap();
    let encoder = Encoder::start_with(bundle(folder.path(), true), &Options::default()).unwrap();
    let embedding = encoder.embed_image(&picture(2)).unwrap();
    assert_close(embedding.as_slice(), &reference("moments")[2], "embedding");
    assert_close(embedding.instance_embedding().unwrap(), &reference("instances")[2], "instance embedding");
    assert_eq!(encoder.embed_text("a red dress").unwrap().dimension(), DIMENSION);
    assert_eq!(encoder.notice(), None);
}

/// In f32 as near as everything else, in f16 as near as half precision is.
#[cfg(feature = "wgpu")]
#[test]
fn a_gpu_computes_what_timm_does() {
    use crate::device::Device as Asked;
    use crate::options::Precision as Bits;
    let number = std::env::var("KNYTT_GPU").ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    for (reads_moments, name) in [(false, "pooled"), (true, "moments")] {
        let (folder, expected) = (tempfile::tempdir().unwrap(), reference(name));
        let bundle = bundle(folder.path(), reads_moments);
        let load = |precision| {
            let device = Asked::Gpu(Some(number));
            bundle.load(&Options { device, precision, ..Options::default() }).unwrap()
        };
        assert_computes(&bundle, &mut load(Bits::F32), &expected, &format!("GPU, {name}"));
        let rows = load(Bits::Bf16).images(&pixels(&bundle), DIMENSION + INSTANCE).unwrap();
        for (row, expected) in rows.iter().zip(&expected) {
            let cosine: f32 = unit(&row[..DIMENSION]).iter().zip(expected).map(|(a, b)| a * b).sum();
            assert!(cosine >= 0.999, "f16, {name}: cosine {cosine}");
        }
    }
}
