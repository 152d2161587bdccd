//! The device's half against real releases, behind a real server that can misbehave.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod disk;
mod forge;
mod fuzz;
mod kill;
mod mutate;
mod packs;
mod server;
mod shop;
mod sync;
mod threats;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod writes;
