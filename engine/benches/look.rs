//! Times looking at a picture, and the search for near-duplicates.
//!
//!     cargo bench -p knytt-engine --bench look
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to say")]
#![allow(missing_docs, reason = "criterion makes public items")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use knytt_engine::{Fingerprint, HashedPicture, Look, near_duplicates, offline};
use knytt_garments::{Category, Garment, View, render};
use knytt_models::Embedding;
use knytt_models::decode::{Limits, decode};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn looks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("look");
    for size in [128, 288, 480] {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let garment = Garment::random(Category::Dress, &mut rng);
        let picture = render(&garment, &View::wild(&mut rng), size);
        group.bench_with_input(BenchmarkId::new("from_pixels", size), &picture, |bencher, picture| {
            bencher.iter(|| Look::from_pixels(black_box(picture)));
        });
    }
    group.finish();
}

/// What each step costs on a drawn garment, or on the photograph that `KNYTT_PHOTO` names.
fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("look/steps");
    let picture = match std::env::var_os("KNYTT_PHOTO") {
        Some(path) => decode(&fs_err::read(path).unwrap(), &Limits::default(), None).unwrap(),
        None => {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let garment = Garment::random(Category::Dress, &mut rng);
            render(&garment, &View::wild(&mut rng), 336)
        }
    };
    for (name, step) in offline::steps(&picture).unwrap() {
        group.bench_function(name, |bencher| bencher.iter(&step));
    }
    group.finish();
}

fn duplicates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("near_duplicates");
    group.sample_size(10);
    let model = Fingerprint::of(&[b"the model of this bench"]);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for count in [5_000, 50_000] {
        let random = |rng: &mut ChaCha8Rng| (0..256).map(|_| rng.random_range(-1.0_f32..1.0)).collect();
        let pictures: Vec<(u64, Embedding)> = (0..count)
            .map(|_| (rng.random(), Embedding::new(random(&mut rng), model.clone()).unwrap()))
            .collect();
        let seen: Vec<_> =
            pictures.iter().map(|(hash, embedding)| HashedPicture { hash: *hash, embedding }).collect();
        group.bench_with_input(BenchmarkId::new("near_duplicates", count), &seen, |bencher, seen| {
            bencher.iter(|| near_duplicates(black_box(seen)));
        });
    }
    group.finish();
}

criterion_group!(benches, looks, steps, duplicates);
criterion_main!(benches);
