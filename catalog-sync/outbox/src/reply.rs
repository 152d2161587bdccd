//! Reads the backend's answer to a batch.

use std::time::{Duration, SystemTime};

use knytt_wire::{Outcome, Problem};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The longest `Retry-After` that is followed.
const LONGEST_PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// How many characters of a reason are kept.
const REASON_CHARS: usize = 300;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The backend has the events.
    Taken(Outcome),
    /// The backend refuses the events; sending them again would not help.
    Refused(Refusal),
    /// The batch is to be sent again later.
    Later { after: Option<Duration> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: u16,
    pub reason: String,
    /// Whether the refusal is about the content, so that a part of the batch may be accepted. Otherwise it
    /// is about the sender or the address.
    pub of_content: bool,
}

impl Reply {
    /// Reads an answer to a batch of `sent` events.
    pub(crate) fn of(status: StatusCode, headers: &HeaderMap, body: &[u8], sent: usize) -> Self {
        if status.is_success() {
            return taken(body, sent);
        }
        // A redirection comes from a captive portal or an address that moved. Neither stored the events.
        if !status.is_client_error() || matches!(status.as_u16(), 408 | 425 | 429) {
            return Self::Later { after: retry_after(headers, SystemTime::now()) };
        }
        let of_content = matches!(status.as_u16(), 400 | 413 | 422);
        Self::Refused(Refusal { status: status.as_u16(), reason: reason(status, body), of_content })
    }
}

/// A captive portal answers 200 to everything. An answer counts only if it accounts for every event.
fn taken(body: &[u8], sent: usize) -> Reply {
    match serde_json::from_slice::<Outcome>(body) {
        Ok(outcome) if accounted(&outcome) == sent as u64 => Reply::Taken(outcome),
        _ => Reply::Later { after: None },
    }
}

fn accounted(outcome: &Outcome) -> u64 {
    u64::from(outcome.accepted) + u64::from(outcome.duplicates) + outcome.rejected.len() as u64
}

fn reason(status: StatusCode, body: &[u8]) -> String {
    let problem = serde_json::from_slice::<Problem>(body).ok();
    let told = problem.map(|problem| match problem.detail {
        Some(detail) => format!("{}: {detail}", problem.code),
        None => format!("{}: {}", problem.code, problem.title),
    });
    clip(&told.unwrap_or_else(|| format!("HTTP {status}")))
}

pub(crate) fn clip(reason: &str) -> String {
    reason.chars().take(REASON_CHARS).collect()
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(asked.min(LONGEST_PATIENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> Reply {
        Reply::of(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes(), 3)
    }

    #[test]
    fn only_an_outcome_that_accounts_for_all_takes_them() {
        assert!(matches!(of(200, r#"{"accepted":2,"duplicates":1}"#), Reply::Taken(_)));
        for body in ["", "<html>Log in</html>", "{}", r#"{"accepted":2,"duplicates":0}"#] {
            assert_eq!(of(200, body), Reply::Later { after: None }, "{body}");
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_cannot_is_not() {
        for status in [302, 408, 425, 429, 500, 502, 503, 504, 599] {
            assert!(matches!(of(status, ""), Reply::Later { .. }), "{status}");
        }
        for (status, of_content) in [(400, true), (413, true), (422, true), (401, false), (404, false)] {
            let Reply::Refused(refusal) = of(status, "") else { panic!("{status} is refused") };
            assert_eq!((refusal.status, refusal.of_content), (status, of_content));
        }
    }

    #[test]
    fn the_reason_is_the_problems() {
        let body = r#"{"title":"Bad event","status":400,"detail":"its id is wrong","code":"bad_event"}"#;
        let Reply::Refused(refusal) = of(400, body) else { panic!("it is refused") };
        assert_eq!(refusal.reason, "bad_event: its id is wrong");
        let Reply::Refused(refusal) = of(400, "<html>") else { panic!("it is refused") };
        assert_eq!(refusal.reason, "HTTP 400 Bad Request");
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date_and_bounded() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let of = |value: &str| {
            let headers = [(RETRY_AFTER, value.parse().unwrap())].into_iter().collect();
            retry_after(&headers, now)
        };
        assert_eq!(of("120"), Some(Duration::from_secs(120)));
        assert_eq!(of("Sun, 06 Nov 1994 08:50:07 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(of("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO), "in the past");
        assert_eq!(of("99999999999"), Some(LONGEST_PATIENCE));
        for bad in ["soon", "-1", "1.5", ""] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
