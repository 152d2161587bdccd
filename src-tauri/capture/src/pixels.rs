//! Raw frames to RGB.
//!
//! Y'CbCr follows ITU-R BT.601, which USB cameras and y4m files use whatever their size.

use image::RgbImage;

/// How the bytes of a raw frame lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "native"), allow(dead_code, reason = "only cameras give raw frames"))]
pub(crate) enum Layout {
    /// `Y0 Cb Y1 Cr` for two pixels.
    Yuyv,
    /// All Y', then one `Cb Cr` for each 2 × 2 pixels.
    Nv12,
    /// One byte of light.
    Gray,
    /// Three bytes.
    Rgb,
    /// Three bytes, blue first.
    Bgr,
}

/// Which levels of Y' mean black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// 16 to 235, as in broadcasting and from most cameras.
    Limited,
    /// 0 to 255, as in JPEG.
    Full,
}

/// Three planes; those of colour may be smaller than that of light, or be missing.
pub(crate) struct Planes<'a> {
    pub y: &'a [u8],
    pub cb: &'a [u8],
    pub cr: &'a [u8],
    /// Pixels per sample of colour, across and down: 1 or 2 each.
    pub step: (usize, usize),
    pub range: Range,
}

/// Converts a frame; surplus bytes at its end are padding. None if there are too few.
#[cfg_attr(not(feature = "native"), allow(dead_code, reason = "only cameras give raw frames"))]
pub(crate) fn to_rgb(layout: Layout, width: u32, height: u32, bytes: &[u8]) -> Option<RgbImage> {
    let pixels = (width as usize).checked_mul(height as usize)?;
    let rgb = match layout {
        // Two pixels share their colour, so a row has a whole number of pairs.
        Layout::Yuyv if width.is_multiple_of(2) => {
            let mut out = Vec::with_capacity(3 * pixels);
            for pair in bytes.get(..pixels.checked_mul(2)?)?.chunks_exact(4) {
                out.extend(rgb(pair[0], pair[1], pair[3], Range::Limited));
                out.extend(rgb(pair[2], pair[1], pair[3], Range::Limited));
            }
            out
        }
        Layout::Yuyv => return None,
        Layout::Nv12 => {
            let (y, colour) = bytes.split_at_checked(pixels)?;
            return semi_planar(width as usize, height as usize, y, colour)
                .and_then(|rgb| RgbImage::from_raw(width, height, rgb));
        }
        Layout::Gray => bytes.get(..pixels)?.iter().flat_map(|y| [*y; 3]).collect(),
        Layout::Rgb => bytes.get(..pixels.checked_mul(3)?)?.to_vec(),
        Layout::Bgr => {
            let bytes = bytes.get(..pixels.checked_mul(3)?)?;
            bytes.chunks_exact(3).flat_map(|p| [p[2], p[1], p[0]]).collect()
        }
    };
    RgbImage::from_raw(width, height, rgb)
}

fn semi_planar(width: usize, height: usize, y: &[u8], colour: &[u8]) -> Option<Vec<u8>> {
    let stride = 2 * width.div_ceil(2);
    let colour = colour.get(..stride * height.div_ceil(2))?;
    let mut out = Vec::with_capacity(3 * y.len());
    for (row, line) in y.chunks_exact(width.max(1)).enumerate() {
        let colours = &colour[row / 2 * stride..][..stride];
        for (column, y) in line.iter().enumerate() {
            let at = column / 2 * 2;
            out.extend(rgb(*y, colours[at], colours[at + 1], Range::Limited));
        }
    }
    Some(out)
}

