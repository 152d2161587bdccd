//! A picture's bytes, with the reasons why there are none.

use std::io::{ErrorKind, Read};
use std::path::Path;

use knytt_models::decode::Limits;

/// A code and a reason.
type Refusal = (&'static str, String);

/// Reads the whole file, unless it is larger than the limits allow.
///
/// # Errors
/// A code and a reason.
pub fn read_picture(path: &Path, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let metadata = std::fs::metadata(path).map_err(|e| refuse(&e, path))?;
    // Asked before it is opened: opening a pipe would wait for somebody to write into it.
    if !metadata.is_file() {
        return Err(("not-a-file", format!("{} is not a file", path.display())));
    }
    if metadata.len() > limits.max_file_bytes {
        return Err(too_large(limits));
    }
    let file = std::fs::File::open(path).map_err(|e| refuse(&e, path))?;
    read_limited(file, path, limits)
}

/// Reads to the end, which may be nowhere: not further than the limits allow.
///
/// # Errors
/// A code and a reason, in which the source is called `path`.
pub fn read_limited(source: impl Read, path: &Path, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    source.take(limits.max_file_bytes + 1).read_to_end(&mut bytes).map_err(|e| refuse(&e, path))?;
    match bytes.len() as u64 {
        0 => Err(("empty-file", "the file is empty (0 bytes)".into())),
        length if length > limits.max_file_bytes => Err(too_large(limits)),
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

fn too_large(limits: &Limits) -> Refusal {
    let allowed_mib = limits.max_file_bytes >> 20;
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
        let limits = Limits { max_file_bytes: 4, ..Limits::default() };
        let code = |path: &Path| read_picture(path, &limits).map_or_else(|(code, _)| code, |_| "ok");
        assert_eq!(code(&file("four", b"1234")), "ok");
        assert_eq!(code(&file("five", b"12345")), "too-large");
        assert_eq!(code(&file("none", b"")), "empty-file");
        assert_eq!(code(folder.path()), "not-a-file");
        assert_eq!(code(&folder.path().join("gone")), "missing-file");
    }
}
