//! The console's routes, with their descriptions.

mod catalogs;
mod feed;
mod jobs;
mod problems;
mod releases;

use axum::http::Method;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Console;
use super::made::{self, Made};
use super::node::Node;
use crate::app::App;
use crate::http::refusal::Refusal;

/// All of them.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(catalogs::catalogs, catalogs::create))
        .routes(routes!(catalogs::catalog))
        .routes(routes!(catalogs::set_options))
        .routes(routes!(feed::upload))
        .routes(routes!(feed::set_source, feed::remove_source))
        .routes(routes!(feed::fetch_now))
        .routes(routes!(releases::difference))
        .routes(routes!(releases::releases))
        .routes(routes!(releases::make_keys))
        .routes(routes!(releases::publish))
        .routes(routes!(releases::roll_back))
        .routes(routes!(releases::refresh))
        .routes(routes!(jobs::jobs))
        .routes(routes!(jobs::job))
        .routes(routes!(jobs::lines))
        .routes(routes!(jobs::cancel))
        .routes(routes!(problems::problems))
}

/// Whether a request brings a feed, which may take as long as it takes; the time between two pieces is bounded.
pub fn is_upload(method: &Method, path: &str) -> bool {
    let id = path.strip_prefix("/api/v1/admin/catalogs/").and_then(|rest| rest.strip_suffix("/feed"));
    *method == Method::POST && id.is_some_and(|id| !id.contains('/'))
}

/// The catalogue of this id.
async fn known(console: &Console, id: &str) -> Result<Made, Refusal> {
    if !is_id(id) {
        return Err(Refusal::not_found());
    }
    match made::by_id(&console.db, id).await? {
        Some(made) => Ok(made),
        None if console.search.catalogs.get(Some(id)).is_ok() => Err(not_made_here()),
        None => Err(Refusal::not_found()),
    }
}

/// The catalogue is searched here, and no console of this database makes it.
fn not_made_here() -> Refusal {
    Refusal::new(421, "not_made_here", "The catalogue is only searched here").detail(
        "it comes from releases that are followed, or from a folder: change and publish it where it is made",
    )
}

/// The catalogue of this id, whose files this replica has.
async fn at_home(console: &Console, id: &str) -> Result<(Made, std::sync::Arc<Node>), Refusal> {
    let made = known(console, id).await?;
    match &console.node {
        Some(node) if node.name == made.node => Ok((made, node.clone())),
        _ => Err(elsewhere()),
    }
}

/// The catalogue's files are on another replica.
pub fn elsewhere() -> Refusal {
    Refusal::new(421, "elsewhere", "Another replica has this catalogue")
        .detail("ask the replica on which the catalogue was made")
}

/// A catalogue's id: a name of a folder on every system, and of releases.
fn is_id(id: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
    (1..=64).contains(&id.len()) && id.bytes().all(plain) && id.as_bytes()[0].is_ascii_alphanumeric()
}

/// The folder cannot be written, or a row cannot be read.
fn failed(error: impl std::fmt::Display) -> Refusal {
    Refusal::internal(error)
}
