//! Pixels as the model was trained on them: what `preprocessor_config.json` says, as Hugging Face's
//! `CLIPImageProcessor` does it with Pillow.

mod resample;

use image::RgbImage;
use serde::{Deserialize, Serialize};

pub use self::resample::Kernel;
use self::resample::Window;
use crate::error::{Error, Result};

const FILE: &str = "preprocessor_config.json";

/// A bundle's preprocessing, checked and in one form. Serialised, it is part of the fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preprocessing {
    resize: Resize,
    kernel: Kernel,
    /// Width and height of the centre crop.
    crop: (u32, u32),
    /// Left out where it is transformers', so that the fingerprints of those bundles stay.
    #[serde(skip_serializing_if = "CropRounding::is_down")]
    crop_rounding: CropRounding,
    rescale: f64,
    mean: [f32; 3],
    std: [f32; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Resize {
    /// The shorter side becomes this long, the other one in proportion.
    ShortestEdge(u32),
    /// Width and height, whatever the proportion was.
    Exact(u32, u32),
}

/// Where a crop begins if an odd number of pixels is to be cut away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CropRounding {
    /// One pixel less before it than after it, as transformers has it.
    #[default]
    Down,
    /// At the even one of the two pixels beside the middle, as torchvision and so open_clip have it.
    HalfEven,
}

/// A picture at the model's size, still in bytes: `[height, width, 3]`, RGB.
///
/// Four times smaller than the floats that the model reads, so this is what waits in queues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    bytes: Vec<u8>,
}

impl Preprocessing {
    /// Reads `preprocessor_config.json`.
    ///
    /// # Errors
    /// [`Error::Config`] if it is not JSON, lacks a step that CLIP needs, or asks for one that is not
    /// done here: what is skipped silently would put the picture somewhere else.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let file: File = serde_json::from_slice(json).map_err(|e| invalid(e.to_string()))?;
        if !file.do_resize {
            return Err(invalid("do_resize must be true"));
        }
        let resize = file.size.resize();
        let crop = match file.do_center_crop {
            true => file.crop_size.unwrap_or(file.size).rectangle(),
            false => match resize {
                Resize::Exact(width, height) => (width, height),
                Resize::ShortestEdge(_) => {
                    return Err(invalid("without do_center_crop, size needs a width and a height"));
                }
            },
        };
        let this = Self {
            resize,
            kernel: kernel(file.resample)?,
            crop,
            crop_rounding: file.crop_rounding,
            rescale: if file.do_rescale { file.rescale_factor } else { 1.0 },
            mean: if file.do_normalize { file.image_mean } else { [0.0; 3] },
            std: if file.do_normalize { file.image_std } else { [1.0; 3] },
        };
        this.check()?;
        Ok(this)
    }

    /// Width and height of what the model gets.
    pub fn output_size(&self) -> (u32, u32) {
        self.crop
    }

    /// The shorter side that a decoder should aim at, in pixels.
    pub fn target_side(&self) -> u32 {
        match self.resize {
            Resize::ShortestEdge(side) => side,
            Resize::Exact(width, height) => width.max(height),
        }
    }

    /// Resizes and crops.
    pub fn pixels(&self, picture: &RgbImage) -> Pixels {
        let (width, height) = self.resized(picture.width(), picture.height());
        let (crop_width, crop_height) = self.crop;
        let centred = |length, wanted: u32| self.crop_rounding.centred(length, wanted as usize);
        let window = Window { x: centred(width, crop_width), y: centred(height, crop_height) };
        Pixels { bytes: resample::resize(picture, self.kernel, (width, height), &window) }
    }

    /// The model's input: appends `[3, height, width]`, f32, normalised, to `out`.
    pub fn normalise_into(&self, pixels: &Pixels, out: &mut Vec<f32>) {
        for channel in 0..3 {
            let table = self.levels(channel);
            out.extend(pixels.bytes.chunks_exact(3).map(|pixel| table[usize::from(pixel[channel])]));
        }
    }

    /// What each of the 256 levels becomes. Rounded to f32 after rescaling, as the reference does.
    fn levels(&self, channel: usize) -> [f32; 256] {
        let (mean, std) = (self.mean[channel], self.std[channel]);
        std::array::from_fn(|level| ((level as f64 * self.rescale) as f32 - mean) / std)
    }

    fn resized(&self, width: u32, height: u32) -> (usize, usize) {
        match self.resize {
            Resize::Exact(width, height) => (width as usize, height as usize),
            Resize::ShortestEdge(side) => {
                let (short, long) = (width.min(height), width.max(height));
                let other = (u64::from(side) * u64::from(long) / u64::from(short)) as usize;
                let side = side as usize;
                if width <= height { (side, other) } else { (other, side) }
            }
        }
    }

    fn check(&self) -> Result<()> {
        let (width, height) = self.crop;
        let fits = match self.resize {
            Resize::ShortestEdge(side) => side >= width.max(height),
            Resize::Exact(w, h) => w >= width && h >= height,
        };
        if width == 0 || height == 0 || !fits {
            return Err(invalid(
                "the crop must be at least one pixel and not larger than the resized picture",
            ));
        }
        if self.std.contains(&0.0) || !self.rescale.is_finite() {
            return Err(invalid("image_std must not be 0 and rescale_factor must be a number"));
        }
        Ok(())
    }
}

