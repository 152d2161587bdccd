//! SigLIP's towers in Candle, which GPUs run, DINOv2's and RoBERTa, against their references
//! (`models/tests/golden/make_siglip.py`, `make_dinov2.py` and `make_xlm_roberta.py`). The packed ones are compared in `models/tests/it`.

use std::path::Path;

use candle_core::{DType, Device, Tensor, safetensors};

use crate::bundle::Bundle;

fn assert_close(what: &str, ours: &[f32], theirs: &Tensor) {
    let theirs: Vec<f32> = theirs.to_vec1().unwrap();
    let length = ours.iter().map(|v| v * v).sum::<f32>().sqrt();
    let pairs = || ours.iter().map(|v| v / length).zip(&theirs);
    let worst = pairs().map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let cosine: f32 = pairs().map(|(a, b)| a * b).sum();
    assert!(worst <= 1e-4 && cosine >= 0.99999, "{what}: {worst}, {cosine}");
}

#[test]
fn candles_towers_give_the_embeddings_of_the_reference() {
    for variant in ["siglip", "siglip2"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(variant);
        let bundle = Bundle::open(&folder).unwrap();
        let golden = safetensors::load(folder.join("golden.safetensors"), &Device::Cpu).unwrap();
        let mut model = bundle.load_plain(DType::F32).unwrap();
        let named = |start: &str| {
            let of = |name: &String| name.strip_prefix(start).map(str::to_owned);
            let mut names: Vec<String> = golden.keys().filter_map(of).collect();
            names.sort();
            names
        };
        let pictures = named("pixels/");
        let pixels: Vec<f32> = pictures
            .iter()
            .flat_map(|name| {
                golden[&format!("pixels/{name}")].flatten_all().unwrap().to_vec1::<f32>().unwrap()
            })
            .collect();
        let images = model.images(&pixels, bundle.image_width()).unwrap();
        for (name, ours) in pictures.iter().zip(&images) {
            assert_close(&format!("{variant} {name}"), ours, &golden[&format!("image/{name}")]);
        }
        let texts = named("tokens/");
        let ids: Vec<Vec<u32>> = texts
            .iter()
            .map(|n| golden[&format!("tokens/{n}")].to_vec1::<i64>().unwrap())
            .map(|ids| ids.into_iter().map(|id| id as u32).collect())
            .collect();
        for (n, ours) in texts.iter().zip(model.texts(&ids, bundle.dimension()).unwrap()) {
            assert_close(&format!("{variant} text {n}"), &ours, &golden[&format!("text/{n}")]);
        }
        assert_eq!((images.len(), texts.len()), (3, 6), "{variant}");
    }
}

#[test]
fn candles_dinov2_gives_the_embeddings_of_the_reference() {
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/dinov2");
    let dir = tempfile::tempdir().unwrap();
    let bundle = crate::convert::convert(&published, &dir.path().join("bundle")).unwrap().bundle;
    let bundle = Bundle::open(&bundle).unwrap();
    let golden = safetensors::load(published.join("golden.safetensors"), &Device::Cpu).unwrap();
    let mut model = bundle.load_plain(DType::F32).unwrap();
    for name in ["landscape.jpg", "portrait.png", "tiny.bmp"] {
        let pixels = golden[&format!("pixels/{name}")].flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let ours = model.images(&pixels, bundle.image_width()).unwrap();
        assert_close(name, &ours[0], &golden[&format!("image/{name}")]);
    }
    assert!(matches!(model.texts(&[vec![1]], 48), Err(crate::Error::PicturesOnly)));
}

#[test]
fn candles_roberta_gives_the_embeddings_of_the_reference() {
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/xlm-roberta");
    let dir = tempfile::tempdir().unwrap();
    let bundle = crate::convert::convert(&published, &dir.path().join("bundle")).unwrap().bundle;
    let bundle = Bundle::open(&bundle).unwrap();
    let golden = safetensors::load(published.join("golden.safetensors"), &Device::Cpu).unwrap();
    let mut model = bundle.load_plain(DType::F32).unwrap();
    let ids: Vec<Vec<u32>> = (0..6)
        .map(|n| golden[&format!("tokens/{n}")].to_vec1::<i64>().unwrap())
        .map(|ids| ids.into_iter().map(|id| id as u32).collect())
        .collect();
    for (n, ours) in model.texts(&ids, bundle.dimension()).unwrap().iter().enumerate() {
        assert_close(&format!("text {n}"), ours, &golden[&format!("text/{n}")]);
    }
}
