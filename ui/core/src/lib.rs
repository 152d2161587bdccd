//! What answers a screen, whatever draws it.
//!
//! [`shop`] holds stateless answers over an open catalogue: a server calls them for many people at once.
//! [`events`] makes events, for a shop that may be told, of what is shown and done. [`visit`] holds what one person's device keeps, and calls [`shop`] with it.

pub mod events;
pub mod problem;
pub mod shop;
#[cfg(feature = "visit")]
pub mod visit;
