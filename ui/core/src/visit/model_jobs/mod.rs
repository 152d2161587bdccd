//! Work with models: getting one, measuring one, and making the open catalogue anew with one.

mod changeable;
mod get;
mod list;
mod measure;
mod problem;
mod reembed;

use std::sync::Arc;

use knytt_client::Cancel;
use knytt_ui_api::{Code, ModelEvent, ModelPhase, ModelTask, Problem};

use self::reembed::Reembedding;
use super::state::Visit;

/// A piece of work that holds the models until it is dropped: there is never more than one.
pub struct ModelJob {
    visit: Arc<Visit>,
    model: String,
    /// Taken out when it is done.
    work: Option<Work>,
    cancel: Cancel,
}

/// What is to be done.
enum Work {
    Get { is_accepted: bool },
    Measure,
    Reembed(Box<Reembedding>),
}

impl ModelJob {
    /// Gets a model: a name of the list, or `hf:owner/name`. `is_accepted` if the shopper accepts a licence that may
    /// limit its use.
    ///
    /// # Errors
    /// Something is done with a model already.
    pub fn get(visit: &Arc<Visit>, model: &str, is_accepted: bool) -> Result<Self, Problem> {
        Self::begin(visit, model, ModelTask::Get, |_| Ok(Work::Get { is_accepted }))
    }

    /// Measures a model that is here, with pictures of the open catalogue.
    ///
    /// # Errors
    /// Something is done with a model already.
    pub fn measure(visit: &Arc<Visit>, model: &str) -> Result<Self, Problem> {
        Self::begin(visit, model, ModelTask::Measure, |_| Ok(Work::Measure))
    }

    /// Makes the open catalogue anew with a model that is here, beside the old one; or goes on with that.
    ///
    /// # Errors
    /// Something is done with a model already; there is no open catalogue, or its model cannot be changed here; the
    /// disk has no room for a second one; another program builds it.
    pub fn reembed(visit: &Arc<Visit>, model: &str) -> Result<Self, Problem> {
        Self::begin(visit, model, ModelTask::Reembed, |visit| {
            Ok(Work::Reembed(Box::new(visit.begin_reembedding(model)?)))
        })
    }

    fn begin(
        visit: &Arc<Visit>,
        model: &str,
        task: ModelTask,
        work: impl FnOnce(&Visit) -> Result<Work, Problem>,
    ) -> Result<Self, Problem> {
        let cancel = Cancel::default();
        visit.models.claim(task, model, cancel.clone())?;
        match work(visit) {
            Ok(work) => Ok(Self { visit: Arc::clone(visit), model: model.into(), work: Some(work), cancel }),
            Err(problem) => {
                visit.models.release();
                Err(problem)
            }
        }
    }

    /// Does it, and tells the window. Blocks until that is done, and must be called where that may be, within a tokio
    /// runtime.
    ///
    /// # Errors
    /// What was done before it failed or was stopped is kept, and the next job of the kind goes on from there.
    pub fn run(mut self) -> Result<(), Problem> {
        self.visit.models.progress(ModelPhase::Preparing, 0, 0);
        let (task, done) = match self.work.take() {
            Some(Work::Get { is_accepted }) => (ModelTask::Get, self.get_model(is_accepted)),
            Some(Work::Reembed(reembedding)) => (ModelTask::Reembed, self.reembed_catalog(*reembedding)),
            Some(Work::Measure) | None => (ModelTask::Measure, self.measure_model()),
        };
        let (visit, name) = (Arc::clone(&self.visit), self.model.clone());
        // Only now may another one begin.
        drop(self);
        let problem = done.as_ref().err().cloned();
        let model = visit.shop().ok().map(|shop| shop.model_summary());
        visit.models.tell(ModelEvent::Ended { task, name, problem, model });
        done
    }

    /// # Errors
    /// The shopper has stopped it.
    fn check(&self) -> Result<(), Problem> {
        match self.cancel.is_cancelled() {
            true => Err(Problem::new(Code::Cancelled, "stopped; what is done is kept")),
            false => Ok(()),
        }
    }
}

impl Drop for ModelJob {
    fn drop(&mut self) {
        self.visit.models.release();
    }
}
