//! Files by HTTP, or from a folder: with time-outs, retries and a way out.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode};
use url::Url;

use crate::object_reader::ObjectReader;
use crate::{Cancel, Error, Result};

/// How long to wait for a server. The defaults suit a device on a bad line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// For a connection to come about.
    pub connect: Duration,
    /// For an answer to begin, whole head and all: each of its bytes may come in time, and it never end.
    pub answer: Duration,
    /// For the next bytes to come.
    pub read: Duration,
    /// In each such time, a body must come at the speed below on average: a server that drips bytes must
    /// not hold a sync for ever.
    pub slow_after: Duration,
    /// In bytes per second.
    pub slowest_bytes_per_sec: f64,
    /// The same while there are other places with the same files. If all are slower, the line is, and the
    /// quickest of them goes on.
    pub switch_after: Duration,
    /// In bytes per second.
    pub switch_below_bytes_per_sec: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            answer: Duration::from_secs(60),
            read: Duration::from_secs(30),
            slow_after: Duration::from_secs(60),
            slowest_bytes_per_sec: 256.0,
            switch_after: Duration::from_secs(15),
            switch_below_bytes_per_sec: 16_384.0,
        }
    }
}

impl Patience {
    /// In which time a body must bring so many bytes per second.
    fn floor(&self, has_others: bool) -> (Duration, f64) {
        if has_others {
            (self.switch_after, self.switch_below_bytes_per_sec)
        } else {
            (self.slow_after, self.slowest_bytes_per_sec)
        }
    }
}

/// How often one address is tried in one sync.
const TRIES: u32 = 3;

/// The wait before the second try; it doubles, and each wait is drawn from zero to this.
const BACKOFF: Duration = Duration::from_millis(800);

/// The longest wait that a server may ask for within one sync.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Asks for files.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    /// Unpacks what comes compressed: for metadata.
    texts: Client,
    /// Takes bytes as they are, so that a part of a file is a part of a file: for packs.
    packs: Client,
    cancel: Cancel,
    patience: Patience,
    /// What reads `objects:` addresses.
    objects: Option<ObjectReader>,
}

/// The conditions of a GET request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GetRequest<'a> {
    /// The tag of what is here already.
    pub(crate) etag: Option<&'a str>,
    /// How many bytes are here already; with `etag`, that of the file they are of.
    pub(crate) from_byte: u64,
    /// Whether it is a pack.
    pub(crate) is_pack: bool,
    /// Whether others have it too, who may be quicker.
    pub(crate) has_others: bool,
}

/// A file on its way.
pub(crate) enum Answer {
    /// It is what it was.
    Unchanged {
        /// The server's clock.
        date: Option<Timestamp>,
    },
    /// Here it comes.
    Body(Body),
}

/// A file's bytes with what the server says of them.
pub(crate) struct Body {
    pub(crate) bytes: BoxStream<'static, Result<Bytes>>,
    /// Where in the file they begin.
    pub(crate) from_byte: u64,
    pub(crate) etag: Option<String>,
    pub(crate) date: Option<Timestamp>,
}

