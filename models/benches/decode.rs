//! A picture file to the model's pixels: a small web picture and a 12-megapixel photograph.
//!
//!     cargo bench -p knytt-models --bench decode

use std::io::Cursor;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Preprocessing};

const CLIP: &[u8] = br#"{"size": 224, "crop_size": 224,
    "image_mean": [0.481, 0.458, 0.408], "image_std": [0.269, 0.261, 0.276]}"#;

/// Soft shapes with some grain: it compresses about as a photograph does.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663)) % 24;
        let wave =
            |period: f32| (((x as f32 / period).sin() + (y as f32 / period).cos()) * 50.0 + 110.0) as u32;
        Rgb([wave(97.0) + grain, wave(61.0) + grain, wave(143.0) + grain].map(|v| v as u8))
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Jpeg).expect("it encodes");
    bytes.into_inner()
}

fn decode_and_preprocess(c: &mut Criterion) {
    let clip = Preprocessing::parse(CLIP).expect("it parses");
    let starter = Bundle::starter().expect("it opens");
    for (size, width, height) in [("small", 384, 288), ("12-megapixel", 4000, 3000)] {
        let bytes = jpeg(width, height);
        for (model, preprocessing) in [("starter", starter.preprocessing()), ("clip-224", &clip)] {
            c.bench_function(&format!("decode/{size}/{model}"), |b| {
                b.iter(|| {
                    let side = Some(preprocessing.target_side());
                    let picture = decode(&bytes, &Limits::default(), side).expect("it decodes");
                    let mut pixels = Vec::new();
                    preprocessing.normalise_into(&preprocessing.pixels(&picture), &mut pixels);
                    pixels
                });
            });
        }
    }
}

criterion_group!(benches, decode_and_preprocess);
criterion_main!(benches);
