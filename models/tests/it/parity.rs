//! Stage by stage, the same numbers as Hugging Face transformers.

use candle_core::{DType, Device as Candle, Tensor, safetensors};
use candle_nn::VarBuilder;
use candle_transformers::models::clip::text_model::{Activation, ClipTextConfig};
use candle_transformers::models::clip::vision_model::ClipVisionConfig;
use candle_transformers::models::clip::{ClipConfig, ClipModel, div_l2_norm};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Encoder, Isa, Options, Precision};
use std::collections::HashMap;

use crate::golden;

/// Each has its own weights: f32 with `quick_gelu`, f16 with `gelu`.
const VARIANTS: [&str; 2] = ["quick-gelu", "gelu"];

const PICTURES: [&str; 12] = [
    "landscape.jpg",
    "portrait.png",
    "grey.jpg",
    "rgba.png",
    "palette.png",
    "exif-rotated.jpg",
    "cmyk.jpg",
    "progressive.jpg",
    "lossless.webp",
    "small.gif",
    "tiny.bmp",
    "plain.tif",
];

struct Reference(HashMap<String, Tensor>);

impl Reference {
    fn load(variant: &str) -> Self {
        let file = golden(variant).join("golden.safetensors");
        Self(safetensors::load(file, &Candle::Cpu).unwrap())
    }

    fn floats(&self, name: &str) -> Vec<f32> {
        self.0[name].flatten_all().unwrap().to_vec1().unwrap()
    }

    fn tokens(&self, name: &str) -> Vec<u32> {
        self.0[name].to_vec1::<i64>().unwrap().into_iter().map(|id| id as u32).collect()
    }
}

/// An encoder of each variant on each instruction set of this processor.
fn encoders() -> impl Iterator<Item = (&'static str, Isa, Encoder)> {
    VARIANTS.into_iter().flat_map(|variant| Isa::available().into_iter().map(move |isa| (variant, isa))).map(
        |(variant, isa)| {
            let options = Options { isa: Some(isa), precision: Precision::F32, ..Options::default() };
            let bundle = Bundle::open(&golden(variant)).unwrap();
            (variant, isa, Encoder::start_with(bundle, &options).unwrap())
        },
    )
}

fn texts() -> Vec<String> {
    serde_json::from_slice(&fs_err::read(golden("texts.json")).unwrap()).unwrap()
}

fn picture(name: &str) -> image::RgbImage {
    let file = fs_err::read(golden("pictures").join(name)).unwrap();
    if name == "rgba.png" {
        // The reference drops how transparent a pixel is. Knytt lays pictures on white, as shops show them; the tests
        // of `decode` are about that.
        return image::load_from_memory(&file).unwrap().into_rgb8();
    }
    decode(&file, &Limits::default(), Some(56)).unwrap()
}

fn assert_close(what: &str, ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let (mut dot, mut aa, mut bb) = (0.0f64, 0.0f64, 0.0f64);
    for (a, b) in ours.iter().zip(theirs).map(|(a, b)| (f64::from(*a), f64::from(*b))) {
        (dot, aa, bb) = (dot + a * b, aa + a * a, bb + b * b);
    }
    let cosine = dot / (aa * bb).sqrt();
    assert!(worst <= 1e-4 && cosine >= 0.99999, "{what}: worst difference {worst}, cosine {cosine}");
}

#[test]
fn pixels_are_those_of_the_reference() {
    let bundle = Bundle::open(&golden("quick-gelu")).unwrap();
    let reference = Reference::load("quick-gelu");
    for name in PICTURES {
        let mut pixels = Vec::new();
        let preprocessing = bundle.preprocessing();
        preprocessing.normalise_into(&preprocessing.pixels(&picture(name)), &mut pixels);
        assert_close(name, &pixels, &reference.floats(&format!("pixels/{name}")));
    }
}

#[test]
fn tokens_are_those_of_the_reference() {
    for variant in VARIANTS {
        let bundle = Bundle::open(&golden(variant)).unwrap();
        let reference = Reference::load(variant);
        for (n, text) in texts().iter().enumerate() {
            assert_eq!(
                bundle.words().unwrap().ids(text).unwrap(),
                reference.tokens(&format!("tokens/{n}")),
                "{variant}: {text}"
            );
        }
    }
}

#[test]
fn image_embeddings_are_those_of_the_reference() {
    for (variant, isa, encoder) in encoders() {
        let reference = Reference::load(variant);
        for name in PICTURES {
            let ours = encoder.embed_image(&picture(name)).unwrap();
            let what = format!("{variant} {isa} {name}");
            assert_close(&what, ours.as_slice(), &reference.floats(&format!("image/{name}")));
        }
    }
}

#[test]
fn text_embeddings_are_those_of_the_reference() {
    for (variant, isa, encoder) in encoders() {
        let reference = Reference::load(variant);
        for (n, text) in texts().iter().enumerate() {
            let ours = encoder.embed_text(text).unwrap();
            assert_close(
                &format!("{variant} {isa} {text}"),
                ours.as_slice(),
                &reference.floats(&format!("text/{n}")),
            );
        }
    }
}

/// A second, independent implementation of CLIP (quick_gelu only) reads the same bundle.
#[test]
fn candle_transformers_agrees_on_pictures() {
    let dir = golden("quick-gelu");
    let bundle = Bundle::open(&dir).unwrap();
    let weights = fs_err::read(dir.join("model.safetensors")).unwrap();
    let weights = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Candle::Cpu).unwrap();
    let theirs = ClipModel::new(weights, &candle_transformers_config()).unwrap();

    let preprocessing = bundle.preprocessing().clone();
    let ours = Encoder::start_with(bundle, &Options::default()).unwrap();
    for name in PICTURES {
        let mut pixels = Vec::new();
        preprocessing.normalise_into(&preprocessing.pixels(&picture(name)), &mut pixels);
        let pixels = Tensor::from_vec(pixels, (1, 3, 56, 56), &Candle::Cpu).unwrap();
        let features = div_l2_norm(&theirs.get_image_features(&pixels).unwrap()).unwrap();
        let features: Vec<f32> = features.flatten_all().unwrap().to_vec1().unwrap();
        assert_close(name, ours.embed_image(&picture(name)).unwrap().as_slice(), &features);
    }
}

fn candle_transformers_config() -> ClipConfig {
    let (embed_dim, intermediate_size, num_hidden_layers, num_attention_heads) = (48, 96, 2, 4);
    ClipConfig {
        text_config: ClipTextConfig {
            vocab_size: 400,
            embed_dim,
            activation: Activation::QuickGelu,
            intermediate_size,
            max_position_embeddings: 24,
            pad_with: None,
            num_hidden_layers,
            num_attention_heads,
            projection_dim: 32,
        },
        vision_config: ClipVisionConfig {
            embed_dim,
            activation: Activation::QuickGelu,
            intermediate_size,
            num_hidden_layers,
            num_attention_heads,
            projection_dim: 32,
            num_channels: 3,
            image_size: 56,
            patch_size: 14,
        },
        logit_scale_init_value: 2.6592,
        image_size: 56,
    }
}
