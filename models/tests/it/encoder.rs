//! The thread that owns the model.

use image::{Rgb, RgbImage};
use knytt_models::{Bundle, Device, Embedding, Encoder, Error};

use crate::golden;

fn start() -> Encoder {
    Encoder::start(Bundle::open(&golden("quick-gelu")).unwrap(), Device::Cpu).unwrap()
}

fn pictures(count: u32) -> Vec<RgbImage> {
    (0..count)
        .map(|n| RgbImage::from_fn(60 + n, 70, |x, y| Rgb([(x * n) as u8, (y * 3) as u8, (x ^ y) as u8])))
        .collect()
}

#[test]
fn a_batch_gives_what_single_pictures_give() {
    let encoder = start();
    let pictures = pictures(20);
    let waiting: Vec<_> = std::thread::scope(|scope| {
        let sent = scope.spawn(|| pictures.iter().map(|p| encoder.submit_image(p).unwrap()).collect());
        sent.join().unwrap()
    });
    let together: Vec<Embedding> =
        waiting.into_iter().map(|p: knytt_models::Pending| p.wait().unwrap()).collect();
    for (picture, batched) in pictures.iter().zip(&together) {
        let alone = encoder.embed_image(picture).unwrap();
        let worst = alone.as_slice().iter().zip(batched.as_slice()).map(|(a, b)| (a - b).abs());
        assert!(worst.fold(0.0, f32::max) < 1e-5);
    }
}

#[test]
fn many_threads_get_their_own_answers() {
    let encoder = start();
    let pictures = pictures(12);
    let expected: Vec<Embedding> = pictures.iter().map(|p| encoder.embed_image(p).unwrap()).collect();
    std::thread::scope(|scope| {
        for (picture, expected) in pictures.iter().zip(&expected) {
            let encoder = &encoder;
            scope.spawn(move || {
                let cosine = encoder.embed_image(picture).unwrap().cosine(expected).unwrap();
                assert!(cosine > 0.999_99, "{cosine}");
                encoder.embed_text("a red dress").unwrap();
            });
        }
    });
}

#[test]
fn embeddings_have_unit_norm_and_the_fingerprint_of_the_bundle() {
    let encoder = start();
    let embedding = encoder.embed_text("blue jeans").unwrap();
    let norm: f32 = embedding.as_slice().iter().map(|v| v * v).sum();
    assert!((norm - 1.0).abs() < 1e-5);
    assert_eq!(embedding.fingerprint(), encoder.fingerprint());
    assert_eq!(embedding.dimension(), 32);
}

#[test]
fn empty_text_is_an_error() {
    for text in ["", "  \n\t "] {
        assert!(matches!(start().embed_text(text), Err(Error::EmptyText)));
    }
}

#[test]
fn a_text_beyond_the_context_keeps_its_end_token() {
    let bundle = Bundle::open(&golden("quick-gelu")).unwrap();
    let ids = bundle.words().unwrap().ids(&"dress ".repeat(100)).unwrap();
    assert_eq!((ids.len(), ids[0], ids[23]), (24, 0, 1));
}

#[test]
fn the_starter_knows_colours_and_garments_apart() {
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let word = |text| encoder.embed_text(text).unwrap();
    let near = word("a red dress").cosine(&word("red dress")).unwrap();
    let far = word("a red dress").cosine(&word("black shoes")).unwrap();
    assert!(near > far + 0.2, "near {near}, far {far}");
}
