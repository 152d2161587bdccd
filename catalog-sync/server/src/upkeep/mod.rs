//! What an operator does to the records beside serving: a copy, the way back from it, and what is forgotten.

mod copy;
mod forget;
mod postgres;
mod sqlite;

pub use self::copy::{backup, restore};
pub use self::forget::{erase, retain};
