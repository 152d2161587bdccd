//! An open catalogue with its model.

use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use knytt_engine::{Catalog, Info, Origin, SearchSession};
use knytt_models::{
    Bundle, Device, Encoder, Options, Precision, PrecisionBenchmark, user_cache, user_models,
};
use knytt_ui_api::{CatalogSummary, Code, ModelSummary, Problem};
use knytt_wire::CatalogIdentity;

use super::taking_part::{RunningExperiment, TakingPart};
use crate::problem::{of_engine, of_model};

/// How long after the start the precisions are measured, so that the start is not slowed.
const PROOF_DELAY: Duration = Duration::from_secs(30);

/// Products that are read before a catalogue counts as opened.
const FIRST_READ: usize = 24;

/// What an event says of the open catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogContext {
    /// Whose it is, and its id.
    pub identity: CatalogIdentity,
    /// The release that it is at.
    pub release: u64,
    /// The fingerprint of its model.
    pub model: String,
}

/// An open catalogue, its model, and the folders of its pictures.
pub struct Shop {
    session: SearchSession,
    folder: PathBuf,
    /// Folders that products' picture paths are relative to.
    pictures: Vec<PathBuf>,
    /// The device that was asked for.
    device: String,
    /// Why the model was not started there, and runs on the processor.
    missing: Option<String>,
    /// SHA-256 of the first root of trust; none for a catalogue that was built here.
    root: Option<String>,
    /// The experiment of the catalogue, and the commit that it was read at: it is prepared once for each.
    experiment: Mutex<Option<(u64, Option<Arc<RunningExperiment>>)>>,
}

impl Shop {
    /// Opens the catalogue in `folder` and loads the model that made it. Products' pictures are looked
    /// for in `pictures` and beside the feed that the catalogue was built from.
    ///
    /// # Errors
    /// There is no catalogue, it cannot be read, or its model is neither the starter nor where it was.
    pub fn open(folder: &Path, mut pictures: Vec<PathBuf>, device: &str) -> Result<Self, Problem> {
        let catalog = Catalog::open(folder).map_err(of_engine)?;
        let origin = Origin::read(folder);
        let source = origin.source.as_deref().map(Path::new);
        pictures.extend(source.map(|s| if s.is_dir() { s } else { s.parent().unwrap_or(s) }.to_path_buf()));
        let (encoder, missing) = start_somewhere(|| bundle_of(&catalog, &origin), device)?;
        let session = SearchSession::new(catalog, encoder).map_err(of_engine)?;
        Ok(Self { missing, ..Self::from_session(session, folder, pictures, device)? })
    }

