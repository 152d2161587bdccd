//! How a catalogue ranks: the weights that are obeyed, and the versions before.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_engine::Weights;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::{Body, Caller, note, problem};
use crate::app::App;
use crate::experiments::live;
use crate::experiments::ranking::{self, RankingVersion};
use crate::http::refusal::Refusal;
use crate::merchandising::expect_catalog;

/// Letters of a note.
const LONGEST_NOTE: usize = 200;

/// How a catalogue ranks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RankingState {
    /// The weights that searches obey.
    weights: Weights,
    /// The versions, the newest first; none where the catalogue's own weights are obeyed.
    versions: Vec<RankingVersion>,
}

/// Weights to obey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewRanking {
    /// Each from 0 to 10. One that is not named is the usual one.
    weights: Weights,
    /// Why, on one line.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

/// The weights that searches obey, and the versions before
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/ranking",
    operation_id = "catalog_ranking",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 200, description = "At most 100 versions", body = RankingState),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn ranking(State(app): State<App>, Path(id): Path<String>) -> Result<Json<RankingState>, Refusal> {
    expect_catalog(&app, &id).await?;
    let versions = ranking::list(&app.db, &id).await?;
    let searched = app.search.catalogs.all().into_iter().find(|catalog| catalog.summary.id == id);
    let weights = match (versions.first(), searched) {
        (Some(newest), _) => newest.weights,
        (None, Some(catalog)) => catalog.weights()?,
        (None, None) => Weights::USUAL,
    };
    Ok(Json(RankingState { weights, versions }))
}

/// Rank by other weights from now on
///
/// Every replica does so within five seconds, and the next release of the catalogue has them.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/ranking",
    operation_id = "set_ranking",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = NewRanking,
    responses(
        (status = 201, description = "They are obeyed", body = RankingState),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`busy`: another version came at the same moment", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn set_ranking(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<NewRanking>,
) -> Result<(StatusCode, Json<RankingState>), Refusal> {
    expect_catalog(&app, &id).await?;
    if !asked.weights.is_sound() {
        return Err(problem::bad_request("weights: numbers from 0 to 10"));
    }
    if asked.note.chars().count() > LONGEST_NOTE || asked.note.chars().any(char::is_control) {
        return Err(problem::bad_request(format!("note: at most {LONGEST_NOTE} letters on one line")));
    }
    let actor = caller.actor();
    let mut tx = app.db.begin().await?;
    let Some(number) = ranking::add(&mut tx, &id, &asked.weights, &actor, &asked.note).await? else {
        tx.rollback().await?;
        return Err(Refusal::new(409, "busy", "Another version came at the same moment"));
    };
    tx.commit().await?;
    note(&app.db, &actor, "ranking.set", &id, &number.to_string()).await?;
    live::refresh(&app.db, &app.search.catalogs).await?;
    Ok((StatusCode::CREATED, ranking(State(app), Path(id)).await?))
}
