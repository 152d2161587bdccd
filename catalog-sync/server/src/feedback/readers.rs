//! Where bodies are unpacked and read. Small ones are read at once; large ones follow each other on threads of their
//! own, so that they do not keep the others waiting.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

use super::busy::busy;
use crate::http::refusal::Refusal;

/// The longest JSON that is read at once, in bytes: most batches of devices are shorter.
const SMALL: usize = 32 << 10;

/// Reads bodies. Clones share the threads.
#[derive(Clone)]
pub struct Readers(Arc<Semaphore>);

impl Readers {
    /// Large bodies have half of the processors.
    pub fn new() -> Self {
        let processors = available_parallelism().map_or(1, |count| count.get());
        Self(Arc::new(Semaphore::new((processors / 2).max(1))))
    }

    /// Does the work of reading a body whose JSON has at most so many bytes.
    pub async fn read<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        if bytes <= SMALL {
            return work();
        }
        let _permit = self.0.acquire().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| busy())?
    }
}
