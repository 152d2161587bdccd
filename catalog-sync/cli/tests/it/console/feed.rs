//! Feeds that have their pictures inside.

use base64::Engine as _;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use serde_json::json;

/// A picture that no other number has.
pub fn picture(number: u32) -> Vec<u8> {
    let color =
        Rgb([(number * 53 % 200) as u8 + 40, (number * 97 % 200) as u8 + 40, (number * 31 % 200) as u8 + 40]);
    let (side, stripe) = (96, 6 + number % 11);
    let drawn = RgbImage::from_fn(side, side, |x, y| {
        let is_inside = x.abs_diff(48) + y.abs_diff(48) < 30 + number % 15;
        if is_inside && ((x + y * (number % 3)) / stripe).is_multiple_of(2) {
            color
        } else {
            Rgb([236, 232, 226])
        }
    });
    let mut bytes = Vec::new();
    drawn.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85)).unwrap();
    bytes
}

/// One product of a feed, as a line of JSON.
pub fn product(number: u32, title: &str) -> String {
    let picture = base64::engine::general_purpose::STANDARD.encode(picture(number));
    let line = json!({
        "id": format!("sku-{number}"),
        "title": title,
        "price": format!("{}.90 EUR", 10 + number % 50),
        "image_link": format!("data:image/jpeg;base64,{picture}"),
    });
    line.to_string()
}

/// So many products.
pub fn products(count: u32) -> String {
    let lines = (1..=count).map(|number| product(number, &format!("Patterned thing {number}")));
    lines.collect::<Vec<_>>().join("\n")
}
