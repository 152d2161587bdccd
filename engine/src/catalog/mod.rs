//! An open catalogue on disk.

pub(crate) mod apply;
pub(crate) mod browse;
pub(crate) mod build_lock;
pub(crate) mod check;
pub(crate) mod dump;
pub(crate) mod entry;
pub(crate) mod free_items;
mod further_pictures;
pub(crate) mod meta;
pub(crate) mod operation;
pub(crate) mod origin;
pub(crate) mod picture_changes;
pub(crate) mod prepared;
pub(crate) mod repair;
pub(crate) mod review;
pub(crate) mod snapshot;
pub(crate) mod source;
pub(crate) mod successor;
pub(crate) mod transaction;
pub(crate) mod upgrade;
pub(crate) mod writer;

use std::path::Path;
use std::sync::Arc;

use knytt_models::Fingerprint;
use serde::Serialize;

use crate::calibrate::scale::Calibration;
use crate::catalog::meta::{CatalogMeta, read_meta};
use crate::catalog::snapshot::Snapshot;
use crate::catalog::upgrade::upgrade;
use crate::catalog::writer::Writer;
use crate::error::Result;
use crate::index::simd::Kernel;
use crate::look::safety::SafetyConfig;
use crate::rank::weights::Weights;
use crate::store::active_environment::ActiveEnvironment;
use crate::store::env::{OpenMode, Storage};
use crate::store::open::OpenOptions;
use crate::store::pages::PageReport;
use crate::store::schema::{DatabaseSize, SCHEMA_VERSION};

/// One catalogue: a folder with an LMDB environment. Cheap to clone. Clones, and all other `open`s of the same folder
/// in this process, share the environment.
///
/// Any number of [`Snapshot`]s read while one [`Writer`] commits.
#[derive(Clone)]
pub struct Catalog {
    storage: Arc<Storage>,
    meta: Arc<CatalogMeta>,
}

/// The description of a new catalogue.
#[derive(Clone, Debug)]
pub struct CatalogSpec {
    /// Its id, stable over releases.
    pub id: String,
    /// The model of its embeddings.
    pub model: Fingerprint,
    /// That model's name, for people.
    pub model_name: String,
    /// Components per embedding.
    pub dimension: usize,
}

/// A summary of a catalogue.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// The version of its schema.
    pub schema_version: u32,
    /// [`CatalogSpec::id`].
    pub catalog_id: String,
    /// The number of its release; 0 for a catalogue that was built on this machine.
    pub release: u64,
    /// The model of its embeddings.
    pub fingerprint: Fingerprint,
    /// That model's name.
    pub model_name: String,
    /// Components per embedding.
    pub dimension: usize,
    /// The number of products.
    pub products: u64,
    /// The number of their further pictures.
    #[serde(skip_serializing_if = "is_zero")]
    pub further_pictures: u64,
    /// The number of refused sources.
    pub quarantined: u64,
    /// The number of stored sources.
    pub sources: u64,
    /// The indexes.
    pub index: IndexInfo,
    /// The calibration of scores, if it was measured.
    pub calibration: Option<Calibration>,
    /// The weights that rank hits in this catalogue; `None`: the defaults.
    pub weights: Option<Weights>,
    /// The configuration of the gate that refuses pictures; `None`: the catalogue refuses none.
    pub safety: Option<SafetyConfig>,
    /// The size of the data file, in bytes.
    pub disk_bytes: u64,
    /// The size of each named database.
    pub databases: Vec<DatabaseSize>,
}

/// The size of each kind of index.
#[derive(Clone, Debug, Serialize)]
pub struct IndexInfo {
    /// The size of the vectors, which the exact scan reads, in bytes.
    pub exact_bytes: u64,
    /// The instruction set of the exact scan on this machine.
    pub exact_kernel: &'static str,
    /// The size of the index of codes, in bytes; 0 while the catalogue is too small for one.
    pub codes_bytes: u64,
    /// The size of the arroy index, in bytes; 0 unless the catalogue keeps one.
    pub arroy_bytes: u64,
    /// The number of vectors in the arroy index.
    pub arroy_vectors: u64,
    /// From this number of products on, the catalogue keeps an arroy index; `None`: never.
    pub arroy_from: Option<u64>,
}

impl Catalog {
    /// Makes a new catalogue in `dir`, and creates the folder if it does not exist.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`](crate::Error::AlreadyExists) if there is one; see also [`Self::open`].
    pub fn create(dir: impl AsRef<Path>, spec: &CatalogSpec) -> Result<Self> {
        Self::with(dir.as_ref(), OpenMode::Create(&spec.description()?), OpenOptions::default())
    }

