//! JPEG by libjpeg-turbo, whose pixels are Pillow's to the bit, at a reduced DCT scale where that is
//! enough.

use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, RgbImage};
use turbojpeg::{Colorspace, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor};

use super::{DecodeError, Decoded, Limits, decode_with_image, profile};

/// Enough for any encoder's progressive script; a file with thousands of scans is an attack.
const MAX_SCANS: u32 = 500;

/// `2000 x 1500` at 3/8 is `750 x 563`: libjpeg-turbo scales by n/8.
const DCT_STEPS: usize = 8;

/// The least share of a picture's pixels, in percent, that makes a file that was cut off a picture.
const MOST_OF_IT_PERCENT: usize = 90;

/// The end marker.
const END: [u8; 2] = [0xFF, 0xD9];

pub(super) fn decode(
    bytes: &[u8],
    limits: &Limits,
    target_side: Option<u32>,
) -> Result<Decoded, DecodeError> {
    match decode_turbo(bytes, limits, target_side) {
        // libjpeg-turbo stops at some faults that leave the picture readable (stray bytes between
        // markers, an unusual subsampling); a second decoder may know what to do with them.
        Err(fault @ (DecodeError::Damaged { .. } | DecodeError::Unsupported { .. })) => {
            decode_with_image(bytes, ImageFormat::Jpeg, "JPEG", limits).map(Decoded::whole).map_err(|_| fault)
        }
        decoded => decoded,
    }
}

fn decode_turbo(bytes: &[u8], limits: &Limits, target_side: Option<u32>) -> Result<Decoded, DecodeError> {
    let mut decoder = Decompressor::new().map_err(explain)?;
    let header = decoder.read_header(bytes).map_err(explain)?;
    limits.check_pixels(header.width as u64, header.height as u64)?;
    let scale = target_side.map_or(ScalingFactor::ONE, |side| reduced_scale(&header, side as usize));
    limits.check_decoded(decoded_bytes(&header, scale))?;
    decoder.set_scan_limit(MAX_SCANS).map_err(explain)?;
    decoder.set_scaling_factor(scale).map_err(explain)?;

    let markers = Markers::read(bytes);
    let cmyk = matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK);
    let format = if cmyk { PixelFormat::CMYK } else { PixelFormat::RGB };
    let size = header.scaled(scale);
    let (pixels, rows) = match decompress(&mut decoder, bytes, size, format) {
        Ok(pixels) => (pixels, size.height),
        Err(fault @ DecodeError::Truncated { .. }) => {
            rows_of_cut(&mut decoder, bytes, size, format).ok_or(fault)?
        }
        Err(fault) => return Err(fault),
    };
    let rgb = if cmyk { cmyk_to_rgb(pixels, markers.adobe) } else { pixels };
    let mut picture = RgbImage::from_raw(size.width as u32, rows as u32, rgb).ok_or_else(|| {
        DecodeError::Damaged { format: "JPEG", reason: "its pixels do not fit its size".into() }
    })?;
    if let Some(profile) = markers.profile() {
        profile::of_rgb(&mut picture, &profile);
    }
    let percent = (rows * 100 / size.height.max(1)) as u8;
    Ok(Decoded { picture: upright(picture, markers.orientation), percent })
}

/// So many rows are in one line of a JPEG's blocks at most.
const ROWS_OF_BLOCKS: usize = 16;

