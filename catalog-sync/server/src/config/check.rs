//! Settings that would start a backend which cannot serve.

use axum::http::HeaderValue;
use url::Url;

use super::{Address, Settings};
use crate::alerts::settings::AlertSettings;
use crate::telemetry::TraceSettings;
use crate::{Error, Result};

/// Refuses times of 0, in which nothing can be done.
pub fn timeouts(settings: &Settings) -> Result<()> {
    let times = [
        ("--request-timeout-secs", settings.request_timeout_secs),
        ("--header-timeout-secs", settings.header_timeout_secs),
        ("--idle-timeout-secs", settings.idle_timeout_secs),
        ("--stall-timeout-secs", settings.stall_timeout_secs),
        ("--events-max-age-days", settings.events_max_age_days),
        ("--events-duplicate-window-secs", settings.events_duplicate_window_secs),
    ];
    match times.iter().find(|(_, time)| *time == Some(0)) {
        Some((name, _)) => Err(Error::Setting(format!("{name} is 1 or more, not 0"))),
        None if settings.max_connections == Some(0) => {
            Err(Error::Setting("--max-connections is 1 or more, not 0".into()))
        }
        None => Ok(()),
    }
}

/// Refuses what no browser says as its origin.
pub fn origins(origins: Vec<String>) -> Result<Vec<String>> {
    match origins.iter().find(|origin| !is_origin(origin)) {
        None => Ok(origins),
        Some(origin) => Err(Error::Setting(format!(
            "--cors-origins: {origin:?} is neither * nor an origin like https://shop.example (scheme, host and \
             port, without a slash at the end)"
        ))),
    }
}

/// Refuses what is no origin; `*` would let any page show the shop's pages under its own.
pub fn frame_ancestors(origins: Vec<String>) -> Result<Vec<String>> {
    match origins.iter().find(|origin| *origin == "*" || !is_origin(origin)) {
        None => Ok(origins),
        Some(origin) => Err(Error::Setting(format!(
            "--frame-ancestors: {origin:?} is no origin like https://shop.example (scheme, host and port, without a \
             slash at the end)"
        ))),
    }
}

/// Refuses what is no origin of the web.
pub fn public_url(url: String) -> Result<String> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    match is_web && is_origin(&url) {
        true => Ok(url),
        false => Err(Error::Setting(format!(
            "--public-url: {url:?} is no origin like https://shop.example (scheme, host and port, without a slash at \
             the end)"
        ))),
    }
}

/// Where traces go, and how many.
///
/// # Errors
/// The collector is no origin of the web, or the share is none.
pub fn traces(collector: Option<String>, share: Option<f64>) -> Result<Option<TraceSettings>> {
    let refused = |text: String| Err(Error::Setting(text));
    let share = share.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&share) {
        return refused(format!("--traces-share is from 0 to 1, not {share}"));
    }
    let Some(collector) = collector else { return Ok(None) };
    let is_web = collector.starts_with("https://") || collector.starts_with("http://");
    match is_web && Url::parse(&collector).is_ok_and(|url| url.has_host() && url.query().is_none()) {
        true => Ok(Some(TraceSettings { collector, share })),
        false => refused(format!("--traces: {collector:?} is no address like http://collector:4318")),
    }
}

/// How alerts are told.
///
/// # Errors
/// The mail server's address is none, or the sender is missing.
pub fn alerts(
    smtp: Option<Address>,
    from: Option<String>,
    local_webhooks: Option<bool>,
    public_url: Option<String>,
) -> Result<AlertSettings> {
    let refused = |text: &str| Err(Error::Setting(text.into()));
    if let Some(smtp) = &smtp {
        let is_smtp = smtp.reveal().starts_with("smtp://") || smtp.reveal().starts_with("smtps://");
        if !is_smtp || !Url::parse(smtp.reveal()).is_ok_and(|url| url.has_host()) {
            return refused("--smtp is smtps://user:password@host or smtp://host:587?tls=required");
        }
        if from.is_none() {
            return refused("--smtp needs --smtp-from: whom letters come from");
        }
    }
    Ok(AlertSettings { smtp, from, local_webhooks: local_webhooks.unwrap_or(false), public_url })
}

/// Whether a browser may say this as its origin; `*` is every one.
pub fn is_origin(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let Ok(url) = Url::parse(text) else { return false };
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let ends = matches!(url.path(), "" | "/") && !text.ends_with('/') && url.fragment().is_none();
    url.has_host() && bare && ends && text == text.to_lowercase() && HeaderValue::from_str(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_says() {
        for origin in ["*", "https://shop.example", "http://127.0.0.1:8080", "tauri://localhost"] {
            assert!(is_origin(origin), "{origin}");
        }
        for origin in
            ["", "shop.example", "https://shop.example/", "https://shop.example/a", "https://S.example"]
        {
            assert!(!is_origin(origin), "{origin}");
        }
    }

    #[test]
    fn no_time_is_nothing() {
        let zero = Settings { request_timeout_secs: Some(0), ..Settings::default() };
        assert!(timeouts(&zero).unwrap_err().to_string().contains("--request-timeout-secs"));
        let zero = Settings { stall_timeout_secs: Some(0), ..Settings::default() };
        assert!(timeouts(&zero).is_err());
        assert!(timeouts(&Settings::default()).is_ok());
    }
}
