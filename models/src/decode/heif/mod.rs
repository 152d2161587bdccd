//! HEIC and AVIF, as phones save pictures, by the system's libheif. It is looked for at run time: the program starts
//! without it, and names the library where a picture needs it.
#![allow(unsafe_code)] // Calls a C library.

mod library;

use std::ffi::{CStr, c_void};
use std::ptr::{null, null_mut};

use image::{DynamicImage, RgbImage, RgbaImage};

use self::library::{Context, Handle, INTERLEAVED, Image, LibHeif, RGB, RGBA_INTERLEAVED, Status, library};
use super::{DecodeError, Limits, on_white, profile};

/// `heif_error_Unsupported_filetype`, `heif_error_Unsupported_feature`, `heif_error_Plugin_loading_error`
const UNSUPPORTED: [i32; 3] = [3, 4, 11];

/// `heif_suberror_End_of_data`
const END_OF_DATA: i32 = 100;

/// Whether this system reads HEIC and AVIF.
pub fn is_available() -> bool {
    library().is_some()
}

/// Decodes the primary picture of a file, upright: the library turns and crops it as the file says.
pub(super) fn decode(bytes: &[u8], format: &'static str, limits: &Limits) -> Result<RgbImage, DecodeError> {
    let library = library().ok_or(DecodeError::NoLibrary { format })?;
    let file = OpenFile::read(library, bytes, format, limits)?;
    let (width, height) = file.dimensions();
    limits.check_pixels(width, height)?;
    // The decoder's own planes lie beside the four channels that are given out.
    limits.check_decoded(width.saturating_mul(height).saturating_mul(8))?;
    let picture = DynamicImage::ImageRgba8(file.pixels()?);
    Ok(on_white(match file.profile() {
        Some(profile) => profile::of_any(picture, &profile),
        None => picture,
    }))
}

/// A file that the library has read, and its primary picture.
struct OpenFile<'a> {
    library: &'static LibHeif,
    context: *mut Context,
    handle: *mut Handle,
    format: &'static str,
    /// The library reads them whenever it decodes.
    _bytes: &'a [u8],
}

impl<'a> OpenFile<'a> {
    fn read(
        library: &'static LibHeif,
        bytes: &'a [u8],
        format: &'static str,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        // SAFETY: no argument.
        let context = unsafe { (library.context_alloc)() };
        let mut file = Self { library, context, handle: null_mut(), format, _bytes: bytes };
        if context.is_null() {
            return Err(file.damaged("libheif has no memory for it".into()));
        }
        let side = i32::try_from(limits.max_pixels.isqrt()).unwrap_or(i32::MAX);
        // SAFETY: the context lives until `file` is dropped, and the bytes outlive it by the lifetime.
        let status = unsafe {
            (library.limit_side)(context, side);
            (library.read_memory)(context, bytes.as_ptr().cast::<c_void>(), bytes.len(), null())
        };
        file.check(&status)?;
        // SAFETY: the context has read a file; the handle is written where it says so.
        let status = unsafe { (library.primary)(context, &raw mut file.handle) };
        file.check(&status)?;
        Ok(file)
    }

    /// Width and height of the picture as it is shown.
    fn dimensions(&self) -> (u64, u64) {
        // SAFETY: the handle is that of a picture: `read` checked it.
        let (width, height) =
            unsafe { ((self.library.handle_width)(self.handle), (self.library.handle_height)(self.handle)) };
        (width.max(0) as u64, height.max(0) as u64)
    }

    fn pixels(&self) -> Result<RgbaImage, DecodeError> {
        let mut image: *mut Image = null_mut();
        // SAFETY: as above; the picture is written where the status says so, and is released below.
        let status =
            unsafe { (self.library.decode)(self.handle, &raw mut image, RGB, RGBA_INTERLEAVED, null()) };
        self.check(&status)?;
        let picture = self.copy(image);
        // SAFETY: nothing points into the picture any more.
        unsafe { (self.library.image_release)(image) };
        picture.ok_or_else(|| self.damaged("its pixels do not fit its size".into()))
    }

    /// Copies the rows of a decoded picture, which lie `stride` bytes apart.
    fn copy(&self, image: *const Image) -> Option<RgbaImage> {
        let mut stride = 0;
        // SAFETY: the picture was decoded without an error.
        let (width, height, plane) = unsafe {
            (
                (self.library.image_width)(image, INTERLEAVED),
                (self.library.image_height)(image, INTERLEAVED),
                (self.library.plane)(image, INTERLEAVED, &raw mut stride),
            )
        };
        let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
        let (row, stride) = (4 * width as usize, usize::try_from(stride).ok()?);
        if plane.is_null() || stride < row {
            return None;
        }
        let mut pixels = Vec::with_capacity(row * height as usize);
        for y in 0..height as usize {
            // SAFETY: the plane has `height` rows of `stride` bytes, of which `row` are its pixels.
            pixels.extend_from_slice(unsafe { std::slice::from_raw_parts(plane.add(y * stride), row) });
        }
        RgbaImage::from_raw(width, height, pixels)
    }

