//! The routes of experiments, with their descriptions.

mod change;
mod entries;
mod make;
mod power;
mod ranking;
mod read;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// All of them.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::experiments, make::create))
        .routes(routes!(power::power))
        .routes(routes!(read::results, make::remove))
        .routes(routes!(change::start))
        .routes(routes!(change::stop))
        .routes(routes!(change::ship))
        .routes(routes!(ranking::ranking, ranking::set_ranking))
}
