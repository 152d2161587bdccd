//! A model that moves to the CPU when its device fails.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::bundle::Bundle;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::options::Options;

/// Tells the user that the model has left the device that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The device that was asked for.
    pub device: Device,
    /// Why it is not in use any more.
    pub reason: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed, the model runs on the CPU now: {}", self.device, self.reason)
    }
}

/// A bundle's model on the device that was asked for, until that fails; then on the CPU.
pub(crate) struct FailoverModel {
    model: Model,
    bundle: Arc<Bundle>,
    options: Options,
    notice: Arc<OnceLock<Notice>>,
}

impl FailoverModel {
    /// Loads the weights. A device that is not there is an error; one that fails, now or later, is left for
    /// the CPU, and `notice` says so.
    pub fn load(bundle: Arc<Bundle>, options: &Options, notice: Arc<OnceLock<Notice>>) -> Result<Self> {
        let model = match bundle.load(options) {
            Err(Error::DeviceFailed { reason, .. }) => on_cpu(&bundle, options, reason, &notice)?,
            model => model?,
        };
        Ok(Self { model, bundle, options: options.clone(), notice })
    }

    /// The loaded model.
    #[cfg(all(test, feature = "wgpu"))]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// As [`Model::images`].
    pub fn images(&mut self, pixels: &[f32]) -> Result<Vec<Vec<f32>>> {
        let width = self.bundle.image_width();
        self.run(|model| model.images(pixels, width))
    }

    /// As [`Model::texts`].
    pub fn texts(&mut self, ids: &[Vec<u32>]) -> Result<Vec<Vec<f32>>> {
        let dimension = self.bundle.dimension();
        self.run(|model| model.texts(ids, dimension))
    }

    fn run(&mut self, work: impl Fn(&mut Model) -> Result<Vec<Vec<f32>>>) -> Result<Vec<Vec<f32>>> {
        match work(&mut self.model) {
            Err(Error::DeviceFailed { reason, .. }) => {
                self.model = on_cpu(&self.bundle, &self.options, reason, &self.notice)?;
                work(&mut self.model)
            }
            result => result,
        }
    }
}

/// The same model on the CPU, and why.
fn on_cpu(bundle: &Bundle, options: &Options, reason: String, notice: &OnceLock<Notice>) -> Result<Model> {
    let model = bundle.load(&Options { device: Device::Cpu, ..options.clone() })?;
    // Keeps the first failure. The CPU does not fail in this way.
    let _ = notice.set(Notice { device: options.device, reason });
    Ok(model)
}
