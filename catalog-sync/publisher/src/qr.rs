//! A link that a phone can read from a terminal.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::{Error, Result};

/// A QR code of `text` in half blocks with its quiet zone, for light letters on a dark ground; cameras
/// read it the other way round too.
///
/// # Errors
/// The text is longer than a code holds (about 2900 bytes).
pub fn terminal_code(text: &str) -> Result<String> {
    let code = QrCode::new(text).map_err(Error::unexpected)?;
    let mut blocks = code.render::<Dense1x2>();
    Ok(blocks.quiet_zone(true).dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}
