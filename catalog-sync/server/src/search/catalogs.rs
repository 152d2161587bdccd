//! The catalogues that are searched here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use knytt_app_core::shop::Shop;
use knytt_app_core::shop::taking_part::{ArmSettings, RunningExperiment, TakingPart};
use knytt_engine::{ActiveEnvironment, CompiledRules, Merchandising, SearchSession, Weights};
use knytt_ui_api::CatalogSummary;

use super::refusals::{bad_query, of_problem};
use crate::accounts::now_ms;
use crate::http::refusal::Refusal;
use crate::{Error, Result};

/// How long the release before is kept open for the next pages of its answers.
const KEEP_BEFORE: Duration = Duration::from_secs(300);

/// The pause after a catalogue could not be opened again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A state of a catalogue. Answers of one state never change, and a state is the same on every replica that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The release; 0 for a catalogue that was built here.
    pub release: u64,
    /// The beginning of its content's hash.
    pub content: u64,
    /// The commit of a catalogue that was built here; 0 in a release, which replicas reach by other commits.
    pub commit: u64,
    /// The rules that are obeyed, which of them apply at this time, and the weights in place of the catalogue's own; 0
    /// without any.
    pub rules: u64,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}-{:x}-{:x}-{:x}", self.release, self.content, self.commit, self.rules)
    }
}

/// A catalogue that is open.
pub struct OpenCatalog {
    /// The catalogue and its model.
    pub shop: Shop,
    /// Its id and size when it was opened.
    pub summary: CatalogSummary,
    /// The subfolder that is open, where the catalogue is replaced as a whole.
    environment: Option<PathBuf>,
    /// The last state that was read, and its commit: hashes are read once for each.
    known: Mutex<Option<(u64, State)>>,
}

impl OpenCatalog {
    fn new(shop: Shop) -> Result<Self> {
        let environment =
            ActiveEnvironment::read(shop.folder()).map_err(|error| refused(shop.folder(), error))?;
        let summary = shop.summary();
        Ok(Self { shop, summary, environment, known: Mutex::default() })
    }

    /// The state that it is in now.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn state(&self) -> Result<State, Refusal> {
        self.state_with(self.shop.session())
    }

    /// The state that it is in now for this session of it, which may obey other settings.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn state_with(&self, session: &SearchSession) -> Result<State, Refusal> {
        self.read_state(session).map_err(|error| of_problem(knytt_app_core::problem::of_engine(error)))
    }

    fn read_state(&self, session: &SearchSession) -> Result<State, knytt_engine::Error> {
        let snapshot = session.catalog().read()?;
        let rules = session.rules(&snapshot)?.map_or(0, |rules| rules.state(now_ms()));
        let rules = rules ^ session.weights().map_or(0, |weights| digest(&weights));
        let commit = snapshot.commit_number();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, state)) = known.filter(|(known, _)| *known == commit) {
            return Ok(State { rules, ..state });
        }
        let (release, content) = (snapshot.info()?.release, snapshot.content_hash()?.to_string());
        let content = u64::from_str_radix(&content[..16], 16).unwrap_or_default();
        let state = State { release, content, commit: if release == 0 { commit } else { 0 }, rules };
        *known = Some((commit, state));
        Ok(state)
    }

    /// The rules and synonyms that the catalogue has itself.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn own_rules(&self) -> Result<Option<Merchandising>, Refusal> {
        let own = self.shop.session().catalog().read().and_then(|snapshot| snapshot.merchandising());
        own.map_err(|error| of_problem(knytt_app_core::problem::of_engine(error)))
    }

    /// The weights that rank in place of the catalogue's own, or else its own, or the usual ones.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn weights(&self) -> Result<Weights, Refusal> {
        if let Some(weights) = self.shop.session().weights() {
            return Ok(weights);
        }
        let info = self.shop.session().catalog().read().and_then(|snapshot| snapshot.info());
        let info = info.map_err(|error| of_problem(knytt_app_core::problem::of_engine(error)))?;
        Ok(info.weights.unwrap_or_default())
    }

    fn was_replaced(&self) -> bool {
        ActiveEnvironment::read(self.shop.folder()).is_ok_and(|now| now != self.environment)
    }
}

/// A catalogue that could not be opened again.
struct Failed {
    next: Instant,
    pause: Duration,
    reason: String,
}

/// A number that tells these weights from others.
fn digest(weights: &Weights) -> u64 {
    // Numbers: this cannot fail.
    let json = serde_json::to_vec(weights).unwrap_or_default();
    let hash = blake3::hash(&json);
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)).max(1)
}

