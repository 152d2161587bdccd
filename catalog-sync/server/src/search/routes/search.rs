//! Searches: by everything, by words, by a picture, by both.

use std::net::IpAddr;

use axum::Json;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::answers::PageAnswers;
use crate::app::App;
use crate::http::extract::Address;
use crate::http::refusal::Refusal;
use crate::search::answer;
use crate::search::body::{SearchBody, read_object};
use crate::search::page::{Asked, Page};
use crate::search::reach::Reach;
use crate::search::refusals::bad_query;
use crate::way::{Kind, Way};

/// `hit` if the answer was kept from before, else `miss`.
const CACHE: HeaderName = HeaderName::from_static("x-knytt-cache");

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Some(counted) = self.counted {
            response.extensions_mut().insert(counted);
        }
        let headers = response.headers_mut();
        let cache = if self.is_cached { "hit" } else { "miss" };
        headers.insert(CACHE, HeaderValue::from_static(cache));
        // What a person asks is theirs: no cache between keeps it.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(header::ETAG, etag);
        }
        response
    }
}

/// Search by words, a picture, products, or all of them
///
/// The body is JSON with the picture as Base64, or a form whose part `image` is the picture's file and whose part
/// `request` is the JSON. Without anything to look for, it browses the products that pass the filters.
#[utoipa::path(
    post,
    path = "/api/v1/search",
    tag = "search",
    request_body(content((SearchBody = "application/json"), (SearchForm = "multipart/form-data"))),
    responses(PageAnswers)
)]
pub async fn search(
    State(app): State<App>,
    reach: Reach,
    Address(address): Address,
    request: Request,
) -> Result<Page, Refusal> {
    let (body, picture) = read(&app, request).await?;
    answered(&app, &reach, body, picture, address).await
}

/// Search by words
#[utoipa::path(
    post,
    path = "/api/v1/text-search",
    tag = "search",
    request_body = SearchBody,
    responses(PageAnswers)
)]
pub async fn text_search(
    State(app): State<App>,
    reach: Reach,
    Address(address): Address,
    request: Request,
) -> Result<Page, Refusal> {
    let (body, picture) = read(&app, request).await?;
    if body.text.trim().is_empty() {
        return Err(bad_query("text: no words"));
    }
    if has_picture(&body, picture.as_deref()) {
        return Err(bad_query("image: /multi-search takes words and a picture"));
    }
    answered(&app, &reach, body, None, address).await
}

/// Search by a picture
///
/// The body is the picture's file itself (`image/*`), a form with the part `image`, or JSON with Base64.
#[utoipa::path(
    post,
    path = "/api/v1/image-search",
    tag = "search",
    request_body(content(
        (SearchBody = "application/json"),
        (SearchForm = "multipart/form-data"),
        (Vec<u8> = "image/*"),
    )),
    responses(PageAnswers)
)]
pub async fn image_search(
    State(app): State<App>,
    reach: Reach,
    Address(address): Address,
    request: Request,
) -> Result<Page, Refusal> {
    let (body, picture) = read(&app, request).await?;
    if !has_picture(&body, picture.as_deref()) {
        return Err(bad_query("image: no picture"));
    }
    answered(&app, &reach, body, picture, address).await
}

/// Search by words and a picture together
#[utoipa::path(
    post,
    path = "/api/v1/multi-search",
    tag = "search",
    request_body(content((SearchBody = "application/json"), (SearchForm = "multipart/form-data"))),
    responses(PageAnswers)
)]
pub async fn multi_search(
    State(app): State<App>,
    reach: Reach,
    Address(address): Address,
    request: Request,
) -> Result<Page, Refusal> {
    let (body, picture) = read(&app, request).await?;
    if body.text.trim().is_empty() || !has_picture(&body, picture.as_deref()) {
        return Err(bad_query("text and image: both are needed"));
    }
    answered(&app, &reach, body, picture, address).await
}

