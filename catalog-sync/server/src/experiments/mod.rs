//! Experiments: two or more settings of a catalogue, each for a share of those who search, and what came of it.
//!
//! A draft is started, and from then on every replica obeys it ([`live`]): which arm a search is in follows from the
//! experiment's key and who asks, so that nothing is stored or asked for it. What was searched and what came of it is
//! counted by arm and day with all other counts ([`crate::feedback::ArmCounts`]). [`results`] says what may be concluded
//! from the counts, by the [`statistics`]. To ship an arm makes its settings a new version for all.

mod baseline;
mod carry;
mod counts;
mod definition;
mod live;
mod ranking;
mod results;
mod routes;
mod rows;
mod statistics;

pub(crate) use self::carry::carry;
pub(crate) use self::live::{follow, refresh};
pub(crate) use self::routes::described;
