//! The start page, with the looks of the shop and the answer to what its address asks: the first products are there before any script.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use knytt_app_core::shop::{Person, looks};
use knytt_ui_api::{Hit, ShownLook};
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::html::{Text, script_json, segment};
use super::labels::Language;
use super::pages::{self, Addresses, Asked};
use super::products::cards;
use super::site;
use crate::app::App;
use crate::http::extract::Address;
use crate::http::refusal::Refusal;
use crate::search::body::SearchBody;
use crate::search::of_problem;
use crate::search::page::SearchPage;
use crate::search::reach::Reach;
use crate::search::routes::catalogs::{Searched, searched};
use crate::search::routes::search::answered;

/// Hits of the answer: as many as the interface asks for at first.
const HITS: u32 = 60;

/// Products that the page shows before the interface does: more than a window has room for.
const SHOWN: usize = 12;

/// Looks that the page shows before the interface does: more than a wide window has room for.
const LOOKS: usize = 12;

/// What the address of the start page may say after `?`. The interface reads more of it.
#[derive(Debug, Default, Deserialize)]
pub struct AskedWords {
    q: Option<String>,
    text: Option<String>,
    /// The interface alone, which the service worker keeps.
    shell: Option<String>,
}

/// What the interface takes over. `json!` would write each `f32` with the digits of an `f64`.
#[derive(Serialize)]
struct Served<'a> {
    catalogs: &'a [Searched],
    text: &'a str,
    /// The language that rules were obeyed in.
    language: &'a str,
    /// The catalogue that is searched, and its looks.
    catalog: &'a str,
    looks: &'a [ShownLook],
    page: &'a SearchPage,
}

/// `/`
pub async fn page(
    State(app): State<App>,
    Address(address): Address,
    asked: Result<Query<Asked>, QueryRejection>,
    words: Result<Query<AskedWords>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    // What the interface understands of an address is its own affair: no address of the start page is wrong.
    let Query(asked) = asked.unwrap_or_default();
    let Query(words) = words.unwrap_or_default();
    // A search that the table of access or a limit would refuse is not made here, either: the interface asks for it
    // and says why it was refused.
    let is_open = !app.config.search_needs_key && words.shell.is_none();
    if !is_open || address.is_some_and(|ip| app.limits.check_search(ip).is_err()) {
        return site::index(headers).await;
    }
    let language = Language::of(asked.lang.as_deref(), &headers);
    let Ok(catalog) = pages::catalog_of(&app, &asked) else { return site::index(headers).await };
    let text = words.q.or(words.text).unwrap_or_default();
    let several = app.search.catalogs.all().len() > 1;
    let body = SearchBody {
        catalog: several.then(|| catalog.summary.id.clone()),
        text: text.clone(),
        alpha: Some(0.5),
        limit: Some(HITS),
        language: Some(language.code().into()),
        ..SearchBody::default()
    };
    if body.check().is_err() {
        return site::index(headers).await;
    }
    let Ok(found) = answered(&app, &Reach::default(), body, None, address).await else {
        return site::index(headers).await;
    };
    let addresses = Addresses::new(&app, &headers, &catalog);
    // They stand above the products of who looks around. Without them the page is still of use.
    let of = catalog.clone();
    let read = move || {
        looks(of.shop.session(), None, &Person::who_speaks(Some(language.code()))).map_err(of_problem)
    };
    let looks = match text.trim().is_empty() {
        true => app.search.workers.run(read).await.unwrap_or_default(),
        false => Vec::new(),
    };
    let page = Shown { found: &found.body, text: &text, catalog: &catalog.summary.id, looks: &looks };
    let document = document(&page, &searched(&app, &Reach::default()), &addresses, language);
    let mut response = pages::html(document.render());
    // It has an answer of its own, with the token that ties feedback to it.
    let cached = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, cached);
    let vary = HeaderValue::from_static("accept-language, host, accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

/// What the page shows.
struct Shown<'a> {
    found: &'a SearchPage,
    text: &'a str,
    catalog: &'a str,
    looks: &'a [ShownLook],
}

fn document(shown: &Shown<'_>, catalogs: &[Searched], addresses: &Addresses, language: Language) -> Document {
    let &Shown { found, text, catalog, looks } = shown;
    let products = found.hits.iter().take(SHOWN).map(|hit: &Hit| &hit.card);
    let said = [text.trim(), addresses.catalog().unwrap_or_default(), "Knytt"];
    let title = said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let served = Served { catalogs, text, language: language.code(), catalog, looks, page: found };
    Document {
        language,
        title,
        description: language.say("about.textShop").into(),
        address: addresses.start(),
        kind: "website",
        picture: None,
        structured: None,
        several: addresses.catalog().map(Into::into),
        content: format!(
            "<main class=\"served start\">{}<h1>{}</h1>{}{}</main>",
            strip(looks, addresses, language),
            Text(language.say("results.title")),
            cards(products, addresses),
            others(catalogs, addresses),
        ),
        data: Some(script_json(&served)),
        // Answers to words are endless: for search engines they are all the start page, whose address they name.
        is_listed: true,
    }
}

/// The looks of the shop, as the interface shows them above the products.
fn strip(looks: &[ShownLook], addresses: &Addresses, language: Language) -> String {
    if looks.is_empty() {
        return String::new();
    }
    let title = language.say("look.title");
    let one = |look: &ShownLook| {
        let name = if look.title.is_empty() { title } else { &look.title };
        format!(
            "<li><div><img src=\"{}\" alt=\"\" width=\"160\" height=\"200\" /><span dir=\"auto\">{}</span></div></li>",
            Text(&addresses.look_picture(&look.id, &look.version)),
            Text(name)
        )
    };
    let all = looks.iter().take(LOOKS).map(one).collect::<String>();
    format!("<section class=\"looks\"><h2>{}</h2><ul>{all}</ul></section>", Text(title))
}

/// The ways to the other catalogues, for readers without scripts.
fn others(catalogs: &[Searched], addresses: &Addresses) -> String {
    let Some(here) = addresses.catalog() else { return String::new() };
    let others = catalogs.iter().map(Searched::id).filter(|id| *id != here);
    let links = others.map(|id| format!("<li><a href=\"/?catalog={}\">{}</a></li>", segment(id), Text(id)));
    format!("<ul class=\"others\">{}</ul>", links.collect::<String>())
}
