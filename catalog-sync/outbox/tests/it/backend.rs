//! A backend that keeps events by id, and fails as it is told.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use flate2::read::GzDecoder;
use knytt_wire::{Batch, Outcome, Problem, Uuid};
use tokio::task::JoinHandle;
use url::Url;

/// What a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is taken and answered.
    Take,
    /// It is taken, and the answer is cut off.
    LoseAnswer,
    /// It is taken, and the connection closed before the answer.
    TakeAndClose,
    /// The connection is closed.
    Close,
    /// Nothing comes back.
    Hang,
    /// It is refused.
    Status(u16),
    /// It is asked to come again after so many seconds.
    Busy(u32),
    /// A network that wants a login answers instead.
    Portal,
}

#[derive(Default)]
pub struct Seen {
    /// What comes next; then everything is taken.
    pub script: VecDeque<Act>,
    /// Whole batches with one of these are refused.
    pub poison: HashSet<Uuid>,
    /// These are refused one by one.
    pub unwanted: HashSet<Uuid>,
    /// Larger batches are refused.
    pub most_events: Option<usize>,
    /// It knows no gzip.
    pub plain_only: bool,
    /// Events by id, with the keys that they came under.
    pub stored: HashMap<Uuid, HashSet<Uuid>>,
    /// Requests: their keys and how many events.
    pub requests: Vec<(Uuid, usize)>,
    /// What came under a key the first time.
    pub batches: BTreeMap<Uuid, Vec<u8>>,
    /// Requests that were packed.
    pub packed: usize,
    /// The ingest keys that came, one a request.
    pub ingest_keys: Vec<Option<String>>,
    /// What devices said that they have seen, one a request.
    pub log_heads: Vec<Option<String>>,
}

pub struct Backend {
    pub url: Url,
    pub seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Backend {
    pub async fn start(script: &[Act]) -> Self {
        Self::start_on("127.0.0.1:0".parse().unwrap(), script).await
    }

    pub async fn start_on(address: SocketAddr, script: &[Act]) -> Self {
        let seen = Arc::new(Mutex::new(Seen { script: script.iter().copied().collect(), ..Seen::default() }));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}/v1/events", listener.local_addr().unwrap()).parse().unwrap();
        let app = Router::new().route("/v1/events", post(events)).layer(DefaultBodyLimit::max(4 << 20));
        let app = app.with_state(Arc::clone(&seen));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, task }
    }

    pub fn see<T>(&self, see: impl FnOnce(&mut Seen) -> T) -> T {
        see(&mut self.seen.lock().unwrap())
    }

    /// Ids of what is stored. That each came under one key only means that a backend which knew nothing but
    /// keys would have counted it once, too.
    pub fn stored(&self) -> HashSet<Uuid> {
        self.see(|seen| {
            assert!(seen.stored.values().all(|keys| keys.len() == 1), "an event came in two batches");
            seen.stored.keys().copied().collect()
        })
    }

    pub fn keys(&self) -> Vec<Uuid> {
        self.see(|seen| seen.requests.iter().map(|(key, _)| *key).collect())
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn events(State(seen): State<Arc<Mutex<Seen>>>, headers: HeaderMap, body: Bytes) -> Response {
    let (act, answer) = {
        let mut seen = seen.lock().unwrap();
        let act = seen.script.pop_front().unwrap_or(Act::Take);
        (act, receive(&mut seen, act, &headers, &body))
    };
    match act {
        Act::Hang => std::future::pending().await,
        // Unwinding closes the connection, and says nothing on the way.
        Act::Close | Act::TakeAndClose => std::panic::resume_unwind(Box::new("closed")),
        Act::LoseAnswer => {
            let cut = futures::stream::iter([
                Ok(Bytes::from_static(b"{\"accep")),
                Err(std::io::Error::other("the line was cut")),
            ]);
            Body::from_stream(cut).into_response()
        }
        Act::Busy(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())]).into_response()
        }
        Act::Status(status) => problem(status, "refused", "as the test says"),
        Act::Portal => "<html>Log in to the free Wi-Fi</html>".into_response(),
        Act::Take => answer,
    }
}

fn receive(seen: &mut Seen, act: Act, headers: &HeaderMap, body: &[u8]) -> Response {
    let packed = headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
    let key: Uuid = headers["idempotency-key"].to_str().unwrap().parse().unwrap();
    let ingest = headers.get("knytt-ingest-key").map(|key| key.to_str().unwrap().to_owned());
    seen.ingest_keys.push(ingest);
    seen.log_heads.push(headers.get("knytt-release-log").map(|head| head.to_str().unwrap().to_owned()));
    let mut json = body.to_vec();
    if packed {
        seen.packed += 1;
        if seen.plain_only {
            return problem(400, "bad_json", "this is not JSON");
        }
        json.clear();
        GzDecoder::new(body).read_to_end(&mut json).unwrap();
    }
    let batch: Batch = serde_json::from_slice(&json).unwrap();
    seen.requests.push((key, batch.events.len()));
    assert_eq!(*seen.batches.entry(key).or_insert(json.clone()), json, "one key, one batch");
    if matches!(act, Act::Take | Act::LoseAnswer | Act::TakeAndClose) {
        take(seen, key, &batch)
    } else {
        "".into_response()
    }
}

fn take(seen: &mut Seen, key: Uuid, batch: &Batch) -> Response {
    if seen.most_events.is_some_and(|most| batch.events.len() > most) {
        return problem(413, "too_large", "too many at once");
    }
    if batch.events.iter().any(|event| seen.poison.contains(&event.id)) {
        return problem(422, "bad_event", "one of them is wrong");
    }
    let mut outcome = Outcome::default();
    for event in &batch.events {
        if seen.unwanted.contains(&event.id) {
            outcome.rejected.push((event.id, "nobody wants it".into()));
        } else {
            let keys = seen.stored.entry(event.id).or_default();
            let count = if keys.is_empty() { &mut outcome.accepted } else { &mut outcome.duplicates };
            *count += 1;
            keys.insert(key);
        }
    }
    axum::Json(outcome).into_response()
}

fn problem(status: u16, code: &str, detail: &str) -> Response {
    let (kind, title) = ("about:blank".into(), "No".into());
    let (code, detail) = (code.into(), Some(detail.into()));
    let problem = Problem { kind, title, status, detail, code, request_id: None };
    (StatusCode::from_u16(status).unwrap(), axum::Json(problem)).into_response()
}
