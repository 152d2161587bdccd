//! Feedback that waits on the device until the backend has it.
//!
//! An [`Outbox`] is three databases of an LMDB environment that belongs to somebody else: an event is
//! written in the transaction of the action that it tells of, so that there is never one without the
//! other. A [`Delivery`] sends what waits, in batches, until the backend has acknowledged each event:
//! at least once, with ids that make it once in effect.
//!
//! ```
//! use heed::{CommitOrAbort, EnvOpenOptions};
//! use knytt_outbox::Outbox;
//! use knytt_wire::{Action, Event, IdentifiedEvent, Item, Uuid};
//!
//! let dir = tempfile::tempdir()?;
//! let mut options = EnvOpenOptions::new().read_txn_without_tls();
//! // SAFETY: nothing else opens or changes this folder.
//! let env = unsafe { options.max_dbs(Outbox::DATABASES).open(dir.path())? };
//! let opened = env.create_databases_and_commit(env.write_txn()?, |opener, txn| {
//!     Outbox::create(opener, txn).map(CommitOrAbort::<_, heed::Error>::Commit)
//! });
//! let outbox = opened.and_then(Into::into)?;
//!
//! let event = Event {
//!     id: Uuid::now_v7(),
//!     at_ms: 1_750_000_000_000,
//!     catalog: "shop".into(),
//!     release: 3,
//!     model: "a fingerprint".into(),
//!     visit: Uuid::new_v4(),
//!     search_id: None,
//!     device: Default::default(),
//!     experiment: None,
//!     action: Action::ViewItem(Item { item_id: "G-17".into(), ..Item::default() }),
//! };
//! // Whose catalogue it is: its first root of trust. None, for a catalogue that was built here.
//! let event = IdentifiedEvent { root: None, event };
//! let mut txn = env.write_txn()?;
//! assert!(!outbox.push(&mut txn, &event)?, "nothing is kept before the shopper agrees");
//! outbox.set_consent(&mut txn, true)?;
//! // ... and here, in the same transaction, what the shopper did ...
//! assert!(outbox.push(&mut txn, &event)?);
//! txn.commit()?;
//!
//! let txn = env.read_txn()?;
//! assert_eq!(outbox.counts(&txn)?.waiting, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more"))]

mod address;
mod batch;
mod bounds;
mod deliver;
mod delivery_handle;
mod delivery_state;
mod destination;
mod error;
mod http_sender;
mod outbox;
mod own;
mod reply;
mod tally;

pub use bounds::Limits;
pub use deliver::{Access, Delivered, Delivery, DeliveryTiming, Hold, Route};
pub use delivery_handle::DeliveryHandle;
pub use delivery_state::Backoff;
pub use destination::Destination;
pub use error::{Error, Result};
pub use outbox::{DeadLetter, Outbox};
pub use own::OwnOutbox;
pub use tally::Counts;
