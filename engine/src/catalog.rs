//! A catalogue on disk, open.

use std::path::Path;
use std::sync::Arc;

use knytt_models::Fingerprint;
use serde::Serialize;

use crate::schema::{CatalogMeta, DatabaseSize};
use crate::simd::Kernel;
use crate::storage::{Mode, OpenOptions, Storage};
use crate::{Calibration, Result, SCHEMA_VERSION, SafetyConfig, Snapshot, Weights, Writer};

/// One catalogue: a folder with an LMDB environment in it. Cheap to clone; clones, and every other
/// `open` of the same folder in this process, share it.
///
/// Any number of [`Snapshot`]s read while one [`Writer`] commits.
#[derive(Clone)]
pub struct Catalog {
    storage: Arc<Storage>,
    meta: Arc<CatalogMeta>,
}

/// What a new catalogue is for.
#[derive(Clone, Debug)]
pub struct CatalogSpec {
    /// Its name, stable over releases.
    pub id: String,
    /// The model whose embeddings it takes.
    pub model: Fingerprint,
    /// That model's name, for people.
    pub model_name: String,
    /// How many values an embedding has.
    pub dimension: usize,
}

/// What a catalogue holds.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// The schema it is written in.
    pub schema_version: u32,
    /// [`CatalogSpec::id`].
    pub catalog_id: String,
    /// The release it is at; 0 for a catalogue that was built here.
    pub release: u64,
    /// The model whose embeddings it holds.
    pub fingerprint: Fingerprint,
    /// That model's name.
    pub model_name: String,
    /// Values per embedding.
    pub dimension: usize,
    /// How many products there are.
    pub products: u64,
    /// How many files or rows were refused.
    pub quarantined: u64,
    /// How many sources are known.
    pub sources: u64,
    /// The indexes.
    pub index: IndexInfo,
    /// What scores mean, if it was measured.
    pub calibration: Option<Calibration>,
    /// How hits are ranked here; `None`: as everywhere.
    pub weights: Option<Weights>,
    /// Which pictures are refused; `None`: none are.
    pub safety: Option<SafetyConfig>,
    /// The data file, in bytes.
    pub disk_bytes: u64,
    /// Every named database.
    pub databases: Vec<DatabaseSize>,
}

/// What the kinds of index take.
#[derive(Clone, Debug, Serialize)]
pub struct IndexInfo {
    /// The vectors that the exact scan reads, in bytes.
    pub exact_bytes: u64,
    /// The instructions that the exact scan multiplies with on this machine.
    pub exact_kernel: &'static str,
    /// The codes of the index and its cells' centres, in bytes; 0 while the catalogue is too small for one.
    pub codes_bytes: u64,
    /// The arroy index, in bytes; 0 unless one is kept.
    pub arroy_bytes: u64,
    /// How many vectors the arroy index covers.
    pub arroy_vectors: u64,
    /// From how many products on an arroy index is kept.
    pub arroy_from: Option<u64>,
}

impl Catalog {
    /// Makes a new catalogue in `dir`, which is created if need be.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`](crate::Error::AlreadyExists) if there is one; see also [`Self::open`].
    pub fn create(dir: impl AsRef<Path>, spec: &CatalogSpec) -> Result<Self> {
        Self::with(dir.as_ref(), Mode::Create(&spec.meta()), OpenOptions::default())
    }

