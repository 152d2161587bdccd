//! Pictures with products on them, read for showing.
//!
//! A picture lies in the document itself, as base64 of a small JPEG: so it comes with the signature, the transaction and
//! the version that all rules come with. Its bounds are narrow, since the document travels with every release.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{ImageFormat, ImageReader};

use crate::merchandise::document::{LookSpot, ShopLook};

/// Bytes of a picture.
const MOST_PICTURE_BYTES: usize = 96 << 10;
/// Pixels of a picture's sides.
const SIDES: std::ops::RangeInclusive<u32> = 64..=1024;

/// A look with its picture decoded from base64.
#[derive(Clone, Debug)]
pub(crate) struct CompiledLook {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Another one for another picture: 16 hexadecimal digits.
    pub(crate) version: String,
    /// The picture's width and height, in pixels.
    pub(crate) size: (u32, u32),
    pub(crate) spots: Vec<LookSpot>,
    /// The picture.
    pub(crate) jpeg: Vec<u8>,
}

impl CompiledLook {
    /// Reads a look.
    ///
    /// # Errors
    /// What is wrong with its picture.
    pub(crate) fn new(look: &ShopLook) -> Result<Self, String> {
        let (jpeg, size) = decoded(&look.picture)?;
        Ok(Self {
            id: look.id.clone(),
            title: look.title.clone(),
            version: blake3::hash(&jpeg).to_hex().chars().take(16).collect(),
            size,
            spots: look.spots.clone(),
            jpeg,
        })
    }
}

/// A picture's bytes, and its width and height.
fn decoded(picture: &str) -> Result<(Vec<u8>, (u32, u32)), String> {
    let too_large = || format!("a JPEG of at most {MOST_PICTURE_BYTES} bytes, as base64");
    if picture.len() > MOST_PICTURE_BYTES.div_ceil(3) * 4 {
        return Err(too_large());
    }
    let bytes = BASE64.decode(picture).map_err(|error| format!("base64: {error}"))?;
    if bytes.len() > MOST_PICTURE_BYTES {
        return Err(too_large());
    }
    let header = ImageReader::with_format(std::io::Cursor::new(&bytes), ImageFormat::Jpeg);
    let size = header.into_dimensions().map_err(|error| format!("no JPEG: {error}"))?;
    if ![size.0, size.1].iter().all(|side| SIDES.contains(side)) {
        let (least, most) = (SIDES.start(), SIDES.end());
        return Err(format!("{} × {} pixels; each side has {least} to {most}", size.0, size.1));
    }
    Ok((bytes, size))
}
