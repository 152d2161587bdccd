//! A server that speaks the hub's protocol, and can misbehave.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// One repository, `shop/model`, and what goes wrong with it.
#[derive(Default)]
pub struct Repository {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Answers end after so many bytes of a file, without an error.
    pub cut_after: AtomicUsize,
    /// So many requests are answered with 503 before one is served.
    pub busy: AtomicU64,
    /// Files come with another byte than the one that was listed.
    pub damaged: AtomicBool,
    /// Files come from `/elsewhere/…`, as large files do.
    pub redirects: AtomicBool,
    /// What its page says.
    pub license: Mutex<String>,
    /// Only this token opens it.
    pub token: Mutex<Option<String>>,
    /// Bytes of files that were sent.
    pub sent: AtomicU64,
    /// Requests that were answered.
    pub requests: AtomicU64,
}

/// The server, for as long as it is held.
pub struct Server {
    pub repository: Arc<Repository>,
    pub address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Server {
    /// Serves the files of a folder.
    pub async fn start(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        for entry in fs_err::read_dir(folder).unwrap().map(Result::unwrap) {
            files.insert(entry.file_name().into_string().unwrap(), fs_err::read(entry.path()).unwrap());
        }
        let repository = Arc::new(Repository {
            files: Mutex::new(files),
            license: Mutex::new("mit".into()),
            ..Repository::default()
        });
        let routes = Router::new()
            .route("/api/models/shop/model/revision/{revision}", get(listing))
            .route("/shop/model/resolve/{commit}/{file}", get(resolve))
            .route("/elsewhere/{file}", get(elsewhere))
            .with_state(Arc::clone(&repository));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = axum::serve(listener, routes).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        tokio::spawn(async move { served.await });
        Self { repository, address, stop: Some(stop) }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a request is to be refused, and with what.
fn refused(repository: &Repository, headers: &HeaderMap) -> Option<Response> {
    repository.requests.fetch_add(1, Ordering::Relaxed);
    let busy = repository.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
    if busy.is_ok() {
        return Some((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "0")]).into_response());
    }
    let token = repository.token.lock().unwrap().clone()?;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    (given != Some(&format!("Bearer {token}")))
        .then(|| (StatusCode::UNAUTHORIZED, [("x-error-code", "GatedRepo")]).into_response())
}

async fn listing(
    State(repository): State<Arc<Repository>>,
    UrlPath(revision): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = refused(&repository, &headers) {
        return refusal;
    }
    if !["main", "refs/pr/1", COMMIT].contains(&revision.as_str()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let siblings: Vec<String> = repository
        .files
        .lock()
        .unwrap()
        .iter()
        .map(|(name, bytes)| {
            let git =
                hex(&Sha1::new_with_prefix(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize());
            let large = hex(&Sha256::digest(bytes));
            let size = bytes.len();
            let lfs = match name.ends_with(".json") || name.ends_with(".txt") {
                true => String::new(),
                false => format!(r#", "lfs": {{"sha256": "{large}", "size": {size}, "pointerSize": 130}}"#),
            };
            format!(r#"{{"rfilename": "{name}", "size": {size}, "blobId": "{git}"{lfs}}}"#)
        })
        .collect();
    let license = repository.license.lock().unwrap().clone();
    let json = format!(
        r#"{{"id": "shop/model", "sha": "{COMMIT}", "gated": false, "cardData": {{"license": "{license}"}}, "siblings": [{}]}}"#,
        siblings.join(", ")
    );
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

async fn resolve(
    State(repository): State<Arc<Repository>>,
    UrlPath((commit, file)): UrlPath<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = refused(&repository, &headers) {
        return refusal;
    }
    if commit != COMMIT {
        return StatusCode::NOT_FOUND.into_response();
    }
    if repository.redirects.load(Ordering::Relaxed) {
        return Redirect::temporary(&format!("/elsewhere/{file}")).into_response();
    }
    send(&repository, &file, &headers)
}

async fn elsewhere(
    State(repository): State<Arc<Repository>>,
    UrlPath(file): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    send(&repository, &file, &headers)
}

fn send(repository: &Repository, file: &str, headers: &HeaderMap) -> Response {
    let Some(mut bytes) = repository.files.lock().unwrap().get(file).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if repository.damaged.load(Ordering::Relaxed) {
        *bytes.last_mut().unwrap() ^= 1;
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let from = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let status = if from.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let rest = bytes.split_off(from.unwrap_or(0).min(bytes.len()));
    let cut = repository.cut_after.load(Ordering::Relaxed);
    let length = if cut == 0 { rest.len() } else { rest.len().min(cut) };
    repository.sent.fetch_add(length as u64, Ordering::Relaxed);
    // In pieces, so that a fetch can be stopped in the middle of a file.
    let pieces: Vec<_> = rest[..length]
        .chunks(8_192)
        .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
        .collect();
    let body = futures::stream::unfold(pieces.into_iter(), |mut pieces| async move {
        let piece = pieces.next()?;
        tokio::time::sleep(std::time::Duration::from_micros(300)).await;
        Some((piece, pieces))
    });
    (status, Body::from_stream(body)).into_response()
}
