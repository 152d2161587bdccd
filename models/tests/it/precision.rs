//! Precisions, the cache of packed weights, and the choice between them.

use fs_err as fs;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use knytt_models::{Bundle, Embedding, Encoder, Error, Isa, Options, Precision, PrecisionBenchmark};
use tempfile::TempDir;

use crate::golden;

const PRECISIONS: [Precision; 3] = [Precision::F32, Precision::Bf16, Precision::Int8];

const BUNDLES: [fn() -> Bundle; 3] = [
    || Bundle::starter().unwrap(),
    || Bundle::open(&golden("quick-gelu")).unwrap(),
    || Bundle::open(&golden("gelu")).unwrap(),
];

fn start(bundle: Bundle, precision: Precision, threads: usize, cache: Option<&Path>) -> Encoder {
    let cache = cache.map(Into::into);
    Encoder::start_with(bundle, &Options { precision, threads: Some(threads), cache, ..Options::default() })
        .unwrap()
}

fn start_on(isa: Isa, bundle: Bundle, precision: Precision, threads: usize) -> Encoder {
    let options = Options { isa: Some(isa), precision, threads: Some(threads), ..Options::default() };
    Encoder::start_with(bundle, &options).unwrap()
}

/// Soft shapes, all different.
fn pictures(count: u32) -> Vec<RgbImage> {
    let wave =
        |at: u32, n: u32| (127.5 + 127.5 * (at as f32 * (n % 7 + 1) as f32 / 40.0 + n as f32).sin()) as u8;
    (0..count)
        .map(|n| RgbImage::from_fn(90, 80, |x, y| Rgb([wave(x, n), wave(y, n / 3), wave(x + y, n / 5)])))
        .collect()
}

/// The reference is f32 in plain Rust, so that each instruction set must agree with the same numbers.
#[test]
fn every_precision_of_every_instruction_set_gives_nearly_the_same_embeddings() {
    let bounds = [(Precision::F32, 0.99999), (Precision::Bf16, 0.9999), (Precision::Int8, 0.99)];
    for bundle in BUNDLES {
        let exact = embeddings(&start_on(Isa::Portable, bundle(), Precision::F32, 2));
        for (isa, (precision, least)) in
            Isa::available().into_iter().flat_map(|isa| bounds.map(|bound| (isa, bound)))
        {
            let encoder = start_on(isa, bundle(), precision, 2);
            for (ours, exact) in embeddings(&encoder).iter().zip(&exact) {
                let what = format!("{} {isa} {precision}", encoder.model_name());
                let cosine = exact.cosine(ours).unwrap();
                assert!(cosine > least, "{what}: {cosine}");
                let instances = exact.instance_embedding().zip(ours.instance_embedding());
                let cosine = instances.map_or(1.0, |(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum());
                assert!(cosine > least, "{what}, instance embedding: {cosine}");
            }
        }
    }
}

/// The embeddings of four pictures and of a text.
fn embeddings(encoder: &Encoder) -> Vec<Embedding> {
    let mut embeddings: Vec<_> = pictures(4).iter().map(|p| encoder.embed_image(p).unwrap()).collect();
    embeddings.push(encoder.embed_text("a red striped dress").unwrap());
    embeddings
}

#[test]
fn an_instruction_set_that_the_processor_lacks_is_an_error() {
    let foreign = if cfg!(target_arch = "aarch64") { Isa::Avx2 } else { Isa::Neon };
    let options = Options { isa: Some(foreign), ..Options::default() };
    let started = Encoder::start_with(BUNDLES[1](), &options);
    assert!(matches!(started, Err(Error::MissingIsa(isa)) if isa == foreign));
}

#[test]
fn threads_do_not_change_an_embedding() {
    for (isa, precision) in Isa::available().into_iter().flat_map(|isa| PRECISIONS.map(|p| (isa, p))) {
        let one = start_on(isa, BUNDLES[1](), precision, 1);
        let many = start_on(isa, BUNDLES[1](), precision, 5);
        for picture in pictures(3) {
            assert_eq!(one.embed_image(&picture).unwrap(), many.embed_image(&picture).unwrap());
        }
        assert_eq!(one.embed_text("blue jeans").unwrap(), many.embed_text("blue jeans").unwrap());
    }
}

fn packed_files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "packed")).collect()
}

