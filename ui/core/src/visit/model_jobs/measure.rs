//! Which arithmetic of a model is fast on this device and finds the same.

use std::ops::ControlFlow;

use knytt_models::Device;
use knytt_ui_api::{Code, ModelPhase, Problem};

use super::ModelJob;
use crate::problem::{of_engine, of_model};
use crate::shop::model_options;

impl ModelJob {
    /// Measures it with the open catalogue's own pictures; the model uses what was found from its next start on.
    pub(super) fn measure_model(&self) -> Result<(), Problem> {
        let bundle = self.visit.open_bundle(&self.model)?;
        let pictures = self.visit.shop()?.session().sample_pictures().map_err(of_engine)?;
        let report = |done: usize, of: usize| {
            self.visit.models.progress(ModelPhase::Measuring, done as u64, of as u64);
            if self.cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = model_options(Device::Cpu);
        let measured =
            bundle.benchmark_precisions_with(&options, &pictures, &report).map_err(|error| match error {
                knytt_models::Error::TooFewPictures { .. } => Problem::new(Code::BadQuery, error),
                knytt_models::Error::Cancelled => Problem::new(Code::Cancelled, error),
                other => of_model(other),
            })?;
        self.visit.models.note_measured(&self.model, measured);
        Ok(())
    }
}
