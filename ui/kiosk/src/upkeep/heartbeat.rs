//! Heartbeats to an address of the shop's, and the orders that its answers bring.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use knytt_wire::{MAX_KIOSK_ORDER_BYTES, SignedKioskOrder};
use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::machine::{host_name, memory_bytes, temperature_celsius};
use super::orders::Orders;
use super::report::Report;
use crate::settings::HeartbeatTo;
use crate::shop::Opened;

/// How long the address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer, in bytes: an order with its signature, whose JSON is escaped once more.
const LONGEST_ANSWER: usize = 4 * MAX_KIOSK_ORDER_BYTES;

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
    frames_per_second: Option<f32>,
    slowest_frame_ms: Option<u32>,
    temperature_celsius: Option<f32>,
    errors: u32,
    last_error: Option<String>,
    last_visit_hour: Option<String>,
    obeyed_ms: Option<i64>,
    refused_ms: Option<i64>,
    refused_because: Option<String>,
}

/// What an answer may have.
#[derive(Default, Deserialize)]
struct Answer {
    order: Option<SignedKioskOrder>,
}

/// Sends a heartbeat every so often. A failure is noted once, and disturbs nothing: what cannot be sent is passed over.
pub struct Heartbeat {
    /// Ends the thread when it is dropped.
    now: Sender<()>,
    restarts: Arc<AtomicBool>,
}

/// What the sender knows.
struct Line {
    to: HeartbeatTo,
    name: String,
    store: Option<String>,
    shop: Opened,
    report: Arc<Report>,
    journal: Journal,
    orders: Option<Orders>,
    restarts: Arc<AtomicBool>,
    /// The order that was refused last, and why.
    refused: Option<(i64, String)>,
    /// When the last heartbeat was made.
    since: Instant,
}

impl Heartbeat {
    /// Starts the thread that sends. The first sign goes when [`Self::beat_now`] is called. `wake` is called when an
    /// order was taken.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        settings: &crate::Settings,
        shop: Opened,
        report: Arc<Report>,
        journal: Journal,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Option<Self>> {
        let Some(to) = settings.heartbeat.clone() else { return Ok(None) };
        let name = to.name.clone().or_else(host_name).unwrap_or_else(|| settings.name.clone());
        let (store, orders) = (settings.store.clone(), Orders::of(settings, &name));
        let restarts = Arc::new(AtomicBool::new(false));
        let (mine, since) = (Arc::clone(&restarts), Instant::now());
        let line =
            Line { to, name, store, shop, report, journal, orders, restarts: mine, refused: None, since };
        let (now, asked) = channel();
        thread::Builder::new().name("knytt-kiosk-alive".into()).spawn(move || line.run(&asked, &wake))?;
        Ok(Some(Self { now, restarts }))
    }

    /// Sends one now: the screen is there, or the shop was opened anew.
    pub fn beat_now(&self) {
        let _ = self.now.send(());
    }

    /// Whether an order wants the kiosk to start again.
    pub fn wants_restart(&self) -> bool {
        self.restarts.load(Ordering::Relaxed)
    }
}

impl Line {
    fn run(mut self, asked: &Receiver<()>, wake: &impl Fn()) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let Ok(client) = reqwest::Client::builder().timeout(PATIENCE).build() else {
            return self.journal.fault("heartbeats: this system cannot send them");
        };
        let mut failed = false;
        // The first one waits for the screen.
        let mut next = asked.recv().map_err(|_| RecvTimeoutError::Disconnected);
        while next != Err(RecvTimeoutError::Disconnected) {
            let sent = runtime.block_on(self.send(&client));
            match &sent {
                Err(reason) if !failed => self.journal.fault(format!("heartbeat not taken: {reason}")),
                Ok(_) if failed => self.journal.note("heartbeats are taken again"),
                _ => {}
            }
            failed = sent.is_err();
            if let Ok(Some(order)) = sent {
                self.take(&order);
                wake();
            }
            next = asked.recv_timeout(self.to.every);
        }
    }

    /// Takes an order. What is refused is told with the next heartbeat, so that it does not come for ever.
    fn take(&mut self, signed: &SignedKioskOrder) {
        let Some(orders) = &self.orders else { return };
        let issued_ms = signed.read().map_or(0, |order| order.issued_ms);
        if self.restarts.load(Ordering::Relaxed)
            || self.refused.as_ref().is_some_and(|(ms, _)| *ms == issued_ms)
        {
            return;
        }
        match orders.take(signed, Timestamp::now().as_millisecond()) {
            Ok(()) => {
                self.journal.note("an order was taken: the kiosk starts again when nobody is there");
                self.restarts.store(true, Ordering::Relaxed);
            }
            Err(reason) => {
                let reason: String = reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
                self.journal.fault(format!("an order was refused: {reason}"));
                self.refused = Some((issued_ms, reason.chars().take(300).collect()));
            }
        }
    }

    async fn send(&mut self, client: &reqwest::Client) -> Result<Option<SignedKioskOrder>, String> {
        let body = self.body().map_err(|error| error.to_string())?;
        let mut request =
            client.post(self.to.url.clone()).header("content-type", "application/json").body(body);
        if let Some(key) = &self.to.key {
            request = request.bearer_auth(key);
        }
        // The address may hold a secret, and stands in no line.
        let said = |error: reqwest::Error| error.without_url().to_string();
        let mut answer = request.send().await.and_then(reqwest::Response::error_for_status).map_err(said)?;
        let mut bytes = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(said)? {
            bytes.extend_from_slice(&part);
            if bytes.len() > LONGEST_ANSWER {
                return Ok(None);
            }
        }
        // Any server may take heartbeats; what else it says is its own matter.
        Ok(serde_json::from_slice::<Answer>(&bytes).unwrap_or_default().order)
    }

    fn body(&mut self) -> serde_json::Result<Vec<u8>> {
        let summary = self.shop.get().and_then(Result::ok).map(|shop| shop.summary());
        let frames = self.report.take_frames(std::mem::replace(&mut self.since, Instant::now()).elapsed());
        let (errors, last_error) = self.journal.faults();
        let (refused_ms, refused_because) = self.refused.clone().unzip();
        serde_json::to_vec(&Alive {
            name: &self.name,
            store: self.store.as_deref(),
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: self.report.uptime_seconds(),
            memory_bytes: memory_bytes(),
            products: summary.as_ref().map(|summary| summary.products),
            release: summary.as_ref().map(|summary| summary.release),
            camera: self.report.camera(),
            frames_per_second: frames.map(|frames| frames.per_second),
            slowest_frame_ms: frames.map(|frames| frames.slowest_ms),
            temperature_celsius: temperature_celsius(),
            errors,
            last_error,
            last_visit_hour: self.report.last_visit_hour(),
            obeyed_ms: self.orders.as_ref().and_then(Orders::obeyed_ms),
            refused_ms,
            refused_because,
        })
    }
}
