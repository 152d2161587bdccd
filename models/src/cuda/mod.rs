//! CUDA through Candle: what is missing or fails becomes an error in plain words, and nothing panics.

mod libraries;
mod problem;

#[cfg(feature = "cuda")]
pub(crate) use self::candle::{open, problem};

#[cfg(feature = "cuda")]
mod candle {
    use candle_core::cuda_backend::CudaError;
    use candle_core::cuda_backend::cudarc::driver::DriverError;
    use candle_core::cuda_backend::cudarc::driver::sys::CUDA_VERSION;
    use candle_core::{Device as Candle, Error as Failure};

    use super::libraries;
    use super::problem::{Problem, Version};
    use crate::device::Device;
    use crate::error::Result;

    /// Opens the GPU of this number.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the driver, a library or the GPU is missing;
    /// [`Error::DeviceFailed`](crate::Error::DeviceFailed) if the GPU is there and does not start.
    pub(crate) fn open(number: usize) -> Result<Candle> {
        let device = Device::Cuda(number);
        libraries::look(Version(CUDA_VERSION)).map_err(|problem| problem.opening(device))?;
        Candle::new_cuda(number).map_err(|failure| {
            let other = || Problem::Other(crate::error::without_backtrace(&failure));
            problem(&failure).unwrap_or_else(other).opening(device)
        })
    }

    /// What CUDA says in an error of Candle; nothing if the error is another one.
    pub(crate) fn problem(failure: &Failure) -> Option<Problem> {
        match failure {
            Failure::WithBacktrace { inner, .. }
            | Failure::WithPath { inner, .. }
            | Failure::Context { inner, .. } => problem(inner),
            Failure::Cuda(error) => Some(match error.downcast_ref() {
                Some(CudaError::Cuda(error)) => of_driver(*error),
                Some(CudaError::Load { cuda, .. }) => of_driver(*cuda),
                Some(CudaError::Cublas(error)) => {
                    Problem::of_cublas(error.0 as u32, &format!("{:?}", error.0))
                }
                Some(CudaError::Curand(error)) => {
                    Problem::of_curand(error.0 as u32, &format!("{:?}", error.0))
                }
                _ => Problem::Other(error.to_string()),
            }),
            _ => None,
        }
    }

    /// Reads the code alone: an error that is printed asks the driver for words.
    fn of_driver(DriverError(code): DriverError) -> Problem {
        Problem::of_driver(code as u32, &format!("{code:?}"))
    }

    #[cfg(test)]
    mod tests {
        use candle_core::cuda_backend::cudarc::cublas::result::CublasError;
        use candle_core::cuda_backend::cudarc::cublas::sys::cublasStatus_t;
        use candle_core::cuda_backend::cudarc::driver::sys::CUresult;

        use super::*;

        #[test]
        fn candles_errors_keep_what_cuda_said() {
            let driver = |code| CudaError::Cuda(DriverError(code));
            let load = CudaError::Load {
                cuda: DriverError(CUresult::CUDA_ERROR_UNSUPPORTED_PTX_VERSION),
                module_name: "reduce".into(),
            };
            let cublas = CudaError::Cublas(CublasError(cublasStatus_t::CUBLAS_STATUS_ALLOC_FAILED));
            for (error, expected) in [
                (driver(CUresult::CUDA_ERROR_OUT_OF_MEMORY), Problem::MemoryFull),
                (driver(CUresult::CUDA_ERROR_NO_DEVICE), Problem::NoGpu),
                (driver(CUresult::CUDA_ERROR_INVALID_DEVICE), Problem::NoSuchGpu),
                (driver(CUresult::CUDA_ERROR_DEVICE_UNAVAILABLE), Problem::Taken),
                (
                    driver(CUresult::CUDA_ERROR_ILLEGAL_ADDRESS),
                    Problem::Lost("CUDA_ERROR_ILLEGAL_ADDRESS".into()),
                ),
                (load, Problem::OlderDriver),
                (cublas, Problem::MemoryFull),
            ] {
                let failure = Failure::Cuda(Box::new(error)).context("while a tower ran");
                assert_eq!(problem(&failure), Some(expected));
            }
            assert_eq!(problem(&Failure::Msg("another one".into())), None);
        }

        #[test]
        fn a_machine_without_a_driver_is_told_so() {
            let opened = open(99).map(drop);
            let refused = opened.unwrap_err().to_string();
            assert!(refused.starts_with("device cuda:99 is not available"), "{refused}");
        }
    }
}
