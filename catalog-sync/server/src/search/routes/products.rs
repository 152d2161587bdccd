//! Products by their ids.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use knytt_app_core::shop::{Person, full_picture, product as shop, thumbnail};
use knytt_ui_api::{Card, ProductPage};
use knytt_wire::Problem;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answers::{AsBefore, PageAnswers};
use super::search::answered_of_kind;
use crate::app::App;
use crate::http::extract::{Address, Path, Query};
use crate::http::refusal::Refusal;
use crate::search::body::{LONGEST_TAG, SearchBody};
use crate::search::catalogs::{OpenCatalog, State as CatalogState};
use crate::search::page::Page;
use crate::search::reach::Reach;
use crate::search::refusals::{bad_query, of_problem};
use crate::way::Kind;

/// Products of one list.
const MOST_CARDS: usize = 100;

/// Which catalogue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Where {
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// The shopper's language, such as `en`, for rules of one language.
    #[param(max_length = 35)]
    language: Option<String>,
}

impl Where {
    /// The catalogue, if the request names one.
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// The shopper's language, if the request names one.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }
}

/// Which picture of a product.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PictureSize {
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// `small` (256 pixels) or `full` (the shop's file, where it is here); `small` if absent.
    size: Option<String>,
    /// Which of the product's pictures: the number of a further one; its own if absent.
    #[param(maximum = 11)]
    number: Option<u8>,
}

/// Which page of products like one.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Similar {
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// Hits of a page.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The next page.
    cursor: Option<String>,
    /// The shopper's language, such as `en`, for rules of one language.
    #[param(max_length = 35)]
    language: Option<String>,
}

/// Everything about a product
#[utoipa::path(
    get,
    path = "/api/v1/products/{id}",
    tag = "products",
    params(("id" = String, Path, description = "The product's id"), Where),
    responses(
        (status = 200, description = "The product", body = ProductPage),
        AsBefore,
    )
)]
pub async fn product(
    State(app): State<App>,
    reach: Reach,
    Path(id): Path<String>,
    Query(place): Query<Where>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let person = shopper(place.language.as_deref())?;
    kept(&app, &reach, place.catalog.as_deref(), &headers, move |catalog| {
        let page = shop::page(catalog.shop.session(), &id, &person).map_err(of_problem)?;
        Ok(Json(page).into_response())
    })
    .await
}

/// A product's picture
#[utoipa::path(
    get,
    path = "/api/v1/products/{id}/picture",
    tag = "products",
    params(("id" = String, Path, description = "The product's id"), PictureSize),
    responses(
        (status = 200, description = "A picture file", content_type = "image/*", body = Vec<u8>),
        AsBefore,
    )
)]
pub async fn picture(
    State(app): State<App>,
    reach: Reach,
    Path(id): Path<String>,
    Query(wanted): Query<PictureSize>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let full = match wanted.size.as_deref() {
        None | Some("small") => false,
        Some("full") => true,
        Some(_) => return Err(bad_query("size: small or full")),
    };
    let number = wanted.number.unwrap_or(0);
    kept(&app, &reach, wanted.catalog.as_deref(), &headers, move |catalog| {
        let product = shop::find(catalog.shop.session(), &id).map_err(of_problem)?;
        let file = match full {
            true => full_picture(&catalog.shop, &product, number),
            false => thumbnail(catalog.shop.session(), &id, number),
        };
        let file = file.map_err(of_problem)?.ok_or_else(Refusal::not_found)?;
        let kind = image::guess_format(&file).map_or("application/octet-stream", |f| f.to_mime_type());
        let headers = [
            (header::CONTENT_TYPE, kind),
            // A shop's file is shown, never run.
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        ];
        Ok((headers, Body::from(file)).into_response())
    })
    .await
}

/// Ids of products.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// The catalogue; needed only where several are served.
    #[serde(default)]
    catalog: Option<String>,
    /// The ids.
    #[schema(max_items = 100)]
    ids: Vec<String>,
}

