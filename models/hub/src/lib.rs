//! Fetches published models by name.
//!
//! A [`Hub`] speaks the protocol of Hugging Face's hub, or of a mirror of it: a repository's revision is resolved to a
//! commit and a list of files with their hashes, and the files of a model are fetched, resumed and verified. They lie
//! in the cache that Hugging Face's own libraries use, in its layout (`models--owner--name/{refs,blobs,snapshots}`), so
//! a model that one program has fetched is there for the other. [`knytt_models::convert`] makes a bundle of a snapshot.
//!
//! A fetch stops when its future is dropped. What has come so far stays, and the next fetch goes on from there.

mod blob;
mod cache;
mod choose;
mod error;
mod get;
mod hub;
mod known;
mod listing;
mod local;
mod reference;
mod room;
mod settings;

pub use error::{Error, Result};
pub use get::FetchedModel;
pub use hub::{Hub, Progress, Size, Snapshot};
pub use known::{Figures, KNOWN, KnownModel, Purpose};
pub use listing::Listing;
pub use local::{LocalModels, ModelOrigin};
pub use reference::{Reference, Repository};
pub use room::free_bytes;
pub use settings::HubSettings;
