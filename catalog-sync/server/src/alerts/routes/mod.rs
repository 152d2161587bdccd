//! The routes of alerts, with their descriptions.

mod alerts;
mod channels;
mod kiosks;
mod rules;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// The longest id.
const LONGEST_ID: usize = 100;

/// All of them.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(alerts::alerts))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(rules::rules, rules::create))
        .routes(routes!(rules::replace, rules::remove))
        .routes(routes!(channels::channels, channels::create))
        .routes(routes!(channels::remove))
        .routes(routes!(channels::test))
        .routes(routes!(channels::deliveries))
        .routes(routes!(kiosks::kiosks))
        .routes(routes!(kiosks::remove))
        .routes(routes!(kiosks::order, kiosks::take_back))
        .routes(routes!(kiosks::alive))
}

/// Whether the database may be asked for it.
fn is_plain(id: &str) -> bool {
    id.len() <= LONGEST_ID && !id.contains('\0')
}
