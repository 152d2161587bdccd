//! What keeps CUDA from computing, in words that say what to do.

use std::fmt;

use crate::device::Device;
use crate::error::Error;

/// What is wrong, as far as somebody at this machine can do something about it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error(
        "the NVIDIA driver is missing: install it (https://www.nvidia.com/drivers), or choose another device"
    )]
    NoDriver,
    #[error(
        "the NVIDIA driver is too old: it knows CUDA {has}, and this program needs {needs}; install a newer driver"
    )]
    OldDriver { has: Version, needs: Version },
    #[error("the NVIDIA driver is too old for this program: install a newer driver")]
    OlderDriver,
    #[error("the NVIDIA driver was changed: restart the machine")]
    ChangedDriver,
    #[error(
        "CUDA's library {name} is missing: install CUDA {}'s libraries, or name their folder in {}",
        .needs.major(),
        if cfg!(windows) { "PATH" } else { "LD_LIBRARY_PATH" }
    )]
    NoLibrary { name: &'static str, needs: Version },
    #[error("the NVIDIA driver finds no GPU: see what `nvidia-smi` says")]
    NoGpu,
    #[error("there is no GPU of this number: `nvidia-smi --list-gpus` lists them, the first is 0")]
    NoSuchGpu,
    #[error(
        "this program has no kernels for this GPU: build it with CUDA_COMPUTE_CAP set to the GPU's compute capability"
    )]
    NoKernels,
    #[error("the GPU belongs to another program: end that one, or choose another GPU")]
    Taken,
    #[error("the GPU's memory is full: end other programs that use it (`nvidia-smi` lists them)")]
    MemoryFull,
    #[error("the GPU has stopped ({0}): restart this program, and the machine if that does not help")]
    Lost(String),
    #[error("CUDA failed: {0}")]
    Other(String),
}

/// A version of CUDA, as its driver says it: 13020 is 13.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub u32);

impl Version {
    fn major(self) -> u32 {
        self.0 / 1000
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major(), self.0 % 1000 / 10)
    }
}

impl Problem {
    /// Of a code of CUDA's driver (`CUresult`) and its name.
    pub fn of_driver(code: u32, name: &str) -> Self {
        match code {
            2 => Self::MemoryFull,
            100 => Self::NoGpu,
            101 => Self::NoSuchGpu,
            46 => Self::Taken,
            36 | 222 => Self::OlderDriver,
            803 => Self::ChangedDriver,
            209 | 218 => Self::NoKernels,
            214 | 220 | 700 | 702 | 709 | 710 | 714..=719 => Self::Lost(name.into()),
            _ => Self::Other(name.into()),
        }
    }

    /// Of a code of cuBLAS (`cublasStatus_t`) and its name.
    pub fn of_cublas(code: u32, name: &str) -> Self {
        match code {
            3 => Self::MemoryFull,
            8 => Self::NoKernels,
            _ => Self::Other(name.into()),
        }
    }

    /// Of a code of cuRAND (`curandStatus_t`) and its name.
    pub fn of_curand(code: u32, name: &str) -> Self {
        match code {
            102 => Self::MemoryFull,
            204 => Self::NoKernels,
            _ => Self::Other(name.into()),
        }
    }

    /// The error of a device that is being opened. What is missing has to be put right; a device that is there and
    /// fails leaves the work to the processor.
    pub fn opening(self, device: Device) -> Error {
        match self {
            Self::Taken | Self::MemoryFull | Self::Lost(_) | Self::Other(_) => self.running(device),
            _ => Error::Device { device: device.to_string(), reason: self.to_string() },
        }
    }

    /// The error of a device that has been opened.
    pub fn running(self, device: Device) -> Error {
        Error::DeviceFailed { device: device.to_string(), reason: self.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: Device = Device::Cuda(1);

    #[test]
    fn a_full_memory_is_said_by_each_library_and_the_processor_takes_over() {
        let full = [
            Problem::of_driver(2, "CUDA_ERROR_OUT_OF_MEMORY"),
            Problem::of_cublas(3, "CUBLAS_STATUS_ALLOC_FAILED"),
            Problem::of_curand(102, "CURAND_STATUS_ALLOCATION_FAILED"),
        ];
        for problem in full {
            assert_eq!(problem, Problem::MemoryFull);
            let Error::DeviceFailed { device, reason } = problem.opening(DEVICE) else { panic!("it failed") };
            assert_eq!((device.as_str(), reason.contains("memory is full")), ("cuda:1", true), "{reason}");
        }
    }

    #[test]
    fn what_is_missing_is_refused_with_the_way_out() {
        let needs = Version(13000);
        for (problem, words) in [
            (Problem::NoDriver, "install it"),
            (
                Problem::OldDriver { has: Version(12040), needs },
                "knows CUDA 12.4, and this program needs 13.0",
            ),
            (Problem::of_driver(222, ""), "install a newer driver"),
            (Problem::of_driver(803, ""), "restart the machine"),
            (Problem::NoLibrary { name: "cuBLAS", needs }, "install CUDA 13's libraries"),
            (Problem::of_driver(100, ""), "finds no GPU"),
            (Problem::of_driver(101, ""), "no GPU of this number"),
            (Problem::of_driver(209, ""), "CUDA_COMPUTE_CAP"),
        ] {
            let Error::Device { device, reason } = problem.opening(DEVICE) else { panic!("it is missing") };
            assert!(device == "cuda:1" && reason.contains(words), "{reason}");
        }
    }

    #[test]
    fn what_happens_later_is_a_failure_that_names_its_code() {
        let running = |code, name: &str| Problem::of_driver(code, name).running(DEVICE).to_string();
        assert!(running(719, "CUDA_ERROR_LAUNCH_FAILED").contains("has stopped (CUDA_ERROR_LAUNCH_FAILED)"));
        assert!(running(999, "CUDA_ERROR_UNKNOWN").contains("CUDA failed: CUDA_ERROR_UNKNOWN"));
        assert!(matches!(Problem::NoKernels.running(DEVICE), Error::DeviceFailed { .. }));
    }
}
