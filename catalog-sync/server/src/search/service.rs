//! What all searches share.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use knytt_models::Device;

use super::cache::Caches;
use super::catalogs::Catalogs;
use super::follow::{Followed, Follower, Progress};
use super::measures::SearchMetrics;
use super::remote::Remote;
use super::workers::Workers;
use crate::objects::store::Objects;
use crate::{Error, Result};

/// How often it is looked whether a catalogue was replaced.
const LOOK: Duration = Duration::from_secs(1);

/// Threads for each processor. While one waits for the model, which embeds what waits together, another searches.
const THREADS_PER_CORE: usize = 2;

/// What is searched here, and within which bounds.
#[derive(Clone, Debug)]
pub struct SearchSettings {
    /// Folders of catalogues.
    pub catalogs: Vec<PathBuf>,
    /// Catalogues whose releases are followed.
    pub follow: Vec<Followed>,
    /// Where followed catalogues are kept.
    pub folder: PathBuf,
    /// Where models run: `cpu`, `gpu`, …
    pub device: String,
    /// The largest picture file that is taken, in bytes.
    pub picture_bytes: u64,
    /// The largest picture that is taken has as many pixels as a square of this side.
    pub picture_side: u32,
    /// Hosts that pictures are fetched from.
    pub picture_hosts: Vec<String>,
}

impl SearchSettings {
    /// The longest body of a request, in bytes: Base64 takes four bytes for three, and the rest of a request is small.
    pub fn body_bytes(&self) -> usize {
        usize::try_from(self.picture_bytes * 4 / 3 + (256 << 10)).unwrap_or(usize::MAX)
    }
}

/// The catalogues, the threads that search them, and what was asked before. Clones share all of it.
#[derive(Clone)]
pub struct SearchService {
    /// What is searched here.
    pub catalogs: Arc<Catalogs>,
    /// Where searches run.
    pub workers: Workers,
    /// What was asked before.
    pub caches: Caches,
    /// Where pictures are fetched from.
    pub remote: Remote,
    /// What is counted.
    pub metrics: SearchMetrics,
    /// How far the followed catalogues are.
    pub followed: Arc<[Arc<Progress>]>,
    /// The bounds.
    pub settings: Arc<SearchSettings>,
}

impl SearchService {
    /// Opens the catalogues and starts the threads. Blocks while models are loaded.
    ///
    /// # Errors
    /// The device is not here, or a folder holds no catalogue that can be opened.
    pub fn open(settings: SearchSettings, metrics: SearchMetrics) -> Result<Self> {
        find_device(&settings.device)?;
        let catalogs = Arc::new(Catalogs::open(&settings.catalogs, &settings.device)?);
        let cores = available_parallelism().map_or(1, usize::from);
        let workers = Workers::start(cores * THREADS_PER_CORE)?;
        let remote = Remote::new(&settings.picture_hosts);
        let followed =
            settings.follow.iter().map(|followed| Arc::new(Progress::new(&followed.name))).collect();
        Ok(Self {
            remote,
            catalogs,
            workers,
            caches: Caches::new(),
            metrics,
            followed,
            settings: Arc::new(settings),
        })
    }

    /// Notes for `/metrics` what is only known at the moment.
    pub fn measure(&self) {
        self.metrics.waiting(self.workers.waiting());
        for catalog in self.catalogs.all() {
            if let Ok(state) = catalog.state() {
                self.metrics.release(&catalog.summary.id, state.release);
            }
        }
        for progress in self.followed.iter() {
            self.metrics.failing(&progress.name, progress.is_failing());
        }
    }

    /// What follows the releases in `objects`, one for each catalogue.
    pub fn followers(&self, objects: &Objects) -> Vec<Follower> {
        let settings = &self.settings;
        let of = |(followed, progress): (&Followed, &Arc<Progress>)| Follower {
            followed: followed.clone(),
            objects: objects.clone(),
            folder: settings.folder.clone(),
            device: settings.device.clone(),
            catalogs: self.catalogs.clone(),
            progress: progress.clone(),
        };
        settings.follow.iter().zip(self.followed.iter()).map(of).collect()
    }

    /// Opens replaced catalogues again, for as long as it is awaited.
    pub async fn follow(self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let catalogs = self.catalogs.clone();
            // A panic there is logged by its hook; the next look tries again.
            let _ = tokio::task::spawn_blocking(move || catalogs.renew()).await;
        }
    }
}

/// Somebody named the device and reads what the start says, so that one which is missing is said before anything is
/// served. One that is lost later, or has no kernels for a model, leaves the work to the processor.
fn find_device(name: &str) -> Result<()> {
    let found = name.parse().and_then(Device::find);
    found.map_err(|error| {
        Error::Setting(format!("--device {name}: {error}; without it the processor is used"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_not_here_ends_the_start() {
        let open = |device: &str| {
            let settings = SearchSettings {
                catalogs: Vec::new(),
                follow: Vec::new(),
                folder: PathBuf::new(),
                device: device.into(),
                picture_bytes: 1,
                picture_side: 1,
                picture_hosts: Vec::new(),
            };
            SearchService::open(settings, SearchMetrics::default()).map(drop)
        };
        open("cpu").unwrap();
        for missing in ["gpu:99", "cuda:99", "tpu"] {
            let error = open(missing).unwrap_err();
            assert!(matches!(error, Error::Setting(_)), "{error}");
            assert!(error.to_string().starts_with(&format!("--device {missing}: ")), "{error}");
        }
    }
}