    /// Opens the catalogue in `dir`.
    ///
    /// # Errors
    /// [`NotACatalog`](crate::Error::NotACatalog), [`UnknownSchema`](crate::Error::UnknownSchema),
    /// or [`Open`](crate::Error::Open) if its files cannot be read and locked.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        Self::with(dir.as_ref(), Mode::Open, OpenOptions::default())
    }

    /// Opens the catalogue in `dir`, or makes it. An existing one must be of the model in `spec`.
    ///
    /// # Errors
    /// Those of [`Self::open`], and [`FingerprintMismatch`](crate::Error::FingerprintMismatch).
    pub fn open_or_create(dir: impl AsRef<Path>, spec: &CatalogSpec) -> Result<Self> {
        let catalog = Self::with(dir.as_ref(), Mode::OpenOrCreate(&spec.meta()), OpenOptions::default())?;
        catalog.expects(&spec.model)?;
        Ok(catalog)
    }

    /// [`Self::open_or_create`] with other sizes (when this process has it open already, with the
    /// sizes that it was first opened with).
    ///
    /// # Errors
    /// Those of [`Self::open_or_create`].
    pub fn open_or_create_with(
        dir: impl AsRef<Path>,
        spec: &CatalogSpec,
        options: OpenOptions,
    ) -> Result<Self> {
        let catalog = Self::with(dir.as_ref(), Mode::OpenOrCreate(&spec.meta()), options)?;
        catalog.expects(&spec.model)?;
        Ok(catalog)
    }

    fn with(dir: &Path, mode: Mode<'_>, options: OpenOptions) -> Result<Self> {
        let storage = Storage::open(dir, mode, options)?;
        let meta = Arc::new(crate::schema::read_meta(&storage.db, &*storage.read()?)?);
        Ok(Self { storage, meta })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.storage.path()
    }

    /// The model whose embeddings it takes.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.meta.fingerprint
    }

    /// Values per embedding.
    pub fn dimension(&self) -> usize {
        self.meta.dimension
    }

    /// What it holds now.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn info(&self) -> Result<Info> {
        self.read()?.info()
    }

    /// The state of this moment; it stays the same however long it is held. Keep it short: while it
    /// is open, the space of replaced data is not reused, and the catalogue cannot grow.
    ///
    /// # Errors
    /// [`TooManyReaders`](crate::Error::TooManyReaders).
    pub fn read(&self) -> Result<Snapshot> {
        Snapshot::new(self.clone())
    }

    /// Writes a compact copy of the catalogue's present state to `file`, which must not exist (as the
    /// `data.mdb` of another folder, it is a catalogue of its own). Readers and a writer go on.
    ///
    /// # Errors
    /// [`Open`](crate::Error::Open) if the file is there or cannot be made, and those of a full disk.
    pub fn copy_to(&self, file: &Path) -> Result<()> {
        self.storage.copy_to(file)
    }

    /// Waits until all that is committed is on the disk: only needed after
    /// [`OpenOptions::durable`](crate::OpenOptions::durable) was off.
    ///
    /// # Errors
    /// [`DiskFull`](crate::Error::DiskFull), and those of the storage.
    pub fn flush(&self) -> Result<()> {
        self.storage.flush()
    }

    /// Has the system write to the disk what is committed, while others go on changing: what
    /// [`Self::flush`] waits for is less then. It is no replacement for that.
    ///
    /// # Errors
    /// [`DiskFull`](crate::Error::DiskFull), and those of the file.
    pub fn write_back(&self) -> Result<()> {
        self.storage.write_back()
    }

    /// Begins a batch of changes.
    pub fn write(&self) -> Writer {
        Writer::new(self.clone())
    }

    pub(crate) fn storage(&self) -> &Arc<Storage> {
        &self.storage
    }

    pub(crate) fn expects(&self, model: &Fingerprint) -> Result<()> {
        if *model == self.meta.fingerprint {
            return Ok(());
        }
        Err(crate::Error::FingerprintMismatch {
            expected: self.meta.fingerprint.clone(),
            received: model.clone(),
        })
    }
}

impl CatalogSpec {
    fn meta(&self) -> CatalogMeta {
        CatalogMeta {
            catalog_id: self.id.clone(),
            release: 0,
            fingerprint: self.model.clone(),
            model_name: self.model_name.clone(),
            dimension: self.dimension,
            arroy_from: None,
            weights: None,
            safety: None,
        }
    }
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").field("path", &self.path()).field("id", &self.meta.catalog_id).finish()
    }
}

impl Info {
    pub(crate) fn new(
        meta: CatalogMeta,
        calibration: Option<Calibration>,
        databases: Vec<DatabaseSize>,
        products: u64,
        arroy_vectors: u64,
        disk_bytes: u64,
    ) -> Self {
        let of = |name: &str| databases.iter().find(|d| d.name == name);
        let bytes = |name| of(name).map_or(0, |d| d.bytes);
        let entries = |name| of(name).map_or(0, |d| d.entries);
        Self {
            schema_version: SCHEMA_VERSION,
            catalog_id: meta.catalog_id,
            release: meta.release,
            fingerprint: meta.fingerprint,
            model_name: meta.model_name,
            dimension: meta.dimension,
            products,
            quarantined: entries("quarantine"),
            sources: entries("sources"),
            index: IndexInfo {
                exact_bytes: bytes("vectors") + bytes("places"),
                exact_kernel: Kernel::best().name,
                codes_bytes: bytes("cells") + bytes("fresh"),
                arroy_bytes: bytes("arroy"),
                arroy_vectors,
                arroy_from: meta.arroy_from,
            },
            calibration,
            weights: meta.weights,
            safety: meta.safety,
            disk_bytes,
            databases,
        }
    }
}
