//! The kernels against plain Rust, and what happens when a device fails. They run on any adapter, software
//! too; `KNYTT_GPU` is the number of the one to use.

mod faults;
mod kernels;
mod model;
mod reference;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::gpu::Gpu;
use crate::options::Options;
use crate::precision::Precision;

/// The adapter that tests run on.
fn options(precision: Precision) -> Options {
    let number = std::env::var("KNYTT_GPU").ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    Options { adapter: Some(number), precision, pipeline_cache: None }
}

fn gpu(precision: Precision) -> Gpu {
    Gpu::open(&options(precision))
        .unwrap_or_else(|e| panic!("tests need an adapter, Mesa's lavapipe will do: {e}"))
}

/// All that the adapter can do.
fn precisions() -> Vec<Precision> {
    let has_f16 =
        crate::adapters().iter().any(|a| Some(a.number) == options(Precision::F32).adapter && a.has_f16);
    let all = [Precision::F32, Precision::F16Weights, Precision::F16];
    all.into_iter().filter(|&precision| precision != Precision::F16 || has_f16).collect()
}

/// Values between -1 and 1.
fn random(seed: u64, count: usize) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
}
