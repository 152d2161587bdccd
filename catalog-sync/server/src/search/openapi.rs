//! The description of the API, and a page to read it. Both need nothing from elsewhere.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

/// What every route may answer besides: the status and the codes.
const EVERYWHERE: [(&str, &str); 6] = [
    ("400", "`bad_query`: out of its bounds, or not readable"),
    (
        "401",
        "`key_invalid`, `token_invalid`: what was shown as a key or a token opens nothing, or one is needed",
    ),
    ("403", "`key_not_allowed`, `origin_not_allowed`: the key is not for this, or not for this page"),
    ("429", "`rate_limited`: ask again after Retry-After seconds"),
    ("500", "`internal`"),
    ("503", "`busy`, `unavailable`, `timeout`: ask again after Retry-After seconds"),
];

/// The kind of every refusal's body.
const PROBLEM: &str = "application/problem+json";

/// What stands before the routes, which describe themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Knytt",
        version = "1.0.0",
        description = "Search a shop by words, pictures, or both. Errors are problems (RFC 9457) with a stable `code`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    // Only the bodies that routes name themselves are collected: not those of `PageAnswers`, nor of parameters.
    components(schemas(super::page::SearchPage, crate::insights::Window, crate::insights::QueryList)),
    servers((url = "/", description = "The backend that this is read from")),
    security(()),
    tags(
        (name = "search", description = "Find products"),
        (name = "products", description = "Products by their ids"),
        (name = "recommend", description = "What shoppers may like"),
        (name = "feedback", description = "What shoppers did"),
        (name = "catalogs", description = "What is searched here"),
        (name = "auth", description = "Sign in and out"),
        (name = "me", description = "What belongs to who is signed in"),
        (name = "admin", description = "For staff"),
    )
)]
pub struct Description;

/// Adds to every route what every route may answer. What a route says itself stays.
pub fn complete(api: &mut utoipa::openapi::OpenApi) {
    let bearer =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("`knytt api-key create`"));
    api.components
        .get_or_insert_default()
        .add_security_scheme("apiKey", SecurityScheme::Http(bearer.build()));
    for item in api.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete, &mut item.patch];
        operations.into_iter().flatten().for_each(add_answers);
    }
}

fn add_answers(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        // Every refusal is a problem, however its route describes it.
        if let RefOr::T(answer) = answer
            && status.starts_with(['4', '5'])
            && let Some(problem) = answer.content.shift_remove("application/json")
        {
            answer.content.insert(PROBLEM.into(), problem);
        }
    }
    for (status, description) in EVERYWHERE {
        operation.responses.responses.entry(status.into()).or_insert_with(|| {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            let response = ResponseBuilder::new().description(description);
            response.content(PROBLEM, problem).build().into()
        });
    }
}

/// `/api/v1/openapi.json`
pub async fn document(api: utoipa::openapi::OpenApi) -> Response {
    Json(api).into_response()
}

/// `/api/v1/docs`
pub async fn page() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let policy = [(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'",
    )];
    (kind, policy, include_str!("docs.html")).into_response()
}
