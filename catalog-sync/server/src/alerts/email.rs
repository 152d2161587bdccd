//! Tells somebody of an alert by a letter.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde_json::Value;

use super::settings::AlertSettings;

/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends what a delivery says.
///
/// # Errors
/// No server is set, the address is none, or the server does not take the letter: why, for people.
pub async fn send(settings: &AlertSettings, to: &str, body: &str) -> Result<(), String> {
    let smtp = settings.smtp.as_ref().ok_or("no mail server is set: --smtp")?;
    let from: Mailbox = address(settings.from.as_deref().ok_or("no sender is set: --smtp-from")?)?;
    let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let (subject, text) = letter(&body, settings.public_url.as_deref());
    let message = Message::builder().from(from).to(address(to)?).subject(subject);
    let message = message.header(ContentType::TEXT_PLAIN).body(text).map_err(|error| error.to_string())?;
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp.reveal());
    let transport = transport.map_err(|error| format!("--smtp: {error}"))?.timeout(Some(PATIENCE)).build();
    transport.send(message).await.map(drop).map_err(|error| error.to_string())
}

/// A mail address, with or without a name before it.
pub fn address(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|error| format!("{text:?} is no e-mail address: {error}"))
}

/// The subject and the text.
fn letter(body: &Value, public_url: Option<&str>) -> (String, String) {
    let text = |name: &str| one_line(body["alert"][name].as_str().unwrap_or_default());
    let place = match text("catalog").as_str() {
        "" => "server".to_owned(),
        catalog => catalog.to_owned(),
    };
    let subject = match body["event"].as_str() {
        Some("opened") => format!("[Knytt] {place}: {}", text("metric")),
        Some("resolved") => format!("[Knytt] {place}: {} resolved", text("metric")),
        _ => "[Knytt] A letter to try this channel".to_owned(),
    };
    let mut lines = match body["alert"].is_null() {
        true => "Alerts of this server come to this address.\n".to_owned(),
        false => format!("{}\n\nCatalogue: {place}\n", text("text")),
    };
    if let Some(url) = public_url {
        lines.push_str(&format!("{url}/admin#/alerts\n"));
    }
    (subject, lines)
}

/// What a name of a catalogue or a kiosk says must not become a header.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_letter_says_what_is_the_matter_and_where() {
        let alert =
            json!({ "metric": "failures", "catalog": "shop\r\nBcc: x@y.example", "text": "3 % failed" });
        let (subject, text) =
            letter(&json!({ "event": "opened", "alert": alert }), Some("https://shop.example"));
        assert_eq!(subject, "[Knytt] shop  Bcc: x@y.example: failures");
        assert!(text.starts_with("3 % failed\n"), "{text}");
        assert!(text.ends_with("https://shop.example/admin#/alerts\n"), "{text}");
        let (subject, _) = letter(&json!({ "event": "test", "alert": null }), None);
        assert!(subject.contains("try"), "{subject}");
    }
}
