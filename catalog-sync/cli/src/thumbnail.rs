//! Small JPEG versions of pictures.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageResult, RgbImage};

/// The longest side of a stored thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 256;

const QUALITY: u8 = 82;

/// A JPEG file whose longest side is at most `side` pixels; a small picture keeps its size.
///
/// # Errors
/// The picture has more pixels on a side than JPEG allows even after shrinking; none in practice.
pub fn jpeg(picture: &RgbImage, side: u32) -> ImageResult<Vec<u8>> {
    let (width, height) = fit(picture.dimensions(), side);
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    if (width, height) == picture.dimensions() {
        picture.write_with_encoder(encoder)?;
    } else if picture.width() >= 4 * width {
        // Far above the target the mean of blocks is as good as a filter, and much faster.
        let coarse = imageops::thumbnail(picture, 2 * width, 2 * height);
        imageops::resize(&coarse, width, height, FilterType::Triangle).write_with_encoder(encoder)?;
    } else {
        imageops::resize(picture, width, height, FilterType::Triangle).write_with_encoder(encoder)?;
    }
    Ok(bytes)
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
