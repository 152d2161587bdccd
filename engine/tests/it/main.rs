//! The catalogue as its users see it, on real files.

mod common;

mod ann;
mod concurrency;
mod disk;
mod items;
mod kill;
mod model;
mod refusals;
mod schema;
mod session;
