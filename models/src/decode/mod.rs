//! A picture file's bytes in, upright RGB pixels out, within limits.
//!
//! What a picture would cost is read from its header and compared with [`Limits`] before any memory is
//! taken for its pixels: a small file can claim to be 50,000 pixels wide.

pub mod content;
pub mod heif;
mod jpeg;
mod profile;

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbImage};

/// What a picture may cost at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_file_bytes: u64,
    /// Width × height, as the header says.
    pub max_pixels: u64,
    /// Bytes that decoding takes: the decoded pixels, and for a progressive JPEG its coefficients.
    pub max_decoded_bytes: u64,
    /// Whether HEIC and AVIF are decoded by the system's libheif, where it has one. It is C, so a service leaves it
    /// out for the files of strangers.
    pub system_library: bool,
}

impl Default for Limits {
    /// Enough for a 200-megapixel phone photograph (decoded at a reduced scale) and for a
    /// 60-megapixel PNG.
    fn default() -> Self {
        Self {
            max_file_bytes: 128 << 20,
            max_pixels: 256_000_000,
            max_decoded_bytes: 256 << 20,
            system_library: true,
        }
    }
}

/// Why a picture was not decoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file has no byte in it.
    #[error("the file is empty (0 bytes)")]
    Empty,
    /// Its first bytes are of no picture format.
    #[error("not a picture: the content is none of JPEG, PNG, WebP, GIF, BMP, TIFF")]
    UnknownFormat,
    /// Its first bytes are of something that is not read.
    #[error("the content is {format}, which is not read: save it as JPEG or PNG")]
    NotRead {
        /// What it is.
        format: &'static str,
    },
    /// A phone's picture, on a system without libheif.
    #[error(
        "the content is {format}, which needs libheif: install it (Debian: libheif1), or save the picture as JPEG"
    )]
    NoLibrary {
        /// What it is.
        format: &'static str,
    },
    /// The file ends too early; copy or download it again.
    #[error("the {format} file is truncated: it ends before the picture does")]
    Truncated {
        /// The format that its first bytes name.
        format: &'static str,
    },
    /// The content contradicts itself.
    #[error("the {format} file is damaged: {reason}")]
    Damaged {
        /// The format that its first bytes name.
        format: &'static str,
        /// The decoder's reason.
        reason: String,
    },
    /// A valid file of a kind that the decoder does not know.
    #[error("this kind of {format} is not supported: {reason}")]
    Unsupported {
        /// The format that its first bytes name.
        format: &'static str,
        /// The decoder's reason.
        reason: String,
    },
    /// More than [`Limits`] allow.
    #[error("the picture is too large: {what} is {value}, the limit is {limit}")]
    TooLarge {
        /// Which limit: `file bytes`, `pixels` or `decoded bytes`.
        what: &'static str,
        /// What the file would need.
        value: u64,
        /// What is allowed.
        limit: u64,
    },
}

impl DecodeError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty-file",
            Self::UnknownFormat | Self::NotRead { .. } | Self::NoLibrary { .. } => "not-a-picture",
            Self::Truncated { .. } => "truncated-picture",
            Self::Damaged { .. } => "damaged-picture",
            Self::Unsupported { .. } => "unsupported-picture",
            Self::TooLarge { .. } => "too-large",
        }
    }
}

impl Limits {
    fn check_pixels(&self, width: u64, height: u64) -> Result<(), DecodeError> {
        within("pixels", width.saturating_mul(height), self.max_pixels)
    }

    fn check_decoded(&self, bytes: u64) -> Result<(), DecodeError> {
        within("decoded bytes", bytes, self.max_decoded_bytes)
    }
}

fn within(what: &'static str, value: u64, limit: u64) -> Result<(), DecodeError> {
    if value > limit { Err(DecodeError::TooLarge { what, value, limit }) } else { Ok(()) }
}

/// A picture, and how much of it its file has.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Upright, in RGB.
    pub picture: RgbImage,
    /// The share of its rows that are there, in percent: less than 100 of a JPEG that was cut off near its end.
    pub percent: u8,
}

impl Decoded {
    fn whole(picture: RgbImage) -> Self {
        Self { picture, percent: 100 }
    }
}

/// Decodes JPEG, PNG, WebP, GIF (first frame), BMP and TIFF to RGB, turned upright as EXIF says, and HEIC and AVIF
/// where the system has libheif.
/// What is transparent is white, as shops show it.
///
/// With `target_side`, a large JPEG is decoded at the smallest DCT scale that leaves its shorter side
/// at least twice the target, enough for an antialiased resize to hide the difference.
///
/// # Errors
/// [`DecodeError`], each kind with its reason.
pub fn decode(bytes: &[u8], limits: &Limits, target_side: Option<u32>) -> Result<RgbImage, DecodeError> {
    decode_part(bytes, limits, target_side).map(|decoded| decoded.picture)
}

/// [`decode`], and how much of the picture is there.
///
/// # Errors
/// [`DecodeError`], each kind with its reason.
pub fn decode_part(bytes: &[u8], limits: &Limits, target_side: Option<u32>) -> Result<Decoded, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    within("file bytes", bytes.len() as u64, limits.max_file_bytes)?;
    if let Some(format) = content::of_phones(bytes).filter(|_| limits.system_library) {
        return heif::decode(bytes, format, limits).map(Decoded::whole);
    }
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => jpeg::decode(bytes, limits, target_side),
        Ok(format) => match name_of(format) {
            Some(name) => decode_with_image(bytes, format, name, limits).map(Decoded::whole),
            None => Err(unknown(bytes)),
        },
        Err(_) => Err(unknown(bytes)),
    }
}

