//! Smaller copies of pictures.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// How the pixels under a new one are weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All alike: the mean.
    Box,
    /// The nearer ones more, over twice the width: fewer steps along slanted edges.
    Bilinear,
}

/// A copy of `width` × `height` pixels. `None` if a side of either picture is zero.
///
/// This is for what people see and for measures of colour; a tower's input is made by
/// [`Preprocessing`](crate::Preprocessing), as its reference does it.
pub fn shrink(picture: &RgbImage, (width, height): (u32, u32), filter: Filter) -> Option<RgbImage> {
    if picture.is_empty() || width == 0 || height == 0 {
        return None;
    }
    let algorithm = match filter {
        Filter::Box => FilterType::Box,
        Filter::Bilinear => FilterType::Bilinear,
    };
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(algorithm));
    let mut small = RgbImage::new(width, height);
    // With the pixel's type given, the compiler makes code for this type only, not for all 14 of the library.
    let source =
        TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.as_raw()).ok()?;
    let mut target = TypedImage::<U8x3>::from_buffer(width, height, &mut small).ok()?;
    Resizer::new().resize_typed(&source, &mut target, &options).ok()?;
    Some(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_new_pixel_is_the_mean_of_those_under_it() {
        let picture = RgbImage::from_fn(4, 2, |x, y| image::Rgb([(x * 10 + y * 2) as u8, 7, 255]));
        let small = shrink(&picture, (2, 1), Filter::Box).unwrap();
        assert_eq!(small.as_raw(), &[6, 7, 255, 26, 7, 255]);
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let picture = RgbImage::from_fn(5, 3, |x, y| image::Rgb([x as u8, y as u8, 9]));
        assert_eq!(shrink(&picture, (5, 3), Filter::Bilinear).as_ref(), Some(&picture));
    }

    #[test]
    fn a_side_of_zero_has_no_copy() {
        assert!(shrink(&RgbImage::new(0, 4), (1, 1), Filter::Box).is_none());
        assert!(shrink(&RgbImage::new(4, 4), (0, 1), Filter::Box).is_none());
    }
}