    /// The same catalogue made with another model: the session of what took its place.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn succeeded_by(&self, session: SearchSession) -> Result<Self, Problem> {
        Self::from_session(session, &self.folder, self.pictures.clone(), &self.device)
    }

    fn from_session(
        session: SearchSession,
        folder: &Path,
        pictures: Vec<PathBuf>,
        device: &str,
    ) -> Result<Self, Problem> {
        if session.catalog().info().map_err(of_engine)?.calibration.is_none() {
            // A catalogue that cannot be written is searched all the same, without percents.
            let _ = session.calibrate();
        }
        let root = root_of(folder)?;
        let (folder, device, experiment) = (folder.to_path_buf(), device.into(), Mutex::default());
        Ok(Self { session, folder, pictures, device, missing: None, root, experiment })
    }

    /// How a search of `who` takes part in the catalogue's experiment, if it has one and they are in a share of it.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn part(&self, who: &[u8]) -> Result<Option<TakingPart>, Problem> {
        let snapshot = self.session.catalog().read().map_err(of_engine)?;
        let commit = snapshot.commit_number();
        let mut known = self.experiment.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(of, _)| *of != commit) {
            // What a later version wrote is not obeyed.
            let read = snapshot.experiment().map_err(of_engine)?;
            *known = Some((commit, read.and_then(|read| RunningExperiment::new(read).ok()).map(Arc::new)));
        }
        let running = known.as_ref().and_then(|(_, running)| running.clone());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        Ok(running.and_then(|running| running.part(who, now_ms)))
    }

    /// The catalogue that lies in the folder now: a whole release was put in its place. The model is
    /// loaded again only if it is another one.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn reopened(&self) -> Result<Self, Problem> {
        let (catalog, encoder) =
            (Catalog::open(&self.folder).map_err(of_engine)?, self.session.encoder().clone());
        if catalog.fingerprint() != encoder.fingerprint() {
            return Self::open(&self.folder, self.pictures.clone(), &self.device);
        }
        let session = SearchSession::new(catalog, encoder).map_err(of_engine)?;
        let missing = self.missing.clone();
        Ok(Self {
            missing,
            ..Self::from_session(session, &self.folder, self.pictures.clone(), &self.device)?
        })
    }

    /// Measures on a thread of its own which precision finds the same products in less time, once for each
    /// machine and model. The result holds from the next start on. Nothing waits for it; if it fails, the
    /// model keeps its precision.
    pub fn measure_precision_later(&self) {
        let Ok(Device::Cpu) = self.device.parse() else { return };
        let (options, session) = (options(Device::Cpu), self.session.clone());
        let Some(folder) = &options.cache else { return };
        if PrecisionBenchmark::read(folder, session.encoder().fingerprint()).is_none() {
            let prove = move || {
                thread::sleep(PROOF_DELAY);
                session.benchmark_precisions(&options)
            };
            let _ = thread::Builder::new().name("knytt-prove".into()).spawn(prove);
        }
    }

    /// The same catalogue with its model on another device.
    ///
    /// # Errors
    /// The model does not run there.
    pub fn on_device(&self, device: &str) -> Result<Self, Problem> {
        let catalog = self.session.catalog().clone();
        let encoder = start(bundle_of(&catalog, &Origin::read(&self.folder))?, device)?;
        let session = SearchSession::new(catalog, encoder).map_err(of_engine)?;
        let (folder, pictures, root) = (self.folder.clone(), self.pictures.clone(), self.root.clone());
        let (device, experiment) = (device.into(), Mutex::default());
        Ok(Self { session, folder, pictures, device, missing: None, root, experiment })
    }

    /// Reads the first products, as a first look at the catalogue does.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn read_some(&self) -> Result<(), Problem> {
        let snapshot = self.session.catalog().read().map_err(of_engine)?;
        for product in snapshot.products().map_err(of_engine)?.take(FIRST_READ) {
            let id = product.map_err(of_engine)?.id;
            snapshot.record(&id).map_err(of_engine)?;
        }
        Ok(())
    }

    /// The session that searches it.
    pub fn session(&self) -> &SearchSession {
        &self.session
    }

    /// The catalogue's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The catalogue, for a screen.
    pub fn summary(&self) -> CatalogSummary {
        let info = self.session.catalog().info().ok();
        let unknown = || CatalogSummary { id: folder_name(&self.folder), products: 0, release: 0 };
        info.as_ref().map_or_else(unknown, summarize)
    }

    /// Catalogue, release and model, for events about this moment.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn context(&self) -> Result<CatalogContext, Problem> {
        let info = self.session.catalog().info().map_err(of_engine)?;
        let identity = CatalogIdentity { root: self.root.clone(), catalog: info.catalog_id };
        Ok(CatalogContext { identity, release: info.release, model: info.fingerprint.to_string() })
    }

    /// The model, for a screen. It opens the catalogue's safety gate, which can take a moment the first time.
    pub fn model_summary(&self) -> ModelSummary {
        let (encoder, notice) = (self.session.encoder(), self.device_notice());
        ModelSummary {
            name: encoder.model_name().into(),
            fingerprint: encoder.fingerprint().as_str().chars().take(12).collect(),
            dimension: u32::try_from(encoder.dimension()).unwrap_or(u32::MAX),
            device: if notice.is_some() { Device::Cpu.to_string() } else { self.device.clone() },
            precision: match encoder.precision() {
                Precision::Auto => Precision::F32,
                precision => precision,
            }
            .to_string(),
            notice,
            // What cannot be read fails the searches, and they say so.
            missing_classifier: self.session.missing_classifier().ok().flatten(),
        }
    }

    /// Why the model does not run on the device that was asked for; `None` while it does.
    pub fn device_notice(&self) -> Option<String> {
        let notice = || self.session.encoder().notice().map(|notice| notice.reason.clone());
        self.missing.clone().or_else(notice)
    }

    /// The device that was asked for.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// The catalogue on disk, in bytes.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn bytes(&self) -> Result<u64, Problem> {
        Ok(self.session.catalog().info().map_err(of_engine)?.disk_bytes)
    }

    /// The model's weights, in bytes.
    pub fn model_bytes(&self) -> u64 {
        self.session.encoder().bundle().weights_summary().map_or(0, |summary| summary.file_bytes as u64)
    }

    /// The file with the picture of a product that has this address in the catalogue, if it lies in one of the folders
    /// for pictures. A path that leads out of them is not followed.
    pub fn picture_file(&self, address: &str) -> Option<PathBuf> {
        let path = Path::new(address);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if address.is_empty() || !inside {
            return None;
        }
        self.pictures.iter().find_map(|root| {
            let (root, file) = (root.canonicalize().ok()?, root.join(path).canonicalize().ok()?);
            (file.starts_with(&root) && file.is_file()).then_some(file)
        })
    }
}