/// The rows that a file has that ends too early, if they are nearly all. Where its data end is seen by what follows
/// them: rows that become others with other data behind the end are not in the file. Of the line of blocks in which it
/// ends, a part may be there; below it nothing is, although a decoder fills what it does not have in the same way.
fn rows_of_cut(
    decoder: &mut Decompressor,
    bytes: &[u8],
    size: DecompressHeader,
    format: PixelFormat,
) -> Option<(Vec<u8>, usize)> {
    const OTHER_DATA: [u8; 4096] = [0x5A; 4096];
    let pitch = size.width * format.size();
    let mut pixels = vec![0; pitch * size.height];
    let ended = [bytes, &END].concat();
    if fill(decoder, &ended, size, format, &mut pixels).is_ok() {
        return Some((pixels, size.height));
    }
    let mut others = vec![0xFF; pixels.len()];
    let _ = fill(decoder, &[bytes, &OTHER_DATA, &END].concat(), size, format, &mut others);
    let rows = pixels.chunks_exact(pitch).zip(others.chunks_exact(pitch)).take_while(|(a, b)| a == b).count();
    let bound = (rows + ROWS_OF_BLOCKS) * pitch;
    let there = pixels.iter().zip(&others).take(bound).filter(|(a, b)| a == b).count();
    let is_most = there * 100 >= pixels.len() * MOST_OF_IT_PERCENT && rows > 0;
    pixels.truncate(rows * pitch);
    is_most.then_some((pixels, rows))
}

/// The smallest n/8 that leaves the shorter side at least twice `target_side`. Lossless JPEG has no
/// DCT to scale.
fn reduced_scale(header: &DecompressHeader, target_side: usize) -> ScalingFactor {
    let shorter = header.width.min(header.height);
    if header.is_lossless {
        return ScalingFactor::ONE;
    }
    (1..DCT_STEPS)
        .map(|n| ScalingFactor::new(n, DCT_STEPS))
        .find(|scale| scale.scale(shorter) >= 2 * target_side)
        .unwrap_or(ScalingFactor::ONE)
}

fn decoded_bytes(header: &DecompressHeader, scale: ScalingFactor) -> u64 {
    let size = header.scaled(scale);
    let pixels = 4 * size.width as u64 * size.height as u64;
    // A progressive decoder holds all coefficients, two bytes each, whatever the scale.
    let coefficients = if header.is_progressive { 6 * header.width as u64 * header.height as u64 } else { 0 };
    pixels + coefficients
}

fn decompress(
    decoder: &mut Decompressor,
    bytes: &[u8],
    size: DecompressHeader,
    format: PixelFormat,
) -> Result<Vec<u8>, DecodeError> {
    let mut pixels = vec![0; size.width * format.size() * size.height];
    fill(decoder, bytes, size, format, &mut pixels)?;
    Ok(pixels)
}

/// Writes what can be read of a file, even if that is not all.
fn fill(
    decoder: &mut Decompressor,
    bytes: &[u8],
    size: DecompressHeader,
    format: PixelFormat,
    pixels: &mut [u8],
) -> Result<(), DecodeError> {
    let pitch = size.width * format.size();
    let image = Image { pixels, width: size.width, pitch, height: size.height, format };
    decoder.decompress(bytes, image).map_err(explain)
}

/// As Pillow converts: no colour profile, and Adobe's files store the inks inverted.
fn cmyk_to_rgb(pixels: Vec<u8>, inverted: bool) -> Vec<u8> {
    let light = |ink: u8| if inverted { ink } else { 255 - ink };
    pixels
        .chunks_exact(4)
        .flat_map(|p| {
            let key = light(p[3]);
            [p[0], p[1], p[2]].map(|ink| multiply(light(ink), key))
        })
        .collect()
}

/// a × b / 255, rounded.
fn multiply(a: u8, b: u8) -> u8 {
    let product = u32::from(a) * u32::from(b) + 128;
    (((product >> 8) + product) >> 8) as u8
}

fn upright(picture: RgbImage, orientation: Orientation) -> RgbImage {
    if orientation == Orientation::NoTransforms {
        return picture;
    }
    let mut picture = DynamicImage::from(picture);
    picture.apply_orientation(orientation);
    picture.into_rgb8()
}

/// What the segments before the first scan tell.
struct Markers<'a> {
    orientation: Orientation,
    /// An Adobe APP14 segment is there, so CMYK is stored inverted.
    adobe: bool,
    /// The parts of the ICC profile, each with its number.
    profile: Vec<(u8, &'a [u8])>,
}

