//! Alerts: rules over what is counted, which open an alert once, tell somebody, and resolve it by themselves.
//!
//! One replica at a time evaluates all [`rules`](rule) twice a minute ([`watch`]); the clock is passed in, so that tests
//! go through a month. What a rule needs is in the database: counts of the last minutes ([`recent`]), counts of a day by
//! a time of that day ([`so_far`]), jobs, leases, kiosks, signatures. So a restart forgets nothing, and any replica goes
//! on. An alert that opens or resolves puts a delivery for each channel into the same transaction ([`deliveries`]).

mod alert;
mod chance;
mod channels;
mod commands;
mod deliver;
mod deliveries;
mod drift;
mod email;
mod evaluate;
mod gauges;
mod kiosks;
mod measure;
mod recent;
mod routes;
mod rule;
mod rules;
pub(crate) mod settings;
mod so_far;
mod store;
#[cfg(test)]
mod tests;
mod verdict;
mod watch;
mod webhook;

pub use self::commands::{list_kiosks, order_kiosk};
pub(crate) use self::gauges::AlertGauges;
pub use self::kiosks::{GivenOrder, Kiosk, KioskState};
pub(crate) use self::recent::{Answered, RecentCounts};
pub(crate) use self::routes::described;
pub(crate) use self::watch::run;
