//! One module for each subcommand.

#[cfg(feature = "serve")]
pub mod admin;
#[cfg(feature = "serve")]
pub mod api_key;
pub mod build;
pub mod catalog;
pub mod compare;
pub mod completions;
pub mod eval;
pub mod inspect;
pub mod judge;
#[cfg(feature = "publish")]
pub mod key;
#[cfg(all(feature = "publish", feature = "serve"))]
pub mod kiosk;
#[cfg(not(all(feature = "publish", feature = "serve")))]
mod left_out;
pub mod model;
pub mod models;
#[cfg(feature = "publish")]
pub mod publish;
#[cfg(feature = "publish")]
pub mod release;
#[cfg(feature = "serve")]
pub mod report;
#[cfg(feature = "serve")]
mod report_kiosks;
pub mod rules;
pub mod search;
#[cfg(feature = "serve")]
pub mod serve;
pub mod sync;
pub mod taste;

#[cfg(not(all(feature = "publish", feature = "serve")))]
pub use left_out::kiosk;
#[cfg(not(feature = "serve"))]
pub use left_out::{admin, api_key, report, serve};
#[cfg(not(feature = "publish"))]
pub use left_out::{key, publish, release};
