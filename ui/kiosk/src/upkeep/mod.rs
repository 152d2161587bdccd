//! What goes on beside the visits: releases are fetched, heartbeats are sent, and what happened is noted for the
//! staff. Nothing of a visit comes in here but the hour of the last one.

mod heartbeat;
mod journal;
mod report;
mod sync;

pub use self::heartbeat::Heartbeat;
pub use self::journal::Journal;
pub use self::report::{Report, memory_bytes};
pub use self::sync::Sync;
