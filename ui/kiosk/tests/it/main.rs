//! Tests of the kiosk.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod flows;
mod shop;
mod tokens;
