//! Where a product's picture is, and its bytes, with the reasons why there are none.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;
use url::Url;

/// A code and a reason, before the place is known.
pub type Refusal = (&'static str, String);

/// Where a picture is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// In a file.
    File(PathBuf),
    /// On a server: `http` or `https`.
    Remote(Url),
    /// In the feed itself: a `data:` address.
    Inline(String),
    /// Nowhere: a product that is kept without a picture, with the code and the reason.
    Missing(&'static str, String),
}

impl Picture {
    /// What a feed in the folder `base` means by this: a path relative to that folder, an absolute path, or an
    /// address of one of the schemes `file`, `http`, `https` and `data`. Nothing else is followed.
    ///
    /// # Errors
    /// `remote-image` for another scheme, `bad-url` for an address that is none.
    pub fn locate(text: &str, base: &Path) -> Result<Self, Refusal> {
        let text = text.trim();
        let scheme = scheme(text).map(str::to_ascii_lowercase);
        match scheme.as_deref() {
            None if text.starts_with("//") => remote(&format!("https:{text}")),
            None => Ok(Self::File(file(text, base))),
            Some("http" | "https") => remote(text),
            Some("data") => Ok(Self::Inline(text.into())),
            Some("file") => {
                let full = Url::parse(text).ok().filter(|url| url.path().len() > 1 && text.contains(":///"));
                let path = full.and_then(|url| url.to_file_path().ok());
                let rest = text["file:".len()..].trim_start_matches("//");
                Ok(Self::File(path.unwrap_or_else(|| base.join(rest))))
            }
            Some(_) => Err((
                "remote-image",
                format!("the picture is at {text}; only http, https, file and data are read"),
            )),
        }
    }

    /// [`Self::locate`] in the first of several folders that has the file; in the last one if none has it.
    ///
    /// # Errors
    /// As those of [`Self::locate`].
    pub(crate) fn locate_in(text: &str, bases: &[PathBuf]) -> Result<Self, Refusal> {
        let (last, others) =
            bases.split_last().map_or((Path::new(""), bases), |(last, others)| (last, others));
        for base in others {
            match Self::locate(text, base)? {
                Self::File(path) if !path.exists() => {}
                found => return Ok(found),
            }
        }
        Self::locate(text, last)
    }
}

/// The file that a feed means. Where there is none of this very name, it is looked for as other systems write it:
/// with slashes for backslashes, without the escapes of addresses, with letters composed or taken apart, and from
/// the feed's folder instead of the root of the disk.
fn file(text: &str, base: &Path) -> PathBuf {
    let named = base.join(text);
    if named.exists() {
        return named;
    }
    let slashed = text.replace('\\', "/");
    let unescaped = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).unwrap_or_default();
    let without_query = slashed.split(['?', '#']).next().unwrap_or_default().to_owned();
    let mut names =
        vec![slashed.clone(), unescaped(&slashed), without_query.clone(), unescaped(&without_query)];
    names.dedup();
    let forms =
        names.iter().flat_map(|name| [name.clone(), name.nfc().collect(), name.nfd().collect::<String>()]);
    let mut paths = forms.flat_map(|name| {
        let below = name.trim_start_matches("./").trim_start_matches('/');
        [base.join(&name), base.join(below)]
    });
    paths.find(|path| path.is_file()).unwrap_or(named)
}

/// What is before the colon, if that is a scheme and not a drive or a part of a name.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme =
        scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    (is_scheme && (rest.starts_with("//") || ["data", "file"].iter().any(|s| scheme.eq_ignore_ascii_case(s))))
        .then_some(scheme)
}

fn remote(text: &str) -> Result<Picture, Refusal> {
    match Url::parse(text) {
        Ok(url) if url.has_host() => Ok(Picture::Remote(url)),
        Ok(_) => Err(("bad-url", format!("{text} names no server"))),
        Err(error) => Err(("bad-url", format!("{text} is not an address: {error}"))),
    }
}

/// Reads a picture that is here already.
///
/// # Errors
/// A code and a reason; `remote-image` for a picture on a server.
pub fn read_picture(picture: &Picture, max_bytes: u64) -> Result<Vec<u8>, Refusal> {
    match picture {
        Picture::File(path) => read_file(path, max_bytes),
        Picture::Inline(text) => read_inline(text, max_bytes),
        Picture::Missing(code, reason) => Err((code, reason.clone())),
        Picture::Remote(url) => {
            Err(("remote-image", format!("the picture is at {url}, and nothing is downloaded here")))
        }
    }
}

/// Reads the whole file, unless it is larger than that.
fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>, Refusal> {
    let metadata = std::fs::metadata(path).map_err(|e| refuse(&e, path))?;
    // Asked before it is opened: opening a pipe would wait for somebody to write into it.
    if !metadata.is_file() {
        return Err(("not-a-file", format!("{} is not a file", path.display())));
    }
    if metadata.len() > max_bytes {
        return Err(too_large(max_bytes));
    }
    let file = std::fs::File::open(path).map_err(|e| refuse(&e, path))?;
    read_limited(file, path, max_bytes)
}

/// Reads to the end, at most so many bytes: a source may have no end.
///
/// # Errors
/// A code and a reason, in which the source is called `path`.
pub fn read_limited(source: impl Read, path: &Path, max_bytes: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    source.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|e| refuse(&e, path))?;
    check_size(bytes, max_bytes)
}

