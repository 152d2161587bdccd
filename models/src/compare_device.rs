//! Compares what a device computes with what the processor computes, and measures how fast it is.

use std::time::{Duration, Instant};

use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, in_candle};
use crate::config::TextReading;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::options::{Options, Precision};

/// A batch size is measured for at least so long, by the median of its passes.
const ENOUGH: Duration = Duration::from_secs(1);

/// Pictures in one pass of the processor.
const REFERENCE_BATCH: usize = 8;

/// Tokens of the text whose time is measured, about what a shopper types. SigLIP's texts all have as many as its
/// context.
const TEXT_TOKENS: usize = 12;

/// The least cosine that still counts as the same, in 32 and in 16 bits.
const AGREES: [f64; 2] = [0.9999, 0.999];

/// A device beside the processor's f32.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceComparison {
    /// Milliseconds until the device had the weights.
    pub load_ms: f64,
    /// Different pictures that were compared.
    pub pictures: usize,
    /// Pictures that the processor embeds in a second, in f32, in batches of eight.
    pub processor_images_per_second: f64,
    /// One entry for each batch size.
    pub batches: Vec<BatchComparison>,
    /// The least cosine of a text's embedding with the processor's; nothing if the model knows pictures only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_cosine: Option<f64>,
    /// Milliseconds of a text of twelve tokens, alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_ms: Option<f64>,
}

impl DeviceComparison {
    /// The least cosine of anything that was compared.
    pub fn least_cosine(&self) -> f64 {
        let images = self.batches.iter().flat_map(|batch| [Some(batch.cosine), batch.instance_cosine]);
        images.flatten().chain(self.text_cosine).fold(1.0, f64::min)
    }

    /// Whether the device computes what the processor does, as far as `precision` lets it.
    pub fn agrees(&self, precision: Precision) -> bool {
        self.least_cosine() >= AGREES[usize::from(precision == Precision::Bf16)]
    }
}

/// One batch size of a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchComparison {
    /// Pictures in one pass.
    pub batch: usize,
    /// Pictures that the device embeds in a second; pixels go to it and embeddings come back in that time.
    pub images_per_second: f64,
    /// The least cosine of an embedding with the processor's.
    pub cosine: f64,
    /// The same of instance embeddings; nothing if the model has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_cosine: Option<f64>,
}

impl Bundle {
    /// Embeds `pictures`, upright RGB, and `texts` on the device of `options` and on the processor, in f32 there.
    /// Batches larger than `pictures` repeat them. [`Device::Cpu`] stands for Candle's tensors on the processor, which
    /// CUDA and Metal compute too.
    ///
    /// # Errors
    /// [`Error::TooFewPictures`] without a picture; [`Error::Device`] or [`Error::DeviceFailed`] if the device is
    /// missing or fails: the processor does not take over here.
    pub fn compare_device(
        &self,
        options: &Options,
        pictures: &[RgbImage],
        texts: &[&str],
        batches: &[usize],
    ) -> Result<DeviceComparison> {
        self.compare_device_for(ENOUGH, options, pictures, texts, batches)
    }

    /// [`Self::compare_device`], each batch size for at least `enough`.
    pub(crate) fn compare_device_for(
        &self,
        enough: Duration,
        options: &Options,
        pictures: &[RgbImage],
        texts: &[&str],
        batches: &[usize],
    ) -> Result<DeviceComparison> {
        if pictures.is_empty() {
            return Err(Error::TooFewPictures { given: 0, least: 1 });
        }
        let pixels: Vec<Vec<f32>> = pictures.iter().map(|picture| self.normalised(picture)).collect();
        let start = Instant::now();
        let mut device = match options.device {
            Device::Cpu => self.load_plain(in_candle(options)?)?,
            _ => self.load(options)?,
        };
        let load_ms = start.elapsed().as_secs_f64() * 1e3;
        let mut processor = self.load_for_processor(Precision::F32, options)?;
        let (expected, processor_images_per_second) = self.reference(&mut processor, &pixels)?;
        let batches =
            batches.iter().map(|batch| self.batch(enough, &mut device, [&pixels, &expected], *batch));
        Ok(DeviceComparison {
            load_ms,
            pictures: pictures.len(),
            processor_images_per_second,
            batches: batches.collect::<Result<_>>()?,
            text_cosine: self.text_cosine([&mut device, &mut processor], texts)?,
            text_ms: self.text_ms(enough, &mut device)?,
        })
    }

