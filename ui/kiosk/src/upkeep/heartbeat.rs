//! Heartbeats to an address of the shop's.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use knytt_wire::Url;
use serde::Serialize;

use super::journal::Journal;
use super::report::{Report, memory_bytes};
use crate::shop::Opened;

/// The time between two.
const EVERY: Duration = Duration::from_secs(60);

/// How long the address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is sent, as JSON. It has nothing of a visit but the hour of the last one.
#[derive(Debug, Serialize)]
struct Alive<'a> {
    name: &'a str,
    store: Option<&'a str>,
    version: &'static str,
    uptime_seconds: u64,
    memory_bytes: Option<u64>,
    products: Option<u32>,
    release: Option<u32>,
    camera: &'static str,
    last_visit_hour: Option<String>,
}

/// Sends a heartbeat each minute. A failure is noted once, and disturbs nothing.
pub struct Heartbeat {
    /// Ends the thread when it is dropped.
    now: Sender<()>,
}

/// What the sender knows.
struct Line {
    url: Url,
    key: Option<String>,
    name: String,
    store: Option<String>,
    shop: Opened,
    report: Arc<Report>,
    journal: Journal,
}

impl Heartbeat {
    /// Starts the thread that sends. The first sign goes when [`Self::beat_now`] is called.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        settings: &crate::Settings,
        shop: Opened,
        report: Arc<Report>,
        journal: Journal,
    ) -> std::io::Result<Option<Self>> {
        let Some((url, key)) = settings.heartbeat.clone() else { return Ok(None) };
        let (name, store) = (settings.name.clone(), settings.store.clone());
        let line = Line { url, key, name, store, shop, report, journal };
        let (now, asked) = channel();
        thread::Builder::new().name("knytt-kiosk-alive".into()).spawn(move || line.run(&asked))?;
        Ok(Some(Self { now }))
    }

    /// Sends one now: the screen is there, or the shop was opened anew.
    pub fn beat_now(&self) {
        let _ = self.now.send(());
    }
}

impl Line {
    fn run(self, asked: &Receiver<()>) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let Ok(client) = reqwest::Client::builder().timeout(PATIENCE).build() else {
            return self.journal.note("heartbeats: this system cannot send them");
        };
        let mut failed = false;
        // The first one waits for the screen.
        let mut next = asked.recv().map_err(|_| RecvTimeoutError::Disconnected);
        while next != Err(RecvTimeoutError::Disconnected) {
            let sent = runtime.block_on(self.send(&client));
            match &sent {
                Err(reason) if !failed => self.journal.note(format!("heartbeat not taken: {reason}")),
                Ok(()) if failed => self.journal.note("heartbeats are taken again"),
                _ => {}
            }
            failed = sent.is_err();
            next = asked.recv_timeout(EVERY);
        }
    }

    async fn send(&self, client: &reqwest::Client) -> Result<(), String> {
        let summary = self.shop.get().and_then(Result::ok).map(|shop| shop.summary());
        let alive = Alive {
            name: &self.name,
            store: self.store.as_deref(),
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: self.report.uptime_seconds(),
            memory_bytes: memory_bytes(),
            products: summary.as_ref().map(|summary| summary.products),
            release: summary.as_ref().map(|summary| summary.release),
            camera: self.report.camera(),
            last_visit_hour: self.report.last_visit_hour(),
        };
        let body = serde_json::to_vec(&alive).map_err(|error| error.to_string())?;
        let mut request = client.post(self.url.clone()).header("content-type", "application/json").body(body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        // The address may hold a secret, and stands in no line.
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        answer.error_for_status().map(drop).map_err(|error| error.without_url().to_string())
    }
}
