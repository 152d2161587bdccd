//! How fast a GPU runs a bundle: in f32, with weights in f16, and in f16.
//!
//!     cargo run --release -p knytt-models --features wgpu --example time_gpu -- BUNDLE DEVICE BATCH…
//!
//! BUNDLE is a folder or `starter`, DEVICE `gpu` or `gpu:N`. Every pass is compared with what the processor's kernels
//! compute in f32; where they do not agree, the program fails and prints no time of that precision. `cargo xtask bench
//! --gpu` makes a table of its lines: `#` and what was run, or a precision, the batch or `text` (one of 12 tokens), and
//! the milliseconds of a pass (the median), with tabs between them. Pixels go to the GPU and embeddings come back in
//! that time.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use image::{Rgb, RgbImage};
use knytt_models::{Adapter, Bundle, Device, DeviceComparison, Options, Precision};

/// Different pictures in a batch; larger batches repeat them.
const PICTURES: u32 = 16;

const TEXTS: [&str; 4] = ["a red dress", "black leather boots with a buckle", "coffee", "glass jar, 500 ml"];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bundle, device, batches @ ..] = &arguments[..] else {
        return Err("usage: time_gpu BUNDLE DEVICE BATCH…".into());
    };
    let batches = batches.iter().map(|batch| batch.parse()).collect::<Result<Vec<usize>, _>>()?;
    let Device::Gpu(number) = device.parse()? else {
        return Err(format!("{device} is no GPU: ask for gpu or gpu:N").into());
    };
    let adapter = Adapter::find(number)?;
    let bundle = match bundle.as_str() {
        "starter" => Bundle::starter()?,
        folder => Bundle::open(Path::new(folder))?,
    };
    println!("# {adapter}; {}", adapter.driver);
    let pictures: Vec<RgbImage> = (0..PICTURES).map(picture).collect();
    let options = Options { device: Device::Gpu(number), ..Options::default() };
    let in_16_bits = Options { precision: Precision::Bf16, ..options.clone() };
    let mut ways = vec![
        ("f32", Options { precision: Precision::F32, ..options }),
        ("f16 weights", Options { f16_weights_alone: true, ..in_16_bits.clone() }),
    ];
    match adapter.has_f16 {
        true => ways.push(("f16", in_16_bits)),
        false => println!("# it does not calculate in f16"),
    }
    for (name, options) in ways {
        let measured = bundle.compare_device(&options, &pictures, &TEXTS, &batches)?;
        report(name, &options, &measured)?;
    }
    Ok(())
}

/// # Errors
/// The device computes something else than the processor.
fn report(name: &str, options: &Options, measured: &DeviceComparison) -> Result<(), String> {
    let (cosine, device) = (measured.least_cosine(), options.device);
    if !measured.agrees(options.precision) {
        return Err(format!(
            "{device} in {name} does not compute what the processor does: cosine {cosine:.6}"
        ));
    }
    println!(
        "# {name}: loaded in {:.0} ms; the least cosine with the processor's f32 is {cosine:.7} (the processor: {:.1} \
         pictures/s)",
        measured.load_ms, measured.processor_images_per_second
    );
    for one in &measured.batches {
        println!("{name}\t{}\t{:.4}", one.batch, 1e3 * one.batch as f64 / one.images_per_second);
    }
    if let Some(ms) = measured.text_ms {
        println!("{name}\ttext\t{ms:.4}");
    }
    Ok(())
}

/// Soft colours with edges, another one for each number.
fn picture(n: u32) -> RgbImage {
    let edge = |x: u32, y: u32| if (x / (8 + n) + y / 24).is_multiple_of(2) { 200 } else { 40 };
    RgbImage::from_fn(256, 320, |x, y| Rgb([(x + 15 * n) as u8, edge(x, y), (y * n) as u8]))
}
