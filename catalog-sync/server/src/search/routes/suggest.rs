//! As-you-type suggestions.

use axum::Json;
use axum::extract::State;
use knytt_app_core::shop::suggest as shop_suggest;
use knytt_ui_api::{Card, FacetValue};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::products::shopper;
use crate::app::App;
use crate::http::extract::Query;
use crate::http::refusal::Refusal;
use crate::search::reach::Reach;
use crate::search::refusals::{bad_query, of_problem};

/// Suggestions of each kind.
const MOST: usize = 6;

/// Letters after which nothing is completed any more.
const LONGEST: usize = 100;

/// What was typed so far.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Typed {
    /// The letters.
    #[serde(default)]
    q: String,
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// The shopper's language, such as `en`, for rules and synonyms of one.
    #[param(max_length = 35)]
    language: Option<String>,
}

/// Completions of what was typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggested {
    /// Categories with a word that begins like it.
    categories: Vec<FacetValue>,
    /// Brands with a word that begins like it.
    brands: Vec<FacetValue>,
    /// Words that five visitors or more searched for, which found something, and which begin like it or have a word
    /// that does.
    queries: Vec<String>,
    /// Products that match it, best first.
    products: Vec<Card>,
}

/// Complete what was typed
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    tag = "search",
    params(Typed),
    responses(
        (status = 200, description = "Categories, brands and products", body = Suggested),
        (status = 404, description = "`catalog_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn suggest(
    State(app): State<App>,
    reach: Reach,
    Query(typed): Query<Typed>,
) -> Result<Json<Suggested>, Refusal> {
    if typed.q.chars().nth(LONGEST).is_some() {
        return Err(bad_query("q: at most 100 letters"));
    }
    let person = shopper(typed.language.as_deref())?;
    let catalog = reach.get(&app.search.catalogs, typed.catalog.as_deref())?;
    let queries =
        app.insights.queries(&catalog.summary.id, &typed.q, MOST).await.map_err(Refusal::unavailable)?;
    let job = move || {
        let found = shop_suggest(catalog.shop.session(), &typed.q, MOST, &person);
        let found = found.map_err(of_problem)?;
        let (categories, brands) = (found.categories, found.brands);
        Ok(Suggested { categories, brands, queries, products: found.products })
    };
    app.search.workers.run(job).await.map(Json)
}
