//! What answers the window, without a window.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod keeping;
mod models;
mod pages;
mod pictures_only;
mod retailer;
mod searching;
mod shop;
mod syncing;
mod taste;
mod telling;
mod two_shops;
