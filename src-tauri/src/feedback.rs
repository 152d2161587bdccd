//! Feedback is sent in the background, and once more when the app ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use knytt_app_core::visit::Visit;
use knytt_outbox::Bell;
use knytt_ui_api::Problem;
use tauri::async_runtime::{self, JoinHandle};
use url::Url;

/// No longer does the app wait when it ends: what was not sent is on the disk, and sent after the next
/// start.
const PATIENCE: Duration = Duration::from_secs(2);

/// The delivery that runs.
pub struct Feedback {
    bell: Bell,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Feedback {
    /// Begins to send: to `named`, else to where the catalogues say.
    ///
    /// # Errors
    /// The HTTP client cannot start.
    pub fn start(visit: &Arc<Visit>, named: Option<Url>) -> Result<Self, Problem> {
        let delivery = visit.delivery(named)?;
        let task = async_runtime::spawn(delivery.run());
        Ok(Self { bell: visit.library.bell().clone(), task: Mutex::new(Some(task)) })
    }

    /// Sends what waits, if that is quickly done, and ends.
    pub fn end(&self) {
        self.bell.stop();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = async_runtime::block_on(async { tokio::time::timeout(PATIENCE, task).await });
        }
    }
}
