//! Colours of a picture with an ICC profile, as sRGB: phones save pictures in Display P3, where the same numbers mean
//! stronger colours.

use image::{DynamicImage, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions, Xyzd};

/// Primaries that differ by less, in XYZ, are the same.
const SAME: f64 = 2e-3;

/// The pixels of a picture whose file has this profile, in sRGB. What is transparent stays so.
pub(super) fn of_any(picture: DynamicImage, profile: &[u8]) -> DynamicImage {
    if picture.color().has_alpha() {
        let mut picture = picture.into_rgba8();
        to_srgb(&mut picture, Layout::Rgba, profile);
        return picture.into();
    }
    let mut picture = picture.into_rgb8();
    of_rgb(&mut picture, profile);
    picture.into()
}

/// As [`of_any`], in place.
pub(super) fn of_rgb(picture: &mut RgbImage, profile: &[u8]) {
    to_srgb(picture, Layout::Rgb, profile);
}

/// A profile that cannot be read, or is not of RGB, changes nothing.
fn to_srgb(pixels: &mut [u8], layout: Layout, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    let srgb = ColorProfile::new_srgb();
    if profile.color_space != DataColorSpace::Rgb || is_srgb(&profile, &srgb) {
        return;
    }
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, options) else { return };
    let mut converted = vec![0; pixels.len()];
    if transform.transform(pixels, &mut converted).is_ok() {
        pixels.copy_from_slice(&converted);
    }
}

/// Whether a profile has the primaries of sRGB. Most files have it, under many names.
fn is_srgb(profile: &ColorProfile, srgb: &ColorProfile) -> bool {
    let same = |a: Xyzd, b: Xyzd| [a.x - b.x, a.y - b.y, a.z - b.z].iter().all(|d| d.abs() < SAME);
    same(profile.red_colorant, srgb.red_colorant)
        && same(profile.green_colorant, srgb.green_colorant)
        && same(profile.blue_colorant, srgb.blue_colorant)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn seen(pixel: [u8; 4], profile: &[u8]) -> [u8; 4] {
        let picture = RgbaImage::from_pixel(2, 2, Rgba(pixel));
        of_any(picture.into(), profile).into_rgba8().get_pixel(1, 1).0
    }

    #[test]
    fn colours_of_display_p3_are_stronger_in_srgb() {
        let [red, green, _, alpha] =
            seen([200, 100, 100, 128], &ColorProfile::new_display_p3().encode().unwrap());
        assert!(red > 210 && green < 100, "{red} {green}");
        assert_eq!(alpha, 128);
    }

    #[test]
    fn srgb_and_what_is_no_profile_change_nothing() {
        for profile in [ColorProfile::new_srgb().encode().unwrap(), b"no profile".to_vec()] {
            assert_eq!(seen([200, 100, 50, 255], &profile), [200, 100, 50, 255]);
        }
    }
}
