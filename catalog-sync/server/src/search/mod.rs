//! The shop's search over HTTP: `/api/v1`.
//!
//! A request is read on an async thread, answered on a [`workers`] thread by the same code as the app's
//! (`knytt_app_core::shop`), kept in a [`cache`] for those who ask the same, and paged by a [`cursor`] that belongs to
//! one state of the catalogue.

mod answer;
pub(crate) mod body;
mod cache;
mod catalogs;
#[cfg(test)]
mod contract;
mod cursor;
mod follow;
mod measures;
mod openapi;
pub(crate) mod page;
pub(crate) mod reach;
mod refusals;
mod remote;
pub(crate) mod routes;
mod service;
mod workers;

pub(crate) use body::SearchBody;
pub(crate) use catalogs::{Catalogs, OpenCatalog};
pub use follow::Followed;
pub(crate) use measures::SearchMetrics;
pub(crate) use refusals::of_problem;
pub(crate) use remote::{Remote, Unfetched};
pub(crate) use routes::router;
pub(crate) use service::{SearchService, SearchSettings};
pub(crate) use workers::Workers;
