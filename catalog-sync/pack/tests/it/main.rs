//! Packs as files: written, read back, read by other programs, and damaged.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod common;
mod damage;
mod other_programs;
mod round_trip;
