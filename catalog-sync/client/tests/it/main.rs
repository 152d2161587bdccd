//! The device's half against real releases, behind a real server that can misbehave.

mod forge;
mod packs;
mod server;
mod shop;
mod sync;
mod threats;
