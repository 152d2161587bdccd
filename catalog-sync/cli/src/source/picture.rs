//! A picture's bytes, with the reasons why there are none.

use std::io::{ErrorKind, Read};
use std::path::Path;

use knytt_models::decode::Limits;

/// Reads the whole file, unless it is larger than the limits allow.
///
/// # Errors
/// A code and a reason.
pub fn read_picture(path: &Path, limits: &Limits) -> Result<Vec<u8>, (&'static str, String)> {
    let file = std::fs::File::open(path).map_err(|e| refuse(&e, path))?;
    let metadata = file.metadata().map_err(|e| refuse(&e, path))?;
    if metadata.is_dir() {
        return Err(("not-a-file", format!("{} is a folder", path.display())));
    }
    if metadata.len() > limits.max_file_bytes {
        return Err(too_large(metadata.len(), limits));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    // The file may grow, or be a device without an end.
    file.take(limits.max_file_bytes + 1).read_to_end(&mut bytes).map_err(|e| refuse(&e, path))?;
    match bytes.len() as u64 {
        0 => Err(("empty-file", "the file is empty (0 bytes)".into())),
        length if length > limits.max_file_bytes => Err(too_large(length, limits)),
        _ => Ok(bytes),
    }
}

fn refuse(error: &std::io::Error, path: &Path) -> (&'static str, String) {
    match error.kind() {
        ErrorKind::NotFound => ("missing-file", format!("there is no file {}", path.display())),
        ErrorKind::PermissionDenied => ("unreadable", format!("no permission to read {}", path.display())),
        _ => ("unreadable", format!("cannot read {}: {error}", path.display())),
    }
}

fn too_large(length: u64, limits: &Limits) -> (&'static str, String) {
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let reason = format!(
        "the file has {:.0} MiB, more than the {:.0} MiB allowed",
        mib(length),
        mib(limits.max_file_bytes)
    );
    ("too-large", reason)
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
