//! The routes of `/api/v1`.

mod catalogs;
mod products;
mod search;
mod suggest;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::openapi::{self, Description};
use crate::accounts;
use crate::app::App;

/// All routes of the search, and their description.
pub fn router(app: &App) -> Router<App> {
    let (router, api) = described(app);
    let document = move || openapi::document(api.clone());
    router.route("/api/v1/openapi.json", get(document)).route("/api/v1/docs", get(openapi::page))
}

fn described(app: &App) -> (Router<App>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(search::search))
        .routes(routes!(search::text_search))
        .routes(routes!(search::image_search))
        .routes(routes!(search::multi_search))
        .routes(routes!(suggest::suggest))
        .routes(routes!(products::product))
        .routes(routes!(products::picture))
        .routes(routes!(products::similar))
        .routes(routes!(products::goes_with))
        .routes(routes!(products::cheaper))
        .routes(routes!(catalogs::catalogs))
        .merge(accounts::described())
        .layer(DefaultBodyLimit::max(app.search.settings.body_bytes()))
        .split_for_parts()
}
