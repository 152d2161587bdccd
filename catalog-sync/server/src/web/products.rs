//! A product's page.

use std::fmt::Write as _;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use knytt_app_core::shop::{Person, product as shop};
use knytt_ui_api::{Availability, Card, Money, ProductPage};
use serde_json::{Value, json};

use super::document::Document;
use super::html::{Text, script_json, shortened};
use super::labels::Language;
use super::pages::{self, Addresses, Asked};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::search::of_problem;

/// Letters of a description, of which search engines show about as many.
const DESCRIPTION: usize = 155;

/// Products of a grid that a phone shows without scrolling.
const FIRST: usize = 2;

/// `/p/{id}` and `/p/{id}/{words}`. The words are for people; any will do.
pub async fn page(
    State(app): State<App>,
    Path(segments): Path<Vec<String>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id = segments.into_iter().next().unwrap_or_default();
    let language = Language::of(asked.lang.as_deref(), &headers);
    let (asking, all) = (headers.clone(), app.clone());
    let job = move || {
        let catalog = pages::catalog_with(&all, &asked, &id)?;
        let addresses = Addresses::new(&all, &asking, &catalog);
        let state = catalog.state()?;
        pages::send(&asking, &state.to_string(), language, || {
            let person = Person::who_speaks(Some(language.code()));
            let page = shop::page(catalog.shop.session(), &id, &person).map_err(of_problem)?;
            Ok(document(&page, &catalog.summary.id, &addresses, language))
        })
    };
    match app.search.workers.run(job).await {
        Err(refusal) if refusal.status() == 404 => Ok(pages::missing(&headers, &app.config, language)),
        answer => answer,
    }
}

fn document(page: &ProductPage, shop: &str, addresses: &Addresses, language: Language) -> Document {
    let card = &page.card;
    let about = [page.description.as_str(), &card.title].into_iter().find(|text| !text.trim().is_empty());
    Document {
        language,
        title: format!("{} · {shop}", card.title),
        description: shortened(about.unwrap_or_default(), DESCRIPTION),
        address: addresses.product(&card.id, &card.title),
        kind: "product",
        picture: Some(addresses.picture(&card.id, "full")),
        structured: Some(script_json(&structured(page, addresses))),
        content: content(page, addresses, language),
        several: addresses.catalog().map(Into::into),
        data: Some(script_json(&json!({ "catalog": shop, "product": page }))),
        is_listed: true,
    }
}

/// The product as schema.org describes one.
fn structured(page: &ProductPage, addresses: &Addresses) -> Value {
    let card = &page.card;
    let mut product = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": card.title,
        "sku": card.id,
        "url": addresses.product(&card.id, &card.title),
        "image": [addresses.picture(&card.id, "full")],
    });
    let texts = [("description", &page.description), ("category", &card.category)];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        product[name] = json!(text);
    }
    if !card.brand.is_empty() {
        product["brand"] = json!({ "@type": "Brand", "name": card.brand });
    }
    if !card.colors.is_empty() {
        product["color"] = json!(card.colors.join(", "));
    }
    if let Some(price) = card.sale_price.as_ref().or(card.price.as_ref()) {
        product["offers"] = json!({
            "@type": "Offer",
            "price": price.amount,
            "priceCurrency": price.currency,
            "url": addresses.product(&card.id, &card.title),
        });
        if let Some(stock) = stock(card.availability) {
            product["offers"]["availability"] = json!(format!("https://schema.org/{stock}"));
        }
    }
    product
}

fn stock(availability: Availability) -> Option<&'static str> {
    match availability {
        Availability::InStock => Some("InStock"),
        Availability::OutOfStock => Some("OutOfStock"),
        Availability::Preorder => Some("PreOrder"),
        Availability::Backorder => Some("BackOrder"),
        Availability::Unknown => None,
    }
}

