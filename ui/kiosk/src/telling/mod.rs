//! What is searched for and opened at the kiosk, told to the shop without anybody's name, where the shop decided so.
//!
//! [`Teller`] watches a visit and hands what happened to a thread, which makes events of it and keeps them on the disk
//! until the shop's backend has them. An event has a number of its visit that is kept nowhere, and nothing else of the
//! shopper. Each means what it means in the app: [`knytt_app_core::events`] makes both.

mod place;
mod teller;
mod writer;

pub use self::place::folder_beside;
pub use self::teller::Teller;
