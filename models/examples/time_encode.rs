//! Times one job at a time on request, so that a script can take turns between us and a peer.
//!
//!     time_encode BUNDLE
//!
//! Reads lines such as `image 8 3` (three times a batch of eight), `text 1 5` or `file PATH 3` from
//! standard input and answers each with the milliseconds of every repetition, in JSON.

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use image::{Rgb, RgbImage};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Device, Encoder, Error};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bundle = match std::env::args().nth(1) {
        Some(dir) => Bundle::open(Path::new(&dir))?,
        None => Bundle::starter()?,
    };
    let encoder = Encoder::start(bundle, Device::Cpu)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [job, argument, repetitions] = words[..] else {
            return Err(format!("not a job: {line}").into());
        };
        let times = (0..repetitions.parse()?)
            .map(|_| time(&encoder, job, argument))
            .collect::<Result<Vec<f64>, _>>()?;
        println!("{}", serde_json::to_string(&times)?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// One repetition, in milliseconds.
fn time(encoder: &Encoder, job: &str, argument: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let start = Instant::now();
    match job {
        "image" => images(encoder, argument.parse()?)?,
        "text" => drop(encoder.embed_text("a red striped dress")?),
        "file" => {
            let bytes = std::fs::read(argument)?;
            let picture = decode(&bytes, &Limits::default(), Some(encoder.target_side()))?;
            encoder.embed_image(&picture)?;
        }
        unknown => return Err(format!("unknown job {unknown}").into()),
    }
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

/// The model alone: the picture already has the model's size.
fn images(encoder: &Encoder, count: usize) -> Result<(), Error> {
    let side = encoder.target_side();
    let picture = RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x ^ y) as u8]));
    let pending: Vec<_> = (0..count).map(|_| encoder.submit_image(&picture)).collect::<Result<_, _>>()?;
    pending.into_iter().try_for_each(|p| p.wait().map(drop))
}
