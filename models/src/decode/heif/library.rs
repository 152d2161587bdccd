//! The functions of libheif, looked up in the system's library when they are first needed.
#![allow(unsafe_code)] // A C library that is loaded at run time is called through pointers.

use std::ffi::{c_char, c_int, c_void};
use std::sync::LazyLock;

use libloading::Library;

/// Names of the library, by system.
const NAMES: [&str; 4] = ["libheif.so.1", "libheif.1.dylib", "/opt/homebrew/lib/libheif.1.dylib", "heif.dll"];

/// `heif_error`: a code of 0 is success.
#[repr(C)]
pub(super) struct Status {
    pub code: c_int,
    pub subcode: c_int,
    /// Of the library's own memory.
    pub message: *const c_char,
}

/// `heif_context`
#[repr(C)]
pub(super) struct Context {
    _opaque: [u8; 0],
}

/// `heif_image_handle`
#[repr(C)]
pub(super) struct Handle {
    _opaque: [u8; 0],
}

/// `heif_image`
#[repr(C)]
pub(super) struct Image {
    _opaque: [u8; 0],
}

/// `heif_colorspace_RGB`
pub(super) const RGB: c_int = 1;
/// `heif_chroma_interleaved_RGBA`
pub(super) const RGBA_INTERLEAVED: c_int = 11;
/// `heif_channel_interleaved`
pub(super) const INTERLEAVED: c_int = 10;

macro_rules! functions {
    ($($name:ident = $symbol:literal : fn($($argument:ty),*) $(-> $answer:ty)?;)*) => {
        /// The functions of the library that decoding needs. Their names are the library's, without `heif_`.
        pub(super) struct LibHeif {
            $(pub $name: unsafe extern "C" fn($($argument),*) $(-> $answer)?,)*
        }

        impl LibHeif {
            /// Looks every function up; none if one is missing.
            fn load() -> Option<Self> {
                // SAFETY: the library's start-up code is that of the system's own libheif, and each symbol has the
                // type that libheif's header gives it since version 1.4. The library is never unloaded.
                unsafe {
                    let library = NAMES.iter().find_map(|name| Library::new(*name).ok())?;
                    let library: &'static Library = Box::leak(Box::new(library));
                    Some(Self { $($name: *library.get($symbol).ok()?,)* })
                }
            }
        }
    };
}

functions! {
    context_alloc = b"heif_context_alloc\0": fn() -> *mut Context;
    context_free = b"heif_context_free\0": fn(*mut Context);
    limit_side = b"heif_context_set_maximum_image_size_limit\0": fn(*mut Context, c_int);
    read_memory = b"heif_context_read_from_memory_without_copy\0":
        fn(*mut Context, *const c_void, usize, *const c_void) -> Status;
    primary = b"heif_context_get_primary_image_handle\0": fn(*mut Context, *mut *mut Handle) -> Status;
    handle_release = b"heif_image_handle_release\0": fn(*const Handle);
    handle_width = b"heif_image_handle_get_width\0": fn(*const Handle) -> c_int;
    handle_height = b"heif_image_handle_get_height\0": fn(*const Handle) -> c_int;
    profile_size = b"heif_image_handle_get_raw_color_profile_size\0": fn(*const Handle) -> usize;
    profile = b"heif_image_handle_get_raw_color_profile\0": fn(*const Handle, *mut c_void) -> Status;
    decode = b"heif_decode_image\0":
        fn(*const Handle, *mut *mut Image, c_int, c_int, *const c_void) -> Status;
    image_release = b"heif_image_release\0": fn(*const Image);
    image_width = b"heif_image_get_width\0": fn(*const Image, c_int) -> c_int;
    image_height = b"heif_image_get_height\0": fn(*const Image, c_int) -> c_int;
    plane = b"heif_image_get_plane_readonly\0": fn(*const Image, c_int, *mut c_int) -> *const u8;
}

/// The system's library, if it has one.
pub(super) fn library() -> Option<&'static LibHeif> {
    static LIBRARY: LazyLock<Option<LibHeif>> = LazyLock::new(LibHeif::load);
    LIBRARY.as_ref()
}
