//! What may be concluded from an experiment's counts, and how many are needed.
//!
//! All of it is arithmetic on counts. [`sequence`] says how far two shares are apart, with an interval that holds at all
//! times at once: whoever looks every day and stops when they like is wrong as seldom as whoever looks once.
//! [`power`] says how many searches that takes, [`mismatch`] whether visitors were spread as planned. [`normal`] and
//! [`gamma`] are the distributions behind them.

mod gamma;
mod mismatch;
mod normal;
mod power;
mod sequence;
#[cfg(test)]
mod simulation;

pub use mismatch::{MISMATCH, mismatch};
pub use power::{Plan, searches_a_side, searches_interleaved};
pub use sequence::{Interval, Sample, Sequence};
