//! How fast an adapter runs CLIP ViT-B/32 (random weights in the true shape):
//!
//!     cargo run --release -p knytt-gpu --example throughput -- [ADAPTER [PRECISION [BATCH…]]]
//!
//! Without arguments it lists the adapters. `PRECISION` is f32, f16-weights or f16; batches are 1, 8, 64 and
//! 256 unless told otherwise. Times include bringing the pixels there and the embeddings back.

use std::time::{Duration, Instant};

use knytt_gpu::{
    Activation, Clip, ImageShape, Options, Precision, Shape, TextReading, TextShape, TransformerShape,
    ViTKind, adapters,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Each figure is the median of runs for at least so long.
const ENOUGH: Duration = Duration::from_secs(3);

fn vit_b_32() -> Shape {
    let transformer = |hidden, heads| TransformerShape {
        hidden,
        inner: 4 * hidden,
        layers: 12,
        heads,
        activation: Activation::QuickGelu,
        epsilon: 1e-5,
    };
    Shape {
        dimension: 512,
        image_size: 224,
        image: ImageShape::Patches { kind: ViTKind::Clip, patch: 32, transformer: transformer(768, 12) },
        text: Some(TextShape {
            reading: TextReading::EndToken,
            vocabulary: 49408,
            positions: 77,
            transformer: transformer(512, 8),
        }),
    }
}

fn tensor(name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let mut random = ChaCha8Rng::seed_from_u64(name.len() as u64);
    let middle = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
    Ok((0..shape.iter().product()).map(|_| middle + random.random_range(-0.035..0.035)).collect())
}

/// The median time of `work`.
fn median(mut work: impl FnMut() -> knytt_gpu::Result<()>) -> knytt_gpu::Result<Duration> {
    work()?;
    let (mut times, start) = (Vec::new(), Instant::now());
    while start.elapsed() < ENOUGH {
        let begun = Instant::now();
        work()?;
        times.push(begun.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(number) = arguments.next() else {
        adapters().iter().for_each(|adapter| println!("{adapter}; {}", adapter.driver));
        return Ok(());
    };
    let precision = match arguments.next().as_deref() {
        None | Some("f32") => Precision::F32,
        Some("f16-weights") => Precision::F16Weights,
        Some("f16") => Precision::F16,
        Some(other) => return Err(format!("unknown precision {other}").into()),
    };
    let batches: Vec<usize> = arguments.map(|batch| batch.parse()).collect::<Result<_, _>>()?;
    let batches = if batches.is_empty() { vec![1, 8, 64, 256] } else { batches };

    let options = Options { adapter: Some(number.parse()?), precision, ..Options::default() };
    let begun = Instant::now();
    let mut clip = Clip::open(vit_b_32(), &tensor, &options)?;
    println!("{}, {precision:?}: opened in {:.1?}", clip.adapter(), begun.elapsed());
    for batch in batches {
        let pixels = vec![0.1; batch * 3 * 224 * 224];
        let time = median(|| clip.encode_images(&pixels).map(drop))?;
        let per_second = batch as f64 / time.as_secs_f64();
        println!("images, batch {batch}: {:.2} ms, {per_second:.1} images/s", 1e3 * time.as_secs_f64());
    }
    let text: Vec<u32> = (0..12).map(|n| 320 + n).collect();
    let time = median(|| clip.encode_texts(&[&text]).map(drop))?;
    println!("text, 12 tokens, batch 1: {:.2} ms", 1e3 * time.as_secs_f64());
    Ok(())
}
