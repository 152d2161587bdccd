//! Which files are pictures, by the endings of their names, and how their paths are written.

use std::path::Path;

/// Files with other endings are no pictures and are passed over.
#[rustfmt::skip]
pub(crate) const ENDINGS: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp", "png", "webp", "gif", "bmp", "tif", "tiff", "jpg_large", "jpeg_large",
    "png_large", "jpg_orig", "heic", "heif", "hif", "avif",
];

/// Pictures of phones, which often save a JPEG beside them.
const OF_PHONES: &[&str] = &["heic", "heif", "hif"];

/// Pictures that cannot be read, by their endings: they are set aside with what they are.
const NOT_READ: &[(&str, &str)] = &[
    ("jxl", "JPEG XL"),
    ("jp2", "JPEG 2000"),
    ("j2k", "JPEG 2000"),
    ("svg", "SVG"),
    ("psd", "a Photoshop document"),
    ("dng", "a camera's raw picture"),
    ("cr2", "a camera's raw picture"),
    ("cr3", "a camera's raw picture"),
    ("nef", "a camera's raw picture"),
    ("arw", "a camera's raw picture"),
    ("orf", "a camera's raw picture"),
    ("raf", "a camera's raw picture"),
    ("rw2", "a camera's raw picture"),
    ("pef", "a camera's raw picture"),
    ("srw", "a camera's raw picture"),
    ("ai", "an Illustrator document"),
    ("eps", "EPS"),
];

/// Files with many others packed in them.
const ARCHIVES: &[&str] = &["zip", "rar", "7z", "tar", "gz", "tgz"];

/// Tables, which may say more of the pictures beside them.
const TABLES: &[&str] = &["csv", "tsv", "xlsx", "xlsb", "xls", "ods"];

/// What a picture is that is not read, by its ending.
pub(crate) fn not_read(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?;
    NOT_READ.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, format)| *format)
}

/// Whether a file is a picture that is read, by its ending.
pub(crate) fn is_picture(path: &Path) -> bool {
    has_ending(path, ENDINGS)
}

/// Whether a file is a phone's picture, by its ending.
pub(crate) fn is_of_phone(path: &Path) -> bool {
    has_ending(path, OF_PHONES)
}

/// Whether a file is one with others packed in it, by its ending.
pub(crate) fn is_archive(path: &Path) -> bool {
    has_ending(path, ARCHIVES)
}

/// Whether a file is a table, by its ending.
pub(crate) fn is_table(path: &Path) -> bool {
    has_ending(path, TABLES)
}

/// A path from a folder with slashes, the same on every system; `None` if it is no UTF-8.
pub(crate) fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<_>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|e| endings.iter().any(|ending| e.eq_ignore_ascii_case(ending)))
}
