//! One try to bring one picture.

use std::io::Write;
use std::time::{Duration, SystemTime};

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::FetchOptions;
use super::cache::{CacheEntry, Note, failed};
use super::host::Failure;
use crate::picture::too_large;
use crate::{Refusal, Result};

/// How one try ended.
pub(super) enum Attempt {
    /// The picture is in the folder.
    Done,
    /// There is no use in another try.
    Refused(Refusal),
    /// There may be.
    Failed(Failure),
}

/// # Errors
/// The disk fails.
pub(super) async fn attempt(
    client: &Client,
    url: &Url,
    kept: &CacheEntry,
    options: &FetchOptions,
) -> Result<Attempt> {
    let partial = kept.partial();
    let request = client.get(url.clone()).headers(headers(kept, partial.as_ref()));
    let limit = options.patience.whole;
    let whole = async {
        match request.send().await {
            Ok(response) => {
                receive(response, url, kept, partial.map(|(_, length)| length), options.max_bytes).await
            }
            Err(error) => Ok(unsent(url, &error)),
        }
    };
    match tokio::time::timeout(limit, whole).await {
        Ok(attempt) => attempt,
        Err(_) => Ok(again(format!("it takes longer than {} s", limit.as_secs()), true)),
    }
}

/// Asks for the rest of what is here, or for the picture if it is another than the one that is here.
fn headers(kept: &CacheEntry, partial: Option<&(Note, u64)>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name, text: Option<&str>| {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    };
    put(header::ACCEPT, Some("image/jpeg, image/png, image/webp, image/*;q=0.8, */*;q=0.5"));
    if let Some((note, length)) = partial {
        put(header::RANGE, Some(&format!("bytes={length}-")));
        put(header::IF_RANGE, note.validator());
    } else if let Some(note) = kept.note() {
        let (tag, date) = note.conditions();
        put(header::IF_NONE_MATCH, tag);
        put(header::IF_MODIFIED_SINCE, date);
    }
    headers
}

async fn receive(
    response: Response,
    url: &Url,
    kept: &CacheEntry,
    here: Option<u64>,
    max_bytes: u64,
) -> Result<Attempt> {
    let note = Note::of(url, response.headers());
    match response.status() {
        StatusCode::NOT_MODIFIED => match kept.note() {
            Some(known) => {
                kept.remember(&note.or(known))?;
                Ok(Attempt::Done)
            }
            None => Ok(again("the server says that it has not changed".into(), true)),
        },
        StatusCode::OK => {
            let file = kept.begin(&note)?;
            store(response, url, kept, &note, (file, 0), max_bytes).await
        }
        StatusCode::PARTIAL_CONTENT => {
            match here.filter(|here| first_byte(response.headers()) == Some(*here)) {
                Some(here) => store(response, url, kept, &note, (kept.go_on()?, here), max_bytes).await,
                None => Ok(begin_anew(kept)),
            }
        }
        StatusCode::RANGE_NOT_SATISFIABLE => Ok(begin_anew(kept)),
        status => Ok(refused(status, url, response.headers())),
    }
}

fn begin_anew(kept: &CacheEntry) -> Attempt {
    kept.forget_part();
    again("the server sends another part than was asked for".into(), true)
}

/// Writes what comes behind what is here. Files are written as the bytes come: the disk is faster than any line.
async fn store(
    mut response: Response,
    url: &Url,
    kept: &CacheEntry,
    note: &Note,
    (mut file, mut length): (std::fs::File, u64),
    max_bytes: u64,
) -> Result<Attempt> {
    let kind =
        response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    if response.content_length().is_some_and(|rest| length + rest > max_bytes) {
        kept.forget_part();
        return Ok(Attempt::Refused(too_large(max_bytes)));
    }
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => {
                return Ok(again(format!("it broke off after {length} bytes: {}", cause(&error)), true));
            }
        };
        length += chunk.len() as u64;
        if length > max_bytes {
            kept.forget_part();
            return Ok(Attempt::Refused(too_large(max_bytes)));
        }
        file.write_all(&chunk).map_err(|source| failed(&kept.part, source))?;
    }
    drop(file);
    finish(url, kept, note, kind.as_deref())
}

/// What is no picture is not kept: the server may have one tomorrow.
fn finish(url: &Url, kept: &CacheEntry, note: &Note, kind: Option<&str>) -> Result<Attempt> {
    if is_picture(&kept.part) {
        kept.finish(note)?;
        return Ok(Attempt::Done);
    }
    kept.forget_part();
    let kind = kind.map_or_else(String::new, |kind| format!(" but {kind}"));
    Ok(Attempt::Refused(("not-a-picture", format!("{url} is not a picture{kind}"))))
}

/// By how it begins; whether all of it is right is seen when it is decoded.
fn is_picture(path: &std::path::Path) -> bool {
    use std::io::Read;
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(12).read_to_end(&mut start));
    let starts: [&[u8]; 7] = [b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\0"];
    let webp = start.starts_with(b"RIFF") && start.ends_with(b"WEBP");
    read.is_ok() && (webp || starts.iter().any(|magic| start.starts_with(magic)))
}

/// The server answered, but not with a picture.
fn refused(status: StatusCode, url: &Url, headers: &HeaderMap) -> Attempt {
    let reason = format!("the server answers {} for {url}", status.as_u16());
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Attempt::Refused(("no-such-image", reason)),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => passing(reason, headers),
        status if status.is_server_error() => passing(reason, headers),
        _ => Attempt::Refused(("image-refused", reason)),
    }
}

fn passing(reason: String, headers: &HeaderMap) -> Attempt {
    Attempt::Failed(Failure { reason, retry_after: retry_after(headers), answered: true })
}

fn again(reason: String, answered: bool) -> Attempt {
    Attempt::Failed(Failure { reason, retry_after: None, answered })
}

/// No answer came.
fn unsent(url: &Url, error: &reqwest::Error) -> Attempt {
    if error.is_redirect() {
        return Attempt::Refused(("redirect-loop", format!("{url} is redirected too often")));
    }
    if error.is_builder() {
        return Attempt::Refused(("bad-url", format!("{url} cannot be asked for: {}", cause(error))));
    }
    again(cause(error), false)
}

/// The innermost cause says most.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// In seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Of `bytes 100-199/200`.
fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}
