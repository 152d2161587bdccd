//! A hub that the tests start, and what is fetched from it.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod fetch;
mod server;