/// Converts a frame of planes. None if one is too short.
pub(crate) fn planes_to_rgb(width: usize, height: usize, planes: &Planes<'_>) -> Option<RgbImage> {
    let (across, down) = planes.step;
    let stride = width.div_ceil(across);
    let samples = stride.checked_mul(height.div_ceil(down))?;
    let y = planes.y.get(..width.checked_mul(height)?)?;
    let gray = planes.cb.is_empty() && planes.cr.is_empty();
    if !gray && (planes.cb.len() < samples || planes.cr.len() < samples) {
        return None;
    }
    let mut out = Vec::with_capacity(3 * y.len());
    for (row, line) in y.chunks_exact(width.max(1)).enumerate() {
        let begin = row / down * stride;
        for (column, y) in line.iter().enumerate() {
            let at = begin + column / across;
            let (cb, cr) = if gray { (128, 128) } else { (planes.cb[at], planes.cr[at]) };
            out.extend(rgb(*y, cb, cr, planes.range));
        }
    }
    RgbImage::from_raw(width.try_into().ok()?, height.try_into().ok()?, out)
}

/// BT.601 in 16 bits of fraction, rounded.
fn rgb(y: u8, cb: u8, cr: u8, range: Range) -> [u8; 3] {
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let (light, [red, green_cb, green_cr, blue]) = match range {
        Range::Limited => ((i32::from(y) - 16) * 76_309, [104_597, 25_675, 53_279, 132_201]),
        Range::Full => (i32::from(y) << 16, [91_881, 22_554, 46_802, 116_130]),
    };
    let level = |value: i32| ((value + (1 << 15)) >> 16).clamp(0, 255) as u8;
    [level(light + red * cr), level(light - green_cb * cb - green_cr * cr), level(light + blue * cb)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primaries_of_bt_601_come_back() {
        for (ycc, expected) in [
            ([16, 128, 128], [0, 0, 0]),
            ([235, 128, 128], [255, 255, 255]),
            ([81, 90, 240], [255, 0, 0]),
            ([145, 54, 34], [0, 255, 0]),
            ([41, 240, 110], [0, 0, 255]),
        ] {
            let found = rgb(ycc[0], ycc[1], ycc[2], Range::Limited);
            assert!(found.iter().zip(expected).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 2), "{found:?}");
        }
        assert_eq!(rgb(255, 128, 128, Range::Full), [255; 3]);
        assert_eq!(rgb(0, 128, 128, Range::Full), [0; 3]);
    }

    #[cfg(feature = "native")]
    #[test]
    fn every_layout_gives_the_same_red() {
        let red = |picture: RgbImage| {
            picture.pixels().all(|p| p[0] > 250 && p[1] < 5 && p[2] < 5) && picture.dimensions() == (2, 2)
        };
        assert!(red(to_rgb(Layout::Yuyv, 2, 2, &[81, 90, 81, 240, 81, 90, 81, 240, 7, 7]).unwrap()));
        assert!(red(to_rgb(Layout::Nv12, 2, 2, &[81, 81, 81, 81, 90, 240]).unwrap()));
        assert!(red(to_rgb(Layout::Rgb, 2, 2, &[255, 0, 0].repeat(4)).unwrap()));
        assert!(red(to_rgb(Layout::Bgr, 2, 2, &[0, 0, 255].repeat(4)).unwrap()));
    }

    #[cfg(feature = "native")]
    #[test]
    fn a_frame_with_too_few_bytes_is_none() {
        for layout in [Layout::Yuyv, Layout::Nv12, Layout::Gray, Layout::Rgb, Layout::Bgr] {
            assert!(to_rgb(layout, 4, 4, &[0; 15]).is_none(), "{layout:?}");
            assert!(to_rgb(layout, u32::MAX, u32::MAX, &[0; 15]).is_none(), "{layout:?}");
        }
    }

    #[test]
    fn planes_of_odd_size_are_read_to_their_last_pixel() {
        let y = [235; 9];
        let planes = Planes { y: &y, cb: &[128; 4], cr: &[128; 4], step: (2, 2), range: Range::Limited };
        let picture = planes_to_rgb(3, 3, &planes).unwrap();
        assert!(picture.as_raw().iter().all(|level| *level == 255));
        assert!(planes_to_rgb(5, 3, &planes).is_none());
    }
}