fn has_picture(body: &SearchBody, picture: Option<&[u8]>) -> bool {
    let is_in_body = body.image.as_ref().is_some_and(|image| !image.is_empty());
    picture.is_some() || is_in_body || body.image_url.is_some()
}

/// The page of an answer, with the token that ties feedback to it.
pub async fn answered(
    app: &App,
    reach: &Reach,
    body: SearchBody,
    picture: Option<Vec<u8>>,
    address: Option<IpAddr>,
) -> Result<Page, Refusal> {
    let kind = kind(&body, picture.as_deref());
    answered_of_kind(app, reach, body, picture, address, kind).await
}

/// The same for a search of this kind.
pub async fn answered_of_kind(
    app: &App,
    reach: &Reach,
    body: SearchBody,
    picture: Option<Vec<u8>>,
    address: Option<IpAddr>,
    kind: Kind,
) -> Result<Page, Refusal> {
    let way = Way { channel: reach.channel(), kind };
    let (words, is_typing, visitor) = (body.text.clone(), body.typing, body.visitor.clone());
    let language = body.language.clone();
    let who = visitor.clone().or(address.map(|address| address.to_string()));
    let page = answer::search(&app.search, reach, body, picture, who.as_deref()).await?;
    let (visitor, language) = (visitor.as_deref(), language.as_deref());
    Ok(page.sign(&app.tokens, &Asked { words: &words, is_typing, way, language, visitor, address }))
}

/// What a request asks with.
fn kind(body: &SearchBody, picture: Option<&[u8]>) -> Kind {
    let has_words = !body.text.trim().is_empty();
    match (has_picture(body, picture), has_words) {
        (true, true) => Kind::Both,
        (true, false) => Kind::Image,
        (false, true) => Kind::Words,
        _ if body.like.is_some() || !body.mix.is_empty() => Kind::Similar,
        _ => Kind::Browse,
    }
}

/// A search as a form.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "it describes the form; `read_form` reads it")]
pub struct SearchForm {
    /// The picture's file.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    image: Option<Vec<u8>>,
    /// Everything else, as JSON.
    request: Option<SearchBody>,
}

/// What a request asks and its picture's file, in whichever form they came.
async fn read(app: &App, request: Request) -> Result<(SearchBody, Option<Vec<u8>>), Refusal> {
    let kind = content_type(request.headers());
    if kind.starts_with("multipart/form-data") {
        return read_form(app, request).await;
    }
    let settings = &app.search.settings;
    if kind.starts_with("image/") || kind == "application/octet-stream" {
        let limit = usize::try_from(settings.picture_bytes).unwrap_or(usize::MAX);
        let picture = crate::http::read_body(request, limit).await?;
        return Ok((SearchBody::default(), Some(filled(picture.to_vec())?)));
    }
    let bytes = crate::http::read_body(request, settings.body_bytes()).await?;
    Ok((read_object(&bytes, "search")?, None))
}

async fn read_form(app: &App, request: Request) -> Result<(SearchBody, Option<Vec<u8>>), Refusal> {
    let unreadable = |error: MultipartError| match error.status().as_u16() {
        413 => Refusal::too_large(app.search.settings.picture_bytes),
        _ => bad_query(format!("form: {}", error.body_text())),
    };
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|error| bad_query(format!("form: {}", error.body_text())))?;
    let (mut body, mut picture) = (SearchBody::default(), None);
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        match part.name().unwrap_or_default() {
            "image" => picture = Some(filled(part.bytes().await.map_err(unreadable)?.to_vec())?),
            "request" => body = read_object(&part.bytes().await.map_err(unreadable)?, "request")?,
            other => {
                return Err(bad_query(format!("form: no part is named {other:?}; image and request are")));
            }
        }
    }
    Ok((body, picture))
}

/// A file of no bytes asks for nothing, and would be answered with the whole shop.
fn filled(picture: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    if picture.is_empty() { Err(bad_query("image: the file is empty")) } else { Ok(picture) }
}

fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.unwrap_or_default().trim().to_ascii_lowercase()
}
