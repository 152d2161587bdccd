//! What a browser may do with the pages.

use std::sync::LazyLock;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use super::site;
use crate::app::App;

/// Everything comes from this origin: nothing inline but what stands in the shell, by its hash, and nothing remote.
/// Pictures of the shopper are `blob:` and `data:` addresses.
static CONTENT: LazyLock<String> = LazyLock::new(|| {
    let inline = |element| site::inline(element).into_iter().map(|text| format!(" '{}'", hash(text)));
    let (scripts, styles): (String, String) = (inline("script").collect(), inline("style").collect());
    format!("default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; {REST}")
});

const REST: &str = "img-src 'self' blob: data:; \
    media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
    form-action 'self'; object-src 'none'; frame-ancestors ";

const FEATURES: &str = "camera=(self), clipboard-read=(self), clipboard-write=(self), fullscreen=(self), \
    geolocation=(), microphone=(), payment=(), usb=(), web-share=(self)";

/// Adds the headers to every answer of the pages.
pub async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) =
        HeaderValue::from_str(&format!("{}{}", *CONTENT, ancestors(&app.config.frame_ancestors)))
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

/// Names a text as a policy does.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(text)))
}

/// Who may show the pages in a frame: nobody, unless the settings name origins.
fn ancestors(origins: &[String]) -> String {
    if origins.is_empty() { "'none'".into() } else { origins.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_named_by_its_hash() {
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn nothing_inline_is_allowed_but_what_the_shell_has() {
        assert!(!CONTENT.contains("unsafe"), "{}", *CONTENT);
        let inline = site::inline("script").len() + site::inline("style").len();
        assert_eq!(CONTENT.matches("'sha256-").count(), inline, "{}", *CONTENT);
    }
}
