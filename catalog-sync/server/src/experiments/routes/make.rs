//! Drafts: made, and removed.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_engine::{Merchandising, Weights};
use knytt_wire::{Problem, Uuid};
use rand::RngCore as _;
use serde::Deserialize;
use utoipa::ToSchema;

use super::entries::{ExperimentEntry, found, wrong_state};
use crate::accounts::{Body, Caller, note, now_ms, problem};
use crate::app::App;
use crate::experiments::baseline;
use crate::experiments::definition::{Arm, Definition, Metric};
use crate::experiments::rows::{self, State as Done, Stored};
use crate::http::refusal::Refusal;
use crate::merchandising::{draft_document, expect_catalog};

/// Letters of a name.
const LONGEST_NAME: usize = 100;

/// Days that an experiment may run.
const MOST_DAYS: u32 = 366;

/// An arm to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewExperimentArm)]
pub struct NewArm {
    /// Its name.
    #[schema(max_length = 100)]
    name: String,
    /// Of 10,000 buckets of visitors.
    #[schema(minimum = 1, maximum = 10000)]
    share: u32,
    /// How it ranks; as all do if absent. A weight that is not named is the usual one.
    weights: Option<Weights>,
    /// Whether it obeys what the draft of rules and synonyms is now, in place of what all obey.
    #[serde(default)]
    rules_draft: bool,
}

/// An experiment to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewExperiment {
    /// Its name.
    #[schema(max_length = 100)]
    name: String,
    /// What a search is to lead to.
    #[serde(default)]
    metric: Metric,
    /// Merges the rankings of both arms into one list for everybody who takes part.
    #[serde(default)]
    interleaved: bool,
    /// The control, which changes nothing, then the variants.
    #[schema(min_items = 2, max_items = 5)]
    arms: Vec<NewArm>,
    /// The share of searches that lead where they should; that of the last 28 days if absent.
    #[schema(minimum = 0, maximum = 1)]
    baseline: Option<f64>,
    /// The change to be seen, relative to it: 0.05 for 5 %.
    #[schema(minimum = 0.001, maximum = 10)]
    lift: f64,
    /// How probable it is to be seen, if it is there; 0.8 if absent.
    #[schema(minimum = 0.5, maximum = 0.99)]
    power: Option<f64>,
    /// After how many days it ends by itself.
    #[schema(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

/// Make an experiment
///
/// Searches take no part before it is started. What it changes is fixed from now on.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/experiments",
    operation_id = "create_experiment",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = NewExperiment,
    responses(
        (status = 201, description = "A draft", body = ExperimentEntry),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`no_draft`: an arm is to obey the draft of rules, and there is none", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 422, description = "`experiment_refused`: something is out of its bounds; the detail names it", body = Problem),
    )
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<NewExperiment>,
) -> Result<(StatusCode, Json<ExperimentEntry>), Refusal> {
    expect_catalog(&app, &id).await?;
    check_name("name", &asked.name)?;
    let rules = match asked.arms.iter().any(|arm| arm.rules_draft) {
        true => Some(draft_document(&app, &id).await?.ok_or_else(no_draft)?),
        false => None,
    };
    let name = asked.name.trim().to_owned();
    let definition = definition(&app, &id, asked, rules.as_ref()).await?;
    let stored = Stored {
        id: Uuid::now_v7().to_string(),
        catalog: id.clone(),
        name,
        state: Done::Draft,
        definition,
        secret: secret(),
        author: caller.actor(),
        created_ms: now_ms(),
        started_ms: 0,
        ended_ms: 0,
        shipped: -1,
    };
    let document = stored.definition.document(&stored.id, &stored.secret, stored.created_ms);
    document.map_err(|error| refused(error.to_string()))?;
    rows::add(&app.db, &stored).await?;
    note(&app.db, &caller.actor(), "experiment.create", &id, &stored.id).await?;
    let stored = found(&app, &id, &stored.id).await?;
    Ok((StatusCode::CREATED, Json(ExperimentEntry::from(&stored))))
}

/// Remove a draft
#[utoipa::path(
    delete,
    path = "/api/v1/admin/catalogs/{id}/experiments/{experiment}",
    operation_id = "remove_experiment",
    tag = "admin",
    params(
        ("id" = String, Path, description = "The catalogue's id"),
        ("experiment" = String, Path, description = "The experiment's id"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or no such experiment", body = Problem),
        (status = 409, description = "`experiment_state`: it was started", body = Problem),
    )
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, experiment)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    found(&app, &id, &experiment).await?;
    if !rows::remove(&app.db, &id, &experiment).await? {
        return Err(wrong_state("what was started is kept, with what came of it"));
    }
    note(&app.db, &caller.actor(), "experiment.remove", &id, &experiment).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn definition(
    app: &App,
    id: &str,
    asked: NewExperiment,
    rules: Option<&Merchandising>,
) -> Result<Definition, Refusal> {
    if asked.days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
        return Err(refused(format!("days: from 1 to {MOST_DAYS}")));
    }
    let baseline = match asked.baseline {
        Some(baseline) => baseline,
        None => baseline::lately(&app.db, id, asked.metric).await?.share(),
    };
    let mut arms = Vec::new();
    for (number, arm) in asked.arms.into_iter().enumerate() {
        check_name(&format!("arms[{number}].name"), &arm.name)?;
        let rules = rules.filter(|_| arm.rules_draft).cloned();
        arms.push(Arm { name: arm.name.trim().into(), share: arm.share, weights: arm.weights, rules });
    }
    let definition = Definition {
        metric: asked.metric,
        interleaved: asked.interleaved,
        arms,
        baseline,
        lift: asked.lift,
        power: asked.power.unwrap_or(0.8),
        days: asked.days,
    };
    check_plan(&definition)?;
    Ok(definition)
}

/// Refuses a plan of what cannot be seen.
pub fn check_plan(definition: &Definition) -> Result<(), Refusal> {
    if !(0.001..=10.0).contains(&definition.lift) {
        return Err(refused("lift: from 0.001 to 10"));
    }
    if !(0.5..=0.99).contains(&definition.power) {
        return Err(refused("power: from 0.5 to 0.99"));
    }
    if definition.needed().is_none() {
        return Err(refused(
            "baseline: between 0 and 1, also after the change; say it if nothing is counted yet",
        ));
    }
    // Choices from a merged list are all that its teams have.
    if definition.interleaved && definition.metric != Metric::Clicked {
        return Err(refused("metric: merged lists are decided by choices"));
    }
    Ok(())
}

fn check_name(what: &str, name: &str) -> Result<(), Refusal> {
    let letters = name.trim().chars().count();
    if (1..=LONGEST_NAME).contains(&letters) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(problem::bad_request(format!("{what}: 1 to {LONGEST_NAME} letters on one line")))
}

fn refused(detail: impl Into<String>) -> Refusal {
    Refusal::new(422, "experiment_refused", "The experiment cannot be made").detail(detail)
}

fn no_draft() -> Refusal {
    Refusal::new(409, "no_draft", "There is no draft of rules").detail("make one on the page of rules")
}

/// A new key, as 64 hexadecimal digits.
fn secret() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
