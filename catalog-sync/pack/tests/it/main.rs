//! Packs as files: written, read back, read by other programs, and damaged.

mod common;
mod damage;
mod other_programs;
mod round_trip;
