//! The device's half of the sync: pull, verify, apply, resume.
//!
//! A synced catalogue is a folder. [`sync()`] brings it to the newest release that it can verify: it
//! follows The Update Framework from a root of trust that was pinned, or taken at first use; fetches the
//! cheapest way there, deltas or a whole snapshot; and applies it so that whoever searches sees the old
//! release or the new one, whole. Whatever fails leaves the catalogue as it was.
//!
//! ```no_run
//! use knytt_client::{Cancel, SyncOptions, sync};
//!
//! # async fn example() -> Result<(), knytt_client::Error> {
//! let options = SyncOptions { from: Some("https://shop.example/catalog/".parse().unwrap()), ..Default::default() };
//! let synced = sync("catalog".as_ref(), &options, &|progress| println!("{progress:?}"), &Cancel::default()).await?;
//! println!("release {}", synced.release);
//! # Ok(())
//! # }
//! ```

mod apply;
mod clock;
mod download;
mod error;
mod files;
mod fill;
mod folder;
mod http;
mod linked;
mod lock;
mod merge;
mod metadata;
mod model;
mod object_reader;
mod offer;
mod plan;
mod progress;
mod rebuild;
mod release_log;
mod status;
mod sync;
mod transport;
mod trust;

pub use clock::Clock;
pub use error::{Error, Result, Role};
pub use http::Patience;
pub use object_reader::ObjectReader;
pub use offer::{Offer, offer};
pub use progress::{Cancel, Progress};
pub use status::{LastError, Status, status};
pub use sync::{SyncOptions, Synced, sync};
