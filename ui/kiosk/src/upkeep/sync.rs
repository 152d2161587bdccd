//! Fetches releases of a followed catalogue: at the shop's hours, and when the staff asks.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Zoned;
use knytt_client::{Cancel, SyncOptions};
use knytt_wire::CatalogLink;

use super::journal::Journal;
use crate::settings::Hours;

/// The wait after the start, so that the screen comes first.
const AFTER_START: Duration = Duration::from_secs(5);

/// The time between two looks, and between two looks at the clock.
const EVERY: Duration = Duration::from_secs(1800);
const LOOK_AT_CLOCK: Duration = Duration::from_secs(60);

/// The thread that fetches.
pub struct Sync {
    ask: Sender<()>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// A release was applied that the open shop does not show.
    has_news: AtomicBool,
    runs: AtomicBool,
    /// When and how the last one ended.
    last: Mutex<Option<String>>,
}

struct Courier {
    folder: PathBuf,
    options: SyncOptions,
    hours: Hours,
    journal: Journal,
    shared: Arc<Shared>,
}

impl Sync {
    /// Starts the thread, if the shop follows a link.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        settings: &crate::Settings,
        journal: Journal,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Option<Self>> {
        let Some(CatalogLink { url, root, newest }) = settings.link.clone() else { return Ok(None) };
        let shared = Arc::new(Shared::default());
        let courier = Courier {
            folder: settings.catalog.clone(),
            options: SyncOptions { from: Some(url), root, newest, ..SyncOptions::default() },
            hours: settings.update_hours,
            journal,
            shared: Arc::clone(&shared),
        };
        let (ask, asked) = channel();
        thread::Builder::new().name("knytt-kiosk-sync".into()).spawn(move || courier.run(&asked, &wake))?;
        Ok(Some(Self { ask, shared }))
    }

    /// Fetches now, whatever the hour.
    pub fn now(&self) {
        let _ = self.ask.send(());
    }

    /// Whether the catalogue changed since the last call.
    pub fn take_news(&self) -> bool {
        self.shared.has_news.swap(false, Ordering::Relaxed)
    }

    /// Whether one is under way.
    pub fn runs(&self) -> bool {
        self.shared.runs.load(Ordering::Relaxed)
    }

    /// When and how the last one ended, in words for the staff.
    pub fn last(&self) -> Option<String> {
        self.shared.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Courier {
    fn run(self, asked: &Receiver<()>, wake: &impl Fn()) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let mut due = Instant::now() + AFTER_START;
        // A catalogue that is not there yet is fetched at any hour.
        let is_first = !self.folder.join("current").exists();
        let mut any_hour = is_first;
        loop {
            let wait = due.saturating_duration_since(Instant::now()).min(LOOK_AT_CLOCK);
            let is_asked = match asked.recv_timeout(wait) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let hour = u8::try_from(Zoned::now().hour()).unwrap_or(0);
            let is_time = Instant::now() >= due && (any_hour || self.hours.has(hour));
            if is_asked || is_time {
                self.shared.runs.store(true, Ordering::Relaxed);
                wake();
                let worked = self.fetch(&runtime);
                self.shared.runs.store(false, Ordering::Relaxed);
                any_hour &= !worked;
                due = Instant::now() + EVERY;
                wake();
            }
        }
    }

    /// True if the catalogue is at the newest release now.
    fn fetch(&self, runtime: &tokio::runtime::Runtime) -> bool {
        let never = Cancel::default();
        let sync = knytt_client::sync(&self.folder, &self.options, &|_| {}, &never);
        let synced = runtime.block_on(sync);
        let said = match &synced {
            Ok(synced) if synced.changed => format!("release {} is here", synced.release),
            Ok(synced) => format!("release {} is the newest", synced.release),
            Err(error) => format!("no release was fetched: {error}"),
        };
        if synced.as_ref().is_ok_and(|synced| synced.changed) {
            self.shared.has_news.store(true, Ordering::Relaxed);
        }
        match &synced {
            Ok(_) => self.journal.note(&said),
            Err(_) => self.journal.fault(&said),
        }
        let at = Zoned::now().strftime("%d %b %H:%M").to_string();
        *self.shared.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{at}: {said}"));
        synced.is_ok()
    }
}
