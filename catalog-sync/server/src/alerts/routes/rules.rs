//! The rules.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_wire::Problem;

use super::is_plain;
use crate::accounts::{Body, Caller, note, now_ms, problem};
use crate::alerts::rule::{Rule, Terms};
use crate::alerts::rules;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::http::refusals::{BodyRefusals, ChangeRefusals, NotFound, ReadRefusals};

/// The rules of alerts
#[utoipa::path(
    get,
    path = "/api/v1/admin/alert-rules",
    operation_id = "alert_rules",
    tag = "admin",
    responses(
        (status = 200, description = "All of them", body = [Rule]),
        ReadRefusals,
    )
)]
pub async fn rules(State(app): State<App>) -> Result<Json<Vec<Rule>>, Refusal> {
    Ok(Json(rules::list(&app.db).await?))
}

/// Make a rule
#[utoipa::path(
    post,
    path = "/api/v1/admin/alert-rules",
    operation_id = "create_alert_rule",
    tag = "admin",
    request_body = Terms,
    responses(
        (status = 201, description = "The rule", body = Rule),
        (status = 400, description = "`bad_request`", body = Problem),
        ChangeRefusals,
        (status = 409, description = "`too_many`: 500 rules", body = Problem),
        BodyRefusals,
    )
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(terms): Body<Terms>,
) -> Result<(StatusCode, Json<Rule>), Refusal> {
    check(&terms)?;
    if rules::list(&app.db).await?.len() >= rules::MOST {
        return Err(Refusal::new(409, "too_many", "There are 500 rules"));
    }
    let rule = rules::create(&app.db, terms, &caller.actor(), now_ms()).await?;
    note(&app.db, &caller.actor(), "alert.rule", &rule.id, &said(&rule)).await?;
    Ok((StatusCode::CREATED, Json(rule)))
}

/// Replace the terms of a rule
#[utoipa::path(
    put,
    path = "/api/v1/admin/alert-rules/{id}",
    operation_id = "replace_alert_rule",
    tag = "admin",
    params(("id" = String, Path, description = "The rule's id")),
    request_body = Terms,
    responses(
        (status = 200, description = "The rule", body = Rule),
        (status = 400, description = "`bad_request`", body = Problem),
        ChangeRefusals,
        NotFound,
        BodyRefusals,
    )
)]
pub async fn replace(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(terms): Body<Terms>,
) -> Result<Json<Rule>, Refusal> {
    check(&terms)?;
    let known = known(&app, &id).await?;
    if rules::is_usual(&known.id) && (known.terms.metric != terms.metric || !terms.catalog.is_empty()) {
        return Err(problem::bad_request(
            "a rule of the server's own keeps its metric, and is for all catalogues",
        ));
    }
    let rule = Rule { terms, actor: caller.actor(), made_ms: now_ms(), ..known };
    rules::replace(&app.db, &rule).await?;
    note(&app.db, &caller.actor(), "alert.rule", &rule.id, &said(&rule)).await?;
    Ok(Json(rule))
}

/// Remove a rule
///
/// Those that every server begins with can be turned off, and not removed.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/alert-rules/{id}",
    operation_id = "remove_alert_rule",
    tag = "admin",
    params(("id" = String, Path, description = "The rule's id")),
    responses(
        (status = 204, description = "It is gone"),
        ChangeRefusals,
        NotFound,
        (status = 409, description = "`usual_rule`: turn it off", body = Problem),
    )
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let known = known(&app, &id).await?;
    if rules::is_usual(&known.id) {
        return Err(Refusal::new(409, "usual_rule", "This rule can be turned off, and not removed"));
    }
    rules::remove(&app.db, &known.id).await?;
    note(&app.db, &caller.actor(), "alert.rule-remove", &known.id, &said(&known)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn known(app: &App, id: &str) -> Result<Rule, Refusal> {
    let known = if is_plain(id) { rules::by_id(&app.db, id).await? } else { None };
    known.ok_or_else(Refusal::not_found)
}

fn check(terms: &Terms) -> Result<(), Refusal> {
    terms.fault().map_or(Ok(()), |fault| Err(problem::bad_request(fault)))
}

/// A rule in the audit log.
fn said(rule: &Rule) -> String {
    let Terms { catalog, metric, comparison, threshold, window_minutes, minimum, enabled } = &rule.terms;
    let place = if catalog.is_empty() { "all" } else { catalog };
    let state = if *enabled { "on" } else { "off" };
    let comparison = comparison.name();
    format!(
        "{metric} of {place} {comparison} {threshold} in {window_minutes} min, {minimum} or more, {state}"
    )
}
