//! What a job set aside, as JSON or as a table for a spreadsheet.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::jobs::known;
use crate::accounts::problem;
use crate::app::App;
use crate::console::advice;
use crate::http::csv;
use crate::http::refusal::Refusal;
use crate::jobs::{self, FoundProblem, Selected};

/// Problems of an answer.
const PAGE: u32 = 100;

/// Rows of a table.
const ROWS: u32 = 50_000;

/// Columns of a table.
const HEADER: [&str; 7] = ["place", "line", "id", "title", "code", "reason", "advice"];

/// Which problems are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProblemsQuery {
    /// Only those of this kind.
    #[param(max_length = 100)]
    code: Option<String>,
    /// Only those with this text in their place, id, title or reason.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Only those after the one of this number.
    #[serde(default)]
    after: i64,
    /// `csv`: all that are wanted, as a table.
    #[param(max_length = 4)]
    format: Option<String>,
}

/// A row or a picture that was set aside.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobProblem {
    /// Its number.
    n: i64,
    /// The file, or the feed and its line.
    place: String,
    /// The line of the feed; 0 if it is not known.
    line: i64,
    /// The id of the product that it would be, if that is known.
    id: String,
    /// The title of that product.
    title: String,
    /// A stable name of the kind of fault; see docs/json.md of the command line.
    code: String,
    /// The fault, for people.
    reason: String,
    /// What helps.
    advice: String,
}

impl From<FoundProblem> for JobProblem {
    fn from(found: FoundProblem) -> Self {
        Self {
            advice: advice::of(&found.code).into(),
            n: found.n,
            place: found.place,
            line: found.line,
            id: found.product,
            title: found.title,
            code: found.code,
            reason: found.reason,
        }
    }
}

/// What a job set aside, in the feed's order
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs/{id}/problems",
    operation_id = "job_problems",
    tag = "admin",
    params(("id" = String, Path, description = "The job's id"), ProblemsQuery),
    responses(
        (status = 200, description = "At most 100; all of them as a table", content(
            (Vec<JobProblem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn problems(
    State(app): State<App>,
    Path(id): Path<String>,
    query: Result<Query<ProblemsQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query.map_err(|error| problem::bad_request(error.to_string()))?;
    let fits = |text: &Option<String>| {
        text.as_ref().is_none_or(|text| text.chars().count() <= 100 && !text.contains('\0'))
    };
    if !fits(&query.code) || !fits(&query.q) {
        return Err(problem::bad_request("code, q: at most 100 letters"));
    }
    let is_table = match query.format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(problem::bad_request("format: json or csv")),
    };
    let job = known(&app, &id).await?;
    let selected = Selected {
        code: query.code.as_deref(),
        text: query.q.as_deref(),
        after: query.after,
        limit: if is_table { ROWS } else { PAGE },
    };
    let found = jobs::problems(&app.db, &job.id, &selected).await?;
    let found = found.into_iter().map(JobProblem::from);
    if !is_table {
        return Ok(Json(found.collect::<Vec<_>>()).into_response());
    }
    Ok(csv::response(&format!("problems-{}", job.catalog), &HEADER, found.map(cells)))
}

fn cells(problem: JobProblem) -> Vec<String> {
    let line = if problem.line > 0 { problem.line.to_string() } else { String::new() };
    vec![problem.place, line, problem.id, problem.title, problem.code, problem.reason, problem.advice]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_quoted_and_computes_nothing() {
        let found = FoundProblem {
            n: 1,
            place: "feed:17".into(),
            line: 17,
            product: "=HYPERLINK(1)".into(),
            title: "A \"blue\", shirt".into(),
            code: "bad-price".into(),
            reason: "12".into(),
        };
        let text = csv::document(&HEADER, [cells(found.into())].into_iter());
        let rows: Vec<&str> = text.trim_end().split("\r\n").collect();
        assert_eq!(rows.len(), 2);
        assert!(
            rows[1].starts_with("feed:17,17,\"'=HYPERLINK(1)\",\"A \"\"blue\"\", shirt\",bad-price,12,"),
            "{text}"
        );
    }
}