    /// The processor's row for each picture, and how many it computes in a second.
    fn reference(&self, processor: &mut Model, pixels: &[Vec<f32>]) -> Result<(Vec<Vec<f32>>, f64)> {
        let (mut rows, start) = (Vec::new(), Instant::now());
        for batch in pixels.chunks(REFERENCE_BATCH) {
            rows.extend(processor.images(&batch.concat(), self.image_width())?);
        }
        Ok((rows, pixels.len() as f64 / start.elapsed().as_secs_f64()))
    }

    /// Measures one batch size. Every pass is compared, so that one that differs is seen.
    fn batch(
        &self,
        enough: Duration,
        device: &mut Model,
        [pixels, expected]: [&[Vec<f32>]; 2],
        batch: usize,
    ) -> Result<BatchComparison> {
        let input: Vec<f32> = pixels.iter().cycle().take(batch).flatten().copied().collect();
        let (mut cosine, mut instance_cosine) = (1.0, None);
        let seconds = median(
            enough,
            || device.images(&input, self.image_width()),
            |rows| self.least(&rows, expected, &mut cosine, &mut instance_cosine),
        )?;
        let images_per_second = batch as f64 / seconds;
        Ok(BatchComparison { batch, images_per_second, cosine, instance_cosine })
    }

    /// Lowers both cosines to the least of `rows` with the rows of the same pictures.
    fn least(&self, rows: &[Vec<f32>], expected: &[Vec<f32>], least: &mut f64, instances: &mut Option<f64>) {
        let dimension = self.dimension();
        for (row, expected) in rows.iter().zip(expected.iter().cycle()) {
            *least = least.min(cosine(&row[..dimension], &expected[..dimension]));
            if row.len() > dimension {
                let instance = cosine(&row[dimension..], &expected[dimension..]);
                *instances = Some(instances.map_or(instance, |least| least.min(instance)));
            }
        }
    }

    fn text_cosine(&self, models: [&mut Model; 2], texts: &[&str]) -> Result<Option<f64>> {
        let Ok(words) = self.words() else { return Ok(None) };
        let ids: Vec<Vec<u32>> = texts.iter().map(|text| words.ids(text)).collect::<Result<_>>()?;
        let [device, processor] = models;
        let (ours, theirs) =
            (device.texts(&ids, self.dimension())?, processor.texts(&ids, self.dimension())?);
        Ok(ours.iter().zip(&theirs).map(|(ours, theirs)| cosine(ours, theirs)).min_by(f64::total_cmp))
    }

    fn text_ms(&self, enough: Duration, device: &mut Model) -> Result<Option<f64>> {
        let (Ok(words), Some(text)) = (self.words(), &self.config().text_config) else { return Ok(None) };
        let mut ids = words.ids(&"red striped dress ".repeat(TEXT_TOKENS))?;
        if text.reading != TextReading::LastPosition && ids.len() > TEXT_TOKENS {
            // The end token stays: the tower reads its answer there.
            ids.drain(TEXT_TOKENS - 1..ids.len() - 1);
        }
        let texts = [ids];
        let seconds = median(enough, || device.texts(&texts, self.dimension()), drop)?;
        Ok(Some(seconds * 1e3))
    }
}

