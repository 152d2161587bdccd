//! Where a model runs.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// A device, asked for by name. What is asked for and missing is an error, never another device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// All cores of this machine.
    #[default]
    Cpu,
    /// An NVIDIA GPU, by number; needs the feature `cuda`.
    Cuda(usize),
    /// An Apple GPU, by number; needs the feature `metal`.
    Metal(usize),
    /// Any GPU, by its place in the list of adapters; without one, the first that is no software. Needs the
    /// feature `wgpu`.
    Gpu(Option<usize>),
}

impl Device {
    /// Looks whether it is here, without a model; that can take a second.
    ///
    /// # Errors
    /// [`Error::Device`] says what is missing. A device that is here and fails is no error: the processor does its work.
    pub fn find(self) -> Result<()> {
        let found = match self {
            #[cfg(feature = "wgpu")]
            Self::Gpu(number) => {
                let adapter = knytt_gpu::Adapter::find(number);
                adapter.map(drop).map_err(|error| self.missing(&error.to_string()))
            }
            other => other.open().map(drop),
        };
        match found {
            Err(Error::DeviceFailed { .. }) => Ok(()),
            found => found,
        }
    }

    /// Opens it.
    pub(crate) fn open(self) -> Result<candle_core::Device> {
        match self {
            Self::Cpu => Ok(candle_core::Device::Cpu),
            #[cfg(feature = "cuda")]
            Self::Cuda(n) => crate::cuda::open(n),
            Self::Metal(n) if cfg!(feature = "metal") => {
                candle_core::Device::new_metal(n).map_err(|e| self.missing(&e.to_string()))
            }
            #[cfg(not(feature = "cuda"))]
            Self::Cuda(_) => Err(self.missing("this build has no CUDA support; build with --features cuda")),
            Self::Metal(_) => {
                Err(self.missing("this build has no Metal support; build with --features metal"))
            }
            // With it, a model does not come to Candle.
            Self::Gpu(_) => Err(self.missing("this build has no wgpu support; build with --features wgpu")),
        }
    }

    fn missing(self, reason: &str) -> Error {
        let reason = reason.lines().next().unwrap_or_default().into();
        Error::Device { device: self.to_string(), reason }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(n) => write!(f, "cuda:{n}"),
            Self::Metal(n) => write!(f, "metal:{n}"),
            Self::Gpu(None) => f.write_str("gpu"),
            Self::Gpu(Some(n)) => write!(f, "gpu:{n}"),
        }
    }
}

impl FromStr for Device {
    type Err = Error;

    /// `cpu`, `cuda`, `cuda:1`, `metal`, `metal:0`, `gpu`, `gpu:0`.
    fn from_str(text: &str) -> Result<Self> {
        let unknown = || Error::Device {
            device: text.into(),
            reason: "known devices are cpu, cuda, cuda:N, metal, metal:N, gpu and gpu:N".into(),
        };
        let (kind, number) = text.split_once(':').unwrap_or((text, "0"));
        let number = number.parse().map_err(|_| unknown())?;
        match kind {
            "cpu" if !text.contains(':') => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(number)),
            "metal" => Ok(Self::Metal(number)),
            "gpu" => Ok(Self::Gpu(text.contains(':').then_some(number))),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_they_are_written() {
        let gpus = [Device::Gpu(None), Device::Gpu(Some(0)), Device::Gpu(Some(2))];
        for device in
            [Device::Cpu, Device::Cuda(0), Device::Cuda(3), Device::Metal(0)].into_iter().chain(gpus)
        {
            assert_eq!(device.to_string().parse::<Device>().unwrap(), device);
        }
        assert_eq!("cuda".parse::<Device>().unwrap(), Device::Cuda(0));
        for bad in ["", "tpu", "cpu:1", "cuda:x", "metal:-1", "gpu:", "gpu:x"] {
            assert!(bad.parse::<Device>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_gpu_is_found_by_its_number_or_missing() {
        let found = Device::Gpu(Some(0)).find();
        assert_eq!(found.is_ok(), cfg!(feature = "wgpu"), "{found:?}");
        let missing = Device::Gpu(Some(99)).find().unwrap_err().to_string();
        assert!(missing.starts_with("device gpu:99 is not available"), "{missing}");
    }

    #[cfg(not(any(feature = "cuda", feature = "metal")))]
    #[test]
    fn a_missing_device_is_an_error_and_not_the_cpu() {
        for device in [Device::Cuda(0), Device::Metal(0)] {
            assert!(matches!(device.open(), Err(Error::Device { .. })));
            assert!(matches!(device.find(), Err(Error::Device { .. })));
        }
        Device::Cpu.find().unwrap();
    }
}
