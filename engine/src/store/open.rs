//! How the files of an environment are opened, and what an error of theirs means.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use fs_err as fs;
use heed::{Env, EnvFlags, EnvOpenOptions, MdbError, WithoutTls};

use crate::error::{Error, Result};
use crate::store::lock_file::{Access, is_full};
use crate::store::schema::MAX_DATABASES;

/// The file that LMDB keeps in the catalogue's folder.
pub(crate) const DATA_FILE: &str = "data.mdb";

/// Reader slots, over all processes.
pub(crate) const MAX_READERS: u32 = 254;

/// Map sizes are multiples of this: the largest page size of any system this runs on.
pub(crate) const MAP_STEP_BYTES: usize = 64 << 10;

/// The options that a catalogue is opened with. The defaults suit everything but tests.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// The first size of the map, in bytes of address space. A commit that needs more grows it.
    pub initial_map_bytes: usize,
    /// The size that the map never exceeds, in bytes.
    pub max_map_bytes: usize,
    /// How long a commit that must grow the map waits for open snapshots.
    pub growth_patience: Duration,
    /// Whether a commit survives a loss of power. If not, only [`Catalog::flush`](crate::Catalog::flush) makes
    /// commits durable; this suits a catalogue that nobody opens before it is complete.
    pub durable: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            initial_map_bytes: 64 << 20,
            max_map_bytes: if cfg!(target_pointer_width = "64") { 1 << 40 } else { 1 << 30 },
            growth_patience: Duration::from_secs(30),
            durable: true,
        }
    }
}

/// Opens an environment of which only the meta pages may be read through LMDB.
pub(crate) fn open_to_examine(folder: &Path) -> Result<Env<WithoutTls>> {
    let access = Access::find(folder, &folder.join(DATA_FILE), MAX_READERS)?;
    open_env(folder, OpenOptions::default(), access)
}

#[expect(unsafe_code, reason = "LMDB maps a file")]
pub(crate) fn open_env(path: &Path, options: OpenOptions, access: Access) -> Result<Env<WithoutTls>> {
    let data = path.join(DATA_FILE);
    let file_bytes = fs::metadata(&data).map_or(0, |m| usize::try_from(m.len()).unwrap_or(usize::MAX));
    // A quarter more than the file, so that the first commits need not grow the map.
    let wanted = options.initial_map_bytes.max(file_bytes.saturating_add(file_bytes / 4));
    let mut env = EnvOpenOptions::new().read_txn_without_tls();
    env.map_size(round_up(wanted).min(round_up(options.max_map_bytes).max(round_up(file_bytes))))
        .max_dbs(MAX_DATABASES)
        .max_readers(MAX_READERS);
    // SAFETY: NO_READ_AHEAD only changes what the kernel prefetches. Without it, one query on a
    // catalogue larger than memory reads far more than it needs.
    unsafe { env.flags(EnvFlags::NO_READ_AHEAD) };
    if access != Access::Write {
        // SAFETY: READ_ONLY only takes rights away.
        unsafe { env.flags(EnvFlags::READ_ONLY) };
    }
    if access == Access::ReadUnlocked {
        // SAFETY: without a lock file LMDB can read only what nobody writes meanwhile. Whoever may write into this
        // folder must replace its files as a whole, or wait until nobody has them open.
        unsafe { env.flags(EnvFlags::NO_LOCK) };
    }
    if !options.durable {
        // SAFETY: what NO_SYNC risks, a file that a loss of power leaves damaged, is what the caller of
        // `OpenOptions::durable` has accepted until `flush`.
        unsafe { env.flags(EnvFlags::NO_SYNC) };
    }
    for _ in 0..50 {
        // SAFETY: the file is changed only through LMDB, whose lock file guards it among processes;
        // WRITE_MAP is never set, and NO_LOCK only as said above; `OPEN` and heed's own register keep
        // this process from mapping one path twice.
        match unsafe { env.open(path) } {
            // The last owner is still closing it.
            Err(heed::Error::EnvAlreadyOpened) => match heed::env_closing_event(path) {
                Some(closing) => drop(closing.wait_timeout(Duration::from_millis(100))),
                None => std::thread::yield_now(),
            },
            Err(error) => return Err(explain_open(error, &data, path)),
            Ok(env) => return Ok(env),
        }
    }
    let source = io::Error::new(ErrorKind::ResourceBusy, "this process has it open outside of this library");
    Err(unreadable(path, source))
}

fn explain_open(error: heed::Error, data: &Path, path: &Path) -> Error {
    match error {
        heed::Error::Io(source) if is_full(&source) => disk_full(path, None),
        heed::Error::Io(source) => unreadable(data, source),
        heed::Error::Mdb(MdbError::Invalid | MdbError::VersionMismatch | MdbError::Corrupted) => {
            not_a_catalog(path, "its data.mdb is not an LMDB file of this version")
        }
        other => other.into(),
    }
}

pub(crate) fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Open { path: path.into(), source }
}

pub(crate) fn not_a_catalog(path: &Path, reason: &str) -> Error {
    Error::NotACatalog { path: path.into(), reason: reason.into() }
}

pub(crate) fn disk_full(path: &Path, needed_bytes: Option<u64>) -> Error {
    Error::DiskFull { path: path.into(), needed_bytes }
}

/// LMDB reports every short write as EIO. After an EIO, a test write tells whether the disk is full.
pub(crate) fn is_disk_full(error: &Error, path: &Path) -> bool {
    let (Error::Storage(heed::Error::Io(error)) | Error::Index(arroy::Error::Io(error))) = error else {
        return false;
    };
    const EIO: i32 = 5;
    is_full(error)
        || error.raw_os_error() == Some(EIO) && write_probe(path).is_err_and(|probe| is_full(&probe))
}

fn write_probe(path: &Path) -> io::Result<()> {
    let probe = path.join("probe.tmp");
    let written = fs::write(&probe, [0; 64 << 10]).and_then(|()| fs::File::open(&probe)?.sync_all());
    fs::remove_file(&probe)?;
    written
}

pub(crate) fn round_up(bytes: usize) -> usize {
    bytes.div_ceil(MAP_STEP_BYTES).saturating_mul(MAP_STEP_BYTES).max(MAP_STEP_BYTES)
}
