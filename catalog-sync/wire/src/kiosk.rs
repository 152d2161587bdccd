//! What a retailer orders a kiosk to do, and how the kiosk knows that it is the retailer.

use serde::{Deserialize, Serialize};

/// The longest order, in bytes: a settings document is a page.
pub const MAX_KIOSK_ORDER_BYTES: usize = 16 << 10;

/// The longest name of a kiosk, in characters.
pub const MAX_KIOSK_NAME_CHARS: usize = 100;

/// What stands before an order where it is signed, so that a signature of anything else is none of an order.
const CONTEXT: &str = "knytt-kiosk-order:1\n";

/// An order of one kiosk. What is signed is its JSON as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KioskOrder {
    /// The kiosk's name.
    pub kiosk: String,
    /// When it was given, in milliseconds since 1970. A kiosk obeys only what is newer than what it obeyed last.
    pub issued_ms: i64,
    /// Until when the kiosk may obey it.
    pub until_ms: i64,
    /// What to do.
    #[serde(flatten)]
    pub task: KioskTask,
}

/// What a kiosk is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", content = "document", rename_all = "lowercase")]
pub enum KioskTask {
    /// Start again.
    Restart,
    /// Take these settings over those of its own document, and start again. An empty document takes them back.
    Settings(String),
}

/// An order with its signature, as servers hand it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedKioskOrder {
    /// The order, as JSON.
    pub order: String,
    /// The Ed25519 signature, 128 hexadecimal digits.
    pub signature: String,
}

/// Why an order is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKioskOrder {
    /// It is longer than any order.
    #[error("the order has more than {MAX_KIOSK_ORDER_BYTES} bytes")]
    TooLong,
    /// It is not JSON of an order.
    #[error("this is no order: {0}")]
    Malformed(String),
    /// The kiosk's name cannot be.
    #[error("a kiosk's name is a line of 1 to {MAX_KIOSK_NAME_CHARS} characters")]
    Name,
}

impl SignedKioskOrder {
    /// What the signature is over.
    pub fn signed_bytes(order: &str) -> Vec<u8> {
        [CONTEXT.as_bytes(), order.as_bytes()].concat()
    }

    /// What it says. Nothing is verified by this.
    ///
    /// # Errors
    /// [`InvalidKioskOrder`].
    pub fn read(&self) -> Result<KioskOrder, InvalidKioskOrder> {
        if self.order.len() > MAX_KIOSK_ORDER_BYTES {
            return Err(InvalidKioskOrder::TooLong);
        }
        let order: KioskOrder = serde_json::from_str(&self.order)
            .map_err(|error| InvalidKioskOrder::Malformed(error.to_string()))?;
        if is_kiosk_name(&order.kiosk) { Ok(order) } else { Err(InvalidKioskOrder::Name) }
    }
}

/// Whether a kiosk may be called so.
pub fn is_kiosk_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=MAX_KIOSK_NAME_CHARS).contains(&length) && !name.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_written_so_and_read_again() {
        let order = KioskOrder {
            kiosk: "door".into(),
            issued_ms: 1,
            until_ms: 2,
            task: KioskTask::Settings("theme = \"dark\"".into()),
        };
        let text = serde_json::to_string(&order).unwrap();
        let expected =
            r#"{"kiosk":"door","issued_ms":1,"until_ms":2,"task":"settings","document":"theme = \"dark\""}"#;
        assert_eq!(text, expected);
        let signed = |order: &str| SignedKioskOrder { order: order.into(), signature: String::new() };
        assert_eq!(signed(&text).read(), Ok(order));
        let restart = r#"{"kiosk":"door","issued_ms":1,"until_ms":2,"task":"restart"}"#;
        assert_eq!(signed(restart).read().unwrap().task, KioskTask::Restart);
        assert_eq!(signed(&restart.replace("door", "")).read(), Err(InvalidKioskOrder::Name));
        assert!(matches!(signed("{}").read(), Err(InvalidKioskOrder::Malformed(_))));
        let long = "x".repeat(MAX_KIOSK_ORDER_BYTES + 1);
        assert_eq!(signed(&long).read(), Err(InvalidKioskOrder::TooLong));
    }
}
