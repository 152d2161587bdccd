//! A product to hand on: its picture and a few lines.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fs_err as fs;
use image::RgbImage;
use knytt_engine::{Product, SearchSession};
use knytt_models::decode;
use knytt_ui_api::{Code, Problem};

use super::open::Shop;
use super::product::{find, link};
use crate::problem::{of_engine, of_io};

const JPEG_QUALITY: i32 = 86;

/// What is handed on.
pub struct Share {
    /// A file name without an ending.
    pub name: String,
    /// Title, maker, price and link, a line each.
    pub text: String,
    /// JPEG, or whatever the shop's picture is; none if the product has no picture.
    pub picture: Option<Vec<u8>>,
}

/// A product as something to hand on.
///
/// # Errors
/// There is no such product.
pub fn share(shop: &Shop, id: &str) -> Result<Share, Problem> {
    let product = find(shop.session(), id)?;
    Ok(Share { name: file_name(&product), text: lines(&product), picture: full_picture(shop, &product, 0)? })
}

/// The longer side of a picture that is made again for browsers, in pixels.
const SHOWN_SIDE: u32 = 2_048;

/// The largest there is of a product's picture (0: its own, else the number of a further one): the shop's file, as a
/// JPEG where browsers do not show it, else the thumbnail.
///
/// # Errors
/// The catalogue cannot be read.
pub fn full_picture(shop: &Shop, product: &Product, number: u8) -> Result<Option<Vec<u8>>, Problem> {
    let limits = decode::Limits::default();
    let fits = |file: &PathBuf| file.metadata().is_ok_and(|m| m.len() <= limits.max_file_bytes);
    let address = address(shop.session(), product, number)?;
    if let Some(file) = address.and_then(|address| shop.picture_file(&address)).filter(fits) {
        let bytes = fs::read(file).map_err(of_io)?;
        if is_shown(&bytes) {
            return Ok(Some(bytes));
        }
        if let Ok(picture) = decode::decode(&bytes, &limits, None) {
            return jpeg(&picture, SHOWN_SIDE).map(Some);
        }
    }
    thumbnail(shop.session(), &product.id, number)
}

/// Where a product's picture is, as the catalogue has it; `None` if there is no such picture.
fn address(session: &SearchSession, product: &Product, number: u8) -> Result<Option<String>, Problem> {
    if number == 0 {
        return Ok(Some(product.image.clone()));
    }
    let snapshot = session.catalog().read().map_err(of_engine)?;
    let pictures = snapshot.further_pictures(&product.id).map_err(of_engine)?;
    let found = pictures.into_iter().find(|picture| picture.number == number);
    Ok(found.map(|found| found.picture.address))
}

/// Whether every browser shows a picture file as it is: HEIC and TIFF are shown by some alone.
fn is_shown(bytes: &[u8]) -> bool {
    use image::ImageFormat::{Avif, Bmp, Gif, Jpeg, Png, WebP};
    image::guess_format(bytes).is_ok_and(|format| matches!(format, Avif | Bmp | Gif | Jpeg | Png | WebP))
}

/// The small picture of a product (0: its own, else the number of a further one).
///
/// # Errors
/// The catalogue cannot be read.
pub fn thumbnail(session: &SearchSession, id: &str, number: u8) -> Result<Option<Vec<u8>>, Problem> {
    let snapshot = session.catalog().read().map_err(of_engine)?;
    Ok(snapshot.picture_thumbnail(id, number).map_err(of_engine)?.map(<[u8]>::to_vec))
}

impl Share {
    /// A page with picture and text in one file, which also pastes into mails and documents.
    pub fn html(&self) -> String {
        let text: Vec<_> = self.text.lines().map(|line| format!("<p>{}</p>", escaped(line))).collect();
        let picture = self.picture.as_ref().map(|bytes| {
            let kind = image::guess_format(bytes).map_or("image/jpeg", |format| format.to_mime_type());
            format!(
                "<img alt=\"{}\" src=\"data:{kind};base64,{}\">",
                escaped(&self.name),
                BASE64.encode(bytes)
            )
        });
        format!("<!doctype html><meta charset=\"utf-8\">{}{}", picture.unwrap_or_default(), text.concat())
    }
}

/// A JPEG file whose longest side is at most `side` pixels.
///
/// # Errors
/// None for a picture that was decoded.
pub fn jpeg(picture: &RgbImage, side: u32) -> Result<Vec<u8>, Problem> {
    let (width, height) = picture.dimensions();
    let small;
    let picture = if width.max(height) > side {
        let scale = f64::from(side) / f64::from(width.max(height));
        let length = |l: u32| ((f64::from(l) * scale).round() as u32).max(1);
        small = image::imageops::thumbnail(picture, length(width), length(height));
        &small
    } else {
        picture
    };
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let format = turbojpeg::PixelFormat::RGB;
    let image =
        turbojpeg::Image { pixels: picture.as_raw().as_slice(), width, pitch: 3 * width, height, format };
    let bytes = turbojpeg::compress(image, JPEG_QUALITY, turbojpeg::Subsamp::Sub2x2);
    bytes.map(|bytes| bytes.to_vec()).map_err(|error| Problem::new(Code::Internal, error))
}

fn lines(product: &Product) -> String {
    let price = product.price.as_ref().map(ToString::to_string);
    let link = link(product).map(str::to_owned);
    let lines = [Some(product.title.clone()), Some(product.brand.clone()), price, link];
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Letters, digits and dashes: a name that every file system takes.
fn file_name(product: &Product) -> String {
    let title = if product.title.is_empty() { &product.id } else { &product.title };
    let mut name: String =
        title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(80).collect();
    while name.contains("--") {
        name = name.replace("--", "-");
    }
    let name = name.trim_matches('-');
    if name.is_empty() { "product".into() } else { name.into() }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_for_every_file_system() {
        let named =
            |title: &str| file_name(&Product { id: "7".into(), title: title.into(), ..Product::default() });
        assert_eq!(named("Red / blue: \"shirt\"?"), "Red-blue-shirt");
        assert_eq!(named("../.."), "product");
        assert_eq!(named(""), "7");
    }

    #[test]
    fn a_title_cannot_write_markup() {
        let share = Share { name: "\"><x".into(), text: "<script>".into(), picture: Some(vec![1]) };
        let html = share.html();
        assert!(!html.contains("<script>") && !html.contains("\"><x"), "{html}");
    }

    #[test]
    fn a_picture_shrinks_to_its_side_and_never_grows() {
        let size = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8().dimensions();
        assert_eq!(size(&jpeg(&RgbImage::new(400, 100), 100).unwrap()), (100, 25));
        assert_eq!(size(&jpeg(&RgbImage::new(10_000, 1), 100).unwrap()), (100, 1));
        assert_eq!(size(&jpeg(&RgbImage::new(8, 9), 100).unwrap()), (8, 9));
    }
}
