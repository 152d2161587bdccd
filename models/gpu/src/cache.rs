//! Compiled kernels, kept between runs where the driver lets programs keep them (Vulkan).

// Taking a cache back is the one thing here that the compiler cannot check.
#![allow(unsafe_code)]

use fs_err as fs;
use std::path::{Path, PathBuf};

/// A driver's cache, and the file that it is kept in. Without one, kernels are compiled at each start.
pub(crate) struct Cache(Option<(wgpu::PipelineCache, PathBuf)>);

impl Cache {
    /// Takes up the cache of this adapter in `folder`, or begins one.
    pub fn open(device: &wgpu::Device, adapter: &wgpu::AdapterInfo, folder: Option<&Path>) -> Self {
        let usable = device.features().contains(wgpu::Features::PIPELINE_CACHE);
        let (true, Some(folder), Some(key)) = (usable, folder, wgpu::util::pipeline_cache_key(adapter))
        else {
            return Self(None);
        };
        let path = folder.join(key);
        let data = fs::read(&path).ok();
        let description =
            wgpu::PipelineCacheDescriptor { label: Some("knytt"), data: data.as_deref(), fallback: true };
        // SAFETY: the file holds what `get_data` returned: only `save` writes it, whole, by renaming.
        // wgpu checks its header and the driver checks its own; `fallback` begins anew if either is not
        // of this adapter and driver.
        let cache = unsafe { device.create_pipeline_cache(&description) };
        Self(Some((cache, path)))
    }

    /// For the description of a pipeline.
    pub fn pipelines(&self) -> Option<&wgpu::PipelineCache> {
        self.0.as_ref().map(|(cache, _)| cache)
    }

    /// Keeps what has been compiled. A cache that cannot be written costs time at the next start and
    /// nothing else, so it is no error.
    pub fn save(&self) {
        let Some((cache, path)) = &self.0 else { return };
        let Some(data) = cache.get_data() else { return };
        if fs::read(path).is_ok_and(|kept| kept == data) {
            return;
        }
        let partial = path.with_extension(format!("{}.part", std::process::id()));
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&partial, &data));
        if written.and_then(|()| fs::rename(&partial, path)).is_err() {
            let _ = fs::remove_file(&partial);
        }
    }
}
