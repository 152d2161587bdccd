//! Models on this device: where they lie and come from, and the work on them that is under way.

mod describe;
mod pace;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use knytt_client::Cancel;
use knytt_hub::{HubSettings, LocalModels};
use knytt_models::PrecisionBenchmark;
use knytt_ui_api::{Code, ModelEvent, ModelPhase, ModelTask, ModelWork, Problem};

pub(super) use self::describe::{CurrentModel, STARTER, devices, entries};
use self::pace::Pace;

/// Where models lie and come from, and the work that is under way: never more than one piece at a time.
#[derive(Default)]
pub struct Models {
    local: OnceLock<LocalModels>,
    hub: OnceLock<HubSettings>,
    running: Mutex<Option<RunningWork>>,
    /// What was measured in this visit, by the models' names.
    measured: Mutex<HashMap<String, PrecisionBenchmark>>,
    /// Why the model left its device, as the window was told last.
    told_notice: Mutex<Option<String>>,
    listener: OnceLock<Listener>,
}

type Listener = Box<dyn Fn(ModelEvent) + Send + Sync>;

struct RunningWork {
    cancel: Cancel,
    work: ModelWork,
    pace: Pace,
}

impl Models {
    /// From now on bundles lie here, and not where the system says. It can be said once.
    pub(super) fn keep_in(&self, folder: std::path::PathBuf) {
        let _ = self.local.set(LocalModels::in_folder(folder));
    }

    /// From now on models come from this hub, and not from the one that the environment names. It can be said once.
    pub fn use_hub(&self, settings: HubSettings) {
        let _ = self.hub.set(settings);
    }

    /// Who hears what becomes of the models. It can be said once.
    pub fn listen(&self, listener: impl Fn(ModelEvent) + Send + Sync + 'static) {
        let _ = self.listener.set(Box::new(listener));
    }

    /// Stops the work at its next step.
    pub fn cancel(&self) {
        if let Some(running) = self.running().as_ref() {
            running.cancel.cancel();
        }
    }

    /// The user's bundles.
    ///
    /// # Errors
    /// The environment names no home.
    pub(super) fn local(&self) -> Result<LocalModels, Problem> {
        let home =
            || Problem::new(Code::Unsupported, "the system names no folder for models; set KNYTT_MODELS");
        self.local.get().cloned().or_else(LocalModels::of_user).ok_or_else(home)
    }

    pub(super) fn hub(&self) -> Result<HubSettings, knytt_hub::Error> {
        self.hub.get().cloned().map_or_else(HubSettings::from_environment, Ok)
    }

    pub(super) fn tell(&self, event: ModelEvent) {
        if let Some(listener) = self.listener.get() {
            listener(event);
        }
    }

    /// Claims the models for one piece of work, until [`Self::release`].
    ///
    /// # Errors
    /// Another one is under way.
    pub(super) fn claim(&self, task: ModelTask, model: &str, cancel: Cancel) -> Result<(), Problem> {
        let mut running = self.running();
        if let Some(running) = running.as_ref() {
            return Err(Problem::new(Code::Busy, format!("{} is being worked on", running.work.model)));
        }
        let (phase, model) = (ModelPhase::Preparing, model.into());
        let work = ModelWork { task, model, phase, done: 0, total: 0, per_second: 0.0, seconds_left: None };
        *running = Some(RunningWork { cancel, work, pace: Pace::default() });
        Ok(())
    }

    pub(super) fn release(&self) {
        *self.running() = None;
    }

    /// The work that is under way.
    pub fn work(&self) -> Option<ModelWork> {
        self.running().as_ref().map(|running| running.work.clone())
    }

    /// Notes how far the work is, and tells the window now and then.
    pub(super) fn progress(&self, phase: ModelPhase, done: u64, total: u64) {
        let told = self.running().as_mut().and_then(|running| {
            let is_due = running.pace.note(phase, done, Instant::now());
            let (per_second, seconds_left) = (running.pace.per_second(), running.pace.seconds_left(total));
            let ModelWork { task, model, .. } = running.work.clone();
            running.work = ModelWork { task, model, phase, done, total, per_second, seconds_left };
            is_due.then(|| running.work.clone())
        });
        if let Some(work) = told {
            self.tell(ModelEvent::Progress { work });
        }
    }

    pub(super) fn note_measured(&self, model: &str, benchmark: PrecisionBenchmark) {
        self.measured().insert(model.into(), benchmark);
    }

    /// Whether a notice is another one than the window was told last; it counts as told from now on.
    pub(super) fn is_new_notice(&self, notice: Option<&str>) -> bool {
        let mut told = self.told_notice.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = told.as_deref() != notice;
        *told = notice.map(str::to_owned);
        is_new && notice.is_some()
    }

    pub(super) fn measured(&self) -> MutexGuard<'_, HashMap<String, PrecisionBenchmark>> {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Option<RunningWork>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
