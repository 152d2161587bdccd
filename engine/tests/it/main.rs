//! The catalogue as its users see it, on real files.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod common;

mod ann;
mod browse;
mod calibrate;
mod concurrency;
mod disk;
mod identity;
mod items;
mod kill;
mod model;
mod ranking;
mod refusals;
mod review;
mod safety;
mod schema;
mod segments;
mod session;
