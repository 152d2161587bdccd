//! Measures a published model in its true shape, and compares it with what the reference computed.
//!
//!     true_shape PUBLISHED WORK PRECISION
//!
//! PUBLISHED is a folder that a script of `models/tests/golden` wrote with `--full`. WORK keeps the converted bundle and
//! its packed weights, so a second run shows a usual start. Prints one row: the milliseconds of the start, of a picture
//! alone and in a batch of eight, of a text (medians), the largest difference and the least cosine to the reference over
//! its pictures and texts, and the memory that is resident then and was at most, in megabytes.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use candle_core::{Device, Tensor, safetensors};
use fs_err as fs;
use knytt_models::convert::convert;
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Embedding, Encoder, Options, Pixels};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How often each job is timed.
const TIMES: usize = 5;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [published, work, precision] = &arguments[..] else {
        return Err("usage: true_shape PUBLISHED WORK PRECISION".into());
    };
    let (published, work) = (Path::new(published), Path::new(work));
    let bundle = work.join("bundle");
    if !bundle.exists() {
        fs::create_dir_all(work)?;
        convert(published, &bundle)?;
    }
    let options =
        Options { precision: precision.parse()?, cache: Some(work.join("cache")), ..Options::default() };
    let start = Instant::now();
    let encoder = Encoder::start_with(Bundle::open(&bundle)?, &options)?;
    let started = start.elapsed().as_secs_f64() * 1e3;
    let (worst, least) = compare(&encoder, &published.join("golden.safetensors"))?;
    let (alone, batch) = (median(|| images(&encoder, 1))?, median(|| images(&encoder, 8))? / 8.0);
    let text = match encoder.bundle().words() {
        Ok(_) => format!("{:.1}", median(|| words(&encoder))?),
        Err(_) => "none".to_owned(),
    };
    println!(
        "| precision | start | picture | of eight | text | largest difference | least cosine | resident, most |"
    );
    println!(
        "| {precision} | {started:.0} | {alone:.1} | {batch:.1} | {text} | {worst:.1e} | {least:.5} | {} |",
        memory()?
    );
    Ok(())
}

/// The largest difference of a value and the least cosine.
fn compare(encoder: &Encoder, golden: &Path) -> Outcome<(f32, f32)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let texts: Vec<String> = serde_json::from_slice(&fs::read(folder.join("texts.json"))?)?;
    let reference: HashMap<String, Tensor> = safetensors::load(golden, &Device::Cpu)?;
    let (mut worst, mut least) = (0f32, 1f32);
    for (name, theirs) in reference {
        let ours = match name.split_once('/') {
            Some(("image", file)) => picture(encoder, &folder.join("pictures").join(file))?,
            Some(("text", number)) => encoder.embed_text(&texts[number.parse::<usize>()?])?,
            _ => continue,
        };
        let theirs: Vec<f32> = theirs.flatten_all()?.to_vec1()?;
        let pairs = || ours.as_slice().iter().zip(&theirs);
        worst = pairs().map(|(a, b)| (a - b).abs()).fold(worst, f32::max);
        least = least.min(pairs().map(|(a, b)| a * b).sum());
    }
    Ok((worst, least))
}

fn picture(encoder: &Encoder, path: &Path) -> Outcome<Embedding> {
    let file = fs::read(path)?;
    let picture = match path.ends_with("rgba.png") {
        // The reference drops how transparent a pixel is.
        true => image::load_from_memory(&file)?.into_rgb8(),
        false => decode(&file, &Limits::default(), Some(encoder.target_side()))?,
    };
    Ok(encoder.embed_image(&picture)?)
}

fn images(encoder: &Encoder, count: usize) -> Outcome<()> {
    let side = encoder.target_side();
    let picture = image::RgbImage::from_fn(side, side, |x, y| {
        image::Rgb([(x * 7) as u8, (y * 5) as u8, (x ^ y) as u8])
    });
    let pixels: Pixels = encoder.bundle().preprocessing().pixels(&picture);
    let pending: Vec<_> =
        (0..count).map(|_| encoder.submit_pixels(pixels.clone())).collect::<Result<_, _>>()?;
    for picture in pending {
        picture.wait()?;
    }
    Ok(())
}

fn words(encoder: &Encoder) -> Outcome<()> {
    encoder.embed_text("a photo of a red dress")?;
    Ok(())
}

/// The median of the milliseconds of a job.
fn median(job: impl Fn() -> Outcome<()>) -> Outcome<f64> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        job()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[TIMES / 2])
}

/// What Linux says of this process: resident memory and the most of it, in megabytes.
fn memory() -> Outcome<String> {
    let status = fs::read_to_string("/proc/self/status")?;
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() * 1024 / 1_000_000
    };
    Ok(format!("{}, {}", of("VmRSS:"), of("VmHWM:")))
}