/// The number of a version, and its rules; `None` if this program cannot read them and obeyed none before.
type NumberedRules = (i64, Option<Arc<CompiledRules>>);

/// All catalogues that are searched here, by their ids.
#[derive(Default)]
pub struct Catalogs {
    open: RwLock<BTreeMap<String, Arc<OpenCatalog>>>,
    /// What was replaced, and when.
    before: RwLock<BTreeMap<String, (Arc<OpenCatalog>, Instant)>>,
    /// Held while catalogues are opened, so that none is opened twice.
    opening: Mutex<BTreeMap<String, Failed>>,
    /// The rules that count in place of a catalogue's own, and the numbers of their versions. Held while catalogues
    /// are replaced, so that the new one has them, too.
    rules: RwLock<BTreeMap<String, NumberedRules>>,
    /// The weights that count in place of a catalogue's own, and the numbers of their versions.
    weights: RwLock<BTreeMap<String, (i64, Weights)>>,
    /// The experiment that searches of a catalogue take part in.
    experiments: RwLock<BTreeMap<String, Arc<RunningExperiment>>>,
}

impl Catalogs {
    /// Opens the catalogues in these folders.
    ///
    /// # Errors
    /// A folder holds none, or two of them have the same id.
    pub fn open(folders: &[PathBuf], device: &str) -> Result<Self> {
        let mut open = BTreeMap::new();
        for folder in folders {
            let catalog = open_folder(folder, device)?;
            let id = catalog.summary.id.clone();
            tracing::info!(catalog = id, products = catalog.summary.products, folder = %folder.display(), "searched");
            if let Ok(Some(classifier)) = catalog.shop.session().missing_classifier() {
                tracing::warn!(
                    catalog = id,
                    classifier,
                    "the safety classifier is not here: pictures are not judged by it"
                );
            }
            if open.insert(id.clone(), Arc::new(catalog)).is_some() {
                return Err(refused(folder, format!("another folder holds a catalogue {id:?}, too")));
            }
        }
        Ok(Self { open: RwLock::new(open), ..Self::default() })
    }

    /// The catalogue of this id, or the only one there is.
    ///
    /// # Errors
    /// 400 if a name is needed, 404 if there is none of this name.
    pub fn get(&self, id: Option<&str>) -> Result<Arc<OpenCatalog>, Refusal> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        match id {
            Some(id) => open.get(id).cloned().ok_or_else(unknown),
            None if open.len() > 1 => {
                let ids: Vec<_> = open.keys().map(String::as_str).collect();
                Err(bad_query(format!("catalog: name one of {}", ids.join(", "))))
            }
            None => open.values().next().cloned().ok_or_else(unknown),
        }
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<OpenCatalog>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The catalogue of this id as it was in `state`, if the release before is still open.
    pub fn of_state(&self, id: &str, state: State, settings: &ArmSettings) -> Option<Arc<OpenCatalog>> {
        let before = self.before.read().unwrap_or_else(PoisonError::into_inner);
        let (catalog, _) = before.get(id)?;
        let session = settings.session(catalog.shop.session());
        catalog.read_state(&session).is_ok_and(|found| found == state).then(|| catalog.clone())
    }

    /// Searches the catalogue in `folder` from now on, whose id is `id`: opens it, or opens it again if it was
    /// replaced as a whole. Blocks meanwhile.
    ///
    /// # Errors
    /// It cannot be opened, or is another catalogue.
    pub fn take(&self, id: &str, folder: &Path, device: &str) -> Result<()> {
        let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let here = self.open.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        let opened = match here {
            Some(here) if here.shop.folder() != folder => {
                return Err(refused(
                    folder,
                    format!("{} holds a catalogue {id:?}, too", here.shop.folder().display()),
                ));
            }
            Some(here) if !here.was_replaced() => return Ok(()),
            Some(here) => reopened(&here)?,
            None => open_folder(folder, device)?,
        };
        if opened.summary.id != id {
            return Err(refused(folder, format!("it is the catalogue {:?}, not {id:?}", opened.summary.id)));
        }
        self.replace(id, opened);
        Ok(())
    }

