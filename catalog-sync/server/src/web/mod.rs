//! The shop in a browser: the interface of `ui/web`, product and category pages as HTML, and what search engines
//! read.
//!
//! Every page is the interface's own `index.html`. A page with an address of its own has its content in it already,
//! for readers without scripts; the interface takes it over.

mod categories;
mod document;
mod html;
mod labels;
mod pages;
mod policy;
mod products;
mod site;
mod sitemap;
mod start;

use axum::Router;
use axum::middleware;
use axum::routing::get;

use crate::app::App;

/// The interface and the pages. They are there before the first catalogue, too: the console makes it.
pub(crate) fn router(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(start::page))
        .route("/admin", get(site::console))
        .route("/assets/{*name}", get(site::asset))
        .route("/{file}", get(site::file))
        .route("/p/{id}", get(products::page))
        .route("/p/{id}/{slug}", get(products::page))
        .route("/c/{category}", get(categories::page))
        .route("/robots.txt", get(sitemap::robots))
        .route("/sitemap.xml", get(sitemap::index))
        .route("/sitemap/{number}", get(sitemap::part))
        .layer(middleware::from_fn_with_state(app.clone(), policy::headers))
}
