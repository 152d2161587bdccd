//! What staff see: the counts of a catalogue over days, as JSON and as tables. Nothing here reads an event.

mod changes;
mod drift;
mod figures;
mod index;
mod money;
mod products;
mod queries;
mod routes;
mod scope;
mod service;
mod tables;
mod top;
mod ways;

pub(crate) use queries::QueryList;
pub(crate) use routes::described;
pub(crate) use top::BLOCK_DAYS;
