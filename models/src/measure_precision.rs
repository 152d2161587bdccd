//! Measures how fast each precision is on this machine, and how much of what f32 finds it finds as well.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Instant;

use image::RgbImage;

use crate::bundle::Bundle;
use crate::embedding::Embedding;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::options::{Options, Precision};
use crate::precision_benchmark::{Measured, PrecisionBenchmark};
use crate::weights::release_free_memory;

/// Nearest pictures that the overlap compares.
const TOP: usize = 10;

/// With fewer pictures the overlap says too little.
pub(crate) const FEWEST_PICTURES: usize = 50;

/// What is measured, the reference first.
const PRECISIONS: [Precision; 3] = [Precision::F32, Precision::Bf16, Precision::Int8];

/// Passes whose median is the time of a precision.
const PASSES: usize = 9;

/// Pictures that are embedded at once, as a build does it.
const BATCH: usize = 8;

/// Pictures that a measurement takes some at a time, upright RGB. What is kept compressed need not all be in memory.
pub trait Pictures {
    /// How many.
    fn count(&self) -> usize;

    /// The picture of this number, below [`count`](Self::count).
    fn picture(&self, number: usize) -> Cow<'_, RgbImage>;
}

impl<T: AsRef<[RgbImage]> + ?Sized> Pictures for T {
    fn count(&self) -> usize {
        self.as_ref().len()
    }

    fn picture(&self, number: usize) -> Cow<'_, RgbImage> {
        Cow::Borrowed(&self.as_ref()[number])
    }
}

impl Precision {
    /// The mean overlap of the ten nearest with those of f32 that a bundle must reach in this precision.
    fn least_overlap(self) -> f64 {
        match self {
            Self::Auto | Self::F32 => 0.0,
            Self::Bf16 => 0.99,
            Self::Int8 => 0.97,
        }
    }

    /// The largest share of the time of what is more exact that a pass may take in this precision, so that its loss is
    /// worth it: a few in a hundred other neighbours by eight bits should save a quarter.
    fn largest_share_of_time(self) -> f64 {
        match self {
            Self::Auto | Self::F32 => 1.0,
            Self::Bf16 => 0.95,
            Self::Int8 => 0.75,
        }
    }
}

impl Bundle {
    /// Measures every precision on `pictures`, upright RGB, and keeps the outcome in the cache folder of
    /// `options`, if there is one, for [`Precision::Auto`]. Takes as long as embedding the pictures thrice.
    ///
    /// The pictures should be what the bundle is used for: photographs of a catalogue, some hundreds.
    ///
    /// # Errors
    /// [`Error::TooFewPictures`] below fifty; [`Error::Weights`] if the bundle does not load;
    /// [`Error::Cache`] if the outcome cannot be written.
    pub fn benchmark_precisions(
        &self,
        options: &Options,
        pictures: &(impl Pictures + ?Sized),
    ) -> Result<PrecisionBenchmark> {
        self.benchmark_precisions_with(options, pictures, &|_, _| ControlFlow::Continue(()))
    }

    /// The same, and tells `report` after each picture how many of how many passes through the model are done. It
    /// stops when `report` says so, and keeps nothing then.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if it was stopped; else as [`Self::benchmark_precisions`].
    pub fn benchmark_precisions_with(
        &self,
        options: &Options,
        pictures: &(impl Pictures + ?Sized),
        report: &dyn Fn(usize, usize) -> ControlFlow<()>,
    ) -> Result<PrecisionBenchmark> {
        let count = pictures.count();
        if count < FEWEST_PICTURES {
            return Err(Error::TooFewPictures { given: count, least: FEWEST_PICTURES });
        }
        let mut reference = Vec::new();
        let mut measured = Vec::new();
        let mut passes = Passes { done: 0, of: PRECISIONS.len() * (PASSES + count), report };
        for precision in PRECISIONS {
            // One model's weights at a time: what the last one had is not kept for later.
            release_free_memory();
            let mut model = self.load_for_processor(precision, options)?;
            let image_ms = self.image_ms(&mut model, &pictures.picture(0), &mut passes)?;
            let nearest = nearest(&self.embed(&mut model, pictures, &mut passes)?);
            if precision == Precision::F32 {
                reference.clone_from(&nearest);
            }
            let overlap = overlap(&reference, &nearest);
            let accepted = overlap >= precision.least_overlap();
            measured.push(Measured { precision, image_ms, overlap, accepted });
        }
        let choice = choice(&measured);
        let benchmark = PrecisionBenchmark { choice, pictures: count, measured };
        if let Some(folder) = &options.cache {
            benchmark
                .write(&PrecisionBenchmark::file(folder, self.fingerprint(), options.isa()?))
                .map_err(Error::Cache)?;
        }
        Ok(benchmark)
    }

