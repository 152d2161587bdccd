//! `knytt model compare`

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use fs_err as fs;
use image::RgbImage;
use knytt_models::decode::{Limits, decode};
use knytt_models::{BatchComparison, DeviceComparison, Error};
use serde::Serialize;

use super::model::pattern;
use crate::args::CompareArgs;
use crate::failure::Failure;
use crate::model::Location;
use crate::output::{self, Column};

/// Pictures that are drawn if none are given.
const DRAWN: u32 = 16;

const TEXTS: [&str; 4] = ["a red dress", "black leather boots with a buckle", "coffee", "glass jar, 500 ml"];

/// The JSON of `knytt model compare --json`.
#[derive(Serialize)]
struct Comparison {
    model: String,
    device: String,
    precision: knytt_models::Precision,
    agrees: bool,
    #[serde(flatten)]
    measured: DeviceComparison,
}

/// Compares a device with the processor, prints what came out, and fails if they do not agree.
///
/// # Errors
/// The bundle is none, the device is missing or fails, or it computes something else than the processor.
pub fn run(args: &CompareArgs) -> Result<()> {
    let bundle = Location::of(&args.bundle.bundle).open()?;
    let pictures = match &args.pictures {
        Some(folder) => photographs(folder, args.count, bundle.preprocessing().target_side())?,
        None => (0..DRAWN).map(|n| pattern(n * 17)).collect(),
    };
    let measured = bundle.compare_device(&args.bundle.options(), &pictures, &TEXTS, &args.batch);
    let measured = measured.map_err(|error| match error {
        Error::Device { .. } | Error::DeviceFailed { .. } => Failure::new(error.to_string())
            .hint("`--device cpu` compares Candle's tensors on the processor")
            .into(),
        other => anyhow::Error::from(other),
    })?;
    let worst = measured.least_cosine();
    let comparison = Comparison {
        model: bundle.name().into(),
        device: args.bundle.device.to_string(),
        precision: args.bundle.precision,
        agrees: measured.agrees(args.bundle.precision),
        measured,
    };
    if args.bundle.json {
        output::json(&comparison)?
    } else {
        output::text(&comparison.text()?)?
    }
    if comparison.agrees {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} does not compute what the processor does: cosine {worst:.6}",
        comparison.device
    ))
    .into())
}

/// The first `count` pictures of a folder, by name.
fn photographs(folder: &Path, count: usize, side: u32) -> Result<Vec<RgbImage>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    let decoded =
        files.iter().filter_map(|file| decode(&fs::read(file).ok()?, &Limits::default(), Some(side)).ok());
    let pictures: Vec<RgbImage> = decoded.take(count).collect();
    if pictures.is_empty() {
        return Err(Failure::new(format!("there is no picture in {}", folder.display())).into());
    }
    Ok(pictures)
}

impl Comparison {
    fn text(&self) -> Result<String> {
        let column = |head| Column { head, widest: 24, right: true };
        let columns = ["batch", "pictures/s", "cosine", "instance cosine"].map(column);
        let row = |b: &BatchComparison| {
            let instance = b.instance_cosine.map_or_else(String::new, |cosine| format!("{cosine:.7}"));
            vec![
                b.batch.to_string(),
                format!("{:.1}", b.images_per_second),
                format!("{:.7}", b.cosine),
                instance,
            ]
        };
        let rows: Vec<_> = self.measured.batches.iter().map(row).collect();
        let measured = &self.measured;
        let mut text =
            format!("{} on {} in {}, beside the processor in f32\n", self.model, self.device, self.precision);
        text.push_str(&output::table(&columns, &rows));
        if let Some(cosine) = measured.text_cosine {
            let ms = measured.text_ms.unwrap_or_default();
            writeln!(text, "texts: cosine {cosine:.7}; one of 12 tokens takes {ms:.2} ms")?;
        }
        writeln!(
            text,
            "the least of {} pictures and {} texts; loaded in {:.0} ms; the processor: {:.1} pictures/s in batches of 8",
            measured.pictures,
            if measured.text_cosine.is_some() { TEXTS.len() } else { 0 },
            measured.load_ms,
            measured.processor_images_per_second
        )?;
        Ok(text)
    }
}
