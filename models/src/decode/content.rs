//! What the content of a file is that is no picture of a known format: somebody who named it `.jpg` wants to know.

/// Beginnings, and what they are of.
const STARTS: [(&[u8], &str); 12] = [
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop document"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"PK\x03\x04", "a zip file"),
    (b"\x1f\x8b", "packed (gzip)"),
    (b"\0\0\x01\0", "an icon (ICO)"),
    (b"%!PS", "PostScript"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"{", "JSON"),
];

/// Kinds of files of ISO's media format, by the brand behind `ftyp`.
const BRANDS: [(&[u8], &str); 9] = [
    (b"avif", "AVIF"),
    (b"avis", "AVIF"),
    (b"heic", "HEIC"),
    (b"heix", "HEIC"),
    (b"heim", "HEIC"),
    (b"hevc", "HEIC"),
    (b"mif1", "HEIF"),
    (b"msf1", "HEIF"),
    (b"crx ", "a camera's raw picture"),
];

/// For people: `AVIF`, `an HTML page`. `None` if it cannot be told.
pub fn name(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) == Some(b"ftyp") {
        let brands = bytes.get(8..).unwrap_or_default().chunks_exact(4).take(8);
        let known = |brand: &[u8]| BRANDS.iter().find(|(start, _)| *start == brand).map(|(_, name)| *name);
        // The general brand may stand before the one that says more.
        let named: Vec<_> = brands.filter_map(known).collect();
        return named.iter().find(|name| **name != "HEIF").or(named.first()).copied().or(Some("a video"));
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("<svg")
        || (start.starts_with('<') && start.contains("<svg")) && !start.contains("<html")
    {
        return Some("SVG");
    }
    if start.starts_with("<!doctype html") || start.contains("<html") {
        return Some("an HTML page");
    }
    if start.starts_with("<?xml") {
        return Some("XML");
    }
    STARTS.iter().find(|(begin, _)| bytes.starts_with(begin)).map(|(_, name)| *name)
}

/// The name of a format in which phones save pictures, if the content is of one.
pub fn of_phones(bytes: &[u8]) -> Option<&'static str> {
    name(bytes).filter(|name| ["AVIF", "HEIC", "HEIF"].contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_files_are_known_by_how_they_begin() {
        for (bytes, expected) in [
            (&b"\0\0\0 ftypmif1\0\0\0\0mif1avif"[..], Some("AVIF")),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Some("HEIC")),
            (b"\0\0\0\x18ftypisom\0\0\0\0", Some("a video")),
            (b"<svg width='1'>", Some("SVG")),
            (b"<!DOCTYPE html><html><svg>", Some("an HTML page")),
            (b"%PDF-1.7", Some("a PDF document")),
            (b"hello", None),
        ] {
            assert_eq!(name(bytes), expected);
        }
    }
}