impl Http {
    pub(crate) fn new(cancel: Cancel, patience: Patience, objects: Option<ObjectReader>) -> Result<Self> {
        // Proxies come from the environment and the system.
        let builder = || {
            Client::builder()
                .user_agent(concat!("knytt/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(patience.connect)
                .read_timeout(patience.read)
                .redirect(reqwest::redirect::Policy::custom(only_as_safe))
        };
        let failed = |error: reqwest::Error| Error::Malformed {
            file: "proxy or TLS settings".into(),
            reason: error.to_string(),
        };
        let texts = builder().gzip(true).brotli(true).build().map_err(failed)?;
        let packs = builder().gzip(false).brotli(false).build().map_err(failed)?;
        Ok(Self { texts, packs, cancel, patience, objects })
    }

    /// Asks once, and again after a while if the failure may pass.
    pub(crate) async fn get(&self, url: &Url, ask: GetRequest<'_>) -> Result<Answer> {
        let mut tried = 0;
        loop {
            self.cancel.check()?;
            let failure = match self.get_once(url, ask).await {
                Err(failure) => failure,
                answer => return answer.map_err(|failure| failure.error),
            };
            tried += 1;
            let passing = failure.error.is_passing()
                && !matches!(failure.error, Error::NotFound { .. } | Error::TooSlow { .. });
            if !passing || tried >= TRIES {
                return Err(failure.error);
            }
            self.wait(failure.retry_after.unwrap_or_else(|| backoff(tried)).min(LONGEST_WAIT)).await?;
        }
    }

    /// Waits, unless it is cancelled meanwhile.
    async fn wait(&self, time: Duration) -> Result<()> {
        let step = Duration::from_millis(100);
        let mut left = time;
        while !left.is_zero() {
            self.cancel.check()?;
            tokio::time::sleep(left.min(step)).await;
            left = left.saturating_sub(step);
        }
        self.cancel.check()
    }

    async fn get_once(&self, url: &Url, ask: GetRequest<'_>) -> Result<Answer, Failure> {
        if url.scheme() == "file" {
            return read_file(url, ask).await.map(Answer::Body).map_err(Failure::from);
        }
        if let Some(objects) = self.objects.as_ref().filter(|_| url.scheme() == ObjectReader::SCHEME) {
            return self.read_object(objects, url, ask).await.map(Answer::Body).map_err(Failure::from);
        }
        let client = if ask.is_pack { &self.packs } else { &self.texts };
        let request = client.get(url.clone()).headers(headers(ask));
        let response = tokio::select! {
            response = request.send() => response.map_err(|error| offline(url, &error))?,
            () = tokio::time::sleep(self.patience.answer) => {
                return Err(Error::TooSlow { url: url.clone() }.into());
            }
            () = cancelled(&self.cancel) => return Err(Error::Cancelled.into()),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let date = date_of(&headers);
        match status {
            // Only who has a file can be told that it is what it was.
            StatusCode::NOT_MODIFIED if ask.etag.is_some() => return Ok(Answer::Unchanged { date }),
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                return Err(Error::NotFound { url: url.clone() }.into());
            }
            other => {
                let error = Error::Refused { url: url.clone(), status: other.as_u16() };
                return Err(Failure { error, retry_after: retry_after(&headers) });
            }
        }
        // A server that does not know ranges begins at the beginning.
        let from_byte =
            if status == StatusCode::PARTIAL_CONTENT { begin_of_range(&headers).unwrap_or(0) } else { 0 };
        let etag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(String::from);
        let stream_url = url.clone();
        let bytes =
            response.bytes_stream().map(move |bytes| bytes.map_err(|error| offline(&stream_url, &error)));
        let bytes =
            watched(bytes.boxed(), url.clone(), self.cancel.clone(), self.patience.floor(ask.has_others));
        Ok(Answer::Body(Body { bytes, from_byte, etag, date }))
    }

    async fn read_object(&self, objects: &ObjectReader, url: &Url, ask: GetRequest<'_>) -> Result<Body> {
        let bytes = tokio::select! {
            found = objects.read(url, ask.from_byte) => found?,
            () = tokio::time::sleep(self.patience.answer) => return Err(Error::TooSlow { url: url.clone() }),
            () = cancelled(&self.cancel) => return Err(Error::Cancelled),
        };
        let bytes = watched(bytes, url.clone(), self.cancel.clone(), self.patience.floor(ask.has_others));
        Ok(Body { bytes, from_byte: ask.from_byte, etag: None, date: None })
    }
}

/// Why one try failed.
struct Failure {
    error: Error,
    /// How long the server asks to wait.
    retry_after: Option<Duration>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

/// A redirect may lead elsewhere, but not from an encrypted address to an open one.
fn only_as_safe(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let from = attempt.previous().last().map(Url::scheme);
    if attempt.previous().len() > 5 || (from == Some("https") && attempt.url().scheme() != "https") {
        return attempt.stop();
    }
    attempt.follow()
}

fn headers(ask: GetRequest<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let tag = ask.etag.and_then(|tag| HeaderValue::from_str(tag).ok());
    if ask.from_byte > 0 {
        if let Ok(range) = HeaderValue::from_str(&format!("bytes={}-", ask.from_byte)) {
            headers.insert(header::RANGE, range);
        }
        // Weak tags do not promise the same bytes.
        if let Some(tag) = tag.filter(|tag| !tag.as_bytes().starts_with(b"W/")) {
            headers.insert(header::IF_RANGE, tag);
        }
    } else if let Some(tag) = tag {
        headers.insert(header::IF_NONE_MATCH, tag);
    }
    headers
}

/// Ends a body that is cancelled, or comes too slowly.
fn watched(
    bytes: BoxStream<'static, Result<Bytes>>,
    url: Url,
    cancel: Cancel,
    (window, bytes_per_sec): (Duration, f64),
) -> BoxStream<'static, Result<Bytes>> {
    // Measured anew in each window: a quick beginning buys no slow end.
    let state = (bytes, url, cancel, (tokio::time::Instant::now(), 0_usize));
    futures::stream::unfold(Some(state), move |state| async move {
        let (mut bytes, url, cancel, (start, mut total)) = state?;
        let next = tokio::select! {
            next = bytes.next() => next?,
            () = cancelled(&cancel) => return Some((Err(Error::Cancelled), None)),
        };
        let chunk = match next {
            Ok(chunk) => chunk,
            Err(error) => return Some((Err(error), None)),
        };
        total += chunk.len();
        let passed = start.elapsed();
        if passed <= window {
            return Some((Ok(chunk), Some((bytes, url, cancel, (start, total)))));
        }
        if (total as f64) < bytes_per_sec * passed.as_secs_f64() {
            return Some((Err(Error::TooSlow { url }), None));
        }
        Some((Ok(chunk), Some((bytes, url, cancel, (tokio::time::Instant::now(), 0)))))
    })
    .boxed()
}

async fn cancelled(cancel: &Cancel) {
    while !cancel.is_cancelled() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn read_file(url: &Url, ask: GetRequest<'_>) -> Result<Body> {
    use tokio::io::AsyncSeekExt;
    let missing = || Error::NotFound { url: url.clone() };
    let path = url.to_file_path().map_err(|()| missing())?;
    let mut file = match tokio::fs::File::open(&path).await {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing()),
        Err(source) => return Err(Error::File { path, source }),
    };
    let failed = |source| Error::File { path: path.clone(), source };
    file.seek(std::io::SeekFrom::Start(ask.from_byte)).await.map_err(failed)?;
    let path = path.clone();
    let bytes = futures::stream::unfold(Some(file), move |file| {
        let path = path.clone();
        async move {
            use tokio::io::AsyncReadExt;
            let mut file = file?;
            let mut chunk = vec![0; 256 << 10];
            match file.read(&mut chunk).await {
                Ok(0) => None,
                Ok(length) => {
                    chunk.truncate(length);
                    Some((Ok(Bytes::from(chunk)), Some(file)))
                }
                Err(source) => Some((Err(Error::File { path, source }), None)),
            }
        }
    });
    Ok(Body { bytes: bytes.boxed(), from_byte: ask.from_byte, etag: None, date: None })
}

/// A wait before try `tried` + 1, drawn so that many devices do not come back at once.
fn backoff(tried: u32) -> Duration {
    BACKOFF.saturating_mul(1 << tried.min(6)).mul_f64(rand::random::<f64>())
}

fn offline(url: &Url, error: &reqwest::Error) -> Error {
    // The cause says more than "error sending request".
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    Error::Offline { url: url.clone(), reason: reason.to_string() }
}

fn date_of(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(date).ok().map(|zoned| zoned.timestamp())
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Of `bytes 100-199/200`.
fn begin_of_range(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}
