//! Frames to and from JPEG.

use image::RgbImage;
use knytt_models::decode::{self, Limits};
use knytt_models::shrink::{Filter, shrink};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::error::{Error, Result};

/// A frame as JPEG for a preview: at most `max_width` pixels wide, `quality` 1 to 100.
///
/// 1280 × 720 to 640 × 360 at quality 80 takes 0.8 ms on one core (`cargo run --release -p knytt-capture
/// --example time_capture`).
///
/// # Errors
/// [`Error::Unsupported`] if a side is zero or longer than JPEG allows.
pub fn preview_jpeg(picture: &RgbImage, max_width: u32, quality: u8) -> Result<Vec<u8>> {
    let (width, height) = picture.dimensions();
    if width <= max_width || max_width == 0 {
        return encode(picture.as_raw(), (width, height), quality);
    }
    let small_height = (u64::from(height) * u64::from(max_width) / u64::from(width)).max(1) as u32;
    let size = (max_width, small_height);
    let small = shrink(picture, size, Filter::Bilinear)
        .ok_or_else(|| Error::unsupported("the frame has no pixels"))?;
    encode(small.as_raw(), size, quality)
}

/// One JPEG of a camera or of a file, whatever follows it.
pub(crate) fn decode(bytes: &[u8]) -> Result<RgbImage> {
    decode::decode(bytes, &Limits::default(), None).map_err(Error::unsupported)
}

fn encode(pixels: &[u8], (width, height): (u32, u32), quality: u8) -> Result<Vec<u8>> {
    let (width, height) = (width as usize, height as usize);
    let image = turbojpeg::Image { pixels, width, pitch: 3 * width, height, format: PixelFormat::RGB };
    let compress = || {
        let mut compressor = Compressor::new()?;
        compressor.set_quality(i32::from(quality.clamp(1, 100)))?;
        compressor.set_subsamp(Subsamp::Sub2x2)?;
        compressor.compress_to_vec(image)
    };
    compress().map_err(Error::unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_a_jpeg_no_wider_than_asked() {
        let picture = RgbImage::from_pixel(1280, 720, image::Rgb([200, 40, 90]));
        for (max_width, size) in
            [(640, (640, 360)), (1280, (1280, 720)), (4000, (1280, 720)), (0, (1280, 720))]
        {
            let read = decode(&preview_jpeg(&picture, max_width, 80).unwrap()).unwrap();
            assert_eq!(read.dimensions(), size);
            let middle = read.get_pixel(size.0 / 2, size.1 / 2).0;
            assert!(middle.iter().zip([200_u8, 40, 90]).all(|(a, b)| a.abs_diff(b) < 8), "{middle:?}");
        }
    }

    #[test]
    fn odd_sizes_are_no_problem_and_empty_ones_are_an_error() {
        for size in [(1, 1), (3000, 1), (1, 3000)] {
            assert!(preview_jpeg(&RgbImage::new(size.0, size.1), 640, 255).is_ok(), "{size:?}");
        }
        assert!(matches!(preview_jpeg(&RgbImage::new(0, 0), 640, 80), Err(Error::Unsupported { .. })));
    }
}
