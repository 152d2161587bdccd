//! A Knytt server, which takes releases from whoever has its key.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use knytt_wire::Problem;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH,
    LAST_MODIFIED,
};
use reqwest::{Client, Method, Response, StatusCode};
use tokio::io::AsyncReadExt;
use url::Url;

use crate::depot::{ApiKey, Depot, Entry, Found};
use crate::{Error, Result};

/// How often something is sent, if the network or the server fails on the way.
const ATTEMPTS: u32 = 4;

/// The wait before the second attempt; it doubles from then on.
const FIRST_WAIT: Duration = Duration::from_millis(300);

/// How long one request may stand still.
const STANDSTILL: Duration = Duration::from_secs(60);

/// What is read of a file at once, in bytes.
const CHUNK_BYTES: usize = 256 << 10;

/// The catalogue's address on the server, with a slash at its end.
#[derive(Debug)]
pub(crate) struct Server {
    base: Url,
    client: Client,
    headers: HeaderMap,
}

/// What a request carries.
#[derive(Clone, Copy)]
enum UploadContent<'a> {
    Nothing,
    Bytes(&'a Bytes),
    File(&'a Path),
}

impl Server {
    pub(crate) fn new(address: &Url, key: Option<ApiKey>) -> Result<Self> {
        let wrong = |reason: &dyn std::fmt::Display| Error::Address {
            url: address.to_string(),
            reason: reason.to_string(),
        };
        let mut base = address.clone();
        base.set_query(None);
        base.set_fragment(None);
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", address.path()));
        }
        let mut headers = HeaderMap::new();
        if let Some(ApiKey(key)) = key {
            let mut value = HeaderValue::try_from(format!("Bearer {key}")).map_err(|e| wrong(&e))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder()
            .user_agent(concat!("knytt/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(20))
            .read_timeout(STANDSTILL)
            .build();
        Ok(Self { base, client: client.map_err(|e| wrong(&e))?, headers })
    }

    fn failed(&self, name: &str, reason: impl std::fmt::Display) -> Error {
        Error::Depot { place: self.place(), name: name.into(), reason: reason.to_string() }
    }

    /// Sends a request until it is answered by anything but a failure of the server or the network.
    async fn send(
        &self,
        method: Method,
        name: &str,
        condition: Option<(HeaderName, &str)>,
        content: UploadContent<'_>,
    ) -> Result<Response> {
        let mut wait = FIRST_WAIT;
        for attempt in 1.. {
            let answer = self.send_once(method.clone(), name, condition.clone(), content).await?;
            match answer {
                Ok(answer) if !is_passing(answer.status()) || attempt == ATTEMPTS => return Ok(answer),
                Err(error) if attempt == ATTEMPTS => return Err(self.failed(name, reason_of(&error))),
                _ => tokio::time::sleep(wait).await,
            }
            wait *= 2;
        }
        Err(Error::unexpected("no attempt is left"))
    }

    async fn send_once(
        &self,
        method: Method,
        name: &str,
        condition: Option<(HeaderName, &str)>,
        content: UploadContent<'_>,
    ) -> Result<reqwest::Result<Response>> {
        let url = self.base.join(name).map_err(|e| self.failed(name, e))?;
        let mut request = self.client.request(method, url).headers(self.headers.clone());
        if let Some((header, value)) = condition {
            request = request.header(header, value);
        }
        request = match content {
            UploadContent::Nothing => request,
            UploadContent::Bytes(bytes) => request.body(bytes.clone()),
            UploadContent::File(path) => {
                let file = tokio::fs::File::open(path).await?;
                let length = file.metadata().await?.len();
                request.header(CONTENT_LENGTH, length).body(streamed(file))
            }
        };
        Ok(request.send().await)
    }

    /// The reason that an answer gives for not being a success.
    async fn refusal(&self, name: &str, answer: Response) -> Error {
        let status = answer.status();
        let body = answer.bytes().await.unwrap_or_default();
        let reason = match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => problem.detail.unwrap_or(problem.title),
            Err(_) => status.to_string(),
        };
        let hint = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                format!(" (the key is read from {})", ApiKey::VARIABLE)
            }
            _ => String::new(),
        };
        self.failed(name, format!("{reason}{hint}"))
    }

    async fn done(&self, name: &str, answer: Response) -> Result<()> {
        if answer.status().is_success() { Ok(()) } else { Err(self.refusal(name, answer).await) }
    }
}

