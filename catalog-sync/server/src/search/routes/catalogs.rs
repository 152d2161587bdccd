//! What is searched here.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::config::PageFeedback;
use crate::search::reach::Reach;

/// A catalogue that is searched here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Searched {
    /// What `catalog` names it by.
    id: String,
    /// Products in it.
    products: u32,
    /// Its release; 0 if it was built where it is searched.
    release: u32,
    /// The model that embeds queries.
    model: String,
    /// Whether pages tell what shoppers choose.
    feedback: PageFeedback,
}

impl Searched {
    /// What `catalog` names it by.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The catalogues that are searched here
#[utoipa::path(
    get,
    path = "/api/v1/catalogs",
    tag = "catalogs",
    responses((status = 200, description = "All of them, by id", body = [Searched]))
)]
pub async fn catalogs(State(app): State<App>, reach: Reach) -> Json<Vec<Searched>> {
    Json(searched(&app, &reach))
}

/// The catalogues that may be searched, by id.
pub fn searched(app: &App, reach: &Reach) -> Vec<Searched> {
    let within = app.search.catalogs.all().into_iter().filter(|catalog| reach.has(&catalog.summary.id));
    let searched = within.map(|catalog| {
        let summary = catalog.shop.summary();
        Searched {
            id: summary.id,
            products: summary.products,
            release: summary.release,
            model: catalog.shop.session().encoder().model_name().into(),
            feedback: app.config.page_feedback,
        }
    });
    searched.collect()
}
