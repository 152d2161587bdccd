//! What all routes share: authorization, bodies, limits, metrics and refusals.

mod auth;
mod body;
pub(crate) mod client;
pub(crate) mod csv;
pub(crate) mod extract;
mod health;
mod json;
pub(crate) mod limits;
pub(crate) mod metrics;
mod observe;
pub(crate) mod refusal;
pub(crate) mod refusals;
mod request_id;

pub(crate) use auth::{authorize, bearer, known_key, needed as key_needed, refused as refused_key};
pub(crate) use body::{broken, read_body};
pub(crate) use client::neighbourhood;
pub(crate) use health::{health_router, metrics_router};
pub(crate) use json::read_json;
pub(crate) use observe::{observe, per_address, per_searcher};
