//! A picture from the web, when its address was pasted or dropped.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use knytt_models::decode::Limits;
use knytt_ui_api::{Code, Problem};
use percent_encoding::percent_decode_str;

const TIME_OUT: Duration = Duration::from_secs(20);
const REDIRECTS: usize = 5;

/// The bytes at a web address (or inside a `data:` address), up to the limit for files.
///
/// # Errors
/// Not such an address; the network; too large.
pub async fn picture(url: &str) -> Result<Vec<u8>, Problem> {
    let most = Limits::default().max_file_bytes;
    if let Some(data) = url.strip_prefix("data:") {
        return inline(data);
    }
    let parsed = reqwest::Url::parse(url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url =
        parsed.ok_or_else(|| Problem::new(Code::BadQuery, "not the address of a picture on the web"))?;
    let client = reqwest::Client::builder()
        .timeout(TIME_OUT)
        .redirect(reqwest::redirect::Policy::limited(REDIRECTS))
        .user_agent(concat!("Knytt/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(problem)?;
    let mut response = client.get(url).send().await.and_then(|r| r.error_for_status()).map_err(problem)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(problem)? {
        if (bytes.len() + chunk.len()) as u64 > most {
            return Err(Problem::new(Code::TooLarge, format!("more than {} MB", most >> 20)));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn inline(data: &str) -> Result<Vec<u8>, Problem> {
    let bad = || Problem::new(Code::BadPicture, "this data address holds no picture");
    let (kind, body) = data.split_once(',').ok_or_else(bad)?;
    let body: Vec<u8> = percent_decode_str(body).collect();
    if kind.ends_with(";base64") { BASE64.decode(body).map_err(|_| bad()) } else { Ok(body) }
}

fn problem(error: reqwest::Error) -> Problem {
    let code = if error.is_status() { Code::NotFound } else { Code::Offline };
    // Without the address: it may hold a secret, and the shopper knows it.
    Problem::new(code, error.without_url())
}