/// The publisher of the catalogue in `folder`. A folder that cannot be read is an error: it must not pass for
/// a catalogue that was built here.
fn root_of(folder: &Path) -> Result<Option<String>, Problem> {
    let status = knytt_client::status(folder).map_err(|error| Problem::new(Code::Internal, error))?;
    Ok(status.map(|status| status.root))
}

/// A catalogue's contents, for a screen.
pub fn summarize(info: &Info) -> CatalogSummary {
    CatalogSummary {
        id: info.catalog_id.clone(),
        products: u32::try_from(info.products).unwrap_or(u32::MAX),
        release: u32::try_from(info.release).unwrap_or(u32::MAX),
    }
}

/// A catalogue's name where its own cannot be read: that of its folder.
pub fn folder_name(folder: &Path) -> String {
    folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
}

/// The bundle that made the catalogue: the starter if its fingerprint says so, else the one whose
/// folder the catalogue remembers.
fn bundle_of(catalog: &Catalog, origin: &Origin) -> Result<Bundle, Problem> {
    let starter = Bundle::starter().map_err(of_model)?;
    if starter.fingerprint() == catalog.fingerprint() {
        return Ok(starter);
    }
    let lost = |reason: &dyn std::fmt::Display| {
        Problem::new(Code::WrongModel, format!("the model that made this catalogue is not here: {reason}"))
    };
    let folder = origin.model.as_deref().filter(|model| *model != "starter");
    let folder = folder.ok_or_else(|| lost(&"its folder is not known"))?;
    let named = Bundle::open(Path::new(folder)).map_err(|error| lost(&error));
    let is_its = |bundle: &Bundle| bundle.fingerprint() == catalog.fingerprint();
    match named {
        Ok(bundle) if is_its(&bundle) => Ok(bundle),
        // The catalogue may have come from elsewhere, and its model may be here under its name.
        other => {
            let name = catalog.info().map_err(of_engine)?.model_name;
            let models = user_models().filter(|_| is_name(&name));
            let kept = models.and_then(|models| Bundle::open(&models.join(&name)).ok()).filter(is_its);
            kept.ok_or_else(|| other.err().unwrap_or_else(|| lost(&"it is another one")))
        }
    }
}

/// Whether a model's name, which a catalogue says, names a folder and no way out of one.
fn is_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}

fn start(bundle: Bundle, device: &str) -> Result<Encoder, Problem> {
    let device: Device = device.parse().map_err(of_model)?;
    Encoder::start_with(bundle, &options(device)).map_err(of_model)
}

/// Starts the model on the device, or on the processor with the reason: a GPU that was unplugged since the last start
/// must not keep a catalogue closed.
fn start_somewhere(
    bundle: impl Fn() -> Result<Bundle, Problem>,
    device: &str,
) -> Result<(Encoder, Option<String>), Problem> {
    let asked: Device = device.parse().map_err(of_model)?;
    match Encoder::start_with(bundle()?, &options(asked)) {
        Err(error @ knytt_models::Error::Device { .. }) if asked != Device::Cpu => {
            let encoder = Encoder::start_with(bundle()?, &options(Device::Cpu)).map_err(of_model)?;
            Ok((encoder, Some(error.to_string())))
        }
        started => Ok((started.map_err(of_model)?, None)),
    }
}

/// How a model is started: with what is kept of it on this machine.
pub(crate) fn options(device: Device) -> Options {
    Options { device, cache: user_cache(), ..Options::default() }
}
