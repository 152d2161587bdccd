//! What a browser may do with the pages.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

/// Everything comes from this origin: no inline script, no inline style, nothing remote. Pictures of the shopper are
/// `blob:` and `data:` addresses.
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
    form-action 'self'; object-src 'none'; frame-ancestors ";

const FEATURES: &str = "camera=(self), clipboard-read=(self), clipboard-write=(self), fullscreen=(self), \
    geolocation=(), microphone=(), payment=(), usb=(), web-share=(self)";

/// Adds the headers to every answer of the pages.
pub async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&format!("{CONTENT}{}", ancestors(&app.config.frame_ancestors)))
    {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (HeaderName::from_static("permissions-policy"), FEATURES),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Who may show the pages in a frame: nobody, unless the settings name origins.
fn ancestors(origins: &[String]) -> String {
    if origins.is_empty() { "'none'".into() } else { origins.join(" ") }
}
