//! Sends feedback in the background, and once more when the app ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use knytt_app_core::visit::Visit;
use knytt_outbox::DeliveryHandle;
use knytt_ui_api::Problem;
use tauri::async_runtime::{self, JoinHandle};
use url::Url;

/// How long the end of the app waits for the last delivery. Events that are not sent by then stay on the
/// disk, and the next start sends them.
const END_TIMEOUT: Duration = Duration::from_secs(2);

/// The delivery that runs.
pub struct Feedback {
    delivery: DeliveryHandle,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Feedback {
    /// Starts the delivery: to `named`, else to the address that each catalogue names.
    ///
    /// # Errors
    /// The HTTP client cannot start.
    pub fn start(visit: &Arc<Visit>, named: Option<Url>) -> Result<Self, Problem> {
        let delivery = visit.delivery(named)?;
        let task = async_runtime::spawn(delivery.run());
        Ok(Self { delivery: visit.library.delivery_handle().clone(), task: Mutex::new(Some(task)) })
    }

    /// Sends the waiting events within `END_TIMEOUT`, and ends the delivery.
    pub fn end(&self) {
        self.delivery.stop();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = async_runtime::block_on(async { tokio::time::timeout(END_TIMEOUT, task).await });
        }
    }
}
