//! What a bundle's user relies on.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod bad_bundle;
mod compare;
mod dinov2;
mod encoder;
#[cfg(feature = "wgpu")]
mod gpu;
mod layouts;
mod parity;
mod precision;
mod safety;
mod siglip;
mod xlm_roberta;

use std::path::PathBuf;

/// The committed reference files (see `make_golden.py`).
fn golden(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path)
}
