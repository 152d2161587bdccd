//! What goes on beside the visits: releases are fetched, heartbeats are sent, and what happened is noted for the
//! staff. Nothing of a visit comes in here but the hour of the last one.

mod heartbeat;
mod journal;
mod machine;
mod orders;
mod report;
mod sync;

pub use self::heartbeat::Heartbeat;
pub use self::journal::Journal;
pub use self::machine::memory_bytes;
pub use self::orders::{Orders, Refused, orders_beside, settings_from_afar};
pub use self::report::{Frames, Report};
pub use self::sync::Sync;
