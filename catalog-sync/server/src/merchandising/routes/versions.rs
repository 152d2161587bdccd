//! Publishing a draft, the versions before, and going back to one.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_wire::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::drafts::LiveRules;
use super::{draft_changed, expect_catalog, stored};
use crate::accounts::{Body, Caller, note, problem};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::merchandising::versions::{self, NewVersion, RulesVersion};
use crate::merchandising::{drafts, live};

/// The longest note, in letters.
const LONGEST_NOTE: usize = 200;

/// A draft to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishRules {
    /// The revision that was looked at.
    #[schema(minimum = 1)]
    revision: i64,
    /// Why, on one line.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

/// A version to go back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollBackRules {
    /// Its number.
    #[schema(minimum = 1)]
    number: i64,
    /// Why, on one line.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

/// Obey the draft from now on
///
/// Every replica does so within five seconds, and the next release of the catalogue has it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/rules/publish",
    operation_id = "publish_rules",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = PublishRules,
    responses(
        (status = 201, description = "The new version", body = RulesVersion),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`draft_changed`: there is no draft of this revision", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn publish(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<PublishRules>,
) -> Result<(StatusCode, Json<RulesVersion>), Refusal> {
    expect_catalog(&app, &id).await?;
    check_note(&asked.note)?;
    let draft = drafts::get(&app.db, &id).await?.filter(|draft| draft.revision == asked.revision);
    let draft = draft.ok_or_else(draft_changed)?;
    let actor = caller.actor();
    let new = NewVersion {
        catalog: &id,
        document: &draft.document,
        author: &actor,
        note: &asked.note,
        of_number: 0,
    };
    let mut tx = app.db.begin().await?;
    // The row of this very revision: who publishes at the same moment finds none.
    if !drafts::take(&mut tx, &id, asked.revision).await? {
        tx.rollback().await?;
        return Err(draft_changed());
    }
    let Some(number) = versions::add(&mut tx, &new).await? else {
        tx.rollback().await?;
        return Err(draft_changed());
    };
    tx.commit().await?;
    note(&app.db, &actor, "rules.publish", &id, &number.to_string()).await?;
    Ok((StatusCode::CREATED, Json(obeyed(&app, &id, number).await?)))
}

/// The versions, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/rules/versions",
    operation_id = "rules_versions",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 200, description = "At most 100", body = [RulesVersion]),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn versions(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Vec<RulesVersion>>, Refusal> {
    expect_catalog(&app, &id).await?;
    Ok(Json(versions::list(&app.db, &id).await?))
}

/// A version with its rules and synonyms
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/rules/versions/{number}",
    operation_id = "rules_version",
    tag = "admin",
    params(
        ("id" = String, Path, description = "The catalogue's id"),
        ("number" = String, Path, description = "The version's number"),
    ),
    responses(
        (status = 200, description = "It", body = LiveRules),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn version(
    State(app): State<App>,
    Path((id, number)): Path<(String, String)>,
) -> Result<Json<LiveRules>, Refusal> {
    expect_catalog(&app, &id).await?;
    let number: i64 = number.parse().map_err(|_| Refusal::not_found())?;
    let (version, document) = versions::get(&app.db, &id, number).await?.ok_or_else(Refusal::not_found)?;
    Ok(Json(LiveRules { version, document: stored(&document)? }))
}

/// Obey an older version from now on
///
/// It becomes a new version. The draft stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/rules/rollback",
    operation_id = "roll_back_rules",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = RollBackRules,
    responses(
        (status = 201, description = "The new version", body = RulesVersion),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or no such version", body = Problem),
        (status = 409, description = "`busy`: another version came at the same moment", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn roll_back(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<RollBackRules>,
) -> Result<(StatusCode, Json<RulesVersion>), Refusal> {
    expect_catalog(&app, &id).await?;
    check_note(&asked.note)?;
    let found = versions::get(&app.db, &id, asked.number).await?;
    let (_, document) = found.ok_or_else(Refusal::not_found)?;
    let actor = caller.actor();
    let new = NewVersion {
        catalog: &id,
        document: &document,
        author: &actor,
        note: &asked.note,
        of_number: asked.number,
    };
    let mut tx = app.db.begin().await?;
    let Some(number) = versions::add(&mut tx, &new).await? else {
        tx.rollback().await?;
        return Err(Refusal::new(409, "busy", "Another version came at the same moment"));
    };
    tx.commit().await?;
    let detail = format!("{number}, as {} was", asked.number);
    note(&app.db, &actor, "rules.rollback", &id, &detail).await?;
    Ok((StatusCode::CREATED, Json(obeyed(&app, &id, number).await?)))
}

/// The version, once this replica obeys it.
async fn obeyed(app: &App, id: &str, number: i64) -> Result<RulesVersion, Refusal> {
    live::refresh(&app.db, &app.search.catalogs).await?;
    let found = versions::get(&app.db, id, number).await?;
    found.map(|(version, _)| version).ok_or_else(Refusal::not_found)
}

fn check_note(note: &str) -> Result<(), Refusal> {
    if note.chars().count() <= LONGEST_NOTE && !note.chars().any(char::is_control) {
        return Ok(());
    }
    Err(problem::bad_request(format!("note: at most {LONGEST_NOTE} letters on one line")))
}
