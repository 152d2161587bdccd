//! What is obeyed, and the draft of what will be.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_engine::Merchandising;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LONGEST, checked, draft_changed, expect_catalog, stored};
use crate::accounts::{Body, Caller, note};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::merchandising::drafts;
use crate::merchandising::versions::{self, RulesVersion};

/// The rules and synonyms of a catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulesState {
    /// What searches obey.
    live: LiveRules,
    /// What is being worked on, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<RulesDraft>,
}

/// A version with its document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveRules {
    /// Which it is.
    pub version: RulesVersion,
    /// The rules and synonyms.
    pub document: Merchandising,
}

/// What is being worked on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulesDraft {
    /// Changes with each change of the draft.
    revision: i64,
    /// Who changed it last.
    author: String,
    /// When, in milliseconds since 1970.
    at_ms: i64,
    /// The rules and synonyms.
    document: Merchandising,
}

/// A draft to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDraft {
    /// The revision of the draft that it replaces; 0 if there is none.
    #[serde(default)]
    #[schema(minimum = 0)]
    revision: i64,
    /// The rules and synonyms.
    document: Merchandising,
}

/// The rules and synonyms that are obeyed, and their draft
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/rules",
    operation_id = "catalog_rules",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 200, description = "Both", body = RulesState),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn rules(State(app): State<App>, Path(id): Path<String>) -> Result<Json<RulesState>, Refusal> {
    expect_catalog(&app, &id).await?;
    Ok(Json(RulesState { live: live(&app, &id).await?, draft: draft(&app, &id).await? }))
}

/// Store a draft
///
/// Searches do not obey it before it is published.
#[utoipa::path(
    put,
    path = "/api/v1/admin/catalogs/{id}/rules/draft",
    operation_id = "set_rules_draft",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = NewDraft,
    responses(
        (status = 200, description = "It, with its new revision", body = RulesDraft),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`draft_changed`: the draft has another revision", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 422, description = "`rules_refused`: something is out of its bounds; the detail names it", body = Problem),
    )
)]
pub async fn set_draft(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<NewDraft, LONGEST>,
) -> Result<Json<RulesDraft>, Refusal> {
    expect_catalog(&app, &id).await?;
    let json = checked(&asked.document)?;
    if !drafts::set(&app.db, &id, &json, &caller.actor(), asked.revision).await? {
        return Err(draft_changed());
    }
    note(&app.db, &caller.actor(), "rules.draft", &id, "").await?;
    draft(&app, &id).await?.map(Json).ok_or_else(draft_changed)
}

/// Discard the draft
#[utoipa::path(
    delete,
    path = "/api/v1/admin/catalogs/{id}/rules/draft",
    operation_id = "discard_rules_draft",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 204, description = "There is none any more"),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or no draft", body = Problem),
    )
)]
pub async fn discard_draft(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    expect_catalog(&app, &id).await?;
    if !drafts::discard(&app.db, &id).await? {
        return Err(Refusal::not_found());
    }
    note(&app.db, &caller.actor(), "rules.discard", &id, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What searches obey: the newest version, or what the catalogue came with.
pub async fn live(app: &App, id: &str) -> Result<LiveRules, Refusal> {
    if let Some((version, document)) = versions::newest(&app.db, id).await? {
        return Ok(LiveRules { version, document: stored(&document)? });
    }
    let searched = app.search.catalogs.all().into_iter().find(|catalog| catalog.summary.id == id);
    let document = searched.map(|catalog| catalog.own_rules()).transpose()?.flatten();
    Ok(LiveRules { version: RulesVersion::default(), document: document.unwrap_or_default() })
}

async fn draft(app: &App, id: &str) -> Result<Option<RulesDraft>, Refusal> {
    let Some(found) = drafts::get(&app.db, id).await? else { return Ok(None) };
    let document = stored(&found.document)?;
    Ok(Some(RulesDraft { revision: found.revision, author: found.author, at_ms: found.at_ms, document }))
}
