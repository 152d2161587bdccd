//! A server of pictures that behaves as it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use tokio::runtime::Runtime;
use url::Url;

/// A JPEG as far as a downloader looks.
pub fn picture(seed: u8) -> Vec<u8> {
    [&[0xff, 0xd8, 0xff, 0xe0][..], &vec![seed; 60_000]].concat()
}

/// What a path is answered with.
#[derive(Clone)]
pub enum Act {
    /// The picture, with a tag, by parts if asked so.
    Picture(Vec<u8>),
    /// So many bytes of it the first time, then the line breaks; the rest when it is asked for.
    CutAfter(usize, Vec<u8>),
    /// This status, with this wish to wait, so often; then the picture.
    Busy(u16, &'static str, usize, Vec<u8>),
    /// This status.
    Status(u16),
    /// This status, with these heads and bytes.
    Answer(u16, Vec<(header::HeaderName, &'static str)>, Vec<u8>),
    /// A page instead of a picture.
    Page,
    /// More and more bytes.
    Endless,
    /// Each block of bytes after so long.
    Slow(Duration, Vec<u8>),
    /// Nothing for ever.
    Silent,
    /// It is elsewhere: there.
    Redirect(&'static str),
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: HeaderMap,
    pub at: Instant,
}

#[derive(Clone, Default)]
struct Shared {
    acts: Arc<Mutex<BTreeMap<String, Act>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Answers under way now, and the most there ever were.
    busy: Arc<Mutex<(usize, usize)>>,
}

/// Runs until it is dropped.
pub struct Server {
    url: Url,
    shared: Shared,
    _runtime: Runtime,
}

impl Server {
    pub fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let shared = Shared::default();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        runtime.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, _runtime: runtime }
    }

    /// From now on, this path is answered so.
    pub fn act(&self, path: &str, act: Act) -> Url {
        let url = self.url.join(path).unwrap();
        self.shared.acts.lock().unwrap().insert(url.path().to_owned(), act);
        url
    }

    /// The requests since the last call.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }

    /// The most answers that were ever under way at once.
    pub fn most_at_once(&self) -> usize {
        self.shared.busy.lock().unwrap().1
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let before = shared.seen.lock().unwrap().iter().filter(|seen| seen.path == path).count();
    shared.seen.lock().unwrap().push(Seen {
        path: path.clone(),
        headers: request.headers().clone(),
        at: Instant::now(),
    });
    {
        let mut busy = shared.busy.lock().unwrap();
        busy.0 += 1;
        busy.1 = busy.1.max(busy.0);
    }
    let act = shared.acts.lock().unwrap().get(&path).cloned();
    let response = respond(act, request.headers(), before).await;
    shared.busy.lock().unwrap().0 -= 1;
    response
}

async fn respond(act: Option<Act>, headers: &HeaderMap, before: usize) -> Response {
    match act {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Act::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Act::Busy(status, wait, times, _)) if before < times => {
            (StatusCode::from_u16(status).unwrap(), [(header::RETRY_AFTER, wait)]).into_response()
        }
        Some(Act::Picture(bytes) | Act::Busy(.., bytes)) => {
            tokio::time::sleep(Duration::from_millis(5)).await;
            file(&bytes, headers)
        }
        Some(Act::CutAfter(length, bytes)) if before == 0 => cut(&bytes, length),
        Some(Act::CutAfter(_, bytes)) => file(&bytes, headers),
        Some(Act::Answer(status, heads, bytes)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), bytes).into_response();
            response
                .headers_mut()
                .extend(heads.into_iter().map(|(name, value)| (name, value.parse().unwrap())));
            response
        }
        Some(Act::Page) => ([(header::CONTENT_TYPE, "text/html")], "<html>log in</html>").into_response(),
        Some(Act::Redirect(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Act::Endless) => {
            let block = Bytes::from(picture(1));
            Body::from_stream(futures::stream::repeat_with(move || Ok::<_, std::io::Error>(block.clone())))
                .into_response()
        }
        Some(Act::Slow(pause, bytes)) => {
            let blocks: Vec<_> = bytes.chunks(20_000).map(Bytes::copy_from_slice).collect();
            let slow = futures::stream::iter(blocks).then(move |block| async move {
                tokio::time::sleep(pause).await;
                Ok::<_, std::io::Error>(block)
            });
            Body::from_stream(slow).into_response()
        }
        Some(Act::Silent) => std::future::pending().await,
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(bytes).to_hex()[..16])
}

fn file(bytes: &[u8], headers: &HeaderMap) -> Response {
    let tag = tag(bytes);
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if text(header::IF_NONE_MATCH) == Some(&tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let range = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|asked| asked == tag));
    let from = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match from.filter(|from| *from < bytes.len()) {
        None => ([(header::ETAG, tag)], bytes.to_vec()).into_response(),
        Some(from) => {
            let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
            let heads = [(header::ETAG, tag), (header::CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, heads, bytes[from..].to_vec()).into_response()
        }
    }
}

/// Promises all and breaks off.
fn cut(bytes: &[u8], length: usize) -> Response {
    let parts = [Ok(Bytes::copy_from_slice(&bytes[..length])), Err(std::io::Error::other("the line is cut"))];
    let body = Body::from_stream(futures::stream::iter(parts).then(|part| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        part
    }));
    ([(header::CONTENT_LENGTH, bytes.len().to_string()), (header::ETAG, tag(bytes))], body).into_response()
}
