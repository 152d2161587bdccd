//! What comparisons with a reference's numbers share.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{Device, Tensor, safetensors};
use fs_err as fs;
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Embedding, Encoder, Isa, Options, Precision};

use crate::golden;

/// What the reference computed for the model in the folder `variant`.
pub fn reference(variant: &str) -> HashMap<String, Tensor> {
    safetensors::load(golden(variant).join("golden.safetensors"), &Device::Cpu).unwrap()
}

pub fn floats(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// One of the golden pictures, decoded for a model of 56 pixels.
pub fn picture(name: &str) -> image::RgbImage {
    let file = fs::read(golden("pictures").join(name)).unwrap();
    match name {
        // The reference drops how transparent a pixel is.
        "rgba.png" => image::load_from_memory(&file).unwrap().into_rgb8(),
        _ => decode(&file, &Limits::default(), Some(56)).unwrap(),
    }
}

pub fn start(bundle: &Path, isa: Isa, precision: Precision) -> Encoder {
    let options = Options { isa: Some(isa), precision, ..Options::default() };
    Encoder::start_with(Bundle::open(bundle).unwrap(), &options).unwrap()
}

/// The texts of the references.
pub fn texts() -> Vec<String> {
    serde_json::from_slice(&fs::read(golden("texts.json")).unwrap()).unwrap()
}

/// What `encoder` gives of the pictures and texts that the reference of `variant` embedded, `count` of them: name,
/// ours, theirs.
pub fn embedded(encoder: &Encoder, variant: &str, count: usize) -> Vec<(String, Embedding, Vec<f32>)> {
    let (texts, mut compared) = (texts(), Vec::new());
    for (name, theirs) in reference(variant) {
        let ours = match name.split_once('/') {
            Some(("image", file)) => encoder.embed_image(&picture(file)).unwrap(),
            Some(("text", number)) => encoder.embed_text(&texts[number.parse::<usize>().unwrap()]).unwrap(),
            _ => continue,
        };
        compared.push((name, ours, floats(&theirs)));
    }
    assert_eq!(compared.len(), count, "{variant}");
    compared
}

pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
