//! The retailer's half: keys, releases, and where they are put.
//!
//! [`Keys`] is a folder of signing keys, made by [`init`]. [`publish`] compares a catalogue with the last
//! release that can be verified, writes packs of what changed (and, unless it is incremental, of
//! everything), signs, and puts all of it into a [`Depot`] so that a device sees the old release or the
//! new one. [`refresh`] keeps the signatures fresh between releases, and [`collect`] removes what no
//! release needs any more.

mod bundle;
mod chain;
mod depot;
mod diff;
mod error;
mod gc;
mod keys;
mod kiosk;
mod metadata;
mod pack_uploader;
mod packs;
mod popularity;
mod publish;
mod published_release;
mod qr;
mod refresh;
mod release_log;
mod restore;
mod runtime;
mod signed;
mod source;
mod state;

pub use bundle::ModelFiles;
pub use depot::{ApiKey, Depot, Entry, Found, open_depot};
pub use error::{Error, Result};
pub use gc::{Collected, collect};
pub use keys::{
    Expiries, KeyDescription, KeyOptions, Keys, Passphrase, Role, Rotation, SigningCommand, init,
};
pub use kiosk::KioskKey;
pub use popularity::Popularity;
pub use publish::{Outcome, Progress, PublishOptions, Summary, publish};
pub use qr::terminal_code;
pub use refresh::{Refreshed, refresh};
pub use restore::{ReleaseNumber, release_number, set_release_number};
