//! One try to bring one picture.

use std::io::{Read, Write};
use std::time::{Duration, Instant, SystemTime};

use knytt_models::decode::{content, heif};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::cache::{CacheEntry, Note, failed};
use super::host::Failure;
use super::{FetchOptions, Patience};
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
    /// It comes so slowly that another try would take as long.
    Slow(String),
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
    let patience = &options.patience;
    let whole = async {
        // What comes byte by byte must not take for ever, and the heads of an answer come so too.
        match tokio::time::timeout(patience.connect + patience.read, request.send()).await {
            Ok(Ok(response)) => {
                receive(response, url, kept, partial.map(|(_, length)| length), options).await
            }
            Ok(Err(error)) => Ok(unsent(url, &error)),
            Err(_) => {
                Ok(again(format!("no answer in {} s", (patience.connect + patience.read).as_secs()), false))
            }
        }
    };
    match tokio::time::timeout(patience.whole, whole).await {
        Ok(attempt) => attempt,
        Err(_) => Ok(Attempt::Slow(format!("it takes longer than {} s", patience.whole.as_secs()))),
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
    put(header::ACCEPT_ENCODING, Some("identity"));
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
    options: &FetchOptions,
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
        // A proxy that changed something of an answer says 203.
        StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
            let file = kept.begin(&note)?;
            store(response, url, kept, &note, (file, 0), options).await
        }
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => Ok(Attempt::Refused(empty(url))),
        StatusCode::PARTIAL_CONTENT => {
            match here.filter(|here| first_byte(response.headers()) == Some(*here)) {
                Some(here) => store(response, url, kept, &note, (kept.go_on()?, here), options).await,
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
    options: &FetchOptions,
) -> Result<Attempt> {
    let text = |name| response.headers().get(name).and_then(|text| text.to_str().ok()).map(str::to_owned);
    let (kind, packed) = (text(header::CONTENT_TYPE), text(header::CONTENT_ENCODING));
    let (max_bytes, before, started) = (options.max_bytes, length, Instant::now());
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
        if let Some(reason) = too_slow(length - before, started.elapsed(), &options.patience) {
            return Ok(Attempt::Slow(reason));
        }
    }
    drop(file);
    if length == 0 {
        kept.forget_part();
        return Ok(Attempt::Refused(empty(url)));
    }
    if let Err(reason) = unpack(kept, packed.as_deref(), max_bytes)? {
        kept.forget_part();
        return Ok(Attempt::Refused((PACKED, format!("{url} cannot be unpacked: {reason}"))));
    }
    finish(url, kept, note, kind.as_deref())
}

/// The code of a picture that the server packed in a way that is not known, or that is damaged.
const PACKED: &str = "not-a-picture";

fn empty(url: &Url) -> Refusal {
    ("empty-file", format!("the server sends an empty file (0 bytes) for {url}"))
}

/// A floor of the rate, once there was time to begin.
fn too_slow(bytes: u64, elapsed: Duration, patience: &Patience) -> Option<String> {
    let floor = patience.slowest_bytes_per_second as f64 * elapsed.as_secs_f64();
    (elapsed > patience.grace && (bytes as f64) < floor)
        .then(|| format!("only {bytes} bytes came in {} s", elapsed.as_secs()))
}

/// Some servers pack whatever they send, although they were not asked to.
fn unpack(
    kept: &CacheEntry,
    packed: Option<&str>,
    max_bytes: u64,
) -> Result<std::result::Result<(), String>> {
    let packed = packed.unwrap_or_default().trim().to_ascii_lowercase();
    let is_gzip = start_of(&kept.part).starts_with(&[0x1f, 0x8b]);
    if !is_gzip && matches!(packed.as_str(), "" | "identity" | "gzip" | "x-gzip") {
        return Ok(Ok(()));
    }
    let bytes = std::fs::read(&kept.part).map_err(|source| failed(&kept.part, source))?;
    let mut unpacked = Vec::new();
    let mut take = |from: &mut dyn Read| {
        unpacked.clear();
        from.take(max_bytes + 1).read_to_end(&mut unpacked).map_err(|error| error.to_string())
    };
    let read = match packed.as_str() {
        _ if is_gzip => take(&mut flate2::read::MultiGzDecoder::new(bytes.as_slice())),
        // Servers mean both by it.
        "deflate" => take(&mut flate2::read::ZlibDecoder::new(bytes.as_slice()))
            .or_else(|_| take(&mut flate2::read::DeflateDecoder::new(bytes.as_slice()))),
        _ if begins_as_picture(&bytes) => return Ok(Ok(())),
        other => return Ok(Err(format!("the server packs it with {other}"))),
    };
    if let Err(reason) = read {
        return Ok(Err(reason));
    }
    if unpacked.len() as u64 > max_bytes {
        return Ok(Err(too_large(max_bytes).1));
    }
    std::fs::write(&kept.part, &unpacked).map_err(|source| failed(&kept.part, source))?;
    Ok(Ok(()))
}

/// What is no picture is not kept: the server may have one tomorrow.
fn finish(url: &Url, kept: &CacheEntry, note: &Note, kind: Option<&str>) -> Result<Attempt> {
    if is_picture(&kept.part) {
        kept.finish(note)?;
        return Ok(Attempt::Done);
    }
    let start = start_of(&kept.part);
    kept.forget_part();
    let what = content::name(&start).unwrap_or("no picture of a known format");
    let said = kind.map_or_else(String::new, |kind| format!(" (the server calls it {kind})"));
    Ok(Attempt::Refused((
        "not-a-picture",
        format!("{url} is not a picture that is read: the content is {what}{said}"),
    )))
}

/// By how it begins; whether all of it is right is seen when it is decoded.
fn is_picture(path: &std::path::Path) -> bool {
    begins_as_picture(&start_of(path))
}

fn start_of(path: &std::path::Path) -> Vec<u8> {
    let mut start = Vec::new();
    // What cannot be read is no picture.
    let _ = std::fs::File::open(path).and_then(|file| file.take(1024).read_to_end(&mut start));
    start
}

fn begins_as_picture(start: &[u8]) -> bool {
    let starts: [&[u8]; 6] = [b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*"];
    let webp = start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP");
    let of_phone = heif::is_available() && content::of_phones(start).is_some();
    webp || of_phone || starts.iter().any(|magic| start.starts_with(magic))
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