    /// The picture's ICC profile, if the file has one.
    fn profile(&self) -> Option<Vec<u8>> {
        // SAFETY: the handle is that of a picture.
        let size = unsafe { (self.library.profile_size)(self.handle) };
        if size == 0 {
            return None;
        }
        let mut profile = vec![0_u8; size];
        // SAFETY: the library writes as many bytes as it said.
        let status = unsafe { (self.library.profile)(self.handle, profile.as_mut_ptr().cast::<c_void>()) };
        (status.code == 0).then_some(profile)
    }

    fn check(&self, status: &Status) -> Result<(), DecodeError> {
        if status.code == 0 {
            return Ok(());
        }
        if status.subcode == END_OF_DATA {
            return Err(DecodeError::Truncated { format: self.format });
        }
        // SAFETY: a message is a text of the library's that ends with a zero.
        let said = (!status.message.is_null()).then(|| unsafe { CStr::from_ptr(status.message) });
        let reason = said.map(|said| said.to_string_lossy().into_owned()).unwrap_or_default();
        match UNSUPPORTED.contains(&status.code) {
            true => Err(DecodeError::Unsupported { format: self.format, reason }),
            false => Err(self.damaged(reason)),
        }
    }

    fn damaged(&self, reason: String) -> DecodeError {
        DecodeError::Damaged { format: self.format, reason }
    }
}

impl Drop for OpenFile<'_> {
    fn drop(&mut self) {
        // SAFETY: each is released once; what was not made is null.
        unsafe {
            if !self.handle.is_null() {
                (self.library.handle_release)(self.handle);
            }
            if !self.context.is_null() {
                (self.library.context_free)(self.context);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/heif");

    fn read(name: &str) -> Vec<u8> {
        fs_err::read(format!("{PICTURES}/{name}")).unwrap()
    }

    fn seen(name: &str) -> Option<RgbImage> {
        if !is_available() {
            println!("skipped: there is no libheif");
            return None;
        }
        Some(super::super::decode(&read(name), &Limits::default(), None).unwrap())
    }

    /// The golden pictures are 96 by 64: red on the left, green above, a blue corner on the right below.
    fn assert_is_upright(picture: &RgbImage) {
        assert_eq!(picture.dimensions(), (96, 64));
        let near = |x, y, colour: [u8; 3]| {
            let seen = picture.get_pixel(x, y).0;
            assert!(
                seen.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 12),
                "{x} {y}: {seen:?}, {colour:?}"
            );
        };
        near(8, 40, [200, 40, 40]);
        near(70, 8, [40, 160, 60]);
        near(88, 56, [30, 60, 200]);
    }

    #[test]
    fn pictures_of_phones_are_read_upright() {
        for name in ["plain.heic", "turned.heic", "plain.avif"] {
            let Some(picture) = seen(name) else { return };
            assert_is_upright(&picture);
        }
    }

    #[test]
    fn colours_are_those_that_the_profile_means() {
        let Some(picture) = seen("display-p3.heic") else { return };
        assert_is_upright(&picture);
    }

    #[test]
    fn what_is_transparent_is_white() {
        let Some(picture) = seen("cut-out.avif") else { return };
        assert!(
            picture.get_pixel(88, 8).0.iter().all(|light| *light > 245),
            "{:?}",
            picture.get_pixel(88, 8)
        );
    }

    #[test]
    fn a_part_of_a_file_is_an_error() {
        if !is_available() {
            return;
        }
        for name in ["plain.heic", "plain.avif"] {
            let bytes = read(name);
            for share in 1..20 {
                let part = &bytes[..bytes.len() * share / 20];
                let error = super::super::decode(part, &Limits::default(), None).unwrap_err();
                let known = ["truncated-picture", "damaged-picture", "unsupported-picture", "not-a-picture"];
                assert!(known.contains(&error.code()), "{error:?}");
            }
        }
    }

    #[test]
    fn limits_come_before_memory() {
        if !is_available() {
            return;
        }
        for limits in [
            Limits { max_pixels: 96 * 64 - 1, ..Limits::default() },
            Limits { max_decoded_bytes: 96 * 64, ..Limits::default() },
        ] {
            let error = super::super::decode(&read("plain.heic"), &limits, None).unwrap_err();
            assert!(matches!(error.code(), "too-large" | "damaged-picture"), "{error:?}");
        }
    }

    #[test]
    fn strangers_pictures_do_not_reach_the_library() {
        let limits = Limits { system_library: false, ..Limits::default() };
        let error = super::super::decode(&read("plain.heic"), &limits, None).unwrap_err();
        assert!(error.to_string().contains("HEIC"), "{error}");
    }
}
