//! Keeps a driver's hangs and panics away from the caller.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};

/// Runs `task` on a thread of its own and waits for it at most `limit`.
///
/// A thread cannot be ended from outside. One that hangs in a driver is left behind on purpose: it holds a
/// stack and a device until the driver comes back, and the program goes on.
#[cfg_attr(not(feature = "native"), allow(dead_code, reason = "only drivers hang"))]
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    task: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (reply, answer) = mpsc::channel();
    spawn("knytt-camera-query", move || {
        // Whoever asked may have given up waiting.
        let _ = reply.send(caught(task).unwrap_or_else(Err));
    })?;
    answer.recv_timeout(limit).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => Error::Timeout { after: limit },
            RecvTimeoutError::Disconnected => Error::lost("its thread ended"),
        })
    })
}

pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<()> {
    let spawned = thread::Builder::new().name(name.into()).spawn(body);
    spawned.map(drop).map_err(|error| Error::lost(format!("no thread for it: {error}")))
}

/// A panic in `task` becomes [`Error::Lost`].
pub(crate) fn caught<T>(task: impl FnOnce() -> T) -> Result<T> {
    // What the task leaves half done is not looked at again: after a panic its owner is leaked.
    catch_unwind(AssertUnwindSafe(task)).map_err(|panic| Error::lost(words(panic.as_ref())))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    format!("its driver failed: {said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_hangs_is_left_behind() {
        let limit = Duration::from_millis(20);
        let (_keep, never) = mpsc::channel::<()>();
        let answer = within(limit, move || never.recv().map_err(Error::lost));
        assert!(matches!(answer, Err(Error::Timeout { after }) if after == limit));
    }

    #[test]
    fn a_panic_is_an_error_with_its_words() {
        let answer: Result<()> = within(Duration::from_secs(10), || panic!("no such ioctl"));
        assert!(answer.unwrap_err().to_string().contains("no such ioctl"));
    }
}
