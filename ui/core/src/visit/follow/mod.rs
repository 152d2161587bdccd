//! The catalogues that the device follows: their list, their updates, and when updates begin.

mod listing;
mod schedule;
mod update;

pub use self::schedule::update_regularly;
pub use self::update::Update;
