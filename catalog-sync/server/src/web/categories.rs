//! A category's page: its products as links.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture};
use knytt_ui_api::{Choice, SearchRequest, SearchResponse};
use serde_json::json;

use super::document::Document;
use super::html::{Text, script_json};
use super::labels::Language;
use super::pages::{self, Addresses, Asked};
use super::products::list;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::search::of_problem;

/// Products of a category's page. The sitemap lists all of them.
const SHOWN: u32 = 60;

/// `/c/{category}`
pub async fn page(
    State(app): State<App>,
    Path(category): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let language = Language::of(asked.lang.as_deref(), &headers);
    let catalog = pages::catalog_of(&app, &asked)?;
    let addresses = Addresses::new(&app, &headers, &catalog);
    let asking = headers.clone();
    let job = move || {
        let state = catalog.state()?;
        pages::send(&asking, &state.to_string(), language, || {
            let filters = vec![Choice { field: "category".into(), values: vec![category.clone()] }];
            let spoken = Some(language.code().to_owned());
            let request =
                SearchRequest { filters, limit: SHOWN, language: spoken, ..SearchRequest::default() };
            let found = answer(catalog.shop.session(), &request, QueryPicture::default(), &Person::default());
            let found = found.map_err(of_problem)?;
            if found.hits.is_empty() {
                return Err(Refusal::not_found());
            }
            Ok(document(&found, &category, &catalog.summary.id, &addresses, language))
        })
    };
    match app.search.workers.run(job).await {
        Err(refusal) if refusal.status() == 404 => Ok(pages::missing(&headers, &app.config, language)),
        answer => answer,
    }
}

fn document(
    found: &SearchResponse,
    asked: &str,
    shop: &str,
    addresses: &Addresses,
    language: Language,
) -> Document {
    // Categories are compared without case; the page says it as the shop does.
    let said = found.hits.iter().map(|hit| hit.card.category.as_str());
    let name = said.into_iter().find(|said| said.to_lowercase() == asked.to_lowercase()).unwrap_or(asked);
    let titles: Vec<&str> = found.hits.iter().take(4).map(|hit| hit.card.title.as_str()).collect();
    let cards = list(found.hits.iter().map(|hit| &hit.card), addresses);
    let places = found.hits.iter().enumerate().map(|(at, hit)| {
        let address = addresses.product(&hit.card.id, &hit.card.title);
        json!({ "@type": "ListItem", "position": at + 1, "url": address, "name": hit.card.title })
    });
    let structured = json!({
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": name,
        "numberOfItems": found.matched,
        "itemListElement": places.collect::<Vec<_>>(),
    });
    Document {
        language,
        title: format!("{name} · {shop}"),
        description: super::html::shortened(&format!("{name}: {}", titles.join(", ")), 155),
        address: addresses.category(name),
        kind: "website",
        picture: found.hits.first().map(|hit| addresses.picture(&hit.card.id, "full")),
        structured: Some(script_json(&structured)),
        content: format!("<main class=\"served\"><h1 dir=\"auto\">{}</h1>{cards}</main>", Text(name)),
        several: addresses.catalog().map(Into::into),
        data: Some(script_json(&json!({ "catalog": shop, "category": name }))),
        is_listed: true,
    }
}