impl<'a> Markers<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let mut markers = Self { orientation: Orientation::NoTransforms, adobe: false, profile: Vec::new() };
        for (kind, body) in Segments(bytes.get(2..).unwrap_or_default()) {
            match kind {
                0xE1 if body.starts_with(b"Exif\0\0") => {
                    if let Some(orientation) = Orientation::from_exif_chunk(&body[6..]) {
                        markers.orientation = orientation;
                    }
                }
                0xE2 => {
                    if let Some([number, _, part @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                        markers.profile.push((*number, part));
                    }
                }
                0xEE if body.starts_with(b"Adobe") => markers.adobe = true,
                _ => {}
            }
        }
        markers.profile.sort_by_key(|(number, _)| *number);
        markers
    }

    /// The whole ICC profile, if there is one.
    fn profile(&self) -> Option<Vec<u8>> {
        let parts: Vec<&[u8]> = self.profile.iter().map(|(_, part)| *part).collect();
        (!parts.is_empty()).then(|| parts.concat())
    }
}

/// The marker segments up to the first scan (ITU T.81, B.1.1.4): `FF kind length body`.
struct Segments<'a>(&'a [u8]);

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        const START_OF_SCAN: u8 = 0xDA;
        let start = self.0.iter().position(|b| *b != 0xFF)?;
        let kind = self.0[start];
        let rest = &self.0[start + 1..];
        if start == 0 || kind == START_OF_SCAN {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
        let body = rest.get(2..length)?;
        self.0 = &rest[length..];
        Some((kind, body))
    }
}

