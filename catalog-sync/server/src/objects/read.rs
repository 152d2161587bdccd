//! Reading: conditional, in ranges, streamed.

use std::ops::Range;

use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use object_store::{Error as StoreError, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore};

use super::name::Object;
use super::range::{Asked, asked};
use crate::app::App;
use crate::http::refusal::Refusal;

type Names = UrlPath<(String, String)>;

pub async fn metadata(
    State(app): State<App>,
    UrlPath((catalog, name)): Names,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    read(&app, &catalog, Object::metadata(&name)?, &method, &headers).await
}

pub async fn target(
    State(app): State<App>,
    UrlPath((catalog, name)): Names,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    read(&app, &catalog, Object::target(&name)?, &method, &headers).await
}

async fn read(
    app: &App,
    catalog: &str,
    object: Object,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let path = object.path(catalog)?;
    let mut options = GetOptions { head: method == Method::HEAD, ..GetOptions::default() };
    options.if_none_match = text(headers, header::IF_NONE_MATCH).map(strong);
    let mut part = None;
    if let Some(header) = text(headers, header::RANGE) {
        // The answer depends on the size and on If-Range; what follows is of the same version or nothing.
        let meta = app.objects.head(&path).await.map_err(refuse)?.ok_or_else(Refusal::not_found)?;
        match asked(Some(header).filter(|_| range_applies(headers, &meta)), meta.size) {
            Asked::Whole => {}
            Asked::Beyond => return Ok(beyond(meta.size)),
            Asked::Part(bytes) => {
                options.range = Some(GetRange::Bounded(bytes.clone()));
                options.if_match = meta.e_tag;
                part = Some(bytes);
            }
        }
    }
    match app.objects.store.get_opts(&path, options).await {
        // Not every store understands a list of tags.
        Ok(found) if is_known(headers, &found.meta) => Ok(not_modified(&object, &found.meta)),
        Ok(found) => Ok(answer(&object, found, part, method)),
        Err(StoreError::NotModified { .. }) => {
            let meta = app.objects.head(&path).await.map_err(refuse)?.ok_or_else(Refusal::not_found)?;
            Ok(not_modified(&object, &meta))
        }
        Err(error) => Err(refuse(error)),
    }
}

fn answer(object: &Object, found: GetResult, part: Option<Range<u64>>, method: &Method) -> Response {
    let mut response = Response::new(Body::empty());
    describe(response.headers_mut(), object, &found.meta);
    let mut length = found.meta.size;
    if let Some(part) = part {
        length = part.end - part.start;
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, found.meta.size);
        if let Ok(range) = HeaderValue::from_str(&range) {
            response.headers_mut().insert(header::CONTENT_RANGE, range);
        }
    }
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    if method != Method::HEAD {
        *response.body_mut() = Body::from_stream(found.into_stream());
    }
    response
}

fn not_modified(object: &Object, meta: &ObjectMeta) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    describe(response.headers_mut(), object, meta);
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

fn beyond(size: u64) -> Response {
    use axum::response::IntoResponse;
    let refusal = Refusal::new(416, "range_not_satisfiable", "Range not satisfiable");
    let mut response = refusal.detail(format!("the file has {size} bytes")).into_response();
    if let Ok(range) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

/// What every answer says of a file.
fn describe(headers: &mut HeaderMap, object: &Object, meta: &ObjectMeta) {
    let kind = if object.is_json() { "application/json" } else { "application/octet-stream" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(object.cache_control()));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let modified = meta.last_modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (name, value) in
        [(header::ETAG, meta.e_tag.as_deref()), (header::LAST_MODIFIED, Some(modified.as_str()))]
    {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
}

/// Whether `If-Range` is absent or names this very version.
fn range_applies(headers: &HeaderMap, meta: &ObjectMeta) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|value| value.to_str().ok() == meta.e_tag.as_deref())
}

/// Whether `If-None-Match` names this very version.
fn is_known(headers: &HeaderMap, meta: &ObjectMeta) -> bool {
    let tags = text(headers, header::IF_NONE_MATCH).map(strong);
    tags.is_some_and(|tags| tags.split(", ").any(|tag| Some(tag) == meta.e_tag.as_deref()))
}

/// Tags for `If-None-Match`, which does not care whether a proxy weakened them.
fn strong(tags: &str) -> String {
    tags.split(',').map(|tag| tag.trim().trim_start_matches("W/")).collect::<Vec<_>>().join(", ")
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// What a store's error is to who asked.
pub fn refuse(error: StoreError) -> Refusal {
    match error {
        StoreError::NotFound { .. } => Refusal::not_found(),
        StoreError::Precondition { .. } => Refusal::new(412, "changed", "The file changed meanwhile"),
        other => Refusal::unavailable(other),
    }
}
