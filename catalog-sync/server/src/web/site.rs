//! The files of the interface, which the program contains.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::http::refusal::Refusal;

/// A file and the same packed by the interface's build.
pub struct SiteFile {
    name: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// A file whose name has the hash of its content never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Asked for anew each time, and answered by 304 if it is the same.
const CHECKED: &str = "no-cache";

/// `/`: the interface.
pub async fn index(headers: HeaderMap) -> Result<Response, Refusal> {
    send("index.html", CHECKED, &headers)
}

/// `/admin`: the interface, which shows the console there.
pub async fn console(headers: HeaderMap) -> Result<Response, Refusal> {
    let mut response = send("index.html", CHECKED, &headers)?;
    let unlisted = HeaderValue::from_static("noindex");
    response.headers_mut().insert(HeaderName::from_static("x-robots-tag"), unlisted);
    Ok(response)
}

/// `/assets/…`
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    send(&format!("assets/{name}"), FOREVER, &headers)
}

/// Files beside the interface: the service worker, the manifest, icons, the elements for other sites.
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    if name == "index.html" {
        return Err(Refusal::not_found());
    }
    let mut response = send(&name, CHECKED, &headers)?;
    if name.starts_with("knytt") {
        // A shop's own pages load it from here.
        let shared = HeaderValue::from_static("cross-origin");
        response.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), shared);
    }
    Ok(response)
}

/// The page that all others are made of.
pub fn shell() -> &'static str {
    find("index.html").and_then(|file| std::str::from_utf8(file.bytes).ok()).unwrap_or_default()
}

/// What stands in the shell itself, of the elements `style` or `script`.
pub fn inline(element: &str) -> Vec<&'static str> {
    let (begin, end) = (format!("<{element}>"), format!("</{element}>"));
    let after = shell().split(begin.as_str()).skip(1);
    after.filter_map(|rest| rest.split_once(end.as_str()).map(|(text, _)| text)).collect()
}

/// The files that a page is shown with besides those of the start page: the words of its language, and what shows a
/// product. The interface would ask for them one after the other.
pub fn beside(language: &str, is_product: bool) -> impl Iterator<Item = &'static str> {
    let mut parts = vec![format!("assets/{language}-")];
    if is_product {
        parts.extend([
            "assets/Product-".into(),
            "assets/CardRow-".into(),
            format!("assets/pages.{language}-"),
        ]);
    }
    let is_code = |name: &str| name.ends_with(".js") || name.ends_with(".css");
    let names = FILES.iter().map(|file| file.name).filter(move |name| is_code(name));
    names.filter(move |name| parts.iter().any(|part| name.starts_with(part.as_str())))
}

/// Tells this interface from that of another build.
pub fn version() -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(shell().as_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

fn find(name: &str) -> Option<&'static SiteFile> {
    FILES.iter().find(|file| file.name == name)
}

fn send(name: &str, cached: &'static str, asked: &HeaderMap) -> Result<Response, Refusal> {
    let file = find(name).ok_or_else(Refusal::not_found)?;
    let (bytes, encoding) = file.packed(asked);
    // One tag for each form, as RFC 9110 asks of a strong one.
    let etag = format!("\"{}{}\"", &blake3::hash(file.bytes).to_hex()[..16], encoding.unwrap_or_default());
    let mut response = match is_known(asked, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(Bytes::from_static(bytes)).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cached));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// Whether the browser has what this tag names.
pub fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag))
}

impl SiteFile {
    /// The smallest form that the browser takes.
    fn packed(&self, asked: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
        let taken = |name: &str| {
            let header = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
            header.is_some_and(|header| {
                header.split(',').any(|one| {
                    let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
                    coding.trim() == name && !matches!(weight.trim(), "q=0" | "q=0.0")
                })
            })
        };
        match (self.brotli, self.gzip) {
            (Some(bytes), _) if taken("br") => (bytes, Some("br")),
            (_, Some(bytes)) if taken("gzip") => (bytes, Some("gzip")),
            _ => (self.bytes, None),
        }
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn the_smallest_form_that_is_taken_is_sent() {
        let file = SiteFile { name: "a.js", bytes: b"plain", brotli: Some(b"br"), gzip: Some(b"gz") };
        let sent = |encodings| file.packed(&asking(encodings)).1;
        assert_eq!(sent("gzip, deflate, br"), Some("br"));
        assert_eq!(sent("gzip;q=0.5, br;q=0"), Some("gzip"));
        assert_eq!(sent("identity"), None);
        assert_eq!(sent("brotli"), None);
        let bare = SiteFile { name: "a.png", bytes: b"plain", brotli: None, gzip: None };
        assert_eq!(bare.packed(&asking("br, gzip")).1, None);
    }

    #[test]
    fn every_page_can_be_made_of_the_shell() {
        assert!(shell().contains("<div id=\"app\">") && shell().contains("</head>"));
        assert!(shell().contains("<html lang=\"en\" dir=\"ltr\">") && shell().contains("<title>"));
    }
}
