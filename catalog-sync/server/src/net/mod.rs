//! Connections: how many there may be, how long each may do nothing, and HTTP over them.
//!
//! Nobody needs a key to connect. So a connection that asks nothing, or does not read what it asked for, is
//! closed, and what it holds (a descriptor, and a second one for the file it does not read) is counted.

mod activity;
mod connections;
mod deadlines;
mod kernel;
mod listen;
mod requests;
mod socket;
mod stream;

pub(crate) use connections::Connections;
pub use deadlines::Deadlines;
pub(crate) use kernel::raise_descriptor_limit;
pub(crate) use listen::Server;
