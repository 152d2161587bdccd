//! What one connection does: requests that are worked on, responses that are sent, bytes that go out.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::deadlines::Seen;
use super::socket::Socket;

/// What one connection does, as its task, its requests and the list of all connections see it.
#[derive(Debug)]
pub struct Activity {
    opened: Instant,
    asked: AtomicBool,
    serving: AtomicUsize,
    sending: AtomicUsize,
    /// When the last request ended, in milliseconds since the connection was opened.
    idle_from_ms: AtomicU64,
    pub written_bytes: AtomicU64,
    pub socket: Mutex<Option<Socket>>,
    closing: AtomicBool,
    close: Notify,
}

impl Activity {
    pub fn new() -> Self {
        Self {
            opened: Instant::now(),
            asked: AtomicBool::new(false),
            serving: AtomicUsize::new(0),
            sending: AtomicUsize::new(0),
            idle_from_ms: AtomicU64::new(0),
            written_bytes: AtomicU64::new(0),
            socket: Mutex::new(None),
            closing: AtomicBool::new(false),
            close: Notify::new(),
        }
    }

    pub fn seen(&self) -> Seen {
        let socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = socket.as_ref().map_or(0, Socket::unacknowledged);
        Seen {
            asked: self.asked.load(Ordering::Relaxed),
            waiting_since: self.waiting_since(),
            sending: self.sending.load(Ordering::Relaxed) > 0,
            acknowledged_bytes: self.written_bytes.load(Ordering::Relaxed).saturating_sub(pending),
        }
    }

    /// Since when no request is being worked on.
    pub fn waiting_since(&self) -> Option<Instant> {
        let idle_from = Duration::from_millis(self.idle_from_ms.load(Ordering::Relaxed));
        (self.serving.load(Ordering::Relaxed) == 0).then(|| self.opened + idle_from)
    }

    /// A request begins; returns how many others are worked on.
    pub fn begin(&self) -> usize {
        self.asked.store(true, Ordering::Relaxed);
        self.serving.fetch_add(1, Ordering::Relaxed)
    }

    /// Its response begins to be sent.
    pub fn send(&self) {
        self.sending.fetch_add(1, Ordering::Relaxed);
    }

    /// The request ends, sent or given up.
    pub fn finish(&self, was_sending: bool) {
        let ms = self.opened.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        self.idle_from_ms.store(ms, Ordering::Relaxed);
        if was_sending {
            self.sending.fetch_sub(1, Ordering::Relaxed);
        }
        self.serving.fetch_sub(1, Ordering::Relaxed);
    }

    /// Asks the connection's task to end it. `false`: it was asked before.
    pub fn end(&self) -> bool {
        let first = !self.closing.swap(true, Ordering::Relaxed);
        self.close.notify_one();
        first
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Until somebody asks for the connection's end.
    pub async fn ended(&self) {
        self.close.notified().await;
    }
}
