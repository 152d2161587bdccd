//! An opened adapter: it makes buffers and pipelines, and runs what was recorded.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::adapter::{self, Adapter};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::precision::Precision;

/// How long an answer may take before the device counts as hung. A batch takes milliseconds on a GPU; a
/// software adapter takes seconds.
const PATIENCE: Duration = Duration::from_secs(300);

/// A device with its queue, and what went wrong on it.
pub(crate) struct Gpu {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub limits: wgpu::Limits,
    pub adapter: Adapter,
    /// How numbers are stored and multiplied.
    pub precision: Precision,
    pub cache: Cache,
    faults: Faults,
}

/// The first fault since the last look. The driver tells of faults by callback, from any thread.
#[derive(Clone, Default)]
struct Faults(Arc<Mutex<Option<Error>>>);

impl Gpu {
    /// Opens the adapter that `options` mean, with all that it allows.
    pub fn open(options: &Options) -> Result<Self> {
        Self::open_within(options, None)
    }

    /// The same with at most `limits`, as a lesser adapter would have.
    pub fn open_within(options: &Options, limits: Option<wgpu::Limits>) -> Result<Self> {
        let (adapter, raw) = adapter::choose(options.adapter)?;
        let limits = limits.map_or(raw.limits(), |limits| raw.limits().or_worse_values_from(&limits));
        let precision = options.precision.on(&adapter)?;
        let wanted = wgpu::Features::PIPELINE_CACHE.union(match precision {
            Precision::F16 => wgpu::Features::SHADER_F16,
            _ => wgpu::Features::empty(),
        });
        let description = wgpu::DeviceDescriptor {
            label: Some("knytt"),
            required_features: raw.features() & wanted,
            required_limits: limits.clone(),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(raw.request_device(&description))
            .map_err(|e| Error::Open { adapter: adapter.to_string(), reason: e.to_string() })?;
        let faults = Faults::from_device(&device);
        let cache = Cache::open(&device, &raw.get_info(), options.pipeline_cache.as_deref());
        Ok(Self { device, queue, limits, adapter, precision, cache, faults })
    }

    /// The largest buffer that a kernel can be given, in bytes.
    pub fn largest_binding(&self) -> u64 {
        // Whole quads, so that a piece never ends within one.
        self.limits.max_storage_buffer_binding_size.min(self.limits.max_buffer_size) / 16 * 16
    }

    /// A buffer of `bytes`, zeroed.
    pub fn buffer(&self, label: &str, bytes: u64, usage: wgpu::BufferUsages) -> Result<wgpu::Buffer> {
        let allowed = self.largest_binding();
        if bytes > allowed {
            return Err(Error::Limit { what: "bytes per buffer", needed: bytes, allowed });
        }
        let size = bytes.max(16).next_multiple_of(4);
        let description =
            wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false };
        let buffer = self.device.create_buffer(&description);
        self.check()?;
        Ok(buffer)
    }

    /// A buffer that kernels read, filled.
    pub fn upload(&self, label: &str, bytes: &[u8]) -> Result<wgpu::Buffer> {
        let buffer = self.buffer(label, bytes.len() as u64, STORAGE)?;
        self.queue.write_buffer(&buffer, 0, bytes);
        // Hands the copy over at once; else all weights would wait beside themselves in host memory.
        self.queue.submit([]);
        self.check()?;
        Ok(buffer)
    }

    /// Submits, waits, and returns the bytes of `buffer`, which the commands have filled.
    pub fn finish(
        &self,
        commands: wgpu::CommandEncoder,
        buffer: &wgpu::Buffer,
        bytes: u64,
    ) -> Result<Vec<f32>> {
        let submission = self.queue.submit([commands.finish()]);
        self.check()?;
        let (answer, arrived) = std::sync::mpsc::channel();
        buffer.map_async(wgpu::MapMode::Read, ..bytes, move |result| {
            // Nobody listens any more if the wait was given up.
            let _ = answer.send(result);
        });
        let wait = wgpu::PollType::Wait { submission_index: Some(submission), timeout: Some(PATIENCE) };
        let waited = self.device.poll(wait);
        self.check()?;
        waited.map_err(|e| Error::Lost(e.to_string()))?;
        let mapped = arrived.try_recv().map_err(|_| Error::Lost("it gave no answer".into()))?;
        mapped.map_err(|e| Error::Lost(e.to_string()))?;
        let view = buffer.get_mapped_range(..bytes).map_err(|e| Error::Driver(e.to_string()))?;
        let values = bytemuck::pod_collect_to_vec(&view);
        drop(view);
        buffer.unmap();
        Ok(values)
    }

    /// The fault that happened since the last look, if one did.
    pub fn check(&self) -> Result<()> {
        if self.faults.is_none() {
            return Ok(());
        }
        // Of a loss the driver tells only when it is asked; until then there are but its consequences.
        let _ = self.device.poll(wgpu::PollType::Poll);
        self.faults.take().map_or(Ok(()), Err)
    }
}

/// Of buffers that kernels read and write.
pub(crate) const STORAGE: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_DST).union(wgpu::BufferUsages::COPY_SRC);

impl Faults {
    /// Listens to `device`, whose own answer to a fault would be to panic.
    fn from_device(device: &wgpu::Device) -> Self {
        let faults = Self::default();
        let (on_error, on_loss) = (faults.clone(), faults.clone());
        device.on_uncaptured_error(Arc::new(move |error| on_error.note(error.into())));
        device.set_device_lost_callback(move |reason, message| {
            on_loss.note(Error::Lost(format!("{reason:?}: {message}").to_lowercase()));
        });
        faults
    }

    /// A loss explains all that follows it, and everything else only itself: it wins.
    fn note(&self, error: Error) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none() || matches!(error, Error::Lost(_)) {
            *first = Some(error);
        }
    }

    fn is_none(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    fn take(&self) -> Option<Error> {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*first {
            // What is lost stays lost.
            Some(Error::Lost(reason)) => Some(Error::Lost(reason.clone())),
            _ => first.take(),
        }
    }
}

impl From<wgpu::Error> for Error {
    fn from(error: wgpu::Error) -> Self {
        match error {
            wgpu::Error::OutOfMemory { source } => Self::OutOfMemory(source.to_string()),
            wgpu::Error::Validation { description, .. } | wgpu::Error::Internal { description, .. } => {
                Self::Driver(description)
            }
        }
    }
}
