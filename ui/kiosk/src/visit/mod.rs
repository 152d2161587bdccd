//! What one shopper does at the kiosk, as plain state: it draws nothing, reads no clock, and touches no disk.
//!
//! [`Visit::handle`] takes an [`Event`] and the time; [`Visit::tick`] takes the time alone. What has to be computed
//! elsewhere comes out of [`Visit::take_asks`], and its answer goes in by [`Event::Answered`]. When nobody touches
//! the screen, the visit asks whether somebody is there, and then ends: all that it held is dropped at once.

mod ask;
mod event;
mod keep;
mod state;
#[cfg(test)]
mod tests;
mod visitor;

pub use self::ask::{Answer, Ask, OpenProduct, Question, Reply};
pub use self::event::{Event, Screen};
pub use self::keep::{Asked, Kept};
pub use self::state::{Patience, Visit};
pub use self::visitor::Visitor;
