//! The backend: releases to devices, feedback from them, and the shop's search.
//!
//! One process with SQLite and a local folder, or any number of replicas on one PostgreSQL, one object
//! store and NATS JetStream: the code is the same. [`run`] takes its listener and the future that ends it
//! from the caller; [`serve`] is the same for a command that does nothing else.
//!
//! ```no_run
//! use knytt_server::{Config, Settings};
//!
//! let settings = Settings { data: Some("knytt-data".into()), ..Settings::default() };
//! knytt_server::serve(Config::new(settings)?)?;
//! # Ok::<(), knytt_server::Error>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accounts;
mod alerts;
mod app;
mod arenas;
mod config;
mod console;
mod db;
mod error;
mod experiments;
mod feedback;
mod http;
mod insights;
mod jobs;
mod keys;
mod merchandising;
mod net;
mod objects;
mod outbox;
mod popularity;
mod report;
mod routes;
mod search;
mod serve;
mod telemetry;
mod tls;
mod tokens;
mod upkeep;
mod way;
mod web;

pub use accounts::{create_admin, note_command};
pub use alerts::{GivenOrder, Kiosk, KioskState, list_kiosks, order_kiosk};
pub use config::{Address, Config, LogFormat, PageFeedback, RecordsArgs, Settings};
pub use db::{Database, block_on};
pub use error::{Error, Result};
pub use feedback::set_ingest_key;
pub use jiff::civil::Date;
pub use keys::{
    ApiKey, KeySpec, NewKey, Scope, create_key, create_key_for, create_key_of, list_keys, revoke_key,
};
pub use report::{
    Activity, Conversion, DayRow, Events, Filter, Popularity, PositionRow, ProductRow, QueryRow,
    ReleaseConflict, ReleaseRow, Report, Searches, SeenRelease, popularity, report,
};
pub use search::Followed;
pub use serve::{run, serve};
pub use telemetry::{TraceSettings, Traces, init_logs};
pub use upkeep::{backup, erase, restore, retain};
