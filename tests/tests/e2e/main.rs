//! The `knytt` binary on real files, and the app in a real window: what a person or a script sees of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod backend;
mod bad_input;
mod command;
mod disk;
mod eval;
mod everywhere;
mod faulty;
mod feeds;
mod json;
mod kill;
#[cfg(target_os = "linux")]
mod kiosk;
mod pictures;
mod releases;
mod resume;
mod search;
mod shop;
#[cfg(target_os = "linux")]
mod window;