    /// The number of the version whose rules count in place of the catalogue's own.
    pub fn rules_number(&self, id: &str) -> Option<i64> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).get(id).map(|(number, _)| *number)
    }

    /// Has searches obey the rules of this version in place of the catalogue's own. `None` keeps those that are
    /// obeyed, and notes the number. An older version changes nothing.
    pub fn set_rules(&self, id: &str, number: i64, rules: Option<Arc<CompiledRules>>) {
        let mut all = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let before = all.get(id).cloned();
        if before.as_ref().is_some_and(|(before, _)| *before >= number) {
            return;
        }
        let rules = rules.or(before.and_then(|(_, rules)| rules));
        all.insert(id.into(), (number, rules.clone()));
        if let Some(open) = self.open.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            open.shop.session().replace_rules(rules);
        }
    }

    /// The number of the version whose weights count in place of the catalogue's own.
    pub fn weights_number(&self, id: &str) -> Option<i64> {
        self.weights.read().unwrap_or_else(PoisonError::into_inner).get(id).map(|(number, _)| *number)
    }

    /// Has searches rank by the weights of this version in place of the catalogue's own. An older version changes
    /// nothing.
    pub fn set_weights(&self, id: &str, number: i64, weights: Weights) {
        let mut all = self.weights.write().unwrap_or_else(PoisonError::into_inner);
        if all.get(id).is_some_and(|(before, _)| *before >= number) {
            return;
        }
        all.insert(id.into(), (number, weights));
        if let Some(open) = self.open.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            open.shop.session().replace_weights(Some(weights));
        }
    }

    /// The experiments that searches take part in, by the ids of their catalogues.
    pub fn experiments(&self) -> BTreeMap<String, Arc<RunningExperiment>> {
        self.experiments.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has searches take part in these experiments, and in no others.
    pub fn set_experiments(&self, running: BTreeMap<String, Arc<RunningExperiment>>) {
        *self.experiments.write().unwrap_or_else(PoisonError::into_inner) = running;
    }

    /// How a search of a catalogue takes part in its experiment, if there is one and `who` asks is in a share of it.
    pub fn part(&self, id: &str, who: &[u8]) -> Option<TakingPart> {
        let running = self.experiments.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        running?.part(who, now_ms())
    }

    /// Opens again what was replaced as a whole. Searches under way end on what they began with. Blocks while a
    /// catalogue is opened.
    pub fn renew(&self) {
        let mut failed = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        self.before
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, (_, at)| at.elapsed() < KEEP_BEFORE);
        for catalog in self.all().into_iter().filter(|catalog| catalog.was_replaced()) {
            let id = &catalog.summary.id;
            if failed.get(id).is_some_and(|failed| now < failed.next) {
                continue;
            }
            match reopened(&catalog) {
                Ok(renewed) => {
                    failed.remove(id);
                    self.replace(id, renewed);
                }
                Err(error) => note_failure(&mut failed, id, &error.to_string()),
            }
        }
    }

    fn replace(&self, id: &str, renewed: OpenCatalog) {
        tracing::info!(catalog = id, release = renewed.summary.release, "another release is searched");
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        renewed.shop.session().replace_rules(rules.get(id).and_then(|(_, rules)| rules.clone()));
        let weights = self.weights.read().unwrap_or_else(PoisonError::into_inner);
        renewed.shop.session().replace_weights(weights.get(id).map(|(_, weights)| *weights));
        let old =
            self.open.write().unwrap_or_else(PoisonError::into_inner).insert(id.into(), Arc::new(renewed));
        if let Some(old) = old {
            let mut before = self.before.write().unwrap_or_else(PoisonError::into_inner);
            before.insert(id.into(), (old, Instant::now()));
        }
    }
}

/// Logs a failure once, and waits longer after each.
fn note_failure(failed: &mut BTreeMap<String, Failed>, id: &str, reason: &str) {
    let known = failed.get(id);
    if known.is_none_or(|known| known.reason != reason) {
        tracing::error!(catalog = id, reason, "a new release was not opened; the one before is searched");
    }
    let pause = known.map_or(PAUSE, |known| (known.pause * 2).min(LONGEST_PAUSE));
    failed.insert(id.into(), Failed { next: Instant::now() + pause, pause, reason: reason.into() });
}

fn reopened(catalog: &OpenCatalog) -> Result<OpenCatalog> {
    let reopened = catalog.shop.reopened();
    OpenCatalog::new(reopened.map_err(|problem| refused(catalog.shop.folder(), problem.message))?)
}

fn open_folder(folder: &Path, device: &str) -> Result<OpenCatalog> {
    let shop = Shop::open(folder, Vec::new(), device).map_err(|problem| refused(folder, problem.message))?;
    if let Some(reason) = shop.device_notice() {
        tracing::warn!(folder = %folder.display(), device, reason, "the model runs on the processor");
    }
    OpenCatalog::new(shop)
}

fn refused(folder: &Path, reason: impl std::fmt::Display) -> Error {
    Error::Catalog { folder: folder.into(), reason: reason.to_string() }
}

fn unknown() -> Refusal {
    Refusal::new(404, "catalog_unknown", "No such catalogue")
        .detail("GET /api/v1/catalogs lists what is searched here")
}
