//! The `knytt` binary on real files: what a person or a script sees of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod bad_input;
mod command;
mod disk;
mod eval;
mod faulty;
mod json;
mod kill;
mod resume;
mod search;
mod shop;
