//! The open catalogue made anew with another model, beside the old one.
//!
//! A second catalogue lies in a subfolder of the first ([`Successor`]) and gets the same products with other vectors,
//! while searches go on in the first. What is stored of it stays when the work is stopped, and the work goes on from
//! there. When it is whole and has answered, it takes the first one's place in one step.

mod fill;
mod pictures;
mod place;
mod plan;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs_err as fs;
use knytt_engine::{BuildLock, Catalog, Successor};
use knytt_hub::free_bytes;
use knytt_models::{Bundle, Device, Encoder, Options};
use knytt_ui_api::{Code, ModelPhase, Problem, UnfinishedReembedding};
use serde::{Deserialize, Serialize};

use self::fill::Filling;
use self::plan::needed_bytes;
use super::ModelJob;
use crate::problem::{of_engine, of_io, of_model};
use crate::shop::{Shop, model_options};
use crate::visit::state::Visit;

/// The note in a successor's folder of what it is made with.
const NOTE: &str = "reembedding.json";

/// What stays free on the disk, for everything else that writes to it.
const RESERVE_BYTES: u64 = 64 << 20;

/// What is needed to go on after the app was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// The name of the model.
    model: String,
}

/// What is made anew, and with what.
pub(super) struct Reembedding {
    shop: Arc<Shop>,
    bundle: Bundle,
    /// The folder of the bundle; `None` for the starter.
    bundle_place: Option<PathBuf>,
    successor: Successor,
    /// Whoever builds the catalogue from its source waits.
    _lock: BuildLock,
}

impl Visit {
    /// Checks what has to hold before the first picture is read, and makes the folder.
    pub(super) fn begin_reembedding(&self, model: &str) -> Result<Reembedding, Problem> {
        let shop = self.changeable_shop()?;
        let (bundle, bundle_place) = (self.open_bundle(model)?, self.place_of_model(model)?);
        if bundle.fingerprint() == shop.session().catalog().fingerprint() {
            return Err(Problem::new(Code::BadQuery, format!("the catalogue is made with {model} already")));
        }
        let home = shop.folder();
        let successor = Successor::of_model(home, bundle.fingerprint());
        let info = shop.session().catalog().info().map_err(of_engine)?;
        let here = fs::metadata(successor.path().join("data.mdb")).map_or(0, |data| data.len());
        let needed = needed_bytes(&info, bundle.dimension()).saturating_sub(here) + RESERVE_BYTES;
        if let Some(free) = free_bytes(home).filter(|free| *free < needed) {
            let message = format!("{} has room for {free} bytes, and {needed} are needed", home.display());
            return Err(Problem::new(Code::DiskFull, message));
        }
        let lock = BuildLock::take(home).map_err(of_engine)?;
        let busy = || Problem::new(Code::Busy, format!("a build writes into {}", home.display()));
        let lock = lock.ok_or_else(busy)?;
        Note { model: model.into() }.write(&successor.path()).map_err(of_io)?;
        Ok(Reembedding { shop, bundle, bundle_place, successor, _lock: lock })
    }

    /// Removes what a stopped re-embedding of the open catalogue has left.
    ///
    /// # Errors
    /// Something is done with a model, or it cannot be removed.
    pub fn discard_reembedding(&self) -> Result<(), Problem> {
        if let Some(work) = self.models.work() {
            return Err(Problem::new(Code::Busy, format!("{} is being worked on", work.model)));
        }
        let shop = self.changeable_shop()?;
        Successor::begun(shop.folder()).iter().try_for_each(Successor::discard).map_err(of_io)
    }
}

impl ModelJob {
    /// Fills the new catalogue, tries it, and puts it in place.
    pub(super) fn reembed_catalog(&self, reembedding: Reembedding) -> Result<(), Problem> {
        let Reembedding { shop, bundle, bundle_place, successor, _lock } = reembedding;
        let encoder = start(bundle, &shop)?;
        let catalog = Filling::new(&shop, &encoder, &successor)?.run(self)?;
        self.visit.models.progress(ModelPhase::Finishing, 0, 0);
        place::try_out(catalog, &shop, encoder)?;
        self.check()?;
        place::put_in_place(&self.visit, &shop, &successor, bundle_place.as_deref())
    }
}

/// What a stopped re-embedding of the open catalogue has left, if there is one.
pub(super) fn unfinished(shop: &Shop) -> Option<UnfinishedReembedding> {
    let total = shop.session().catalog().info().ok()?.products;
    Successor::begun(shop.folder()).iter().find_map(|begun| {
        let model = Note::read(&begun.path())?.model;
        let done = Catalog::open(begun.path()).and_then(|catalog| catalog.read()?.len()).unwrap_or(0);
        Some(UnfinishedReembedding { model, done: done.min(total), total })
    })
}

/// Starts the model beside the one that searches. It leaves one core to that one.
fn start(bundle: Bundle, shop: &Shop) -> Result<Encoder, Problem> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let asked = shop.device().parse().map_err(of_model)?;
    let device = if shop.device_notice().is_some() { Device::Cpu } else { asked };
    let threads = Some(cores.saturating_sub(1).max(1));
    Encoder::start_with(bundle, &Options { threads, ..model_options(device) }).map_err(of_model)
}

impl Note {
    fn read(successor: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(successor.join(NOTE)).ok()?).ok()
    }

    fn write(&self, successor: &Path) -> std::io::Result<()> {
        fs::create_dir_all(successor)?;
        let part = successor.join("reembedding.json.part");
        fs::write(&part, serde_json::to_vec(self)?)?;
        fs::rename(part, successor.join(NOTE))
    }
}
