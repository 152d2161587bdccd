//! Feedback against a real backend on the loopback, which fails in every way.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod backend;
mod bounds;
mod device;
mod disk;
mod failing;
mod killed;
mod running;
mod shops;
