//! The LMDB environment. A process opens each path once, and grows the map when it is full.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use fs_err as fs;
use heed::{CompactionOption, Env, MdbError, RoTxn, WithoutTls};

use crate::error::{Error, Result};
use crate::store::active_environment::ActiveEnvironment;
use crate::store::checked::FileState;
use crate::store::gate::{Gate, Pass};
use crate::store::lock_file::Access;
use crate::store::mapped::{Mapped, Spans};
use crate::store::open::{
    DATA_FILE, MAP_STEP_BYTES, MAX_READERS, OpenOptions, disk_full, is_disk_full, not_a_catalog, open_env,
    open_to_examine, round_up, unreadable,
};
use crate::store::pages::{Depth, PageFile, PageReport};
use crate::store::schema::{self, Databases, EnvironmentContent};
use crate::store::verify;
use crate::store::view::{Edit, View};

/// An open environment and its databases.
pub(crate) struct Storage {
    env: Env<WithoutTls>,
    pub(crate) db: Databases<'static>,
    gate: Arc<Gate>,
    /// Admits one commit at a time in this process, so that no write transaction is open when the map grows.
    writing: Mutex<()>,
    /// Where vectors and codes lie in the map, and the id of the transaction in which this was read.
    spans: Mutex<Option<(usize, Arc<Spans>)>>,
    path: PathBuf,
    options: OpenOptions,
    access: Access,
    /// Whether this process has committed since it noted that the file is sound.
    is_changed: AtomicBool,
    /// Whether [`Self::flush`] has brought all commits to the disk.
    is_flushed: AtomicBool,
    /// Components per vector.
    dimension: usize,
}

/// The environments that this process has open: LMDB must never open one path twice.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Storage>>>> = LazyLock::new(Mutex::default);

