//! Small JPEG versions of pictures.

use anyhow::{Context, Result};
use image::RgbImage;
use knytt_models::shrink::{Filter, shrink};
use turbojpeg::{PixelFormat, Subsamp};

/// The longest side of a stored thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 256;

const QUALITY: i32 = 84;

/// A JPEG file whose longest side is at most `side` pixels; a small picture keeps its size.
///
/// # Errors
/// None for a picture that was decoded.
pub fn jpeg(picture: &RgbImage, side: u32) -> Result<Vec<u8>> {
    let size = fit(picture.dimensions(), side);
    if size == picture.dimensions() {
        encode(picture.as_raw(), size)
    } else {
        let small = shrink(picture, size, Filter::Bilinear).context("a picture without pixels")?;
        encode(small.as_raw(), size)
    }
}

fn encode(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>> {
    let (width, height) = (width as usize, height as usize);
    let image = turbojpeg::Image { pixels, width, pitch: 3 * width, height, format: PixelFormat::RGB };
    let file = turbojpeg::compress(image, QUALITY, Subsamp::Sub2x2).context("cannot encode a thumbnail")?;
    Ok(file.to_vec())
}

fn fit((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scale = |length: u32| {
        let scaled = (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        (scaled as u32).max(1)
    };
    (scale(width), scale(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_side_fits_and_no_side_vanishes() {
        assert_eq!(fit((4000, 3000), 256), (256, 192));
        assert_eq!(fit((300, 1200), 256), (64, 256));
        assert_eq!(fit((10_000, 1), 256), (256, 1));
        assert_eq!(fit((1, 1), 256), (1, 1));
    }

    #[test]
    fn a_thumbnail_is_a_readable_jpeg_of_the_same_colour() {
        for size in [(1, 1), (300, 700), (1100, 900), (256, 256)] {
            let picture = RgbImage::from_pixel(size.0, size.1, image::Rgb([200, 40, 90]));
            let read = image::load_from_memory(&jpeg(&picture, 256).unwrap()).unwrap().into_rgb8();
            assert_eq!(read.dimensions(), fit(size, 256));
            let middle = read.get_pixel(read.width() / 2, read.height() / 2).0;
            assert!(
                middle.iter().zip([200, 40, 90]).all(|(a, b): (&u8, i32)| (i32::from(*a) - b).abs() < 12)
            );
        }
    }
}
