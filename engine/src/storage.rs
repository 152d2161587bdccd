//! The LMDB environment: opened once per path and process, grown when full.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use heed::{CompactionOption, Env, EnvFlags, EnvOpenOptions, MdbError, RoTxn, WithoutTls};

use crate::mapped::{Mapped, Spans};
use crate::schema::{self, CatalogMeta, Databases, Found, MAX_DATABASES};
use crate::upgrade::upgrade;
use crate::{Current, Error, Result};

/// The file that LMDB keeps in the catalogue's folder.
const DATA_FILE: &str = "data.mdb";

/// Reader slots, over all processes.
const MAX_READERS: u32 = 254;

/// Map sizes are multiples of this: the largest page size of any system this runs on.
const MAP_STEP_BYTES: usize = 64 << 10;

/// How a catalogue is opened. The defaults suit everything but tests.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// How much address space to begin with, in bytes. It grows by itself.
    pub initial_map_bytes: usize,
    /// Where growing ends, in bytes.
    pub max_map_bytes: usize,
    /// How long a commit that must grow waits for open snapshots.
    pub growth_patience: Duration,
    /// Whether a commit survives a loss of power. Without, only [`Catalog::flush`](crate::Catalog::flush)
    /// makes sure of that: for a catalogue that is being made and that nobody opens before.
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

/// An open environment and its databases.
pub(crate) struct Storage {
    env: Env<WithoutTls>,
    pub(crate) db: Databases<'static>,
    gate: Gate,
    /// One commit at a time in this process, so that growing never meets another's transaction.
    writing: Mutex<()>,
    /// Where vectors and codes lie in the map, and the transaction's number that this was read in.
    spans: Mutex<Option<(usize, Arc<Spans>)>>,
    path: PathBuf,
    options: OpenOptions,
}

/// What is open in this process: LMDB must never see one path twice.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Storage>>>> = LazyLock::new(Mutex::default);

