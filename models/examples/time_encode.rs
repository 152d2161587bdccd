//! Times one job at a time on request, so that a script can take turns between us and a peer.
//!
//!     time_encode BUNDLE [PRECISION [THREADS [CACHE]]]
//!
//! Says on standard output how long the start took, in milliseconds. Then reads lines such as `image 8 3`
//! (three times a batch of eight prepared pictures), `text 1 5` or `file PATH 3` from standard input and
//! answers each with the milliseconds of every repetition, in JSON; with `cpu-` before the job, with the
//! milliseconds that all threads together were busy, which other programs on the machine hardly change.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use image::{Rgb, RgbImage};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Bundle, Encoder, Error, Options, Pixels};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let bundle = match arguments.first() {
        Some(dir) => Bundle::open(Path::new(dir))?,
        None => Bundle::starter()?,
    };
    let options = Options {
        precision: arguments.get(1).map_or(Ok(Default::default()), |name| name.parse())?,
        threads: arguments.get(2).map(|n| n.parse()).transpose()?,
        cache: arguments.get(3).map(Into::into),
        ..Options::default()
    };
    let start = Instant::now();
    let encoder = Encoder::start_with(bundle, &options)?;
    println!("{}", start.elapsed().as_secs_f64() * 1e3);
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
    let (clock, job): (fn() -> Result<f64, _>, _) = match job.strip_prefix("cpu-") {
        Some(job) => (cpu_time, job),
        None => (wall_time, job),
    };
    let pictures = if job == "image" { prepared(encoder, argument.parse()?) } else { Vec::new() };
    let start = clock()?;
    match job {
        "image" => images(encoder, pictures)?,
        "text" => drop(encoder.embed_text("a red striped dress")?),
        "file" => file(encoder, argument)?,
        unknown => return Err(format!("unknown job {unknown}").into()),
    }
    Ok((clock()? - start) * 1e3)
}

/// Seconds since the first call.
fn wall_time() -> Result<f64, Box<dyn std::error::Error>> {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Ok(START.elapsed().as_secs_f64())
}

fn file(encoder: &Encoder, path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = fs_err::read(path)?;
    let picture = decode(&bytes, &Limits::default(), Some(encoder.target_side()))?;
    encoder.embed_image(&picture)?;
    Ok(())
}

/// Pictures that wait for the model alone.
fn prepared(encoder: &Encoder, count: usize) -> Vec<Pixels> {
    let side = encoder.target_side();
    let picture = RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x ^ y) as u8]));
    (0..count).map(|_| encoder.bundle().preprocessing().pixels(&picture)).collect()
}

fn images(encoder: &Encoder, pixels: Vec<Pixels>) -> Result<(), Error> {
    let pending: Vec<_> = pixels.into_iter().map(|p| encoder.submit_pixels(p)).collect::<Result<_, _>>()?;
    pending.into_iter().try_for_each(|p| p.wait().map(drop))
}

/// Seconds that all threads of this process have been busy.
#[cfg(unix)]
fn cpu_time() -> Result<f64, Box<dyn std::error::Error>> {
    let busy = nix::time::ClockId::CLOCK_PROCESS_CPUTIME_ID.now()?;
    Ok(std::time::Duration::from(busy).as_secs_f64())
}

#[cfg(not(unix))]
fn cpu_time() -> Result<f64, Box<dyn std::error::Error>> {
    Err("this system's clock of a process is not asked here".into())
}
