//! Sends one batch over HTTP.

use std::collections::HashSet;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use knytt_wire::{INGEST_KEY_HEADER, LOG_HEAD_HEADER, MAX_BATCH_BYTES, MAX_EXPANSION};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Client, Response, redirect};
use url::Url;

use crate::batch::Batch;
use crate::destination::Destination;
use crate::error::Result;
use crate::reply::Reply;

/// Smaller bodies are sent uncompressed.
const WORTH_PACKING: usize = 1024;

/// A batch and its answer are small, so a backend that takes longer counts as unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest answer that is read: room for a reason for each event of the largest batch.
const LONGEST_ANSWER: usize = MAX_BATCH_BYTES;

/// Sends batches.
pub(crate) struct HttpSender {
    client: Client,
    /// Backends that do not accept gzip.
    plain: Mutex<HashSet<Url>>,
}

impl HttpSender {
    /// Proxies are those of the environment.
    pub fn new(timeout: Option<Duration>) -> Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("knytt/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout.unwrap_or(TIMEOUT))
            // A redirected POST arrives as a GET, or at somebody whom the catalogue did not name.
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self { client, plain: Mutex::default() })
    }

    /// Sends a batch, compressed if that makes it smaller. If the backend may have refused it because of the
    /// compression, the sender sends it again uncompressed, under the same key.
    pub async fn send(&self, to: &Destination, batch: &Batch) -> Reply {
        let plain = self.plain.lock().unwrap_or_else(PoisonError::into_inner).contains(&to.url);
        let packed = (!plain).then(|| pack(&batch.body)).flatten();
        let Some(packed) = packed else { return self.once(to, batch, batch.body.clone(), false).await };
        let first = self.once(to, batch, packed, true).await;
        match &first {
            Reply::Refused(refusal) if matches!(refusal.status, 400 | 415) => {
                let second = self.once(to, batch, batch.body.clone(), false).await;
                if matches!(second, Reply::Taken(_)) {
                    self.plain.lock().unwrap_or_else(PoisonError::into_inner).insert(to.url.clone());
                }
                second
            }
            _ => first,
        }
    }

    async fn once(&self, to: &Destination, batch: &Batch, body: Vec<u8>, packed: bool) -> Reply {
        let request = self.client.post(to.url.clone()).header("idempotency-key", batch.key.to_string());
        let request = request.header(CONTENT_TYPE, "application/json").header(ACCEPT, "application/json");
        let request = if packed { request.header(CONTENT_ENCODING, "gzip") } else { request };
        let request = match &to.ingest_key {
            Some(key) => request.header(INGEST_KEY_HEADER, key),
            None => request,
        };
        let request = match &to.seen {
            Some(seen) => request.header(LOG_HEAD_HEADER, seen.to_string()),
            None => request,
        };
        let Ok(answer) = request.body(body).send().await else { return Reply::Later { after: None } };
        let (status, headers) = (answer.status(), answer.headers().clone());
        match read(answer).await {
            Some(body) => Reply::of(status, &headers, &body, batch.events),
            // An answer that was cut off says nothing of what became of the batch.
            None => Reply::Later { after: None },
        }
    }
}

/// An answer's body; none if it is longer than [`LONGEST_ANSWER`].
async fn read(mut answer: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

fn pack(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < WORTH_PACKING {
        return None;
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(body).ok()?;
    // Backends refuse what expands further, as it may be a bomb.
    let worth = |packed: &Vec<u8>| packed.len() < body.len() && body.len() <= packed.len() * MAX_EXPANSION;
    packer.finish().ok().filter(worth)
}
