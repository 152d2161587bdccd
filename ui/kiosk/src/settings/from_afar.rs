//! What connects a kiosk with its shop from afar.

use std::time::Duration;

use knytt_wire::Url;
use serde::Deserialize;

use super::parts::hex_bytes;

/// Keys that stand in the kiosk's own document alone: what it reads and trusts, and by whose word, is decided on the
/// machine.
pub const OWN_KEYS: [&str; 5] = ["catalog", "pictures", "link", "heartbeat", "orders"];

/// Where heartbeats go.
#[derive(Clone, Debug)]
pub struct HeartbeatTo {
    /// The address.
    pub url: Url,
    /// The key that is sent with them.
    pub key: Option<String>,
    /// What the kiosk is called; none: as its machine.
    pub name: Option<String>,
    /// The time between two.
    pub every: Duration,
}

impl HeartbeatTo {
    /// Each minute, under the machine's name.
    pub fn new(url: Url, key: Option<String>) -> Self {
        Self { url, key, name: None, every: Duration::from_secs(60) }
    }
}

/// The public half of the key that signs orders: 64 hexadecimal digits, as `knytt kiosk key` prints them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct OrderKey(Vec<u8>);

impl OrderKey {
    /// Its 32 bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for OrderKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = hex_bytes(&text).filter(|bytes| bytes.len() == 32);
        known.map(Self).ok_or_else(|| format!("{text:?} is no key of 64 hexadecimal digits"))
    }
}
