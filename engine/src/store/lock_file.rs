//! LMDB's lock file, and how a catalogue is opened where it cannot be written.

use std::io::{self, ErrorKind};
use std::path::Path;

use fs_err as fs;

use crate::error::{Error, Result};

/// LMDB's lock file, beside the data file.
const LOCK_FILE: &str = "lock.mdb";

/// How a catalogue's files can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It can be read and written.
    Write,
    /// The data file cannot be written.
    Read,
    /// The lock file cannot be written either, so LMDB must do without: no program that writes can know of this one.
    ReadUnlocked,
}

impl Access {
    /// Finds out how the catalogue in `folder` can be opened, and makes room for its lock file.
    ///
    /// LMDB maps its lock file and writes into the map. Where the file has a size but no room on the disk, that ends
    /// the process with SIGBUS; so the room is taken here, where its lack is an error.
    ///
    /// # Errors
    /// [`Error::DiskFull`] if there is no room for the lock file, [`Error::Open`] if a file cannot be opened.
    pub(crate) fn find(folder: &Path, data: &Path, readers: u32) -> Result<Self> {
        // 64 bytes for each reader, and two or three blocks of 64 bytes before them.
        let needed_bytes = u64::from(readers) * 64 + 128;
        let lock = folder.join(LOCK_FILE);
        match reserve(&lock, needed_bytes) {
            Ok(()) => {}
            Err(error) if is_read_only(&error) => return Ok(Self::ReadUnlocked),
            Err(error) if is_full(&error) => {
                return Err(Error::DiskFull { path: folder.into(), needed_bytes: Some(needed_bytes) });
            }
            Err(source) => return Err(Error::Open { path: lock, source }),
        }
        match fs::OpenOptions::new().write(true).open(data) {
            Err(error) if is_read_only(&error) => Ok(Self::Read),
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::Open { path: data.into(), source: error })
            }
            _ => Ok(Self::Write),
        }
    }
}

/// Whether the disk, or this user's share of it, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// Makes the lock file, or what it lacks, with room on the disk for all of it. What other processes have written in
/// it stays.
fn reserve(lock: &Path, bytes: u64) -> io::Result<()> {
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).read(true).open(lock)?;
    allocate(&file, lock, bytes)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "a call of the system")]
fn allocate(file: &fs::File, lock: &Path, bytes: u64) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let length = libc::off_t::try_from(bytes).unwrap_or(libc::off_t::MAX);
    // SAFETY: the descriptor is open. The call changes no byte that is there.
    if unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, length) } == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        // This file system cannot; its way of writing decides.
        error if matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::ENOSYS | libc::EINVAL)) => {
            fill(file, lock, bytes)
        }
        error => Err(error),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn allocate(file: &fs::File, lock: &Path, bytes: u64) -> io::Result<()> {
    fill(file, lock, bytes)
}

/// Without a way to allocate: writes as many bytes beside a new lock file and removes them again, to learn whether
/// there is room. The lock file itself may be in use by another process already.
fn fill(file: &fs::File, lock: &Path, bytes: u64) -> io::Result<()> {
    if cfg!(windows) || file.metadata()?.len() > 0 {
        return Ok(());
    }
    let probe = lock.with_extension(format!("{}.new", std::process::id()));
    let zeros = vec![0; usize::try_from(bytes).unwrap_or_default()];
    let written = fs::write(&probe, zeros).and_then(|()| fs::File::open(&probe)?.sync_all());
    let removed = fs::remove_file(&probe);
    written.and(removed)
}
