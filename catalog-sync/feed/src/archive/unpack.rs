//! Takes the files out of a zip file, within bounds: a small file may unpack to many gigabytes.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{FEEDS, OF_DOCUMENTS, has_ending};
use crate::left_aside::is_of_system;
use crate::page::is_page;
use crate::picture_file::is_picture;
use crate::{Error, Result, text};

/// So many files at most.
const MAX_FILES: usize = 500_000;

/// All files together, unpacked.
const MAX_BYTES: u64 = 16 << 30;

/// One picture, unpacked: more than any build takes.
const MAX_PICTURE_BYTES: u64 = 256 << 20;

/// A file in a zip file.
#[derive(Debug)]
pub(super) struct Member {
    /// As the zip file names it.
    pub(super) name: String,
    /// From the folder that it was unpacked into.
    pub(super) path: PathBuf,
    /// Whether it may be a feed, a picture or a page; other files are not unpacked.
    pub(super) is_unpacked: bool,
}

trait Seekable: Read + Seek {}
impl<T: Read + Seek> Seekable for T {}

/// Unpacks what may be of use into a folder; none if the zip file is a document of another program.
pub(super) fn unpack(path: &Path, name: &str, folder: &Path) -> Result<Option<Vec<Member>>> {
    let damaged = |reason: String| Error::Damaged { name: name.into(), reason };
    let mut zip = ZipArchive::new(whole(path)?).map_err(|error| damaged(told(&error)))?;
    if zip.len() > MAX_FILES {
        return Err(damaged(format!("it has {} files in it, more than {MAX_FILES}", zip.len())));
    }
    let names: Vec<String> =
        zip.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    if names.iter().any(|name| OF_DOCUMENTS.contains(&name.as_str()) || has_ending(Path::new(name), &["iwa"]))
    {
        return Ok(None);
    }
    let mut members = Vec::new();
    let mut left = MAX_BYTES;
    for at in 0..zip.len() {
        let Some((name, path)) = member(&mut zip, at).map_err(|error| damaged(told(&error)))? else {
            continue;
        };
        let is_needed = has_ending(&path, FEEDS);
        let is_unpacked = is_needed || is_picture(&path) || is_page(&path);
        if is_unpacked {
            let taken = take(&mut zip, at, &folder.join(&path), left.min(most(&path)));
            match taken.map_err(|reason| damaged(format!("{name} in it {reason}"))) {
                Ok(taken) => left -= taken.min(left),
                // A damaged picture is read as far as it goes.
                Err(error) if is_needed => return Err(error),
                Err(_) => {}
            }
        }
        members.push(Member { name, path, is_unpacked });
    }
    members.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(Some(members))
}

fn most(path: &Path) -> u64 {
    if is_picture(path) { MAX_PICTURE_BYTES } else { MAX_BYTES }
}

/// The file itself, or what is packed in it once more.
fn whole(path: &Path) -> Result<Box<dyn Seekable>> {
    let file = fs_err::File::open(path).map_err(Error::Read)?;
    let mut start = [0; 2];
    let mut file = BufReader::new(file);
    file.read_exact(&mut start).map_err(|e| text::named(path, &e))?;
    file.seek(SeekFrom::Start(0)).map_err(|e| text::named(path, &e))?;
    if &start == b"PK" {
        return Ok(Box::new(file));
    }
    let mut unpacked = tempfile::tempfile().map_err(Error::Read)?;
    let mut packed = text::unpacked(path)?.take(MAX_BYTES);
    io::copy(&mut packed, &mut unpacked).map_err(|e| text::named(path, &e))?;
    Ok(Box::new(BufReader::new(unpacked)))
}

/// The name of a member and its path; none for a folder, a link, what a system put there, and a path that leads out.
fn member(zip: &mut ZipArchive<Box<dyn Seekable>>, at: usize) -> Result<Option<(String, PathBuf)>, ZipError> {
    let file = zip.by_index_raw(at)?;
    if file.is_dir() || file.is_symlink() {
        return Ok(None);
    }
    // Many programs write UTF-8 without saying so.
    let name = std::str::from_utf8(file.name_raw())
        .map_or_else(|_| file.name().unwrap_or_default().into_owned(), str::to_owned);
    let mut path = PathBuf::new();
    for part in name.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." || part.starts_with('.') || part.contains(':') || is_of_system(part) {
            return Ok(None);
        }
        path.push(part);
    }
    Ok((!path.as_os_str().is_empty()).then_some((name, path)))
}

/// Writes a member into a file and gives its length.
fn take(zip: &mut ZipArchive<Box<dyn Seekable>>, at: usize, to: &Path, most: u64) -> Result<u64, String> {
    let file = zip.by_index(at).map_err(|error| told(&error))?;
    let packed = file.compressed_size();
    let reason = |error: io::Error| format!("cannot be unpacked: {error}");
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder).map_err(reason)?;
    }
    let mut out = fs_err::File::create(to).map_err(reason)?;
    let mut from = BufReader::with_capacity(1 << 16, file);
    let (mut length, mut block) = (0, vec![0; 1 << 16]);
    loop {
        let read = from.read(&mut block).map_err(reason)?;
        if read == 0 {
            return Ok(length);
        }
        length += read as u64;
        if length > most {
            return Err(format!("is more than {} MiB unpacked", most >> 20));
        }
        if text::is_bomb(packed, length) {
            return Err(format!("is more than {} times as large unpacked as packed", text::MOST_PACKED));
        }
        out.write_all(&block[..read]).map_err(reason)?;
    }
}

fn told(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(reason) if *reason == ZipError::PASSWORD_REQUIRED => {
            "it is protected by a password: unpack it".into()
        }
        ZipError::UnsupportedArchive(reason) => {
            format!("it is packed in a way that is not read ({reason}): unpack it")
        }
        error => error.to_string(),
    }
}
