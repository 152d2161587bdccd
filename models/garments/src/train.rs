//! Training pictures with captions.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use fs_err::File;
use knytt_garments::{Category, Garment, View, render};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

/// Pictures drawn before they are written: bounds the memory.
const BATCH: usize = 1024;

/// One line of `captions.jsonl`.
#[derive(Serialize)]
pub(crate) struct TrainLine {
    category: &'static str,
    color: &'static str,
    colors: Vec<&'static str>,
    pattern: &'static str,
    fabric: &'static str,
    caption: String,
    label: Option<&'static str>,
}

/// Writes `images.bin` (u8, `[count, size, size, 3]`, RGB) and `captions.jsonl` to `out`.
pub(crate) fn write(count: usize, seed: u64, size: u32, out: &Path) -> anyhow::Result<()> {
    let mut set = TrainingSet::create(out)?;
    for start in (0..count).step_by(BATCH) {
        let batch: Vec<_> = (start..count.min(start + BATCH))
            .into_par_iter()
            .map(|index| picture(index as u64, seed, size))
            .collect();
        batch.iter().try_for_each(|(pixels, line)| set.add(pixels, line))?;
    }
    set.finish()
}

/// A folder of training pictures: `images.bin` (u8, `[count, size, size, 3]`, RGB) and a line for each in
/// `captions.jsonl`.
pub(crate) struct TrainingSet {
    images: BufWriter<File>,
    captions: BufWriter<File>,
}

impl TrainingSet {
    pub(crate) fn create(out: &Path) -> anyhow::Result<Self> {
        fs_err::create_dir_all(out)?;
        let file = |name: &str| File::create(out.join(name)).map(BufWriter::new);
        Ok(Self { images: file("images.bin")?, captions: file("captions.jsonl")? })
    }

    pub(crate) fn add(&mut self, pixels: &[u8], line: &impl Serialize) -> anyhow::Result<()> {
        self.images.write_all(pixels)?;
        serde_json::to_writer(&mut self.captions, line).context("cannot write a caption")?;
        Ok(self.captions.write_all(b"\n")?)
    }

    /// What is not on its way to the disk yet is written; without this, a failure would go unseen.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.images.flush()?;
        Ok(self.captions.flush()?)
    }
}

impl TrainLine {
    /// What there is to say of `garment`.
    pub(crate) fn from_garment(garment: &Garment, rng: &mut ChaCha8Rng) -> Self {
        let caption = garment.caption(rng);
        let mut colors: Vec<_> = garment.shown_colours().iter().map(|c| c.name.name()).collect();
        colors.dedup();
        Self {
            category: garment.category.name(),
            color: garment.colours[0].name.name(),
            colors,
            pattern: garment.pattern.name(),
            fabric: garment.fabric.name(),
            caption,
            label: garment.category.label(),
        }
    }
}

fn picture(index: u64, seed: u64, size: u32) -> (Vec<u8>, TrainLine) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // A stream per picture: the same picture whatever the number of threads.
    rng.set_stream(index);
    let category = weighted(&mut rng);
    let garment = Garment::random(category, &mut rng);
    let view = if rng.random_bool(0.15) { View::studio_varied(&mut rng) } else { View::wild(&mut rng) };
    let line = TrainLine::from_garment(&garment, &mut rng);
    let pixels = render(&garment, &view, size).into_raw();
    (pixels, line)
}

/// Categories that have a label are twice as likely as accessories.
fn weighted(rng: &mut ChaCha8Rng) -> Category {
    loop {
        let category = Category::ALL[rng.random_range(0..Category::ALL.len())];
        if category.label().is_some() || rng.random_bool(0.5) {
            return category;
        }
    }
}
