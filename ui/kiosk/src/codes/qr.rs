//! QR codes in a picture.

use rqrr::PreparedImage;

use super::gray::Gray;

/// The longer side that codes are looked for in, in pixels: larger ones are halved, which also takes noise away.
const LONGER: usize = 1000;

/// What the first QR code that can be read says.
pub(super) fn read(gray: &Gray<'_>) -> Option<String> {
    let by = gray.width.max(gray.height).div_ceil(LONGER).max(1);
    let pixel = |x: usize, y: usize| {
        let mut sum = 0;
        for row in gray.pixels.chunks_exact(gray.width).skip(y * by).take(by) {
            sum += row[x * by..(x + 1) * by].iter().map(|level| u32::from(*level)).sum::<u32>();
        }
        (sum / (by * by) as u32) as u8
    };
    let mut prepared = PreparedImage::prepare_from_greyscale(gray.width / by, gray.height / by, pixel);
    let texts = prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok());
    texts.map(|(_, text)| text).find(|text| !text.trim().is_empty())
}
