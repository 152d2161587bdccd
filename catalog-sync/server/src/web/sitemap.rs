//! What search engines read: which pages there are.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use knytt_app_core::problem::of_engine;
use knytt_app_core::shop::facets;

use super::html::Text;
use super::pages::{self, Addresses};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::search::{OpenCatalog, of_problem};

/// Addresses of one file: as many as the protocol allows.
const MOST: usize = 50_000;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// `/robots.txt`
pub async fn robots(State(app): State<App>, headers: HeaderMap) -> Response {
    let origin = pages::origin(&app.config, &headers);
    let text = format!(
        "User-agent: *\nAllow: /api/v1/products/\nDisallow: /api/\nDisallow: /v1/\nSitemap: {origin}/sitemap.xml\n"
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// `/sitemap.xml`: the list of the files below.
pub async fn index(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    let origin = pages::origin(&app.config, &headers);
    let mut xml = format!("{HEAD}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for number in 0..files(&app) {
        // Formatting into a text cannot fail.
        let address = format!("{origin}/sitemap/{number}.xml");
        let _ = writeln!(xml, "<sitemap><loc>{}</loc></sitemap>", Text(&address));
    }
    xml.push_str("</sitemapindex>\n");
    Ok(as_xml(xml))
}

/// `/sitemap/{number}.xml`: the start page, categories and products, 50,000 a file. Each file is of one catalogue.
pub async fn part(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let number = name.strip_suffix(".xml").and_then(|number| number.parse::<usize>().ok());
    let mut number = number.ok_or_else(Refusal::not_found)?;
    for catalog in app.search.catalogs.all() {
        let files = files_of(&catalog);
        if number < files {
            let addresses = Addresses::new(&app, &headers, &catalog);
            return app
                .search
                .workers
                .run(move || addresses_of(&catalog, number, &addresses).map(as_xml))
                .await;
        }
        number -= files;
    }
    Err(Refusal::not_found())
}

fn files(app: &App) -> usize {
    app.search.catalogs.all().iter().map(files_of).sum()
}

/// Products fill the files; the start page and the categories, which are few, come first in the first one.
fn files_of(catalog: &Arc<OpenCatalog>) -> usize {
    let products = catalog.shop.summary().products as usize;
    products.div_ceil(EACH).max(1)
}

/// Room for categories in the first file: more than a facet names.
const CATEGORIES: usize = 100;

/// Room for the start page.
const START: usize = 1;

/// Products of one file.
const EACH: usize = MOST - CATEGORIES - START;

fn addresses_of(catalog: &OpenCatalog, number: usize, addresses: &Addresses) -> Result<String, Refusal> {
    let snapshot = catalog.shop.session().catalog().read().map_err(|error| of_problem(of_engine(error)))?;
    let mut xml = format!("{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    let mut add = |address: &str| {
        let _ = writeln!(xml, "<url><loc>{}</loc></url>", Text(address));
    };
    if number == 0 {
        add(&addresses.start());
        let facets = facets::facets(&snapshot, &knytt_engine::Filter::default()).map_err(of_problem)?;
        let categories = facets.iter().find(|facet| facet.field == "category");
        for category in categories.iter().flat_map(|facet| &facet.values).take(CATEGORIES) {
            add(&addresses.category(&category.value));
        }
    }
    let products = snapshot.products().map_err(|error| of_problem(of_engine(error)))?;
    for product in products.skip(number * EACH).take(EACH) {
        let product = product.map_err(|error| of_problem(of_engine(error)))?;
        add(&addresses.product(&product.id, &product.title));
    }
    xml.push_str("</urlset>\n");
    Ok(xml)
}

fn as_xml(xml: String) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}
