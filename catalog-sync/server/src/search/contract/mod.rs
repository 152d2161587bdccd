//! The API's description is committed as `docs/openapi.json`. It says what the handlers say, and a change that
//! breaks clients needs another version.
//!
//! `KNYTT_RENEW=1 cargo test -p knytt-server --lib contract` writes the file anew.

mod breaking;

use std::path::PathBuf;

use serde_json::Value;

use self::breaking::breaks;
use super::routes::description;

const RENEW: &str = "KNYTT_RENEW=1 cargo test -p knytt-server --lib contract";

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

fn major(api: &Value) -> &str {
    api["info"]["version"].as_str().and_then(|version| version.split('.').next()).unwrap_or_default()
}

#[test]
fn the_committed_description_is_that_of_the_handlers() {
    let now = serde_json::to_value(description()).unwrap();
    let text = format!("{}\n", serde_json::to_string_pretty(&now).unwrap());
    let committed = fs_err::read_to_string(file()).unwrap_or_default();
    if let Ok(before) = serde_json::from_str::<Value>(&committed)
        && major(&before) == major(&now)
    {
        let broken = breaks(&before, &now);
        let rule = "what breaks clients needs the next major version in search/openapi.rs";
        assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
    }
    if committed != text && std::env::var_os("KNYTT_RENEW").is_some() {
        fs_err::write(file(), &text).unwrap();
        return;
    }
    assert!(committed == text, "docs/openapi.json is not what the handlers say: {RENEW}");
}
