//! The cookie of a browser's session, and whether a browser's write comes from a page of this address.
//!
//! Its name begins with `__Host-`, with which browsers take it only over TLS, for this host alone. They refuse
//! it over plain HTTP, so on the loopback interface, where nobody listens in, it has another name.

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::{problem, sessions};
use crate::http::refusal::Refusal;

const SECURE: &str = "__Host-knytt";
const LOOPBACK: &str = "knytt-loopback";

/// The secret that the request's cookie has.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    let name = name(headers);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The header that gives a browser its session.
pub fn set(headers: &HeaderMap, session: &str, secret: &str) -> Option<HeaderValue> {
    let age = sessions::LASTS.as_secs();
    of(headers, &format!("{session}.{secret}"), age)
}

/// The header that takes it away.
pub fn clear(headers: &HeaderMap) -> Option<HeaderValue> {
    of(headers, "", 0)
}

fn of(headers: &HeaderMap, value: &str, age_secs: u64) -> Option<HeaderValue> {
    let name = name(headers);
    let secure = if name == SECURE { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age_secs}{secure}");
    HeaderValue::from_str(&text).ok()
}

fn name(headers: &HeaderMap) -> &'static str {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    // An HTTP/2 request has its host in the address instead, and comes over TLS.
    let parsed = Url::parse(&format!("http://{host}")).ok();
    let loopback = parsed.as_ref().and_then(Url::host).is_some_and(|host| match host {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    });
    if loopback { LOOPBACK } else { SECURE }
}

/// Refuses what another site's page makes a browser send. Browsers say which page it is, in one of two headers
/// or in both. `told`: one of them must be there.
///
/// # Errors
/// 403 `cross_site`.
pub fn check_site(headers: &HeaderMap, authority: Option<&str>, told: bool) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    let (site, origin) = (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN));
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(problem::cross_site());
    }
    let host = text(header::HOST).or(authority);
    match origin {
        Some(origin) if !is_of_host(origin, host) => Err(problem::cross_site()),
        None if told && site.is_none() => Err(problem::cross_site()),
        _ => Ok(()),
    }
}

/// Whether pages of this origin come from the host that was asked.
fn is_of_host(origin: &str, host: Option<&str>) -> bool {
    let bare = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    matches!((bare, host), (Some(bare), Some(host)) if bare.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_name_says_that_the_way_is_encrypted() {
        let of = |host| {
            let cookie = set(&headers(&[("host", host)]), "id", "secret").unwrap();
            cookie.to_str().unwrap().to_owned()
        };
        let secure = of("shop.example");
        assert!(secure.starts_with("__Host-knytt=id.secret; Path=/; HttpOnly; SameSite=Lax"), "{secure}");
        assert!(secure.ends_with("; Secure") && of("127.0.0.1.evil.example").ends_with("; Secure"));
        for host in ["localhost:8080", "127.0.0.1:1", "[::1]:8080"] {
            assert!(of(host).starts_with("knytt-loopback=") && !of(host).contains("Secure"), "{host}");
        }
        // A cookie of the other name opens nothing.
        let other = [("host", "shop.example"), ("cookie", "a=b; knytt-loopback=x.y")];
        assert_eq!(read(&headers(&other)), None);
        assert_eq!(
            read(&headers(&[("host", "localhost"), ("cookie", "a=b; knytt-loopback=x.y")])),
            Some("x.y")
        );
    }

    #[test]
    fn only_pages_of_the_same_address_write() {
        let host = ("host", "shop.example");
        let check = |pairs: &[(&'static str, &'static str)]| check_site(&headers(pairs), None, true).is_ok();
        assert!(check(&[host, ("origin", "https://shop.example")]));
        assert!(check(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(!check(&[host]));
        assert!(!check(&[host, ("origin", "null")]));
        assert!(!check(&[host, ("origin", "https://evil.example")]));
        assert!(!check(&[host, ("origin", "https://shop.example.evil.example")]));
        assert!(!check(&[host, ("origin", "https://shop.example"), ("sec-fetch-site", "cross-site")]));
        assert!(!check(&[host, ("origin", "https://shop.example"), ("sec-fetch-site", "same-site")]));
        assert!(check_site(&headers(&[host]), None, false).is_ok());
    }
}
