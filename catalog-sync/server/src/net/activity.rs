//! What one connection does: requests that are worked on, responses that are sent, bytes that go out.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use axum::response::IntoResponse;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::Notify;

use super::connections::{Extra, Place};
use super::deadlines::Seen;
use super::stream::Socket;
use crate::http::refusal::Refusal;

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

/// A request that is worked on, up to the last byte of its response.
#[derive(Debug)]
struct Work {
    activity: Arc<Activity>,
    sending: bool,
    _extra: Option<Extra>,
}

impl Work {
    /// None if this is a further request at once over one connection and there is no room for it.
    fn begin(place: &Arc<Place>) -> Option<Self> {
        let activity = place.activity.clone();
        activity.asked.store(true, Ordering::Relaxed);
        let others = activity.serving.fetch_add(1, Ordering::Relaxed);
        let mut work = Self { activity, sending: false, _extra: None };
        if others > 0 {
            work._extra = Some(place.extra()?);
        }
        Some(work)
    }

    fn send(mut self) -> Self {
        self.sending = true;
        self.activity.sending.fetch_add(1, Ordering::Relaxed);
        self
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let ms = self.activity.opened.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        self.activity.idle_from_ms.store(ms, Ordering::Relaxed);
        if self.sending {
            self.activity.sending.fetch_sub(1, Ordering::Relaxed);
        }
        self.activity.serving.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The routes as one connection asks them.
#[derive(Clone, Debug)]
pub struct Routes {
    routes: TowerToHyperService<Router>,
    peer: SocketAddr,
    place: Arc<Place>,
}

impl Routes {
    pub fn new(routes: Router, peer: SocketAddr, place: Arc<Place>) -> Self {
        Self { routes: TowerToHyperService::new(routes), peer, place }
    }
}

impl Service<Request<Incoming>> for Routes {
    type Response = Response<SentBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let Some(work) = Work::begin(&self.place) else {
            let busy = Refusal::new(503, "busy", "Too many requests at once").retry_after(5);
            let refused = busy.into_response().map(|body| SentBody { body, _work: None });
            return Box::pin(async { Ok(refused) });
        };
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answered = self.routes.call(request);
        Box::pin(async move {
            let response = answered.await?;
            Ok(response.map(|body| SentBody { body, _work: Some(work.send()) }))
        })
    }
}

/// The body of a response, which ends its request when it is dropped: sent, or given up.
#[derive(Debug)]
pub struct SentBody {
    body: Body,
    _work: Option<Work>,
}

impl HttpBody for SentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