    fn embed(
        &self,
        model: &mut Model,
        pictures: &(impl Pictures + ?Sized),
        passes: &mut Passes<'_>,
    ) -> Result<Vec<Embedding>> {
        let count = pictures.count();
        let mut embeddings = Vec::with_capacity(count);
        for first in (0..count).step_by(BATCH) {
            let batch = first..count.min(first + BATCH);
            let pixels: Vec<f32> = batch.flat_map(|n| self.normalised(&pictures.picture(n))).collect();
            for mut row in model.images(&pixels, self.image_width())? {
                passes.one()?;
                row.truncate(self.dimension());
                embeddings.push(Embedding::new(row, self.fingerprint().clone())?);
            }
        }
        Ok(embeddings)
    }

    fn image_ms(&self, model: &mut Model, picture: &RgbImage, passes: &mut Passes<'_>) -> Result<f64> {
        let pixels = self.normalised(picture);
        let mut times = Vec::with_capacity(PASSES);
        for _ in 0..PASSES {
            let start = Instant::now();
            model.images(&pixels, self.image_width())?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            passes.one()?;
        }
        times.sort_by(f64::total_cmp);
        Ok(times[PASSES / 2])
    }

    /// `[3, height, width]`, as the image tower takes it.
    pub(crate) fn normalised(&self, picture: &RgbImage) -> Vec<f32> {
        let mut pixels = Vec::new();
        self.preprocessing().normalise_into(&self.preprocessing().pixels(picture), &mut pixels);
        pixels
    }
}

/// The least exact of the accepted precisions that saves enough time; `measured` from exact to less exact.
fn choice(measured: &[Measured]) -> Precision {
    let (mut choice, mut ms) = (Precision::F32, f64::INFINITY);
    for one in measured.iter().filter(|one| one.accepted) {
        if one.image_ms <= one.precision.largest_share_of_time() * ms {
            (choice, ms) = (one.precision, one.image_ms);
        }
    }
    choice
}

/// Counts passes through the model, and hears whether to go on.
struct Passes<'p> {
    done: usize,
    of: usize,
    report: &'p dyn Fn(usize, usize) -> ControlFlow<()>,
}

impl Passes<'_> {
    fn one(&mut self) -> Result<()> {
        self.done += 1;
        match (self.report)(self.done, self.of) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}

/// Of each embedding the places of the ten others nearest to it, by exact search.
fn nearest(embeddings: &[Embedding]) -> Vec<Vec<usize>> {
    let cosine = |a: &Embedding, b: &Embedding| -> f32 {
        a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| a * b).sum()
    };
    let of_one = |query: usize| {
        let others = (0..embeddings.len()).filter(|n| *n != query);
        let mut scored: Vec<(f32, usize)> =
            others.map(|n| (cosine(&embeddings[query], &embeddings[n]), n)).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.into_iter().take(TOP).map(|(_, n)| n).collect()
    };
    (0..embeddings.len()).map(of_one).collect()
}

/// The mean share of `expected` that is in `found`.
fn overlap(expected: &[Vec<usize>], found: &[Vec<usize>]) -> f64 {
    let shares = expected.iter().zip(found).map(|(expected, found)| {
        expected.iter().filter(|n| found.contains(n)).count() as f64 / expected.len() as f64
    });
    shares.sum::<f64>() / expected.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

    #[test]
    fn overlap_counts_what_both_found_in_any_order() {
        let expected = [vec![1, 2, 3, 4], vec![0, 2, 3, 4]];
        assert_eq!(overlap(&expected, &expected), 1.0);
        assert_eq!(overlap(&expected, &[vec![4, 3, 2, 9], vec![4, 3, 2, 0]]), 0.875);
    }

    #[test]
    fn a_less_exact_precision_is_chosen_if_it_is_accepted_and_saves_enough() {
        let measured = |bf16_ms, int8_ms, int8_accepted| {
            let one =
                |precision, image_ms, accepted| Measured { precision, image_ms, overlap: 1.0, accepted };
            [
                one(Precision::F32, 10.0, true),
                one(Precision::Bf16, bf16_ms, true),
                one(Precision::Int8, int8_ms, int8_accepted),
            ]
        };
        assert_eq!(choice(&measured(8.0, 5.9, true)), Precision::Int8);
        assert_eq!(choice(&measured(8.0, 5.9, false)), Precision::Bf16);
        assert_eq!(choice(&measured(8.0, 7.0, true)), Precision::Bf16);
        assert_eq!(choice(&measured(9.9, 7.4, true)), Precision::Int8, "measured against f32");
        assert_eq!(choice(&measured(9.9, 8.0, true)), Precision::F32);
    }

    #[test]
    fn a_picture_is_not_its_own_neighbour() {
        let space = Fingerprint::of(&[b"test"]);
        let embeddings: Vec<Embedding> = (0..20)
            .map(|n| Embedding::new(vec![(n as f32).cos(), (n as f32).sin()], space.clone()).unwrap())
            .collect();
        for (n, nearest) in nearest(&embeddings).iter().enumerate() {
            assert_eq!(nearest.len(), TOP);
            assert!(!nearest.contains(&n));
        }
    }
}
