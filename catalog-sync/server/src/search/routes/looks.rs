//! Pictures with products on them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use knytt_app_core::shop::{look_picture, looks as all};
use knytt_ui_api::ShownLook;

use super::answers::AsBefore;
use super::products::{Where, kept, shopper};
use crate::app::App;
use crate::http::extract::{Path, Query};
use crate::http::refusal::Refusal;
use crate::search::reach::Reach;
use crate::search::refusals::of_problem;

/// Pictures that the shop shows with the products on them
#[utoipa::path(
    get,
    path = "/api/v1/looks",
    tag = "products",
    params(Where),
    responses(
        (status = 200, description = "All of which something can be shown", body = [ShownLook]),
        AsBefore,
    )
)]
pub async fn looks(
    State(app): State<App>,
    reach: Reach,
    Query(place): Query<Where>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let person = shopper(place.language())?;
    kept(&app, &reach, place.catalog(), &headers, move |catalog| {
        let looks = all(catalog.shop.session(), None, &person).map_err(of_problem)?;
        Ok(Json(looks).into_response())
    })
    .await
}

/// The picture of a look
#[utoipa::path(
    get,
    path = "/api/v1/looks/{id}/picture",
    operation_id = "look_picture",
    tag = "products",
    params(("id" = String, Path, description = "The look's id"), Where),
    responses(
        (status = 200, description = "A JPEG", content_type = "image/jpeg", body = Vec<u8>),
        AsBefore,
    )
)]
pub async fn picture(
    State(app): State<App>,
    reach: Reach,
    Path(id): Path<String>,
    Query(place): Query<Where>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    kept(&app, &reach, place.catalog(), &headers, move |catalog| {
        let bytes = look_picture(catalog.shop.session(), &id).map_err(of_problem)?;
        let mut response = bytes.into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
        Ok(response)
    })
    .await
}