fn explain(error: turbojpeg::Error) -> DecodeError {
    let reason = error.to_string();
    if reason.contains("Premature end") || reason.contains("Input file read error") {
        DecodeError::Truncated { format: "JPEG" }
    } else if reason.contains("nsupported") {
        DecodeError::Unsupported { format: "JPEG", reason }
    } else {
        DecodeError::Damaged { format: "JPEG", reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compress(width: usize, height: usize) -> Vec<u8> {
        let image = Image::mandelbrot(width, height, PixelFormat::RGB);
        turbojpeg::compress(image.as_deref(), 85, turbojpeg::Subsamp::Sub2x2).unwrap().to_vec()
    }

    fn with_segment(jpeg: &[u8], kind: u8, body: &[u8]) -> Vec<u8> {
        let mut out = jpeg[..2].to_vec();
        out.extend([0xFF, kind]);
        out.extend(((body.len() + 2) as u16).to_be_bytes());
        out.extend(body);
        out.extend(&jpeg[2..]);
        out
    }

    /// A little-endian TIFF with one entry: orientation.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut body = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        body.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        body
    }

    #[test]
    fn exif_orientation_turns_the_picture_upright() {
        let jpeg = compress(64, 32);
        let flat = decode(&jpeg, &Limits::default(), None).unwrap().picture;
        let turned = decode(&with_segment(&jpeg, 0xE1, &exif(6)), &Limits::default(), None).unwrap();
        assert_eq!(turned.picture, image::imageops::rotate90(&flat));
    }

    #[test]
    fn a_profile_in_two_segments_changes_the_colours() {
        let jpeg = compress(64, 32);
        let flat = decode(&jpeg, &Limits::default(), None).unwrap().picture;
        let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        let (first, second) = profile.split_at(300);
        let part = |number: u8, part: &[u8]| [b"ICC_PROFILE\0", &[number, 2][..], part].concat();
        // The second stands before the first.
        let with_profile = with_segment(&with_segment(&jpeg, 0xE2, &part(1, first)), 0xE2, &part(2, second));
        let seen = decode(&with_profile, &Limits::default(), None).unwrap().picture;
        let mut expected = flat.clone();
        profile::of_rgb(&mut expected, &profile);
        assert_eq!(seen, expected);
        assert_ne!(seen, flat);
    }

    #[test]
    fn a_file_that_ends_early_is_truncated() {
        let jpeg = compress(64, 32);
        let error = decode(&jpeg[..jpeg.len() - 40], &Limits::default(), None).unwrap_err();
        assert!(matches!(error, DecodeError::Truncated { .. }), "{error:?}");
    }

    #[test]
    fn a_file_without_its_end_marker_is_whole() {
        let jpeg = compress(160, 160);
        let whole = decode(&jpeg, &Limits::default(), None).unwrap();
        let bare = decode(&jpeg[..jpeg.len() - 2], &Limits::default(), None).unwrap();
        assert_eq!((whole.percent, bare.percent), (100, 100));
        assert_eq!(whole.picture, bare.picture);
    }

    #[test]
    fn a_file_that_lacks_its_last_rows_is_read_to_where_it_goes() {
        // Noise needs about as many bytes in each row.
        let noise = |x: u32, y: u32| {
            (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917)
        };
        let picture = RgbImage::from_fn(320, 640, |x, y| {
            image::Rgb((noise(x / 4, y / 4) >> 8).to_le_bytes()[..3].try_into().unwrap())
        });
        let source = Image {
            pixels: picture.as_raw().as_slice(),
            width: 320,
            pitch: 960,
            height: 640,
            format: PixelFormat::RGB,
        };
        let jpeg = turbojpeg::compress(source, 85, turbojpeg::Subsamp::Sub2x2).unwrap().to_vec();
        let whole = decode(&jpeg, &Limits::default(), None).unwrap().picture;
        let cut = decode(&jpeg[..jpeg.len() * 96 / 100], &Limits::default(), None).unwrap();
        assert!((85..97).contains(&cut.percent), "{}", cut.percent);
        let (width, height) = cut.picture.dimensions();
        assert_eq!(cut.picture, image::imageops::crop_imm(&whole, 0, 0, width, height).to_image());
        for part in [80, 50, 10] {
            let error = decode(&jpeg[..jpeg.len() * part / 100], &Limits::default(), None).unwrap_err();
            assert!(matches!(error, DecodeError::Truncated { .. }), "{error:?}");
        }
    }

    #[test]
    fn a_file_of_which_half_is_there_is_refused_whatever_its_ground() {
        // A plain ground below the cut looks like what decoders fill with.
        let picture = RgbImage::from_fn(256, 256, |x, y| {
            let is_spot = (x % 64) * (x % 64) + (y % 64) * (y % 64) < 900;
            image::Rgb(if is_spot { [(x % 251) as u8, (y % 241) as u8, 90] } else { [230, 230, 225] })
        });
        let source = Image {
            pixels: picture.as_raw().as_slice(),
            width: 256,
            pitch: 768,
            height: 256,
            format: PixelFormat::RGB,
        };
        let jpeg = turbojpeg::compress(source, 90, turbojpeg::Subsamp::None).unwrap().to_vec();
        let bare = decode(&jpeg[..jpeg.len() - 2], &Limits::default(), None).unwrap();
        assert_eq!(bare.percent, 100);
        for part in [80, 62, 50, 25] {
            let cut = decode(&jpeg[..jpeg.len() * part / 100], &Limits::default(), None);
            assert!(
                matches!(cut, Err(DecodeError::Truncated { .. })),
                "{part}: {:?}",
                cut.map(|cut| cut.percent)
            );
        }
    }

    #[test]
    fn segments_that_lie_about_their_length_end_the_walk() {
        for bad in [&[0xFF, 0xE1, 0, 1][..], &[0xFF, 0xE1, 0xFF, 0xFF, 1], &[0xFF], &[], &[0xFF, 0xE1]] {
            assert_eq!(Segments(bad).count(), 0, "{bad:?}");
        }
    }

    #[test]
    fn adobe_inks_are_inverted() {
        let white_paper_adobe = vec![255, 255, 255, 255];
        assert_eq!(cmyk_to_rgb(white_paper_adobe.clone(), true), [255, 255, 255]);
        assert_eq!(cmyk_to_rgb(white_paper_adobe, false), [0, 0, 0]);
        assert_eq!(cmyk_to_rgb(vec![0, 255, 255, 255], true), [0, 255, 255]);
    }
}
