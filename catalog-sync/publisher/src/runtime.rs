//! The asynchronous runtime of the crate's blocking functions.

use tokio::runtime::Runtime;

use crate::Result;

/// Starts a runtime whose two threads send and fetch while the caller's thread waits.
pub(crate) fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}
