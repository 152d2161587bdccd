//! Feeds as shops write them, and servers as they are.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod apis;
mod archives;
mod beside;
mod by_hand;
mod common;
mod download;
mod exporters;
mod families;
mod faults;
mod more_formats;
mod quarantine;
mod round_trip;
mod server;
mod shop;
mod shops;
mod spreadsheets;
mod tables;
mod worldwide;
mod write;