/// The median seconds of passes for so long, each of whose results `judge` sees. The first one loads kernels, and is
/// not timed.
fn median<T>(enough: Duration, mut pass: impl FnMut() -> Result<T>, mut judge: impl FnMut(T)) -> Result<f64> {
    judge(pass()?);
    let (mut times, start) = (Vec::new(), Instant::now());
    while times.is_empty() || start.elapsed() < enough {
        let begun = Instant::now();
        let result = pass()?;
        times.push(begun.elapsed().as_secs_f64());
        judge(result);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// Of vectors of any length. A value that is no number makes it −1, so that it is not overlooked.
fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    if cosine.is_nan() { -1.0 } else { cosine }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn pictures() -> Vec<RgbImage> {
        let picture = |n: u32| {
            RgbImage::from_fn(64, 48, |x, y| {
                image::Rgb([(x * n) as u8, (y * 5 + n * 40) as u8, (x ^ y) as u8])
            })
        };
        (1..4).map(picture).collect()
    }

    fn compare(bundle: &Bundle, precision: Precision, batches: &[usize]) -> DeviceComparison {
        let (options, texts) = (Options { precision, ..Options::default() }, ["a red dress", "shoes"]);
        bundle.compare_device_for(Duration::ZERO, &options, &pictures(), &texts, batches).unwrap()
    }

    #[test]
    fn candle_computes_what_the_processors_kernels_do_in_32_bits_and_almost_in_16() {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let small = ["quick-gelu", "gelu", "siglip"].map(|name| Bundle::open(&golden.join(name)).unwrap());
        let small = small.iter().map(|bundle| (bundle, &[1, 5][..]));
        // Large, and f16 is slow on a processor.
        let starter = Bundle::starter().unwrap();
        for (bundle, batches) in small.chain([(&starter, &[2][..])]) {
            for (precision, least) in [(Precision::F32, 0.99999), (Precision::Bf16, 0.999)] {
                let (compared, name) = (compare(bundle, precision, batches), bundle.name());
                assert_eq!(compared.batches.iter().map(|b| b.batch).collect::<Vec<_>>(), batches);
                for batch in &compared.batches {
                    let cosines = batch.instance_cosine.into_iter().chain(compared.text_cosine);
                    let worst = cosines.fold(batch.cosine, f64::min);
                    assert!(worst >= least && worst <= 1.0 + 1e-9, "{name} in {precision}: {worst}");
                }
                assert!(compared.agrees(precision) && compared.least_cosine() >= least);
                assert!(compared.text_ms.is_some_and(|ms| ms > 0.0));
                let differs = compared.batches[0].cosine < 1.0 - 1e-9;
                assert!(differs || precision == Precision::F32, "{name}: it computed in 32 bits");
            }
        }
    }

    #[test]
    fn eight_bits_are_refused_where_candle_computes() {
        let bundle = Bundle::starter().unwrap();
        let options = Options { precision: Precision::Int8, ..Options::default() };
        let refused = bundle.compare_device(&options, &pictures(), &[], &[1]).unwrap_err();
        assert!(refused.to_string().contains("not in eight bits"), "{refused}");
    }

    #[test]
    fn a_value_that_is_no_number_is_not_overlooked() {
        assert_eq!(cosine(&[f32::NAN, 1.0], &[1.0, 1.0]), -1.0);
        let batch =
            |cosine| BatchComparison { batch: 1, images_per_second: 1.0, cosine, instance_cosine: None };
        let mut compared = compare(&Bundle::starter().unwrap(), Precision::F32, &[]);
        compared.batches = vec![batch(1.0), batch(0.9995)];
        assert!(!compared.agrees(Precision::F32) && compared.agrees(Precision::Bf16));
        compared.batches.push(batch(cosine(&[f32::NAN], &[1.0])));
        assert!(!compared.agrees(Precision::Bf16));
        assert!((cosine(&[2.0, 0.0], &[3.0, 3.0]) - 0.5f64.sqrt()).abs() < 1e-9);
    }
}