impl CropRounding {
    /// The middle `wanted` of `length`.
    fn centred(self, length: usize, wanted: usize) -> std::ops::Range<usize> {
        let cut = length - wanted;
        let start = match self {
            Self::HalfEven if cut % 4 == 3 => cut / 2 + 1,
            Self::Down | Self::HalfEven => cut / 2,
        };
        start..start + wanted
    }

    fn is_down(&self) -> bool {
        *self == Self::Down
    }
}

/// The file as Hugging Face writes it.
#[derive(Deserialize)]
struct File {
    #[serde(default = "yes")]
    do_resize: bool,
    #[serde(default = "yes")]
    do_center_crop: bool,
    #[serde(default = "yes")]
    do_rescale: bool,
    #[serde(default = "yes")]
    do_normalize: bool,
    size: Size,
    crop_size: Option<Size>,
    /// Ours; transformers does not know it.
    #[serde(default)]
    crop_rounding: CropRounding,
    #[serde(default = "bicubic")]
    resample: u8,
    #[serde(default = "one_255th")]
    rescale_factor: f64,
    image_mean: [f32; 3],
    image_std: [f32; 3],
}

/// `224`, `{"shortest_edge": 224}` or `{"height": 224, "width": 224}`: all three are in use.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Size {
    Edge(u32),
    ShortestEdge { shortest_edge: u32 },
    Exact { height: u32, width: u32 },
}

impl Size {
    fn resize(self) -> Resize {
        match self {
            Self::Edge(side) | Self::ShortestEdge { shortest_edge: side } => Resize::ShortestEdge(side),
            Self::Exact { height, width } => Resize::Exact(width, height),
        }
    }

    fn rectangle(self) -> (u32, u32) {
        match self {
            Self::Edge(side) | Self::ShortestEdge { shortest_edge: side } => (side, side),
            Self::Exact { height, width } => (width, height),
        }
    }
}

fn kernel(resample: u8) -> Result<Kernel> {
    match resample {
        1 => Ok(Kernel::Lanczos),
        2 => Ok(Kernel::Bilinear),
        3 => Ok(Kernel::Bicubic),
        other => {
            Err(invalid(format!("resample must be 1, 2 or 3 (lanczos, bilinear, bicubic), not {other}")))
        }
    }
}

fn invalid(reason: impl Into<String>) -> Error {
    Error::Config { file: FILE, reason: reason.into() }
}

fn yes() -> bool {
    true
}

fn bicubic() -> u8 {
    3
}

fn one_255th() -> f64 {
    1.0 / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(size: &str, crop: &str) -> Result<Preprocessing> {
        Preprocessing::parse(
            format!(
                r#"{{"size": {size}, "crop_size": {crop}, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}}"#
            )
            .as_bytes(),
        )
    }

    #[test]
    fn all_three_forms_of_a_size_are_read() {
        let plain = parse("224", "224").unwrap();
        assert_eq!(plain, parse(r#"{"shortest_edge": 224}"#, r#"{"height": 224, "width": 224}"#).unwrap());
        assert_ne!(plain, parse(r#"{"height": 224, "width": 224}"#, "224").unwrap());
    }

    #[test]
    fn the_longer_side_keeps_the_proportion() {
        let p = parse("224", "224").unwrap();
        assert_eq!(p.resized(4000, 3000), (298, 224));
        assert_eq!(p.resized(3000, 4000), (224, 298));
        assert_eq!(p.resized(1, 1), (224, 224));
    }

    #[test]
    fn a_crop_begins_where_the_reference_begins_it() {
        let starts = |rounding: CropRounding| (0..12).map(move |cut| rounding.centred(224 + cut, 224).start);
        assert!(starts(CropRounding::Down).eq([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]));
        // `center_crop` of torchvision 0.29.
        assert!(starts(CropRounding::HalfEven).eq([0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6]));
    }

    #[test]
    fn the_rounding_of_a_crop_counts_only_where_it_is_not_the_usual_one() {
        let plain = parse("224", "224").unwrap();
        let other = parse("224", r#"224, "crop_rounding": "half_even""#).unwrap();
        assert!(!serde_json::to_string(&plain).unwrap().contains("crop_rounding"));
        assert!(serde_json::to_string(&other).unwrap().contains("half_even"));
    }

    #[test]
    fn a_crop_that_does_not_fit_is_refused() {
        assert!(parse("224", "225").is_err());
        assert!(parse("0", "0").is_err());
    }

    #[test]
    fn normalised_pixels_are_planes_of_red_green_blue() {
        let p = parse("2", "2").unwrap();
        let picture = RgbImage::from_pixel(2, 2, image::Rgb([0, 255, 51]));
        let mut out = Vec::new();
        p.normalise_into(&p.pixels(&picture), &mut out);
        let expected = [[-1.0f32; 4], [1.0; 4], [-0.6; 4]].concat();
        assert!(out.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6), "{out:?}");
    }
}
