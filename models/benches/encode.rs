//! Pictures and words to embeddings, through the encoder's queue, at batch 1, 8 and 32, in each precision.
//!
//!     cargo bench -p knytt-models --bench encode
//!
//! Measures the starter bundle and the true ViT-B/32 shape. The latter has random weights and is
//! written once, into the target folder; `KNYTT_BENCH_BUNDLE=DIR` takes a real bundle instead.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use candle_core::{DType, Device as Candle, Tensor, safetensors};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use image::{Rgb, RgbImage};
use knytt_models::{Bundle, Encoder, Error, Options, Pending, Precision};

/// Twelve tokens: about what a shopper types.
const WORDS: &str = "a red striped dress";

fn picture(side: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x ^ y) as u8]))
}

type Opener = fn(&Path) -> Result<Bundle, Error>;

fn encode(c: &mut Criterion) {
    let full = std::env::var_os("KNYTT_BENCH_BUNDLE").map_or_else(vit_b_32, PathBuf::from);
    let bundles: [(&str, Opener); 2] = [("starter", |_| Bundle::starter()), ("vit-b-32", Bundle::open)];
    for (name, open) in bundles {
        for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
            let options = Options { precision, ..Options::default() };
            let bundle = open(&full).expect("the bundle opens");
            let encoder = Encoder::start_with(bundle, &options).expect("the model loads");
            let name = format!("{name}/{precision}");
            images(c, &name, &encoder);
            c.bench_function(&format!("encode/{name}/text"), |b| {
                b.iter(|| encoder.embed_text(WORDS).expect("words embed"));
            });
        }
    }
}

fn images(c: &mut Criterion, name: &str, encoder: &Encoder) {
    let picture = picture(encoder.target_side());
    let mut group = c.benchmark_group(format!("encode/{name}/image"));
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for batch in [1, 8, 32] {
        group.throughput(Throughput::Elements(batch));
        group.bench_with_input(BenchmarkId::from_parameter(batch), &batch, |b, batch| {
            b.iter(|| embed_together(encoder, &picture, *batch));
        });
    }
}

/// The queue forms the batches, as it does in a build.
fn embed_together(encoder: &Encoder, picture: &RgbImage, count: u64) {
    let (send, receive) = std::sync::mpsc::channel::<Pending>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..count {
                send.send(encoder.submit_image(picture).expect("queued")).expect("someone waits");
            }
        });
        receive.iter().for_each(|pending| drop(pending.wait().expect("a picture embeds")));
    });
}

/// OpenAI's CLIP ViT-B/32 by shape: 151 million random numbers, stored as f16.
fn vit_b_32() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vit-b-32");
    if !dir.join("model.safetensors").exists() {
        fs_err::create_dir_all(&dir).expect("the target folder is writable");
        write_vit_b_32(&dir);
    }
    dir
}

fn write_vit_b_32(dir: &Path) {
    const CONFIG: &str = r#"{"text_config": {"eos_token_id": 1}, "vision_config": {}}"#;
    const PREPROCESSOR: &str = r#"{"size": 224, "crop_size": 224,
        "image_mean": [0.481, 0.458, 0.408], "image_std": [0.269, 0.261, 0.276]}"#;
    let tokenizer = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/quick-gelu/tokenizer.json");
    fs_err::write(dir.join("config.json"), CONFIG).expect("written");
    fs_err::write(dir.join("preprocessor_config.json"), PREPROCESSOR).expect("written");
    fs_err::copy(tokenizer, dir.join("tokenizer.json")).expect("copied");
    let tensors: HashMap<String, Tensor> =
        vit_b_32_shapes().into_iter().map(|(name, shape)| (name, random(&shape))).collect();
    let partial = dir.join("model.partial");
    safetensors::save(&tensors, &partial).expect("written");
    fs_err::rename(partial, dir.join("model.safetensors")).expect("renamed");
}

fn random(shape: &[usize]) -> Tensor {
    let std = 1.0 / (shape.iter().skip(1).product::<usize>() as f32).sqrt();
    Tensor::randn(0.0, std, shape, &Candle::Cpu).and_then(|t| t.to_dtype(DType::F16)).expect("a tensor")
}

fn vit_b_32_shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        ("visual_projection.weight".into(), vec![512, 768]),
        ("text_projection.weight".into(), vec![512, 512]),
        ("text_model.embeddings.token_embedding.weight".into(), vec![49408, 512]),
        ("text_model.embeddings.position_embedding.weight".into(), vec![77, 512]),
        ("vision_model.embeddings.class_embedding".into(), vec![768]),
        ("vision_model.embeddings.patch_embedding.weight".into(), vec![768, 3, 32, 32]),
        ("vision_model.embeddings.position_embedding.weight".into(), vec![50, 768]),
    ];
    let mut with_bias = |name: String, shape: Vec<usize>| {
        shapes.push((format!("{name}.bias"), vec![shape[0]]));
        shapes.push((format!("{name}.weight"), shape));
    };
    with_bias("text_model.final_layer_norm".into(), vec![512]);
    with_bias("vision_model.pre_layrnorm".into(), vec![768]);
    with_bias("vision_model.post_layernorm".into(), vec![768]);
    for (tower, hidden) in [("text_model", 512), ("vision_model", 768)] {
        for n in 0..12 {
            let layer = format!("{tower}.encoder.layers.{n}");
            for norm in ["layer_norm1", "layer_norm2"] {
                with_bias(format!("{layer}.{norm}"), vec![hidden]);
            }
            for projection in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                with_bias(format!("{layer}.self_attn.{projection}"), vec![hidden, hidden]);
            }
            with_bias(format!("{layer}.mlp.fc1"), vec![4 * hidden, hidden]);
            with_bias(format!("{layer}.mlp.fc2"), vec![hidden, 4 * hidden]);
        }
    }
    shapes
}

criterion_group!(benches, encode);
criterion_main!(benches);
