//! The GPUs of this machine, and which one is meant.

use std::fmt;

use crate::error::{Error, Result};

/// What drives an adapter, best first where one GPU is known to several.
const BACKENDS: wgpu::Backends =
    wgpu::Backends::VULKAN.union(wgpu::Backends::METAL).union(wgpu::Backends::DX12);

/// Something that runs kernels: a GPU, or a program that stands in for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Its place in [`adapters`], which is how it is asked for.
    pub number: usize,
    /// As the driver calls it.
    pub name: String,
    /// Vulkan, Metal or DX12.
    pub backend: &'static str,
    /// What stands behind it.
    pub kind: Kind,
    /// Driver and version, as far as it tells.
    pub driver: String,
    /// Whether kernels may calculate in f16.
    pub has_f16: bool,
}

/// What stands behind an adapter; in this order they are preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A card with memory of its own.
    Discrete,
    /// A part of the processor; shares its memory.
    Integrated,
    /// A GPU that a virtual machine passes through.
    Virtual,
    /// The driver does not say.
    Unknown,
    /// A program on the CPU, such as Mesa's lavapipe or Windows' WARP.
    Software,
}

impl Adapter {
    /// The adapter that is meant: by number, or the first that is no software.
    ///
    /// # Errors
    /// [`Error::NoAdapter`], [`Error::OnlySoftware`] or [`Error::UnknownAdapter`] if there is none.
    pub fn find(number: Option<usize>) -> Result<Self> {
        choose(number).map(|(adapter, _)| adapter)
    }

    /// Whether it is a program that stands in for a GPU.
    pub fn is_software(&self) -> bool {
        self.kind == Kind::Software
    }

    fn new(number: usize, adapter: &wgpu::Adapter) -> Self {
        let info = adapter.get_info();
        Self {
            number,
            backend: match info.backend {
                wgpu::Backend::Metal => "Metal",
                wgpu::Backend::Dx12 => "DX12",
                _ => "Vulkan",
            },
            kind: Kind::from_device_type(info.device_type),
            driver: format!("{} {}", info.driver, info.driver_info).trim().into(),
            name: info.name,
            has_f16: adapter.features().contains(wgpu::Features::SHADER_F16),
        }
    }
}

impl Kind {
    fn from_device_type(kind: wgpu::DeviceType) -> Self {
        match kind {
            wgpu::DeviceType::DiscreteGpu => Self::Discrete,
            wgpu::DeviceType::IntegratedGpu => Self::Integrated,
            wgpu::DeviceType::VirtualGpu => Self::Virtual,
            wgpu::DeviceType::Other => Self::Unknown,
            wgpu::DeviceType::Cpu => Self::Software,
        }
    }
}

impl fmt::Display for Adapter {
    /// `0: NVIDIA H100 (Vulkan, discrete, f16)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Discrete => "discrete",
            Kind::Integrated => "integrated",
            Kind::Virtual => "virtual",
            Kind::Unknown => "unknown kind",
            Kind::Software => "software",
        };
        let half = if self.has_f16 { ", f16" } else { "" };
        write!(f, "{}: {} ({}, {kind}{half})", self.number, self.name, self.backend)
    }
}

/// All adapters, the preferred first; software comes last. Loads the drivers, which can take a second.
pub fn adapters() -> Vec<Adapter> {
    found().iter().enumerate().map(|(n, adapter)| Adapter::new(n, adapter)).collect()
}

/// [`Adapter::find`], with what opens it.
pub(crate) fn choose(number: Option<usize>) -> Result<(Adapter, wgpu::Adapter)> {
    let found = found();
    let described: Vec<_> = found.iter().enumerate().map(|(n, adapter)| Adapter::new(n, adapter)).collect();
    let index = pick(&described, number)?;
    found
        .into_iter()
        .nth(index)
        .zip(described.into_iter().nth(index))
        .map(|(raw, adapter)| (adapter, raw))
        .ok_or(Error::NoAdapter { advice: ADVICE })
}

fn pick(adapters: &[Adapter], number: Option<usize>) -> Result<usize> {
    let Some(first) = adapters.first() else { return Err(Error::NoAdapter { advice: ADVICE }) };
    match number {
        None if first.kind == Kind::Software => Err(Error::OnlySoftware(first.to_string())),
        None => Ok(0),
        Some(number) if number < adapters.len() => Ok(number),
        Some(number) => {
            let known: Vec<_> = adapters.iter().map(Adapter::to_string).collect();
            Err(Error::UnknownAdapter { number, known: known.join(", ") })
        }
    }
}

fn found() -> Vec<wgpu::Adapter> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: BACKENDS,
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let mut adapters = pollster::block_on(instance.enumerate_adapters(BACKENDS));
    adapters.sort_by_key(|adapter| Kind::from_device_type(adapter.get_info().device_type));
    adapters
}

const ADVICE: &str = if cfg!(target_os = "linux") {
    "install its Vulkan driver (Debian: mesa-vulkan-drivers for AMD and Intel, nvidia-driver with \
     nvidia-vulkan-icd for NVIDIA) and libvulkan1, or use the CPU"
} else if cfg!(windows) {
    "install the driver of its maker, or use the CPU"
} else {
    "this system offers none to programs; use the CPU"
};

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(number: usize, kind: Kind) -> Adapter {
        let (name, driver) = (format!("adapter {number}"), String::new());
        Adapter { number, name, backend: "Vulkan", kind, driver, has_f16: true }
    }

    #[test]
    fn software_is_used_only_when_it_is_asked_for() {
        let software = [adapter(0, Kind::Software)];
        assert!(matches!(pick(&software, None), Err(Error::OnlySoftware(_))));
        assert_eq!(pick(&software, Some(0)).unwrap(), 0);
        assert_eq!(pick(&[adapter(0, Kind::Integrated), adapter(1, Kind::Software)], None).unwrap(), 0);
    }

    #[test]
    fn what_is_missing_is_an_error_that_says_what_there_is() {
        assert!(matches!(pick(&[], None), Err(Error::NoAdapter { .. })));
        assert!(matches!(pick(&[], Some(0)), Err(Error::NoAdapter { .. })));
        let error = pick(&[adapter(0, Kind::Discrete)], Some(3)).unwrap_err().to_string();
        assert_eq!(error, "there is no GPU 3; there are: 0: adapter 0 (Vulkan, discrete, f16)");
    }

    #[test]
    fn adapters_are_numbered_and_software_comes_last() {
        let adapters = adapters();
        assert!(adapters.iter().enumerate().all(|(n, adapter)| adapter.number == n));
        assert!(adapters.is_sorted_by_key(|adapter| adapter.kind));
    }
}