#[async_trait]
impl Depot for Server {
    fn place(&self) -> String {
        self.base.to_string()
    }

    async fn get(&self, name: &str) -> Result<Option<Found>> {
        let answer = self.send(Method::GET, name, None, UploadContent::Nothing).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => {
                let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
                let tag = header(ETAG).map(str::to_owned);
                let modified = header(LAST_MODIFIED).and_then(http_date);
                let bytes = answer.bytes().await.map_err(|e| self.failed(name, reason_of(&e)))?;
                Ok(Some(Found { bytes, tag, modified }))
            }
            _ => Err(self.refusal(name, answer).await),
        }
    }

    async fn stat(&self, name: &str) -> Result<Option<Entry>> {
        let answer = self.send(Method::HEAD, name, None, UploadContent::Nothing).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => {
                let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
                let bytes = header(CONTENT_LENGTH).and_then(|length| length.parse().ok());
                let bytes =
                    bytes.ok_or_else(|| self.failed(name, "the server does not say how long it is"))?;
                let modified = header(LAST_MODIFIED).and_then(http_date).unwrap_or(Timestamp::UNIX_EPOCH);
                Ok(Some(Entry { name: name.into(), bytes, modified }))
            }
            _ => Err(self.refusal(name, answer).await),
        }
    }

    async fn put_file(&self, name: &str, file: &Path) -> Result<()> {
        let answer = self.send(Method::PUT, name, None, UploadContent::File(file)).await?;
        self.done(name, answer).await
    }

    async fn create(&self, name: &str, bytes: Bytes) -> Result<bool> {
        let condition = Some((IF_NONE_MATCH, "*"));
        let answer = self.send(Method::PUT, name, condition, UploadContent::Bytes(&bytes)).await?;
        match answer.status() {
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Ok(false),
            _ => self.done(name, answer).await.map(|()| true),
        }
    }

    async fn swap(&self, name: &str, bytes: Bytes, before: Option<&Found>) -> Result<()> {
        let condition = match before {
            None => (IF_NONE_MATCH, "*"),
            Some(found) => {
                let tag = found.tag.as_deref();
                (IF_MATCH, tag.ok_or_else(|| self.failed(name, "the server gives no ETag to compare with"))?)
            }
        };
        let answer = self.send(Method::PUT, name, Some(condition), UploadContent::Bytes(&bytes)).await?;
        if answer.status() != StatusCode::PRECONDITION_FAILED {
            return self.done(name, answer).await;
        }
        // The answer to an earlier attempt may have been lost after it took effect.
        let now = self.get(name).await?;
        if now.is_some_and(|now| now.bytes == bytes) { Ok(()) } else { Err(Error::Raced) }
    }

    async fn list(&self, _: &str) -> Result<Option<Vec<Entry>>> {
        Ok(None)
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let answer = self.send(Method::DELETE, name, None, UploadContent::Nothing).await?;
        if answer.status() == StatusCode::NOT_FOUND { Ok(()) } else { self.done(name, answer).await }
    }
}

/// Whether the same request may succeed a little later.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|time| time.timestamp())
}

/// reqwest's own words leave the cause out.
fn reason_of(error: &reqwest::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        reason = format!("{reason}: {inner}");
        cause = inner.source();
    }
    reason
}

fn streamed(file: tokio::fs::File) -> reqwest::Body {
    reqwest::Body::wrap_stream(stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(chunk), file)))
    }))
}
