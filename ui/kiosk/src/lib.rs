//! The kiosk of a shop: a screen that everybody may use, and that keeps nothing of anybody.
//!
//! [`visit`] is one shopper's visit as plain state, without a screen. [`Kiosk`] draws it with egui and answers its
//! questions from a catalogue ([`shop`]). [`text`] orders Arabic and mixed lines, which egui does not. [`look`] has
//! the colours of the web interface. [`settings`] is what a shop decides, [`service`] the menu of its staff, [`codes`]
//! reads barcodes, [`motion`] sees who walks in, [`telling`] tells the shop what was searched for, [`upkeep`] fetches releases and says that the kiosk lives. [`watch`]
//! starts the kiosk again when it ends or freezes.
//!
//! ```
//! use std::time::Duration;
//! use knytt_kiosk::language::Language;
//! use knytt_kiosk::visit::{Event, Patience, Screen, Visit};
//!
//! let mut visit = Visit::new(Patience::default(), Language::English);
//! visit.handle(Event::Go(Screen::Type), Duration::from_secs(0));
//! visit.handle(Event::Insert("blue jeans".into()), Duration::from_secs(1));
//! visit.tick(Duration::from_secs(61)); // 45 s untouched, and 15 s of "Still there?"
//! assert_eq!(visit.screen(), Screen::Attract);
//! assert!(visit.kept().typed.is_empty());
//! ```

pub mod camera;
pub mod codes;
mod kiosk;
pub mod language;
pub mod look;
pub mod motion;
pub mod painter;
mod rotate;
mod screens;
pub mod service;
pub mod settings;
pub mod shop;
pub mod telling;
pub mod text;
pub mod upkeep;
pub mod visit;
pub mod watch;

pub use self::kiosk::{Ending, Kiosk};
pub use self::settings::Settings;
