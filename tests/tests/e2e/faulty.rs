//! Files that are not what they should be.

use image::codecs::gif::GifEncoder;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgb, RgbImage, RgbaImage};

/// A valid header that claims 50,000 × 50,000 pixels over almost no data.
pub fn png_bomb() -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(50_000_u32.to_be_bytes());
    header.extend(50_000_u32.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in [(b"IHDR", header.as_slice()), (b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01"), (b"IEND", b"")]
    {
        png.extend((body.len() as u32).to_be_bytes());
        let checked = [kind.as_slice(), body].concat();
        png.extend(&checked);
        png.extend(crc32(&checked).to_be_bytes());
    }
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

/// Two frames, of which the first counts.
pub fn animated_gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for colour in [[200, 30, 30, 255], [30, 30, 200, 255]] {
        let frame = RgbaImage::from_pixel(64, 64, image::Rgba(colour));
        encoder.encode_frame(Frame::from_parts(frame, 0, 0, Delay::from_numer_denom_ms(100, 1))).unwrap();
    }
    drop(encoder);
    bytes
}

/// A JPEG in CMYK.
pub fn cmyk_jpeg() -> Vec<u8> {
    let pixels: Vec<u8> = (0..64 * 64).flat_map(|at: u32| [(at % 256) as u8, 40, 200, 10]).collect();
    let format = turbojpeg::PixelFormat::CMYK;
    let image = turbojpeg::Image { pixels: pixels.as_slice(), width: 64, pitch: 64 * 4, height: 64, format };
    turbojpeg::compress(image, 90, turbojpeg::Subsamp::None).unwrap().to_vec()
}

pub fn one_pixel() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = DynamicImage::from(RgbImage::from_pixel(1, 1, Rgb([90, 120, 30])));
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub fn truncated(jpeg: &[u8]) -> Vec<u8> {
    jpeg[..jpeg.len() / 2].to_vec()
}
