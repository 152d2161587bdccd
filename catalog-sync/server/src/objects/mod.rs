//! A catalogue's releases: read by anyone, written with a key.
//!
//! `/v1/catalogs/{catalog}/metadata/{name}` and `…/targets/{name}` are files of the same path in the object
//! store, so that a CDN or a plain web server may stand in for the reading half.

pub(crate) mod deletions;
mod name;
mod publish;
mod range;
mod read;
mod release;
pub(crate) mod store;
pub(crate) mod unfinished;
mod upload;
mod verify;

pub(crate) use name::is_catalog_name;
pub(crate) use release::{Accepted, accepted, learn, pin_published};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use crate::app::App;

pub(crate) fn router() -> Router<App> {
    let metadata = get(read::metadata).put(publish::put_metadata).delete(publish::delete_metadata);
    let targets = get(read::target).put(publish::put_target).delete(publish::delete_target);
    Router::new()
        .route("/v1/catalogs/{catalog}/metadata/{name}", metadata)
        .route("/v1/catalogs/{catalog}/targets/{name}", targets)
        .layer(DefaultBodyLimit::disable())
}