    /// Opens the catalogue in `dir`.
    ///
    /// # Errors
    /// [`NotACatalog`](crate::Error::NotACatalog), [`UnknownSchema`](crate::Error::UnknownSchema),
    /// [`CutShort`](crate::Error::CutShort) or [`Damaged`](crate::Error::Damaged) if LMDB could not read all of it,
    /// [`DiskFull`](crate::Error::DiskFull) if there is no room for its lock file,
    /// or [`Open`](crate::Error::Open) if its files cannot be read and locked.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        Self::with(dir.as_ref(), OpenMode::Open, OpenOptions::default())
    }

    /// Reads all pages of the catalogue in `dir` without trusting any of them, and says what is wrong. A catalogue
    /// whose pages are sound can still hold contradictions: [`Snapshot::check`] finds those.
    ///
    /// # Errors
    /// [`NotACatalog`](crate::Error::NotACatalog), and [`Open`](crate::Error::Open) if a file cannot be read.
    pub fn check_pages(dir: impl AsRef<Path>) -> Result<PageReport> {
        let active = ActiveEnvironment::read(dir.as_ref())?;
        Storage::examine(active.as_deref().unwrap_or(dir.as_ref()))
    }

    /// Opens the catalogue in `dir`, or makes it. An existing one must be of the model in `spec`.
    ///
    /// # Errors
    /// Those of [`Self::open`], and [`FingerprintMismatch`](crate::Error::FingerprintMismatch).
    pub fn open_or_create(dir: impl AsRef<Path>, spec: &CatalogSpec) -> Result<Self> {
        let catalog =
            Self::with(dir.as_ref(), OpenMode::OpenOrCreate(&spec.description()?), OpenOptions::default())?;
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
        let catalog = Self::with(dir.as_ref(), OpenMode::OpenOrCreate(&spec.description()?), options)?;
        catalog.expects(&spec.model)?;
        Ok(catalog)
    }

    fn with(dir: &Path, mode: OpenMode<'_>, options: OpenOptions) -> Result<Self> {
        let storage = Storage::open(dir, mode, options, upgrade)?;
        let meta = Arc::new(read_meta(storage.view(&*storage.read()?))?);
        Ok(Self { storage, meta })
    }

    /// The catalogue's folder.
    pub fn path(&self) -> &Path {
        self.storage.path()
    }

    /// The model of its embeddings.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.meta.fingerprint
    }

    /// Components per embedding.
    pub fn dimension(&self) -> usize {
        self.meta.dimension
    }

    /// A summary of its present state.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn info(&self) -> Result<Info> {
        self.read()?.info()
    }

    /// A snapshot of the present state. Drop it soon: while it is open, LMDB does not reuse the space of replaced data,
    /// and the map cannot grow.
    ///
    /// # Errors
    /// [`TooManyReaders`](crate::Error::TooManyReaders).
    pub fn read(&self) -> Result<Snapshot> {
        Snapshot::new(self.clone())
    }

    /// Writes a compact copy of the catalogue's present state to `file`, which must not exist. As the `data.mdb` of
    /// another folder, the copy is a catalogue of its own. Readers and a writer can continue meanwhile.
    ///
    /// # Errors
    /// [`Open`](crate::Error::Open) if the file exists or cannot be created, and those of a full disk.
    pub fn copy_to(&self, file: &Path) -> Result<()> {
        self.storage.copy_to(file)
    }

    /// Waits until every commit is on the disk. Only needed with
    /// [`OpenOptions::durable`](crate::OpenOptions::durable) off.
    ///
    /// # Errors
    /// [`DiskFull`](crate::Error::DiskFull), and those of the storage.
    pub fn flush(&self) -> Result<()> {
        self.storage.flush()
    }

    /// Writes commits to the disk while other threads continue to commit, so that a later [`Self::flush`] has less to
    /// wait for. It does not replace the flush.
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
        Err(crate::error::Error::FingerprintMismatch {
            expected: self.meta.fingerprint.clone(),
            received: model.clone(),
        })
    }
}

impl CatalogSpec {
    /// The first description of a catalogue that is made for it, as the store takes it.
    fn description(&self) -> Result<Vec<u8>> {
        let meta = CatalogMeta {
            catalog_id: self.id.clone(),
            release: 0,
            fingerprint: self.model.clone(),
            model_name: self.model_name.clone(),
            dimension: self.dimension,
            arroy_from: None,
            weights: None,
            safety: None,
        };
        Ok(serde_json::to_vec(&meta)?)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
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
            further_pictures: entries("pictures"),
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
