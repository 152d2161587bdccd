//! How the metadata's verifier gets its files.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::StreamExt;
use jiff::Timestamp;
use tough::{Transport, TransportError, TransportErrorKind, TransportStream, async_trait};
use url::Url;

use crate::http::{Answer, GetRequest, Http};
use crate::{Error, Result};

/// The longest file of metadata that anyone writes, in bytes; the verifier has narrower limits of its own.
const LONGEST_BYTES: u64 = 32 << 20;

/// The longest root, in bytes: nothing signed says how long it is.
pub(crate) const LONGEST_ROOT_BYTES: u64 = 256 << 10;

/// Fetches metadata for `tough`. The timestamp, which is asked for again and again, may have been
/// fetched before.
#[derive(Clone, Debug)]
pub(crate) struct MetadataTransport {
    http: Http,
    timestamp: Arc<Mutex<Option<Bytes>>>,
    heard: Arc<Mutex<TransportEvents>>,
}

/// What the transport observed while it fetched.
#[derive(Debug, Default)]
pub(crate) struct TransportEvents {
    /// The server's clock.
    pub(crate) date: Option<Timestamp>,
    /// The error behind the one that the verifier reports.
    pub(crate) error: Option<Error>,
}

impl MetadataTransport {
    pub(crate) fn new(http: Http, timestamp: Option<Bytes>) -> Self {
        Self { http, timestamp: Arc::new(Mutex::new(timestamp)), heard: Arc::default() }
    }

    /// What was heard since, which is then forgotten.
    pub(crate) fn take_heard(&self) -> TransportEvents {
        std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn read(&self, url: &Url) -> Result<Bytes> {
        if url.path().ends_with("/timestamp.json") {
            let ready = self.timestamp.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(ready) = ready {
                return Ok(ready);
            }
        }
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).error = None;
        let limit_bytes = if is_root(url) { LONGEST_ROOT_BYTES } else { LONGEST_BYTES };
        let fetched = fetch(&self.http, url, None, limit_bytes).await?;
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).date = fetched.date;
        Ok(fetched.bytes.unwrap_or_default())
    }
}

/// A small file, whole.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// `None`: it is what the tag says that was sent.
    pub(crate) bytes: Option<Bytes>,
    /// The server's clock.
    pub(crate) date: Option<Timestamp>,
    /// The file's tag.
    pub(crate) etag: Option<String>,
}

/// Fetches a small file.
pub(crate) async fn fetch(http: &Http, url: &Url, etag: Option<&str>, limit_bytes: u64) -> Result<Fetched> {
    let body = match http.get(url, GetRequest { etag, ..GetRequest::default() }).await? {
        Answer::Unchanged { date } => return Ok(Fetched { bytes: None, date, etag: None }),
        Answer::Body(body) => body,
    };
    let mut bytes = Vec::new();
    let mut stream = body.bytes;
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
        if bytes.len() as u64 > limit_bytes {
            return Err(Error::TooLarge { file: name_of(url), limit_bytes });
        }
    }
    Ok(Fetched { bytes: Some(bytes.into()), date: body.date, etag: body.etag })
}

fn is_root(url: &Url) -> bool {
    url.path().ends_with(".root.json")
}

/// Whether the server says that there is no such file. Object stores say 403 to who may not list them.
fn is_absent(error: &Error) -> bool {
    match error {
        Error::NotFound { .. } => true,
        Error::Refused { status, .. } => *status < 500 && !error.is_passing(),
        _ => false,
    }
}

/// A file's name, for people.
pub(crate) fn name_of(url: &Url) -> String {
    url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default().into()
}

#[async_trait]
impl Transport for MetadataTransport {
    async fn fetch(&self, url: Url) -> Result<TransportStream, TransportError> {
        match self.read(&url).await {
            Ok(bytes) => Ok(Box::pin(futures::stream::iter([Ok(bytes)]))),
            Err(error) => {
                let kind = match error {
                    Error::NotFound { .. } => TransportErrorKind::FileNotFound,
                    _ => TransportErrorKind::Other,
                };
                let failed = TransportError::new_with_cause(kind, &url, error.to_string());
                let hides_root = is_root(&url) && !is_absent(&error);
                self.heard.lock().unwrap_or_else(PoisonError::into_inner).error = Some(error);
                // `tough` takes any root that it cannot have for one that does not exist, but no bytes that
                // break off: or else whoever spoils the next root would keep stolen keys trusted in silence.
                if hides_root { Ok(Box::pin(futures::stream::iter([Err(failed)]))) } else { Err(failed) }
            }
        }
    }
}
