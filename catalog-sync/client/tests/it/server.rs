//! A server of a folder that can be told to misbehave.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use knytt_wire::Url;
use sha2::{Digest, Sha256};

/// What a server does instead of sending its file.
#[derive(Clone)]
pub enum Fault {
    /// Sends these bytes.
    Bytes(Vec<u8>),
    /// Answers with this status.
    Status(u16),
    /// Sends and never ends.
    Endless,
    /// Sends a byte a second.
    Drip,
    /// Sends fifty bytes a second.
    Trickle,
    /// Sends the file in pieces, with pauses.
    Slow,
    /// Sends two thirds of the file at once, and then fifty bytes a second.
    BurstThenTrickle,
    /// Breaks the line after so many bytes, each time.
    CutAfter(usize),
    /// Sends these bytes as something that is compressed.
    Gzip(Vec<u8>),
    /// Says that the file is elsewhere.
    Redirect(String),
    /// Does not know ranges.
    NoRange,
}

#[derive(Clone)]
struct Shared {
    folder: Arc<Mutex<PathBuf>>,
    faults: Arc<Mutex<BTreeMap<String, Fault>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    date: Arc<Mutex<Option<String>>>,
    taken: Arc<AtomicU64>,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub range: Option<String>,
    pub status: u16,
}

pub struct Server {
    pub url: Url,
    home: PathBuf,
    shared: Shared,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn start(folder: &Path) -> Self {
        let shared = Shared {
            folder: Arc::new(Mutex::new(folder.into())),
            faults: Arc::default(),
            seen: Arc::default(),
            date: Arc::default(),
            taken: Arc::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, home: folder.into(), shared, task }
    }

    /// From now on, files whose path ends like this are answered so.
    pub fn fault(&self, end: &str, fault: Fault) {
        self.shared.faults.lock().unwrap().insert(end.into(), fault);
    }

    /// From now on, another folder is what it serves.
    pub fn serve(&self, folder: &Path) {
        *self.shared.folder.lock().unwrap() = folder.into();
    }

    /// Serves its own folder again, as it is.
    pub fn behave(&self) {
        self.shared.faults.lock().unwrap().clear();
        *self.shared.date.lock().unwrap() = None;
        self.serve(&self.home);
    }

    /// What its clock says from now on.
    pub fn say_date(&self, date: &str) {
        *self.shared.date.lock().unwrap() = Some(date.into());
    }

    /// How much of what never ends was taken since the last call, in bytes.
    pub fn taken_bytes(&self) -> u64 {
        self.shared.taken.swap(0, Ordering::Relaxed)
    }

    /// The requests since the last call.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let fault = {
        let faults = shared.faults.lock().unwrap();
        faults
            .iter()
            .find(|(end, _)| path.ends_with(*end) || path.contains(&format!("*{end}")))
            .map(|(_, f)| f.clone())
    };
    let file = shared.folder.lock().unwrap().join(path.trim_start_matches('/'));
    let file = fs_err::read(file).ok();
    let mut response = respond(file, fault, request.headers(), shared.taken.clone());
    if let Some(date) = shared.date.lock().unwrap().as_ref() {
        response.headers_mut().insert(header::DATE, date.parse().unwrap());
    }
    let range = request.headers().get(header::RANGE).map(|range| range.to_str().unwrap().to_owned());
    shared.seen.lock().unwrap().push(Seen { path, range, status: response.status().as_u16() });
    response
}

fn respond(
    file: Option<Vec<u8>>,
    fault: Option<Fault>,
    headers: &HeaderMap,
    taken: Arc<AtomicU64>,
) -> Response {
    match fault {
        Some(Fault::Bytes(bytes)) => return bytes.into_response(),
        Some(Fault::Gzip(bytes)) => return ([(header::CONTENT_ENCODING, "gzip")], bytes).into_response(),
        Some(Fault::Status(status)) => return StatusCode::from_u16(status).unwrap().into_response(),
        Some(Fault::Redirect(to)) => return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Fault::Endless) => {
            let block = Bytes::from(vec![b' '; 1 << 16]);
            let endless = futures::stream::repeat_with(move || {
                taken.fetch_add(block.len() as u64, Ordering::Relaxed);
                Ok::<_, std::io::Error>(block.clone())
            });
            return Body::from_stream(endless).into_response();
        }
        Some(Fault::Drip) => return drip(Duration::from_secs(1)),
        Some(Fault::Trickle) => return drip(Duration::from_millis(20)),
        Some(Fault::CutAfter(_) | Fault::NoRange | Fault::Slow | Fault::BurstThenTrickle) | None => {}
    }
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!(
        "\"{}\"",
        Sha256::digest(&file).iter().take(8).map(|b| format!("{b:02x}")).collect::<String>()
    );
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let from = headers.get(header::RANGE).filter(|_| !matches!(fault, Some(Fault::NoRange)));
    let from =
        from.and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let from: usize = from.unwrap_or(0);
    if from > file.len() {
        return StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    }
    let mut response = match fault {
        Some(Fault::CutAfter(length)) => cut(&file[from..], length),
        Some(Fault::Slow) => pieces(&file[from..], file.len().div_ceil(8)),
        Some(Fault::BurstThenTrickle) => {
            let burst = pieces(&file[from..][..(file.len() - from) * 2 / 3], file.len());
            let rest = drip(Duration::from_millis(20)).into_body().into_data_stream();
            Body::from_stream(burst.into_body().into_data_stream().chain(rest)).into_response()
        }
        _ => file[from..].to_vec().into_response(),
    };
    response.headers_mut().insert(header::ETAG, tag.parse().unwrap());
    if from > 0 {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{}/{}", file.len() - 1, file.len());
        response.headers_mut().insert(header::CONTENT_RANGE, range.parse().unwrap());
    }
    response
}

/// A byte, again and again.
fn drip(pause: Duration) -> Response {
    let bytes = futures::stream::repeat(()).then(move |()| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, std::io::Error>(Bytes::from_static(b" "))
    });
    Body::from_stream(bytes).into_response()
}

/// Pieces of this length, with a pause before each.
fn pieces(file: &[u8], length: usize) -> Response {
    let pieces: Vec<_> = file.chunks(length).map(Bytes::copy_from_slice).collect();
    let pieces = futures::stream::iter(pieces).then(|piece| async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok::<_, std::io::Error>(piece)
    });
    Body::from_stream(pieces).into_response()
}

/// Promises all and breaks off.
fn cut(file: &[u8], length: usize) -> Response {
    let promised = file.len();
    let sent = Bytes::copy_from_slice(&file[..length.min(file.len())]);
    let parts = [Ok(sent), Err(std::io::Error::other("the line is cut"))];
    let body = Body::from_stream(futures::stream::iter(parts).then(|part| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        part
    }));
    ([(header::CONTENT_LENGTH, promised.to_string())], body).into_response()
}
