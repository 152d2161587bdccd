//! One search with two sets of rules.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture};
use knytt_engine::{CompiledRules, Merchandising};
use knytt_ui_api::{SearchRequest, SearchResponse};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LONGEST, checked, drafts, expect_catalog};
use crate::accounts::{Body, problem};
use crate::app::App;
use crate::console::{elsewhere, made};
use crate::http::refusal::Refusal;
use crate::search::{OpenCatalog, SearchBody, of_problem};

/// Hits of each answer.
const HITS: u32 = 24;

/// A search to compare.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewRequest {
    /// The search: words, filters, a product; no picture.
    #[serde(default)]
    search: SearchBody,
    /// The rules and synonyms to compare with those that are obeyed.
    document: Merchandising,
}

/// What shoppers find now, and what they would find.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// With the rules that are obeyed.
    live: SearchResponse,
    /// With the others.
    draft: SearchResponse,
}

/// Search with other rules and synonyms, beside those that are obeyed
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/rules/preview",
    operation_id = "preview_rules",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = PreviewRequest,
    responses(
        (status = 200, description = "At most 24 hits of each, with what rules did to them", body = Preview),
        (status = 400, description = "`bad_request`, `bad_query`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`not_searched`: no feed of the catalogue was built", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 421, description = "`elsewhere`: another replica has this catalogue", body = Problem),
        (status = 422, description = "`rules_refused`: something is out of its bounds; the detail names it", body = Problem),
    )
)]
pub async fn preview(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<PreviewRequest, LONGEST>,
) -> Result<Json<Preview>, Refusal> {
    expect_catalog(&app, &id).await?;
    asked.search.check()?;
    if asked.search.image.is_some() || asked.search.image_url.is_some() {
        return Err(problem::bad_request("search.image: only words, filters and products are compared"));
    }
    checked(&asked.document)?;
    let searched = searched(&app, &id).await?;
    let live = compiled(drafts::live(&app, &id).await?.document)?;
    let draft = compiled(asked.document)?;
    let request = asked.search.request(HITS);
    let job = move || {
        Ok(Preview { live: found(&searched, &request, live)?, draft: found(&searched, &request, draft)? })
    };
    app.search.workers.run(job).await.map(Json)
}

/// The catalogue, if this replica searches it.
///
/// # Errors
/// 421 if another replica has it, 409 if no feed was built.
pub async fn searched(app: &App, id: &str) -> Result<Arc<OpenCatalog>, Refusal> {
    let searched = app.search.catalogs.all().into_iter().find(|catalog| catalog.summary.id == id);
    if let Some(searched) = searched {
        return Ok(searched);
    }
    let here = app.console.node.as_ref().map(|node| node.name.as_str());
    match made::by_id(&app.db, id).await? {
        Some(made) if here != Some(made.node.as_str()) => Err(elsewhere()),
        _ => Err(Refusal::new(409, "not_searched", "This replica does not search the catalogue")
            .detail("a feed has to be built first")),
    }
}

pub fn compiled(document: Merchandising) -> Result<Arc<CompiledRules>, Refusal> {
    CompiledRules::new(document).map(Arc::new).map_err(Refusal::internal)
}

fn found(
    catalog: &OpenCatalog,
    request: &SearchRequest,
    rules: Arc<CompiledRules>,
) -> Result<SearchResponse, Refusal> {
    let session = catalog.shop.session().with_rules(rules);
    answer(&session, request, QueryPicture::default(), &Person::default()).map_err(of_problem)
}
