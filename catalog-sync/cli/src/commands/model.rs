//! `knytt model info | verify | prove`

use std::fmt::Write as _;
use std::time::Instant;

use anyhow::Result;
use image::{Rgb, RgbImage};
use knytt_engine::SearchSession;
use knytt_models::{Bundle, Embedding, Measured, Precision, PrecisionBenchmark, VisionConfig};
use serde::Serialize;

use crate::args::{BundleArgs, ProveArgs};
use crate::catalog;
use crate::failure::Failure;
use crate::model::{Location, of_catalog, start};
use crate::output::{self, bytes, number};

/// The JSON of `knytt model info --json`; see docs/json.md. Names here are a promise.
#[derive(Serialize)]
struct Description {
    name: String,
    fingerprint: String,
    dimension: usize,
    image_tower: &'static str,
    image_side: u32,
    tensors: usize,
    parameters: usize,
    weights_bytes: usize,
    stored_as: Vec<String>,
    config: knytt_models::Config,
}

/// The JSON of `knytt model verify --json`.
#[derive(Serialize)]
struct Verification {
    #[serde(flatten)]
    description: Description,
    device: String,
    precision: Precision,
    load_ms: f64,
    image_ms: f64,
    /// Absent if the model knows pictures only.
    #[serde(skip_serializing_if = "Option::is_none")]
    text_ms: Option<f64>,
    /// Of a batch of two against one alone.
    batch_max_difference: f32,
}

/// Prints what a bundle is.
///
/// # Errors
/// It is not there, or is no bundle.
pub fn info(args: &BundleArgs) -> Result<()> {
    let description = Description::of(&Location::of(&args.bundle).open()?)?;
    if args.json { output::json(&description) } else { output::text(&description.text()?) }
}

/// Loads a bundle, runs it once, and prints what came out.
///
/// # Errors
/// A tensor is missing or has another shape, the device is missing, or what comes out is no embedding.
pub fn verify(args: &BundleArgs) -> Result<()> {
    let bundle = Location::of(&args.bundle).open()?;
    let description = Description::of(&bundle)?;
    let (encoder, load_ms) = timed(|| start(bundle, &args.options()))?;
    let (picture, other) = (pattern(0), pattern(90));
    let (alone, image_ms) = timed(|| Ok(encoder.embed_image(&picture)?))?;
    let text_ms = match encoder.embeds_words() {
        true => Some(timed(|| Ok(encoder.embed_text("a red dress")?))?.1),
        false => None,
    };
    let pending = [&picture, &other].map(|picture| encoder.submit_image(picture));
    let [batched, _] = pending.map(|pending| pending.and_then(knytt_models::Pending::wait));
    let verification = Verification {
        description,
        device: args.device.to_string(),
        precision: encoder.precision(),
        load_ms,
        image_ms,
        text_ms,
        batch_max_difference: max_difference(&alone, &batched?),
    };
    if args.json { output::json(&verification) } else { output::text(&verification.text()?) }
}

/// Measures each precision with a catalogue's pictures, prints what came out and keeps it for this machine.
///
/// # Errors
/// The catalogue or its model is not there, it has too few pictures, or nothing can be kept.
pub fn prove(args: &ProveArgs) -> Result<()> {
    let catalog = catalog::open(&args.catalog)?;
    let options = args.options();
    let encoder = of_catalog(&catalog, &args.catalog, args.model.as_deref(), &options)?;
    let session = SearchSession::new(catalog, encoder).map_err(catalog::explain)?;
    let proof = session.benchmark_precisions(&options).map_err(catalog::explain)?.ok_or_else(|| {
        Failure::new("the catalogue has too few pictures to tell precisions apart").hint("it takes fifty")
    })?;
    if args.json { output::json(&proof) } else { output::text(&table(&proof)?) }
}

fn table(proof: &PrecisionBenchmark) -> Result<String> {
    let mut text = String::new();
    for Measured { precision, image_ms, overlap, accepted } in &proof.measured {
        let verdict = match (*precision == proof.choice, accepted) {
            (true, _) => "chosen",
            (false, true) => "finds the same",
            (false, false) => "finds too much else",
        };
        let precision = precision.to_string();
        writeln!(
            text,
            "{precision:<5} {image_ms:>8.2} ms a picture, {overlap:.3} of the ten nearest are those of f32: {verdict}"
        )?;
    }
    writeln!(
        text,
        "measured with {} pictures; --precision auto takes {} from now on",
        proof.pictures, proof.choice
    )?;
    Ok(text)
}

fn timed<T>(run: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    let started = Instant::now();
    let value = run()?;
    Ok((value, started.elapsed().as_secs_f64() * 1e3))
}

/// Any picture with edges and colours.
pub(super) fn pattern(shift: u32) -> RgbImage {
    RgbImage::from_fn(320, 240, |x, y| {
        let x = x + shift;
        if (x / 40 + y / 40).is_multiple_of(2) {
            Rgb([220, (x % 256) as u8, 40])
        } else {
            Rgb([20, 60, (y % 256) as u8])
        }
    })
}

fn max_difference(a: &Embedding, b: &Embedding) -> f32 {
    a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

impl Description {
    fn of(bundle: &Bundle) -> Result<Self> {
        let weights = bundle.weights_summary()?;
        Ok(Self {
            name: bundle.name().into(),
            fingerprint: bundle.fingerprint().as_str().into(),
            dimension: bundle.dimension(),
            image_tower: match bundle.config().vision_config {
                VisionConfig::Towers(_) => "several, side by side",
                VisionConfig::ResNet(_) => "residual network",
                VisionConfig::EfficientNet(_) => "EfficientNet-Lite",
                VisionConfig::ViT(_) => "vision transformer",
            },
            image_side: bundle.preprocessing().target_side(),
            tensors: weights.tensors,
            parameters: weights.parameters,
            weights_bytes: weights.file_bytes,
            stored_as: weights.stored_as,
            config: bundle.config().clone(),
        })
    }

    fn text(&self) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "{}", self.name)?;
        writeln!(text, "fingerprint  {}", self.fingerprint)?;
        writeln!(text, "image tower  {}, {} px", self.image_tower, self.image_side)?;
        if self.config.text_config.is_none() {
            writeln!(text, "text tower   none: it knows pictures only, and words are searched in the texts")?;
        }
        writeln!(text, "embedding    {} dimensions", self.dimension)?;
        let (parameters, size) = (number(self.parameters as u64), bytes(self.weights_bytes as u64));
        writeln!(
            text,
            "weights      {parameters} parameters in {} tensors, {size}, {}",
            self.tensors,
            self.stored_as.join(", ")
        )?;
        Ok(text)
    }
}

impl Verification {
    fn text(&self) -> Result<String> {
        let mut text = self.description.text()?;
        writeln!(
            text,
            "loaded       on {} in {}, in {:.0} ms, every tensor there and of its shape",
            self.device, self.precision, self.load_ms
        )?;
        let of_text = self.text_ms.map_or_else(String::new, |ms| format!(", one text in {ms:.1} ms"));
        writeln!(text, "ran          one picture in {:.1} ms{of_text}", self.image_ms)?;
        writeln!(
            text,
            "batches      differ from one picture alone by {:.1e} at most",
            self.batch_max_difference
        )?;
        Ok(text)
    }
}
