//! What killed uploads left half written in a folder of releases.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// How long nothing was written to a file of an upload before it counts as left: much longer than an upload
/// may stand still.
pub const LEFT: Duration = Duration::from_secs(3_600);

/// The folders of a catalogue.
const FOLDERS: [&str; 2] = ["metadata", "targets"];

/// Removes files of uploads in `objects`, to which nothing was written for `age`. Returns how many there were.
///
/// # Errors
/// The folder cannot be read, or a file cannot be removed.
pub fn sweep(objects: &Path, age: Duration) -> io::Result<u64> {
    let mut removed = 0;
    for catalog in fs_err::read_dir(objects)? {
        let catalog = catalog?.path();
        for folder in FOLDERS.map(|folder| catalog.join(folder)) {
            if folder.is_dir() {
                removed += sweep_folder(&folder, age)?;
            }
        }
    }
    Ok(removed)
}

fn sweep_folder(folder: &Path, age: Duration) -> io::Result<u64> {
    let mut removed = 0;
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if !is_unfinished(&entry.file_name().to_string_lossy()) {
            continue;
        }
        // An upload that ends meanwhile takes its file away.
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_file() && is_quiet(&meta, age) {
            fs_err::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether nothing was written to a file for `age`. A clock that was put back says that something was.
pub fn is_quiet(meta: &Metadata, age: Duration) -> bool {
    let written =
        meta.modified().and_then(|at| SystemTime::now().duration_since(at).map_err(io::Error::other));
    written.is_ok_and(|quiet| quiet >= age)
}

/// Until a file is whole, the store appends `#` and a number to its name.
fn is_unfinished(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