/// What [`Storage::open`] does if the folder holds no catalogue, or holds one. New catalogues get the given
/// description (JSON).
#[derive(Clone, Copy)]
pub(crate) enum OpenMode<'a> {
    Open,
    Create(&'a [u8]),
    OpenOrCreate(&'a [u8]),
}

impl Storage {
    /// Opens `dir`, or shares what this process has open there. `upgrade` brings a catalogue of an earlier schema
    /// to this one, in one transaction.
    pub(crate) fn open(
        dir: &Path,
        mode: OpenMode<'_>,
        options: OpenOptions,
        upgrade: fn(&mut Edit<'_, '_>) -> Result<()>,
    ) -> Result<Arc<Self>> {
        let active = ActiveEnvironment::read(dir)?;
        let dir = active.as_deref().unwrap_or(dir);
        let exists = dir.join(DATA_FILE).try_exists().map_err(|source| unreadable(dir, source))?;
        match mode {
            OpenMode::Open if !exists => return Err(not_a_catalog(dir, "it has no data.mdb")),
            OpenMode::Open => {}
            OpenMode::Create(_) | OpenMode::OpenOrCreate(_) => {
                fs::create_dir_all(dir).map_err(|source| unreadable(dir, source))?;
            }
        }
        let path = dir.canonicalize().map_err(|source| unreadable(dir, source))?;
        let mut open = lock(&OPEN);
        if let Some(storage) = open.get(&path).and_then(Weak::upgrade) {
            let must_be_new = matches!(mode, OpenMode::Create(_));
            return if must_be_new { Err(Error::AlreadyExists { path }) } else { Ok(storage) };
        }
        let (storage, needs_upgrade) = Self::open_new(path.clone(), mode, options)?;
        let storage = Arc::new(storage);
        if needs_upgrade {
            storage.write(|mut edit| upgrade(&mut edit))?;
        }
        open.retain(|_, storage| storage.strong_count() > 0);
        open.insert(path, Arc::downgrade(&storage));
        Ok(storage)
    }

    /// Opens an environment that this process does not have open. Also returns whether its catalogue is of an
    /// earlier schema.
    fn open_new(path: PathBuf, mode: OpenMode<'_>, options: OpenOptions) -> Result<(Self, bool)> {
        let data = path.join(DATA_FILE);
        let access = Access::find(&path, &data, MAX_READERS)?;
        if access != Access::Write && !matches!(mode, OpenMode::Open) {
            return Err(Error::ReadOnly { path });
        }
        let env = verify::open_verified(&path, || open_env(&path, options, access))?;
        let found = schema::open(&env)?;
        let needs_upgrade = matches!(found, EnvironmentContent::EarlierCatalog);
        if needs_upgrade && access != Access::Write {
            return Err(Error::ReadOnly { path });
        }
        let db = open_databases(&env, &path, found, mode)?;
        let dimension = schema::read_dimension(&env, &db)?;
        let storage = Self {
            env,
            db,
            gate: Arc::default(),
            writing: Mutex::default(),
            spans: Mutex::default(),
            path,
            options,
            access,
            is_changed: AtomicBool::new(false),
            is_flushed: AtomicBool::new(false),
            dimension,
        };
        Ok((storage, needs_upgrade))
    }

    /// Walks the whole environment in `folder`, and describes what is wrong with it.
    ///
    /// # Errors
    /// [`Error::NotACatalog`] if it has no readable meta pages, and those of opening it.
    pub(crate) fn examine(folder: &Path) -> Result<PageReport> {
        let data = folder.join(DATA_FILE);
        if !data.exists() {
            return Err(not_a_catalog(folder, "it has no data.mdb"));
        }
        let file = PageFile::open(&data)?.ok_or_else(|| not_a_catalog(folder, "its data.mdb is empty"))?;
        let path = folder.canonicalize().map_err(|source| unreadable(folder, source))?;
        let open = lock(&OPEN);
        // LMDB must not open it twice.
        let storage = open.get(&path).and_then(Weak::upgrade);
        let walked = match storage {
            Some(storage) => {
                let _pass = storage.gate.enter();
                verify::walk(&storage.env, &file, Depth::All)?
            }
            None => verify::walk(&open_to_examine(&path)?, &file, Depth::All)?,
        };
        Ok(walked.report)
    }

    /// The catalogue's folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The size of the data file, in bytes.
    pub(crate) fn disk_bytes(&self) -> Result<u64> {
        Ok(self.env.real_disk_size()?)
    }

    /// A read transaction. The map keeps its address until the transaction is dropped.
    pub(crate) fn read(self: &Arc<Self>) -> Result<ReadTxn> {
        for _ in 0..3 {
            let pass = self.gate.enter();
            match self.env.clone().static_read_txn() {
                Ok(txn) => return Ok(ReadTxn { txn, _pass: pass, _storage: self.clone() }),
                Err(heed::Error::Mdb(MdbError::MapResized)) => {
                    drop(pass);
                    self.adopt_size()?;
                }
                Err(heed::Error::Mdb(MdbError::ReadersFull)) => {
                    // Frees the slots of processes that were killed.
                    self.env.clear_stale_readers()?;
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::TooManyReaders { limit: MAX_READERS })
    }

    /// A view of `txn`, which must be a transaction of this environment.
    pub(crate) fn view<'t>(&'t self, txn: &'t RoTxn<'t>) -> View<'t> {
        View { db: &self.db, txn, dimension: self.dimension }
    }

    /// All vectors and codes that a reader sees, in place. Their addresses are looked up once per commit.
    #[expect(unsafe_code, reason = "addresses of another reader of the same state")]
    pub(crate) fn mapped<'t>(&self, view: View<'t>) -> Result<Mapped<'t>> {
        let mut held = lock(&self.spans);
        let spans = match &*held {
            Some((id, spans)) if *id == view.txn.id() => spans.clone(),
            _ => {
                let spans = Arc::new(Spans::read(view)?);
                *held = Some((view.txn.id(), spans.clone()));
                spans
            }
        };
        // SAFETY: transactions of one id see the same pages, which LMDB does not write again while one
        // of them is open. Only `resize` moves the map; no reader is open then, and it drops the spans.
        Ok(unsafe { spans.mapped(self.dimension) })
    }

    /// Waits until every commit is on the disk. Commits wait meanwhile.
    pub(crate) fn flush(self: &Arc<Self>) -> Result<()> {
        let _writing = lock(&self.writing);
        let _pass = self.gate.enter();
        match self.env.force_sync().map_err(Error::from) {
            Err(error) if is_disk_full(&error, &self.path) => Err(disk_full(&self.path, None)),
            Err(error) => Err(error),
            Ok(()) => {
                self.is_flushed.store(true, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    /// Writes every commit to the disk. It syncs the file, not the map, and takes no pass of the gate, so a commit
    /// that must grow the map does not wait for a slow disk.
    pub(crate) fn write_back(&self) -> Result<()> {
        let path = self.path.join(DATA_FILE);
        match fs::OpenOptions::new().write(true).open(&path).and_then(|file| file.sync_data()) {
            Err(error) if error.kind() == ErrorKind::StorageFull => Err(disk_full(&self.path, None)),
            done => done.map_err(|source| unreadable(&self.path, source)),
        }
    }

    /// Writes a compact copy to a new file. heed takes a file of `std`.
    pub(crate) fn copy_to(self: &Arc<Self>, file: &Path) -> Result<()> {
        let _pass = self.gate.enter();
        let mut copy = std::fs::File::create_new(file).map_err(|source| unreadable(file, source))?;
        let copied = self.env.copy_to_file(&mut copy, CompactionOption::Enabled).map_err(Error::from);
        let copied = copied.and_then(|()| copy.sync_all().map_err(|source| unreadable(file, source)));
        copied.map_err(|error| {
            let _ = fs::remove_file(file);
            let folder = file.parent().unwrap_or(file);
            // An estimate from above: a compact copy leaves free pages out.
            if is_disk_full(&error, folder) { disk_full(folder, self.disk_bytes().ok()) } else { error }
        })
    }

    /// Runs `apply` in one write transaction and commits it. If the map is full, this grows the map and runs `apply`
    /// again from the start.
    pub(crate) fn write<T>(self: &Arc<Self>, mut apply: impl FnMut(Edit<'_, '_>) -> Result<T>) -> Result<T> {
        let done = self.write_unless(|edit| apply(edit).map(Ok::<T, std::convert::Infallible>))?;
        Ok(done.unwrap_or_else(|never| match never {}))
    }

    /// Like [`Self::write`], but commits nothing if `apply` returns an `Err` inside its `Ok`.
    pub(crate) fn write_unless<T, E>(
        self: &Arc<Self>,
        mut apply: impl FnMut(Edit<'_, '_>) -> Result<Result<T, E>>,
    ) -> Result<Result<T, E>> {
        if self.access != Access::Write {
            return Err(Error::ReadOnly { path: self.path.clone() });
        }
        let _writing = lock(&self.writing);
        loop {
            let pass = self.gate.enter();
            self.is_changed.store(true, Ordering::Relaxed);
            self.is_flushed.store(false, Ordering::Relaxed);
            let outcome = self.env.write_txn().map_err(Error::from).and_then(|mut txn| {
                let value = apply(Edit { db: &self.db, txn: &mut txn, dimension: self.dimension })?;
                if value.is_ok() {
                    txn.commit()?;
                }
                Ok(value)
            });
            drop(pass);
            match outcome {
                Err(error) if error.is_map_full() => self.grow()?,
                Err(Error::Storage(heed::Error::Mdb(MdbError::MapResized))) => self.adopt_size()?,
                Err(error) if is_disk_full(&error, &self.path) => return Err(disk_full(&self.path, None)),
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

    /// Takes over the map's size from another process that has grown it.
    fn adopt_size(self: &Arc<Self>) -> Result<()> {
        self.resize(0)
    }

    #[expect(unsafe_code, reason = "LMDB moves the map")]
    fn resize(self: &Arc<Self>, bytes: usize) -> Result<()> {
        let _alone = self.gate.exclusive(self.options.growth_patience)?;
        // The spans are addresses in the map that is about to move.
        *lock(&self.spans) = None;
        // SAFETY: LMDB asks that no transaction of this process is live. Every transaction of this
        // module holds a `Pass` of the gate, and `exclusive` waits for all of them and admits no other.
        Ok(unsafe { self.env.resize(bytes) }?)
    }
}

/// The databases of an environment, created or completed if `mode` allows it.
fn open_databases(
    env: &Env<WithoutTls>,
    path: &Path,
    found: EnvironmentContent,
    mode: OpenMode<'_>,
) -> Result<Databases<'static>> {
    let explain = |error| if is_disk_full(&error, path) { disk_full(path, None) } else { error };
    match (found, mode) {
        (EnvironmentContent::Catalog(_) | EnvironmentContent::EarlierCatalog, OpenMode::Create(_)) => {
            Err(Error::AlreadyExists { path: path.into() })
        }
        (EnvironmentContent::Catalog(db), _) => Ok(db),
        (EnvironmentContent::EarlierCatalog, _) => schema::add_databases(env).map_err(explain),
        (EnvironmentContent::Empty, OpenMode::Create(description) | OpenMode::OpenOrCreate(description)) => {
            schema::create(env, description).map_err(explain)
        }
        (EnvironmentContent::Empty, OpenMode::Open) => Err(not_a_catalog(path, "its data.mdb is empty")),
        (EnvironmentContent::Other, _) => Err(not_a_catalog(path, "its data.mdb belongs to another program")),
    }
}

impl Drop for Storage {
    /// Notes that the file is sound, so that whoever opens it next need not walk it. What is not on the disk may be
    /// lost with the power, so then nothing is noted.
    fn drop(&mut self) {
        if *self.is_changed.get_mut()
            && (self.options.durable || *self.is_flushed.get_mut())
            && let Some(state) = FileState::of(&self.path.join(DATA_FILE))
        {
            state.note(&self.path);
        }
    }
}

/// Locks `mutex`. A panic in another thread leaves the guarded values valid, so poisoning is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A read transaction. Rust drops the fields in this order, so the transaction ends before the pass.
pub(crate) struct ReadTxn {
    txn: RoTxn<'static, WithoutTls>,
    _pass: Pass,
    /// Keeps this process from opening the path a second time while the transaction is live.
    _storage: Arc<Storage>,
}

impl std::ops::Deref for ReadTxn {
    type Target = RoTxn<'static, WithoutTls>;

    fn deref(&self) -> &Self::Target {
        &self.txn
    }
}