#[test]
fn a_start_from_the_cache_gives_the_same_embeddings() {
    for bundle in BUNDLES {
        for precision in PRECISIONS {
            let folder = TempDir::new().unwrap();
            let picture = &pictures(1)[0];
            let cold = start(bundle(), precision, 1, Some(folder.path()));
            let files = packed_files(folder.path());
            assert_eq!(files.len(), 1);
            let written = fs::metadata(&files[0]).unwrap().modified().unwrap();
            let warm = start(bundle(), precision, 1, Some(folder.path()));
            assert_eq!(fs::metadata(&files[0]).unwrap().modified().unwrap(), written);
            assert_eq!(cold.embed_image(picture).unwrap(), warm.embed_image(picture).unwrap());
            assert_eq!(cold.embed_text("a hat").unwrap(), warm.embed_text("a hat").unwrap());
        }
    }
}

#[test]
fn a_damaged_cache_is_not_used_and_is_replaced() {
    let folder = TempDir::new().unwrap();
    let picture = &pictures(1)[0];
    let expected = start(BUNDLES[1](), Precision::Int8, 1, Some(folder.path())).embed_image(picture).unwrap();
    let file = packed_files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let mut turned = whole.clone();
    let middle = turned.len() / 2;
    turned[middle] ^= 1;
    for damaged in [&whole[..whole.len() - 1], &whole[..100], &[], &turned] {
        // Replaced, since a file that is mapped must not be cut.
        fs::remove_file(&file).unwrap();
        fs::write(&file, damaged).unwrap();
        let encoder = start(BUNDLES[1](), Precision::Int8, 1, Some(folder.path()));
        assert_eq!(encoder.embed_image(picture).unwrap(), expected);
        assert!(fs::read(&file).unwrap() == whole, "the cache is whole again");
    }
}

#[test]
fn the_cache_of_another_model_is_not_used() {
    let folder = TempDir::new().unwrap();
    drop(start(BUNDLES[1](), Precision::F32, 1, Some(folder.path())));
    let first = packed_files(folder.path()).remove(0);
    drop(start(BUNDLES[2](), Precision::F32, 1, Some(folder.path())));
    let second = packed_files(folder.path()).into_iter().find(|file| *file != first).unwrap();
    // Even under its name.
    fs::rename(&first, &second).unwrap();
    let encoder = start(BUNDLES[2](), Precision::F32, 1, Some(folder.path()));
    let expected = start(BUNDLES[2](), Precision::F32, 1, None).embed_text("a bag").unwrap();
    assert_eq!(encoder.embed_text("a bag").unwrap(), expected);
}

#[test]
fn a_cache_that_cannot_be_written_does_not_stop_the_encoder() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let encoder = start(BUNDLES[1](), Precision::F32, 1, Some(&file.path().join("in a file")));
    assert!(encoder.embed_text("a coat").is_ok());
}

#[test]
fn auto_is_f32_until_the_benchmark_chooses_another_precision() {
    let folder = TempDir::new().unwrap();
    let options = Options { cache: Some(folder.path().into()), ..Options::default() };
    let bundle = Bundle::starter().unwrap();
    let exact = start(Bundle::starter().unwrap(), Precision::F32, 1, None);
    let picture = &pictures(1)[0];
    let auto = Encoder::start_with(Bundle::starter().unwrap(), &options).unwrap();
    assert_eq!(auto.embed_image(picture).unwrap(), exact.embed_image(picture).unwrap());

    assert!(matches!(
        bundle.benchmark_precisions(&options, &pictures(3)),
        Err(Error::TooFewPictures { given: 3, .. })
    ));
    let benchmark = bundle.benchmark_precisions(&options, &pictures(60)).unwrap();
    let kept = PrecisionBenchmark::read(folder.path(), bundle.fingerprint()).unwrap();
    assert_eq!((kept.choice, kept.pictures), (benchmark.choice, 60));
    assert_eq!((benchmark.measured[0].precision, benchmark.measured[0].overlap), (Precision::F32, 1.0));
    let accepted: Vec<_> = benchmark.measured.iter().filter(|m| m.accepted).collect();
    let chosen = accepted.iter().position(|m| m.precision == benchmark.choice).unwrap();
    // A less exact precision may be faster and not be chosen, since it saves too little.
    assert!(accepted[..chosen].iter().all(|m| m.image_ms >= accepted[chosen].image_ms));

    let chosen = start(Bundle::starter().unwrap(), benchmark.choice, 1, None);
    let auto = Encoder::start_with(Bundle::starter().unwrap(), &options).unwrap();
    assert_eq!(auto.precision(), benchmark.choice);
    assert_eq!(auto.embed_image(picture).unwrap(), chosen.embed_image(picture).unwrap());
}
