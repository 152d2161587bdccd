//! The routes of `/api/v1`.

mod answers;
pub(crate) mod catalogs;
mod feedback;
mod looks;
mod orders;
mod pictures;
mod products;
mod recommend;
pub(crate) mod search;
mod suggest;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::openapi::{self, Description};
use crate::accounts;
use crate::alerts;
use crate::app::App;
use crate::console;
use crate::experiments;
use crate::http::per_searcher;
use crate::insights;
use crate::merchandising;

/// All routes of the search, and their description.
pub fn router(app: &App) -> Router<App> {
    let count = || from_fn_with_state(app.clone(), insights::count);
    let searches = searches().route_layer(from_fn_with_state(app.clone(), per_searcher)).route_layer(count());
    let alike = alike().route_layer(count());
    let (router, mut api) = others().merge(searches).merge(alike).split_for_parts();
    openapi::complete(&mut api);
    let document = move || openapi::document(api.clone());
    let router = router.layer(DefaultBodyLimit::max(app.search.settings.body_bytes()));
    router.route("/api/v1/openapi.json", get(document)).route("/api/v1/docs", get(openapi::page))
}

/// The description alone.
#[cfg(test)]
pub fn description() -> utoipa::openapi::OpenApi {
    let (_, mut api) = others().merge(searches()).merge(alike()).split_for_parts();
    openapi::complete(&mut api);
    api
}

/// What counts for the limit of searches.
fn searches() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search::search))
        .routes(routes!(search::text_search))
        .routes(routes!(search::image_search))
        .routes(routes!(search::multi_search))
}

/// A search that does not count for the limit.
fn alike() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(products::similar))
}

fn others() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(suggest::suggest))
        .routes(routes!(products::product))
        .routes(routes!(looks::looks))
        .routes(routes!(looks::picture))
        .routes(routes!(products::picture))
        .routes(routes!(products::cards))
        .routes(routes!(pictures::regions))
        .routes(routes!(products::goes_with))
        .routes(routes!(products::cheaper))
        .routes(routes!(recommend::also_viewed))
        .routes(routes!(recommend::trending))
        .routes(routes!(recommend::recommend))
        .routes(routes!(feedback::feedback))
        .routes(routes!(orders::order))
        .routes(routes!(orders::to_shop))
        .routes(routes!(catalogs::catalogs))
        .merge(accounts::described())
        .merge(alerts::described())
        .merge(console::described())
        .merge(experiments::described())
        .merge(insights::described())
        .merge(merchandising::described())
}
