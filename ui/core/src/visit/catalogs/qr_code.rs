//! Codes (QR) in pictures.

use std::borrow::Cow;

use image::{GrayImage, RgbImage, imageops};
use knytt_wire::CatalogLink;
use rqrr::PreparedImage;

/// Longest sides that a picture is looked at in, in pixels. The small one sees through the grain of a
/// large photograph; the large one sees small codes.
const SIDES: [u32; 3] = [640, 1280, 2048];

/// What the codes in a picture say: a link to a catalogue if one does, else whatever the first one says.
/// Light codes on a dark ground are read as well.
pub fn read(picture: &RgbImage) -> Option<String> {
    read_gray(&imageops::grayscale(picture), &SIDES)
}

/// As [`read`], for one frame of many: quicker, and only links.
pub fn read_frame(frame: &RgbImage) -> Option<String> {
    read_gray(&imageops::grayscale(frame), &SIDES[..2]).filter(|text| is_link(text))
}

fn read_gray(picture: &GrayImage, sides: &[u32]) -> Option<String> {
    let longest = picture.width().max(picture.height());
    let mut other = None;
    for (i, side) in sides.iter().enumerate() {
        // Sizes above the picture's own are all the same.
        if i > 0 && sides[i - 1] >= longest {
            break;
        }
        for inverted in [false, true] {
            for text in texts(&shrunk(picture, *side), inverted) {
                if is_link(&text) {
                    return Some(text);
                }
                other.get_or_insert(text);
            }
        }
    }
    other
}

fn texts(picture: &GrayImage, inverted: bool) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixel = |x: usize, y: usize| {
        let light = picture.as_raw()[y * width + x];
        if inverted { 255 - light } else { light }
    };
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, pixel);
    let found = prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok());
    found.map(|(_, text)| text).filter(|text| !text.trim().is_empty()).collect()
}

fn shrunk(picture: &GrayImage, side: u32) -> Cow<'_, GrayImage> {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= side {
        return Cow::Borrowed(picture);
    }
    let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longest)).max(1) as u32;
    Cow::Owned(imageops::thumbnail(picture, scaled(width), scaled(height)))
}

fn is_link(text: &str) -> bool {
    text.parse::<CatalogLink>().is_ok()
}

#[cfg(test)]
mod tests {
    use image::Luma;
    use qrcode::{Color, QrCode};

    use super::*;

    const LINK: &str = "knytt://catalog?url=https%3A%2F%2Fshop.example%2Fcatalog%2F&root=\
        0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    /// A code with squares of `scale` pixels in the middle of a larger picture.
    fn picture(text: &str, scale: u32, dark: u8, light: u8, (width, height): (u32, u32)) -> RgbImage {
        let code = QrCode::new(text).unwrap();
        let (modules, colors) = (code.width() as u32, code.to_colors());
        let (left, top) = ((width - modules * scale) / 2, (height - modules * scale) / 2);
        let quiet = 4 * scale;
        let gray = GrayImage::from_fn(width, height, |x, y| {
            let (dx, dy) = (x.wrapping_sub(left) / scale, y.wrapping_sub(top) / scale);
            let inside = |at: u32, start: u32| at + quiet >= start && at < start + modules * scale + quiet;
            match (x >= left && y >= top && dx < modules && dy < modules)
                .then(|| colors[(dy * modules + dx) as usize])
            {
                Some(Color::Dark) => Luma([dark]),
                Some(Color::Light) => Luma([light]),
                None if inside(x, left) && inside(y, top) => Luma([light]),
                None => Luma([((x / 9 + y / 7) % 80 + 90) as u8]),
            }
        });
        image::DynamicImage::ImageLuma8(gray).into_rgb8()
    }

    #[test]
    fn links_are_read_from_photographs_screens_and_terminals() {
        assert_eq!(read(&picture(LINK, 4, 20, 240, (400, 300))).as_deref(), Some(LINK), "small");
        assert_eq!(read(&picture(LINK, 24, 40, 200, (3000, 2200))).as_deref(), Some(LINK), "large");
        assert_eq!(read(&picture(LINK, 6, 235, 15, (800, 600))).as_deref(), Some(LINK), "inverted");
        let mut turned = picture(LINK, 6, 20, 240, (700, 600));
        turned = imageops::rotate90(&turned);
        assert_eq!(read_frame(&turned).as_deref(), Some(LINK), "turned");
    }

    #[test]
    fn other_codes_are_told_but_not_followed_by_the_camera() {
        let other = picture("a coat, 40 EUR", 8, 20, 240, (640, 480));
        assert_eq!(read(&other).as_deref(), Some("a coat, 40 EUR"));
        assert_eq!(read_frame(&other), None);
    }

    #[test]
    fn a_picture_without_a_code_says_nothing() {
        assert_eq!(read(&RgbImage::from_fn(900, 700, |x, y| image::Rgb([x as u8, y as u8, 9]))), None);
        assert_eq!(read(&RgbImage::new(1, 1)), None);
    }
}