fn content(page: &ProductPage, addresses: &Addresses, language: Language) -> String {
    let card = &page.card;
    let mut html = format!(
        "<main class=\"served\"><article><img src=\"{}\" alt=\"{}\" width=\"560\" height=\"700\" \
         fetchpriority=\"high\" /><div>",
        Text(&addresses.own_picture(&card.id, "full")),
        Text(&card.title),
    );
    // Formatting into a text cannot fail.
    if !card.brand.is_empty() {
        let _ = write!(html, "<p>{}</p>", Text(&card.brand));
    }
    let _ = write!(html, "<h1 dir=\"auto\">{}</h1><p>", Text(&card.title));
    match (&card.price, &card.sale_price) {
        (before, Some(now)) => {
            let _ = write!(html, "<b>{}</b> ", money(now));
            if let Some(before) = before {
                let _ = write!(html, "<s>{}</s> ", money(before));
            }
        }
        (Some(price), None) => {
            let _ = write!(html, "<b>{}</b> ", money(price));
        }
        (None, None) => {}
    }
    let _ = write!(html, "{}</p>", Text(language.availability(card.availability)));
    if let Some(successor) = &page.replaced_by {
        let _ = write!(
            html,
            "<p>{} <a href=\"{}\" dir=\"auto\">{}</a></p>",
            Text(language.say("product.replacedBy")),
            Text(&addresses.product(&successor.id, &successor.title)),
            Text(&successor.title)
        );
    }
    if !page.description.is_empty() {
        let _ = write!(html, "<p dir=\"auto\">{}</p>", Text(&page.description));
    }
    if !card.category.is_empty() {
        let _ = write!(
            html,
            "<p><a href=\"{}\">{}</a></p>",
            Text(&addresses.category(&card.category)),
            Text(&card.category)
        );
    }
    html.push_str("<dl>");
    for fact in &page.facts {
        let _ = write!(html, "<dt>{}</dt><dd>{}</dd>", Text(&fact.name), Text(&fact.value));
    }
    html.push_str("</dl></div></article>");
    let rows = [
        ("product.similar", &page.similar),
        ("product.cheaper", &page.cheaper),
        ("product.goesWith", &page.goes_with),
    ];
    for (title, cards) in rows.into_iter().filter(|(_, cards)| !cards.is_empty()) {
        let _ = write!(html, "<h2>{}</h2>{}", Text(language.say(title)), list(cards, addresses));
    }
    html.push_str("</main>");
    html
}

/// Products as a list of links.
pub fn list<'a>(cards: impl IntoIterator<Item = &'a Card>, addresses: &Addresses) -> String {
    let mut html = String::from("<ul>");
    for card in cards {
        let price = card.sale_price.as_ref().or(card.price.as_ref()).map(money).unwrap_or_default();
        let _ = write!(
            html,
            "<li><a href=\"{}\"><img src=\"{}\" alt=\"\" width=\"256\" height=\"320\" loading=\"lazy\" />\
             <span dir=\"auto\">{}</span> <b>{price}</b></a></li>",
            Text(&addresses.product(&card.id, &card.title)),
            Text(&addresses.own_picture(&card.id, "small")),
            Text(&card.title),
        );
    }
    html.push_str("</ul>");
    html
}

/// The first products of an answer, as the interface's grid shows them. Those that every window shows are loaded first.
pub fn cards<'a>(cards: impl IntoIterator<Item = &'a Card>, addresses: &Addresses) -> String {
    let mut html = String::from("<ul class=\"cards\">");
    for (at, card) in cards.into_iter().enumerate() {
        let price = card.sale_price.as_ref().or(card.price.as_ref()).map(money).unwrap_or_default();
        let order = if at < FIRST { "fetchpriority=\"high\"" } else { "loading=\"lazy\"" };
        let below = if card.brand.is_empty() { &card.category } else { &card.brand };
        // Formatting into a text cannot fail.
        let _ = write!(
            html,
            "<li><a href=\"{}\"><img src=\"{}\" alt=\"\" width=\"256\" height=\"307\" {order} />\
             <span dir=\"auto\">{}</span><small dir=\"auto\">{}</small><b>{price}</b></a></li>",
            Text(&addresses.product(&card.id, &card.title)),
            Text(&addresses.own_picture(&card.id, "small")),
            Text(&card.title),
            Text(below),
        );
    }
    html.push_str("</ul>");
    html
}

fn money(money: &Money) -> String {
    format!("{} {}", Text(&money.amount), Text(&money.currency))
}