/// Says what the content is, if it is known.
fn unknown(bytes: &[u8]) -> DecodeError {
    content::name(bytes).map_or(DecodeError::UnknownFormat, |format| DecodeError::NotRead { format })
}

fn name_of(format: ImageFormat) -> Option<&'static str> {
    Some(match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::WebP => "WebP",
        ImageFormat::Gif => "GIF",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Tiff => "TIFF",
        _ => return None,
    })
}

fn decode_with_image(
    bytes: &[u8],
    format: ImageFormat,
    name: &'static str,
    limits: &Limits,
) -> Result<RgbImage, DecodeError> {
    let explain = |error: ImageError| explain(error, name);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(image_limits(limits));
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    limits.check_pixels(width.into(), height.into())?;
    limits.check_decoded(decoder.total_bytes())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    picture.apply_orientation(orientation);
    Ok(on_white(match profile {
        Some(profile) => profile::of_any(picture, &profile),
        None => picture,
    }))
}

/// Cut-outs lie on white in every shop; what is under a transparent pixel is whatever its program left there.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        image::Rgb([red, green, blue].map(|light| over_white(light, alpha)))
    })
}

fn over_white(light: u8, alpha: u8) -> u8 {
    let (light, alpha) = (u32::from(light), u32::from(alpha));
    ((light * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// The decoders' own book-keeping gets the same bound once more: palettes and compressed buffers
/// come on top of the pixels.
fn image_limits(limits: &Limits) -> image::Limits {
    let mut own = image::Limits::default();
    own.max_alloc = Some(limits.max_decoded_bytes.saturating_mul(2));
    own
}

fn explain(error: ImageError, format: &'static str) -> DecodeError {
    if is_early_end(&error) {
        return DecodeError::Truncated { format };
    }
    match error {
        ImageError::Unsupported(e) => DecodeError::Unsupported { format, reason: e.to_string() },
        other => DecodeError::Damaged { format, reason: other.to_string() },
    }
}

/// Decoders report a file that ends early in their own ways, some only in words.
fn is_early_end(error: &ImageError) -> bool {
    let text = error.to_string().to_lowercase();
    matches!(error, ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof)
        || ["unexpected eof", "unexpected end", "end of file", "eof", "failed to fill whole buffer"]
            .iter()
            .any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    const FORMATS: [ImageFormat; 6] = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
    ];

    #[test]
    fn every_supported_format_decodes_to_its_size() {
        for format in FORMATS {
            let picture = decode(&encode(format, 33, 21), &Limits::default(), None).unwrap();
            assert_eq!(picture.dimensions(), (33, 21), "{format:?}");
        }
    }

    #[test]
    fn what_is_transparent_is_white() {
        let pixels = [[9, 8, 7, 255], [0, 0, 0, 0], [0, 0, 0, 128]];
        let picture = image::RgbaImage::from_fn(3, 1, |x, _| image::Rgba(pixels[x as usize]));
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::from(picture.clone()).write_to(&mut bytes, format).unwrap();
            let seen = decode(&bytes.into_inner(), &Limits::default(), None).unwrap();
            assert_eq!(seen.into_raw(), [9, 8, 7, 255, 255, 255, 127, 127, 127], "{format:?}");
        }
    }

    #[test]
    fn what_is_not_read_is_called_what_it_is() {
        let reason = |bytes: &[u8]| decode(bytes, &Limits::default(), None).unwrap_err().to_string();
        assert!(reason(b"\0\0\0\x1cftypavif\0\0\0\0").contains("AVIF"));
        assert!(reason(b"\0\0\0\x0cJXL \r\n\x87\n").contains("JPEG XL"));
        assert!(reason(b"<?xml version='1.0'?><svg xmlns='x'/>").contains("SVG"));
    }

    #[test]
    fn one_pixel_is_a_picture() {
        for format in FORMATS {
            let picture = decode(&encode(format, 1, 1), &Limits::default(), Some(224)).unwrap();
            assert_eq!(picture.dimensions(), (1, 1), "{format:?}");
        }
    }

    #[test]
    fn half_a_file_is_an_error_in_every_format() {
        for format in FORMATS {
            let bytes = encode(format, 200, 200);
            let error = decode(&bytes[..bytes.len() / 2], &Limits::default(), None).unwrap_err();
            assert!(
                matches!(error.code(), "truncated-picture" | "damaged-picture"),
                "{format:?} gave {error:?}"
            );
        }
    }

    #[test]
    fn empty_and_foreign_content_say_so() {
        let limits = Limits::default();
        assert_eq!(decode(b"", &limits, None).unwrap_err().code(), "empty-file");
        assert_eq!(decode(b"this is text", &limits, None).unwrap_err().code(), "not-a-picture");
    }

    #[test]
    fn limits_are_checked_in_every_format() {
        let limits = Limits { max_pixels: 99, ..Limits::default() };
        for format in FORMATS {
            let error = decode(&encode(format, 10, 10), &limits, None).unwrap_err();
            assert_eq!(error.code(), "too-large", "{format:?}");
        }
        let limits = Limits { max_decoded_bytes: 299, ..Limits::default() };
        assert_eq!(decode(&encode(ImageFormat::Png, 10, 10), &limits, None).unwrap_err().code(), "too-large");
    }

    #[test]
    fn a_large_jpeg_is_decoded_at_a_reduced_scale() {
        let bytes = encode(ImageFormat::Jpeg, 2000, 1500);
        let picture = decode(&bytes, &Limits::default(), Some(224)).unwrap();
        assert_eq!(picture.dimensions(), (750, 563));
        let picture = decode(&bytes, &Limits::default(), None).unwrap();
        assert_eq!(picture.dimensions(), (2000, 1500));
    }
}