/// Several products by their ids
///
/// In the order asked for. Products that are not there are left out.
#[utoipa::path(
    post,
    path = "/api/v1/cards",
    tag = "products",
    request_body = Ids,
    responses(
        (status = 200, description = "The products", body = [Card]),
        (status = 404, description = "`catalog_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn cards(
    State(app): State<App>,
    reach: Reach,
    request: Request,
) -> Result<Json<Vec<Card>>, Refusal> {
    let body = crate::http::read_body(request, app.search.settings.body_bytes()).await?;
    let wanted: Ids = crate::http::read_json(&body)
        .map_err(|error| bad_query(format!("not the JSON of a list of ids: {error}")))?;
    if wanted.ids.len() > MOST_CARDS {
        return Err(bad_query("ids: at most 100"));
    }
    let catalog = reach.get(&app.search.catalogs, wanted.catalog.as_deref())?;
    let job =
        move || shop::cards(catalog.shop.session(), &wanted.ids, &Person::default()).map_err(of_problem);
    app.search.workers.run(job).await.map(Json)
}

/// Products that look like one
#[utoipa::path(
    get,
    path = "/api/v1/similar/{id}",
    tag = "products",
    params(("id" = String, Path, description = "The product's id"), Similar),
    responses(PageAnswers)
)]
pub async fn similar(
    State(app): State<App>,
    reach: Reach,
    Address(address): Address,
    Path(id): Path<String>,
    Query(wanted): Query<Similar>,
) -> Result<Page, Refusal> {
    let Similar { catalog, limit, cursor, language } = wanted;
    let body = SearchBody { catalog, like: Some(id), limit, cursor, language, ..SearchBody::default() };
    answered_of_kind(&app, &reach, body, None, address, Kind::Browse).await
}

/// Products of other kinds that go with one
#[utoipa::path(
    get,
    path = "/api/v1/products/{id}/goes-with",
    tag = "products",
    params(("id" = String, Path, description = "The product's id"), Where),
    responses(
        (status = 200, description = "Products, one of each kind", body = [Card]),
        AsBefore,
    )
)]
pub async fn goes_with(
    State(app): State<App>,
    reach: Reach,
    Path(id): Path<String>,
    Query(place): Query<Where>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let person = shopper(place.language.as_deref())?;
    kept(&app, &reach, place.catalog.as_deref(), &headers, move |catalog| {
        let cards = shop::goes_with(catalog.shop.session(), &id, &person).map_err(of_problem)?;
        Ok(Json(cards).into_response())
    })
    .await
}

/// Products of the same kind that cost less
#[utoipa::path(
    get,
    path = "/api/v1/products/{id}/cheaper",
    tag = "products",
    params(("id" = String, Path, description = "The product's id"), Where),
    responses(
        (status = 200, description = "Products, the most alike first", body = [Card]),
        AsBefore,
    )
)]
pub async fn cheaper(
    State(app): State<App>,
    reach: Reach,
    Path(id): Path<String>,
    Query(place): Query<Where>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let person = shopper(place.language.as_deref())?;
    kept(&app, &reach, place.catalog.as_deref(), &headers, move |catalog| {
        let cards = shop::cheaper(catalog.shop.session(), &id, &person).map_err(of_problem)?;
        Ok(Json(cards).into_response())
    })
    .await
}

/// Somebody of whom only the language is known.
///
/// # Errors
/// 400 if it is longer than any language's name.
pub fn shopper(language: Option<&str>) -> Result<Person, Refusal> {
    match language.filter(|tag| tag.chars().nth(LONGEST_TAG).is_some()) {
        Some(_) => Err(bad_query("language: at most 35 letters")),
        None => Ok(Person::who_speaks(language)),
    }
}

/// Makes an answer that depends on nothing but the catalogue's state, which is its validator.
pub async fn kept<F>(
    app: &App,
    reach: &Reach,
    catalog: Option<&str>,
    headers: &HeaderMap,
    make: F,
) -> Result<Response, Refusal>
where
    F: FnOnce(&OpenCatalog) -> Result<Response, Refusal> + Send + 'static,
{
    let catalog = reach.get(&app.search.catalogs, catalog)?;
    let etag = etag(catalog.state()?);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => app.search.workers.run(move || make(&catalog)).await?,
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, value);
    }
    Ok(response)
}

fn etag(state: CatalogState) -> String {
    format!("\"{state}\"")
}