/// Whether a missing catalogue is an error.
#[derive(Clone, Copy)]
pub(crate) enum Mode<'a> {
    Open,
    Create(&'a CatalogMeta),
    OpenOrCreate(&'a CatalogMeta),
}

impl Storage {
    /// Opens `dir`, or shares what this process has open there.
    pub(crate) fn open(dir: &Path, mode: Mode<'_>, options: OpenOptions) -> Result<Arc<Self>> {
        let current = Current::read(dir)?;
        let dir = current.as_deref().unwrap_or(dir);
        let exists = dir.join(DATA_FILE).try_exists().map_err(|source| unreadable(dir, source))?;
        match mode {
            Mode::Open if !exists => return Err(not_a_catalog(dir, "it has no data.mdb")),
            Mode::Open => {}
            Mode::Create(_) | Mode::OpenOrCreate(_) => {
                std::fs::create_dir_all(dir).map_err(|source| unreadable(dir, source))?;
            }
        }
        let path = dir.canonicalize().map_err(|source| unreadable(dir, source))?;
        let mut open = lock(&OPEN);
        if let Some(storage) = open.get(&path).and_then(Weak::upgrade) {
            return if let Mode::Create(_) = mode { Err(Error::AlreadyExists { path }) } else { Ok(storage) };
        }
        let (storage, earlier) = Self::open_new(path.clone(), mode, options)?;
        let storage = Arc::new(storage);
        if earlier {
            storage.write(upgrade)?;
        }
        open.retain(|_, storage| storage.strong_count() > 0);
        open.insert(path, Arc::downgrade(&storage));
        Ok(storage)
    }

    /// With it, whether it is of an earlier schema.
    fn open_new(path: PathBuf, mode: Mode<'_>, options: OpenOptions) -> Result<(Self, bool)> {
        let env = open_env(&path, options)?;
        let found = schema::open(&env)?;
        let earlier = matches!(found, Found::Earlier);
        let db = match (found, mode) {
            (Found::Catalog(_) | Found::Earlier, Mode::Create(_)) => {
                return Err(Error::AlreadyExists { path });
            }
            (Found::Catalog(db), _) => db,
            (Found::Earlier, _) => schema::add_databases(&env)
                .map_err(|e| if is_disk_full(&e, &path) { disk_full(&path) } else { e })?,
            (Found::Empty, Mode::Create(meta) | Mode::OpenOrCreate(meta)) => schema::create(&env, meta)
                .map_err(|e| if is_disk_full(&e, &path) { disk_full(&path) } else { e })?,
            (Found::Empty, Mode::Open) => return Err(not_a_catalog(&path, "its data.mdb is empty")),
            (Found::Other, _) => return Err(not_a_catalog(&path, "its data.mdb belongs to another program")),
        };
        Ok((
            Self {
                env,
                db,
                gate: Gate::default(),
                writing: Mutex::default(),
                spans: Mutex::default(),
                path,
                options,
            },
            earlier,
        ))
    }

    /// The catalogue's folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The size of the data file, in bytes.
    pub(crate) fn disk_bytes(&self) -> Result<u64> {
        Ok(self.env.real_disk_size()?)
    }

    /// A consistent view, which keeps the map in place until it is dropped.
    pub(crate) fn read(self: &Arc<Self>) -> Result<Reading> {
        for _ in 0..3 {
            let pass = Gate::enter(self);
            match self.env.clone().static_read_txn() {
                Ok(txn) => return Ok(Reading { txn, _pass: pass }),
                Err(heed::Error::Mdb(MdbError::MapResized)) => {
                    drop(pass);
                    self.adopt_size()?;
                }
                Err(heed::Error::Mdb(MdbError::ReadersFull)) => {
                    // Slots of processes that were killed can be taken back.
                    self.env.clear_stale_readers()?;
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::TooManyReaders { limit: MAX_READERS })
    }

    /// All vectors and codes that a reader sees, read in place. Where they are is looked up once per commit.
    #[expect(unsafe_code, reason = "addresses of another reader of the same state")]
    pub(crate) fn mapped<'t>(&self, txn: &'t RoTxn<'_>, dimension: usize) -> Result<Mapped<'t>> {
        let mut held = lock(&self.spans);
        let spans = match &*held {
            Some((id, spans)) if *id == txn.id() => spans.clone(),
            _ => {
                let spans = Arc::new(Spans::read(&self.db, txn)?);
                *held = Some((txn.id(), spans.clone()));
                spans
            }
        };
        // SAFETY: readers of one number see the same pages, which LMDB does not write again while one
        // of them is open; `resize` alone moves the map, with no reader open, and forgets the spans.
        Ok(unsafe { spans.mapped(dimension) })
    }

    /// Waits until all that is committed is on the disk.
    pub(crate) fn flush(self: &Arc<Self>) -> Result<()> {
        let _pass = Gate::enter(self);
        match self.env.force_sync().map_err(Error::from) {
            Err(error) if is_disk_full(&error, &self.path) => Err(disk_full(&self.path)),
            done => done,
        }
    }

    /// Writes to the disk what is committed. It asks the file and not LMDB, so it keeps no map in its place:
    /// a slow disk holds nobody up who has to grow it.
    pub(crate) fn write_back(&self) -> Result<()> {
        let path = self.path.join(DATA_FILE);
        match std::fs::File::options().write(true).open(&path).and_then(|file| file.sync_data()) {
            Err(error) if error.kind() == ErrorKind::StorageFull => Err(disk_full(&self.path)),
            done => done.map_err(|source| unreadable(&path, source)),
        }
    }

    /// Writes a compact copy to a new file.
    pub(crate) fn copy_to(self: &Arc<Self>, file: &Path) -> Result<()> {
        let _pass = Gate::enter(self);
        let mut copy = std::fs::File::create_new(file).map_err(|source| unreadable(file, source))?;
        let copied = self.env.copy_to_file(&mut copy, CompactionOption::Enabled).map_err(Error::from);
        copied.inspect_err(|_| drop(std::fs::remove_file(file)))
    }

    /// Runs `apply` in one write transaction and commits it; when the map is full, grows it and runs
    /// `apply` again from the start.
    pub(crate) fn write<T>(
        self: &Arc<Self>,
        mut apply: impl FnMut(&Databases<'static>, &mut heed::RwTxn<'_>) -> Result<T>,
    ) -> Result<T> {
        let done = self.write_unless(|db, txn| apply(db, txn).map(Ok::<T, std::convert::Infallible>))?;
        Ok(done.unwrap_or_else(|never| match never {}))
    }

    /// [`Self::write`], which commits nothing if `apply` has an `Err` inside its `Ok`.
    pub(crate) fn write_unless<T, E>(
        self: &Arc<Self>,
        mut apply: impl FnMut(&Databases<'static>, &mut heed::RwTxn<'_>) -> Result<Result<T, E>>,
    ) -> Result<Result<T, E>> {
        let _writing = lock(&self.writing);
        loop {
            let pass = Gate::enter(self);
            let outcome = self.env.write_txn().map_err(Error::from).and_then(|mut txn| {
                let value = apply(&self.db, &mut txn)?;
                if value.is_ok() {
                    txn.commit()?;
                }
                Ok(value)
            });
            drop(pass);
            match outcome {
                Err(error) if error.is_map_full() => self.grow()?,
                Err(Error::Storage(heed::Error::Mdb(MdbError::MapResized))) => self.adopt_size()?,
                Err(error) if is_disk_full(&error, &self.path) => return Err(disk_full(&self.path)),
                other => return other,
            }
        }
    }

    fn grow(self: &Arc<Self>) -> Result<()> {
        let limit_bytes = self.options.max_map_bytes / MAP_STEP_BYTES * MAP_STEP_BYTES;
        let now = self.env.info().map_size;
        if now >= limit_bytes {
            return Err(Error::MapLimit { limit_bytes });
        }
        self.resize(round_up(now.saturating_mul(2)).min(limit_bytes))
    }

    /// Another process has grown the file: take over its size.
    fn adopt_size(self: &Arc<Self>) -> Result<()> {
        self.resize(0)
    }

    #[expect(unsafe_code, reason = "LMDB moves the map")]
    fn resize(self: &Arc<Self>, bytes: usize) -> Result<()> {
        let _alone = self.gate.alone(self.options.growth_patience)?;
        // They are addresses in the map that goes.
        *lock(&self.spans) = None;
        // SAFETY: LMDB asks that no transaction of this process is live. Every transaction of this
        // module holds a `Pass` of the gate, and `alone` waits for all of them and admits no other.
        Ok(unsafe { self.env.resize(bytes) }?)
    }
}

#[expect(unsafe_code, reason = "LMDB maps a file")]
fn open_env(path: &Path, options: OpenOptions) -> Result<Env<WithoutTls>> {
    let data = path.join(DATA_FILE);
    let file_bytes = std::fs::metadata(&data).map_or(0, |m| usize::try_from(m.len()).unwrap_or(usize::MAX));
    // Room for the first commits, so that opening is not followed by growing.
    let wanted = options.initial_map_bytes.max(file_bytes.saturating_add(file_bytes / 4));
    let mut env = EnvOpenOptions::new().read_txn_without_tls();
    env.map_size(round_up(wanted).min(round_up(options.max_map_bytes).max(round_up(file_bytes))))
        .max_dbs(MAX_DATABASES)
        .max_readers(MAX_READERS);
    // SAFETY: NO_READ_AHEAD only changes what the kernel prefetches. Without it, one query on a
    // catalogue larger than memory reads far more than it needs.
    unsafe { env.flags(EnvFlags::NO_READ_AHEAD) };
    if !options.durable {
        // SAFETY: what NO_SYNC risks, a file that a loss of power leaves damaged, is what the caller of
        // `OpenOptions::durable` has accepted until `flush`.
        unsafe { env.flags(EnvFlags::NO_READ_AHEAD | EnvFlags::NO_SYNC) };
    }
    for _ in 0..50 {
        // SAFETY: the file is changed only through LMDB, whose lock file guards it among processes;
        // no flag that weakens this (NO_LOCK, WRITE_MAP) is set; `OPEN` and heed's own register keep
        // this process from mapping one path twice.
        match unsafe { env.open(path) } {
            // The last owner is closing it right now.
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
        heed::Error::Io(source) if source.kind() == ErrorKind::StorageFull => disk_full(path),
        heed::Error::Io(source) => unreadable(data, source),
        heed::Error::Mdb(MdbError::Invalid | MdbError::VersionMismatch | MdbError::Corrupted) => {
            not_a_catalog(path, "its data.mdb is not an LMDB file of this version")
        }
        other => other.into(),
    }
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Open { path: path.into(), source }
}

fn not_a_catalog(path: &Path, reason: &str) -> Error {
    Error::NotACatalog { path: path.into(), reason: reason.into() }
}

fn disk_full(path: &Path) -> Error {
    Error::DiskFull { path: path.into() }
}

/// LMDB reports a short write as EIO, whatever its cause: then the disk is asked itself.
fn is_disk_full(error: &Error, path: &Path) -> bool {
    let (Error::Storage(heed::Error::Io(error)) | Error::Index(arroy::Error::Io(error))) = error else {
        return false;
    };
    const EIO: i32 = 5;
    let full = |kind| matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    full(error.kind())
        || error.raw_os_error() == Some(EIO) && write_probe(path).is_err_and(|probe| full(probe.kind()))
}

fn write_probe(path: &Path) -> io::Result<()> {
    let probe = path.join("probe.tmp");
    let written =
        std::fs::write(&probe, [0; 64 << 10]).and_then(|()| std::fs::File::open(&probe)?.sync_all());
    std::fs::remove_file(&probe)?;
    written
}

fn round_up(bytes: usize) -> usize {
    bytes.div_ceil(MAP_STEP_BYTES).saturating_mul(MAP_STEP_BYTES).max(MAP_STEP_BYTES)
}

/// A panic elsewhere leaves nothing half-done behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets any number of transactions in, or one resize.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    inside: usize,
    closed: bool,
}

/// A live transaction's place behind the gate.
struct Pass(Arc<Storage>);

/// A read transaction. Its fields are dropped in this order: the pass after the transaction.
pub(crate) struct Reading {
    txn: RoTxn<'static, WithoutTls>,
    _pass: Pass,
}

impl std::ops::Deref for Reading {
    type Target = RoTxn<'static, WithoutTls>;

    fn deref(&self) -> &Self::Target {
        &self.txn
    }
}

/// Newcomers wait this long for a resize that wants its turn, then pass it: a thread that holds one
/// snapshot and opens another must not wait for itself.
const HOLD_BACK: Duration = Duration::from_millis(50);

impl Gate {
    fn enter(storage: &Arc<Storage>) -> Pass {
        let gate = &storage.gate;
        let state = lock(&gate.state);
        let waited = gate.changed.wait_while(state, |s| s.closed);
        waited.unwrap_or_else(PoisonError::into_inner).inside += 1;
        Pass(storage.clone())
    }

    /// Waits until nothing is inside, and keeps it so until the result is dropped.
    fn alone(&self, patience: Duration) -> Result<Alone<'_>> {
        let start = Instant::now();
        let mut state = lock(&self.state);
        loop {
            state.closed = true;
            let waited = self.changed.wait_timeout_while(state, HOLD_BACK, |s| s.inside > 0);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.inside == 0 {
                return Ok(Alone(self));
            }
            state.closed = false;
            self.changed.notify_all();
            if start.elapsed() >= patience {
                let waited_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                return Err(Error::ReadersHoldMap { readers: state.inside, waited_ms });
            }
            let let_pass = self.changed.wait_timeout(state, Duration::from_millis(5));
            state = let_pass.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        lock(&self.0.gate.state).inside -= 1;
        self.0.gate.changed.notify_all();
    }
}

struct Alone<'a>(&'a Gate);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).closed = false;
        self.0.changed.notify_all();
    }
}
