//! A feed from its address, into a file: from a host that is allowed, and only if it is another feed than before.

use std::io::Write as _;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::header::{self, HeaderMap, HeaderValue};

use super::Console;
use super::folders::Folders;
use super::made::Made;
use crate::accounts::now_ms;
use crate::jobs::{Context, Failure};
use crate::search::{Remote, Unfetched};

/// How long a feed may take in all.
const WHOLE: Duration = Duration::from_secs(3_600);

/// How long its server may be silent.
const SILENT: Duration = Duration::from_secs(60);

/// What became of it.
pub enum Fetched {
    /// It is as it was when it was read last.
    Unchanged,
    /// It is in the job's file.
    New { etag: String, modified: String },
}

/// Who may be asked for feeds.
pub fn remote(console: &Console) -> Remote {
    let settings = &console.config.console;
    Remote::for_feeds(&settings.feed_hosts, settings.local_network)
}

/// Fetches a catalogue's feed.
pub async fn feed(
    console: &Console,
    context: &Context,
    made: &Made,
    folders: &Folders,
    again: bool,
) -> Result<Fetched, Failure> {
    context.claim.progress("downloading", 0, 0, now_ms()).await?;
    tokio::select! {
        fetched = download(console, context, made, folders, again) => fetched,
        () = context.stopped() => Err(Failure::Stopped),
    }
}

async fn download(
    console: &Console,
    context: &Context,
    made: &Made,
    folders: &Folders,
    again: bool,
) -> Result<Fetched, Failure> {
    let (client, url) = remote(console).client(&made.feed_url, WHOLE).await.map_err(|error| match error {
        Unfetched::Refused(why) => Failure::Final("address_refused", why.into()),
        Unfetched::Away(why) => Failure::Later("feed_unreachable", why),
    })?;
    let request = client.get(url).headers(if again { HeaderMap::new() } else { conditions(made) }).send();
    let response =
        tokio::time::timeout(SILENT, request).await.map_err(|_| away("its host does not answer"))?;
    let response = response.map_err(|_| away("its host does not answer"))?;
    match response.status().as_u16() {
        200 => store(console, context, folders, response).await,
        304 => Ok(Fetched::Unchanged),
        status @ (408 | 425 | 429 | 500..) => Err(away(&format!("its host answers {status}"))),
        status => Err(Failure::Final("feed_refused", format!("its host answers {status}"))),
    }
}

/// Asks for another feed than the one that was read last.
fn conditions(made: &Made) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, text) in
        [(header::IF_NONE_MATCH, &made.feed_etag), (header::IF_MODIFIED_SINCE, &made.feed_modified)]
    {
        if let Some(value) = Some(text).filter(|t| !t.is_empty()).and_then(|t| HeaderValue::from_str(t).ok())
        {
            headers.insert(name, value);
        }
    }
    headers
}

async fn store(
    console: &Console,
    context: &Context,
    folders: &Folders,
    response: reqwest::Response,
) -> Result<Fetched, Failure> {
    let most = console.config.console.feed_bytes;
    let too_large = || Failure::Final("feed_too_large", format!("it has more than {most} bytes"));
    let total = response.content_length().unwrap_or(0);
    if total > most {
        return Err(too_large());
    }
    let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let seen = |name| text(name).unwrap_or_default().to_owned();
    let (etag, modified) = (seen(header::ETAG), seen(header::LAST_MODIFIED));
    let path = folders.upload(&context.claim.job.id);
    let failed = |error: std::io::Error| Failure::Later("disk", error.to_string());
    let mut file = begin(&path).map_err(failed)?;
    let (mut pieces, mut size, mut told) = (response.bytes_stream(), 0u64, std::time::Instant::now());
    loop {
        let piece = tokio::time::timeout(SILENT, pieces.next()).await;
        let Some(piece) = piece.map_err(|_| away("its host stopped in the middle"))? else { break };
        let piece = piece.map_err(|_| away("its host stopped in the middle"))?;
        size += piece.len() as u64;
        if size > most {
            return Err(too_large());
        }
        file.write_all(&piece).map_err(failed)?;
        if told.elapsed() > Duration::from_millis(500) {
            told = std::time::Instant::now();
            context.claim.progress("downloading", size as i64, total as i64, now_ms()).await?;
        }
    }
    file.sync_all().map_err(failed)?;
    Ok(Fetched::New { etag, modified })
}

fn begin(path: &std::path::Path) -> std::io::Result<fs_err::File> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    fs_err::File::create(path)
}

fn away(why: &str) -> Failure {
    Failure::Later("feed_unreachable", why.into())
}