/// `data:image/png;base64,…` or `data:image/svg+xml,…`
fn read_inline(text: &str, max_bytes: u64) -> Result<Vec<u8>, Refusal> {
    let wrong = || ("bad-url", "the data: address cannot be read".to_owned());
    let (head, data) = text["data:".len()..].split_once(',').ok_or_else(wrong)?;
    if data.len() as u64 / 4 > max_bytes {
        return Err(too_large(max_bytes));
    }
    let plain: Vec<u8> = percent_decode_str(data).filter(|byte| !byte.is_ascii_whitespace()).collect();
    if !head.to_ascii_lowercase().ends_with(";base64") {
        return check_size(percent_decode_str(data).collect(), max_bytes);
    }
    let bytes = STANDARD.decode(&plain).or_else(|_| STANDARD_NO_PAD.decode(&plain)).map_err(|_| wrong())?;
    check_size(bytes, max_bytes)
}

fn check_size(bytes: Vec<u8>, max_bytes: u64) -> Result<Vec<u8>, Refusal> {
    match bytes.len() as u64 {
        0 => Err(("empty-file", "the file is empty (0 bytes)".into())),
        length if length > max_bytes => Err(too_large(max_bytes)),
        _ => Ok(bytes),
    }
}

fn refuse(error: &std::io::Error, path: &Path) -> Refusal {
    match error.kind() {
        ErrorKind::NotFound => ("missing-file", format!("there is no file {}", path.display())),
        ErrorKind::PermissionDenied => ("unreadable", format!("no permission to read {}", path.display())),
        _ => ("unreadable", format!("cannot read {}: {error}", path.display())),
    }
}

pub(crate) fn too_large(max_bytes: u64) -> Refusal {
    let allowed_mib = max_bytes >> 20;
    ("too-large", format!("the file is larger than the {allowed_mib} MiB allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_code() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let code = |path: &Path| read_file(path, 4).map_or_else(|(code, _)| code, |_| "ok");
        assert_eq!(code(&file("four", b"1234")), "ok");
        assert_eq!(code(&file("five", b"12345")), "too-large");
        assert_eq!(code(&file("none", b"")), "empty-file");
        assert_eq!(code(folder.path()), "not-a-file");
        assert_eq!(code(&folder.path().join("gone")), "missing-file");
    }

    #[test]
    fn paths_and_addresses_are_told_apart() {
        let locate = |text: &str| Picture::locate(text, Path::new("feeds"));
        let file = |path: &str| Ok(Picture::File(PathBuf::from(path)));
        assert_eq!(locate("pics/1.jpg"), file("feeds/pics/1.jpg"));
        assert_eq!(locate("a: b.jpg"), file("feeds/a: b.jpg"));
        assert_eq!(locate("C:\\a.jpg"), file("feeds/C:\\a.jpg"));
        if cfg!(unix) {
            assert_eq!(locate("/srv/1.jpg"), file("/srv/1.jpg"));
            assert_eq!(locate("file:///srv/a%20b.jpg"), file("/srv/a b.jpg"));
        }
        assert_eq!(locate("file://pics/1.jpg"), file("feeds/pics/1.jpg"));
        assert_eq!(
            locate("//cdn.test/1.jpg"),
            Ok(Picture::Remote("https://cdn.test/1.jpg".parse().unwrap()))
        );
        assert_eq!(locate("ftp://cdn.test/1.jpg").unwrap_err().0, "remote-image");
        assert_eq!(locate("http://[::1/a.jpg").unwrap_err().0, "bad-url");
    }

    #[test]
    fn files_are_found_as_other_systems_name_them() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        std::fs::create_dir(base.join("pics")).unwrap();
        let names = ["Stuhl grün.jpg", "crème.jpg", "a b.jpg", "50% off.jpg", "c.jpg"];
        for (at, name) in names.iter().enumerate() {
            let name: String = if at == 1 { name.nfd().collect() } else { name.nfc().collect() };
            std::fs::write(base.join("pics").join(name), at.to_string()).unwrap();
        }
        let content = |text: &str| {
            let found = Picture::locate(text, base).unwrap();
            read_picture(&found, 9).map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|(code, _)| code)
        };
        for (text, expected) in [
            ("pics\\a b.jpg", "2"),
            (".\\pics\\c.jpg", "4"),
            ("pics/a%20b.jpg", "2"),
            ("pics/50% off.jpg", "3"),
            ("/pics/c.jpg?width=200", "4"),
        ] {
            assert_eq!(content(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(content(&"pics/Stuhl grün.jpg".nfd().collect::<String>()).as_deref(), Ok("0"));
        assert_eq!(content(&"pics/crème.jpg".nfc().collect::<String>()).as_deref(), Ok("1"));
        assert_eq!(content("pics/d.jpg"), Err("missing-file"));
    }

    #[test]
    fn a_picture_in_the_feed_itself_is_decoded() {
        let read = |text: &str| read_picture(&Picture::Inline(text.into()), 8);
        assert_eq!(read("data:image/png;base64,aGVs\nbG8="), Ok(b"hello".to_vec()));
        assert_eq!(read("data:image/png;BASE64,aGVsbG8"), Ok(b"hello".to_vec()));
        assert_eq!(read("data:,a%20b"), Ok(b"a b".to_vec()));
        assert_eq!(read("data:image/png;base64,!!").unwrap_err().0, "bad-url");
        assert_eq!(read("data:,123456789").unwrap_err().0, "too-large");
    }
}
