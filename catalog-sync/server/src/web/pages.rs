//! What all pages share: whose they are, at which address, and when they are sent anew.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::document::Document;
use super::html::{Text, segment, slug};
use super::labels::Language;
use super::site;
use crate::app::App;
use crate::config::Config;
use crate::http::refusal::Refusal;
use crate::search::OpenCatalog;

/// What the address of a page may say after `?`.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Where several catalogues are served, which one; if absent, the first by id, or the first with the product.
    pub catalog: Option<String>,
    /// The language of our words.
    pub lang: Option<String>,
}

/// Where pages are, as others see it: `https://shop.example`.
pub fn origin(config: &Config, headers: &HeaderMap) -> String {
    if let Some(url) = &config.public_url {
        return url.clone();
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_host = |host: &str| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
    };
    let host = if is_host(host) { host } else { "localhost" };
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{host}")
}

/// The addresses of one catalogue's pages.
#[derive(Clone, Debug)]
pub struct Addresses {
    origin: String,
    /// Named only where there are several.
    catalog: Option<String>,
}

impl Addresses {
    /// Those of `catalog`.
    pub fn new(app: &App, headers: &HeaderMap, catalog: &OpenCatalog) -> Self {
        let is_one = app.search.catalogs.all().len() == 1;
        let catalog = (!is_one).then(|| catalog.summary.id.clone());
        Self { origin: origin(&app.config, headers), catalog }
    }

    /// The catalogue, where there are several.
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// A product's page.
    pub fn product(&self, id: &str, title: &str) -> String {
        let slug = slug(title);
        let slash = if slug.is_empty() { "" } else { "/" };
        self.at(&format!("/p/{}{slash}{}", segment(id), segment(&slug)))
    }

    /// A category's page.
    pub fn category(&self, name: &str) -> String {
        self.at(&format!("/c/{}", segment(name)))
    }

    /// The start page.
    pub fn start(&self) -> String {
        self.at("/")
    }

    /// A product's picture, for other sites.
    pub fn picture(&self, id: &str, size: &str) -> String {
        format!("{}{}", self.origin, self.own_picture(id, size))
    }

    /// A product's picture, for pages of this origin: the same address as the interface has.
    pub fn own_picture(&self, id: &str, size: &str) -> String {
        format!("/api/v1/products/{}/picture?size={size}{}", segment(id), self.of_catalog())
    }

    /// A look's picture, for pages of this origin: the same address as the interface has.
    pub fn look_picture(&self, id: &str, version: &str) -> String {
        format!("/api/v1/looks/{}/picture?v={}{}", segment(id), segment(version), self.of_catalog())
    }

    /// What names the catalogue in an address that asks for more.
    fn of_catalog(&self) -> String {
        self.catalog.iter().map(|catalog| format!("&catalog={}", segment(catalog))).collect()
    }

    fn at(&self, path: &str) -> String {
        let catalog = self.catalog.iter().map(|catalog| format!("?catalog={}", segment(catalog)));
        format!("{}{path}{}", self.origin, catalog.collect::<String>())
    }
}

/// The catalogue that a page is of, which is the first one where the address names none.
pub fn catalog_of(app: &App, asked: &Asked) -> Result<std::sync::Arc<OpenCatalog>, Refusal> {
    match &asked.catalog {
        Some(id) => app.search.catalogs.get(Some(id)),
        None => app.search.catalogs.all().into_iter().next().ok_or_else(Refusal::not_found),
    }
}

/// The catalogue that a product's page is of. Where the address names none, the first one that has the product: an
/// address from when there was one catalogue still leads there. Reads catalogues, so it belongs on a worker.
pub fn catalog_with(app: &App, asked: &Asked, product: &str) -> Result<std::sync::Arc<OpenCatalog>, Refusal> {
    let first = catalog_of(app, asked)?;
    let all = app.search.catalogs.all();
    if asked.catalog.is_some() || all.len() < 2 {
        return Ok(first);
    }
    let has = |catalog: &std::sync::Arc<OpenCatalog>| {
        let snapshot = catalog.shop.session().catalog().read();
        snapshot.and_then(|snapshot| snapshot.contains(product)).unwrap_or(false)
    };
    Ok(all.into_iter().find(has).unwrap_or(first))
}

/// Sends a page, or 304 if the browser has this state of it.
pub fn send(
    headers: &HeaderMap,
    state: &str,
    language: Language,
    make: impl FnOnce() -> Result<Document, Refusal>,
) -> Result<Response, Refusal> {
    let etag = format!("\"{state}-{}-{}\"", site::version(), language.code());
    let mut response = match site::is_known(headers, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => html(make()?.render()),
    };
    let answered = response.headers_mut();
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answered.insert(header::VARY, HeaderValue::from_static("accept-language, host"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answered.insert(header::ETAG, etag);
    }
    Ok(response)
}

/// A page that says that there is nothing here; the interface explains it and offers the search.
pub fn missing(headers: &HeaderMap, config: &Config, language: Language) -> Response {
    let origin = origin(config, headers);
    let document = Document {
        language,
        title: "404 · Knytt".into(),
        description: String::new(),
        address: origin.clone(),
        kind: "website",
        picture: None,
        structured: None,
        several: None,
        content: format!(
            "<main class=\"served\"><h1>404</h1><p><a href=\"/\">{}</a></p></main>",
            Text(language.say("nav.search"))
        ),
        data: None,
        is_listed: false,
    };
    let mut response = with_status(StatusCode::NOT_FOUND, document.render());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page.
pub fn html(body: String) -> Response {
    with_status(StatusCode::OK, body)
}

fn with_status(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}
