//! Tests of the kiosk.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod codes;
mod flows;
mod killed;
mod painted;
mod shop;
mod staff;
mod store;
mod tap;
mod tokens;
mod told;
mod visits;
mod window;
