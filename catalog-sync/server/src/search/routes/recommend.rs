//! What shoppers may like: what others look at, and what looks like what they chose.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use knytt_app_core::shop::{Person, product as shop};
use knytt_engine::{Field, Filter};
use knytt_ui_api::{Card, Weighed};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::products::shopper;
use crate::app::App;
use crate::http::extract::{Path, Query};
use crate::http::refusal::Refusal;
use crate::insights::Window;
use crate::search::answer;
use crate::search::body::{SearchBody, read_object};
use crate::search::catalogs::OpenCatalog;
use crate::search::reach::Reach;
use crate::search::refusals::{bad_query, of_problem};

/// Products of an answer, if the client does not say.
const USUAL: u32 = 12;

/// The most products of an answer, and of what is given.
const MOST: u32 = 50;

/// Products given for which it is looked up what else visits had.
const LOOKED_UP: usize = 8;

/// What a place in a list is worth: one over this and the place. The usual constant of reciprocal rank fusion.
const RANK_OFFSET: f64 = 60.0;

/// How much a favourite or a product of the history tells beside one that is given.
const HISTORY_WEIGHT: f32 = 0.3;

/// What is popular.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Popular {
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// Only products of this category.
    category: Option<String>,
    /// Over how many days; a week if absent.
    #[serde(default)]
    window: Window,
    /// Products at most.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
    /// The shopper's language, such as `en`, for rules of one language.
    #[param(max_length = 35)]
    language: Option<String>,
}

/// Which catalogue, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HowMany {
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// Products at most.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
    /// The shopper's language, such as `en`, for rules of one language.
    #[param(max_length = 35)]
    language: Option<String>,
}

/// For whom.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RecommendBody {
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// Products to go on from: those of a basket, or the one that is looked at.
    #[schema(max_items = 50)]
    products: Vec<String>,
    /// What the shopper likes: favourites, products looked at before. They are used for this answer and not kept.
    #[schema(max_items = 50)]
    history: Vec<String>,
    /// Products at most.
    #[schema(minimum = 1, maximum = 50)]
    limit: Option<u32>,
    /// The shopper's language, such as `en`, for rules of one language.
    #[schema(max_length = 35)]
    language: Option<String>,
}

/// Why a product is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is like what was given.
    Alike,
    /// Visits that had what was given had it, too.
    AlsoViewed,
    /// Many want it now.
    Trending,
    /// Nothing is known of what people want; it is in the shop.
    InTheShop,
}

/// A product that may be liked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recommended {
    /// The product.
    card: Card,
    /// Why it is named.
    why: Why,
}

/// Products that many want now
///
/// The shop's rules hide products from it as from searches.
#[utoipa::path(
    get,
    path = "/api/v1/trending",
    tag = "recommend",
    params(Popular),
    responses(
        (status = 200, description = "Products, the most wanted first; none where nothing is known", body = [Card]),
        (status = 404, description = "`catalog_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn trending(
    State(app): State<App>,
    reach: Reach,
    Query(asked): Query<Popular>,
) -> Result<Json<Vec<Card>>, Refusal> {
    let (limit, person) = (limit(asked.limit)?, shopper(asked.language.as_deref())?);
    let catalog = reach.get(&app.search.catalogs, asked.catalog.as_deref())?;
    let ids = app.insights.trending(&catalog.summary.id, asked.window).await.map_err(away)?;
    let job = move || {
        let within = Filter::default();
        let within = asked.category.iter().fold(within, |within, of| within.with(Field::Category, of));
        cards(&catalog, &ids, &within, limit, &person)
    };
    app.search.workers.run(job).await.map(Json)
}

/// Products that visits had which had this one, too
///
/// The shop's rules hide products from it as from searches.
#[utoipa::path(
    get,
    path = "/api/v1/products/{id}/also-viewed",
    tag = "products",
    params(("id" = String, Path, description = "The product's id"), HowMany),
    responses(
        (status = 200, description = "Products, those of the most visits first", body = [Card]),
        (status = 404, description = "`not_found`, `catalog_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn also_viewed(
    State(app): State<App>,
    reach: Reach,
    Path(id): Path<String>,
    Query(asked): Query<HowMany>,
) -> Result<Json<Vec<Card>>, Refusal> {
    let (limit, person) = (limit(asked.limit)?, shopper(asked.language.as_deref())?);
    let catalog = reach.get(&app.search.catalogs, asked.catalog.as_deref())?;
    let ids = also_viewed_ids(&app, &catalog, &id).await?;
    let job = move || {
        shop::find(catalog.shop.session(), &id).map_err(of_problem)?;
        cards(&catalog, &ids, &Filter::default(), limit, &person)
    };
    app.search.workers.run(job).await.map(Json)
}

/// Products for a shopper, for products, or for nobody in particular
///
/// The shop's rules hide products from it as from searches.
#[utoipa::path(
    post,
    path = "/api/v1/recommend",
    tag = "recommend",
    request_body = RecommendBody,
    responses(
        (status = 200, description = "Products, best first", body = [Recommended]),
        (status = 404, description = "`not_found`, `catalog_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn recommend(
    State(app): State<App>,
    reach: Reach,
    request: axum::extract::Request,
) -> Result<Json<Vec<Recommended>>, Refusal> {
    let body = crate::http::read_body(request, 256 << 10).await?;
    let body: RecommendBody = read_object(&body, "recommend")?;
    let (limit, person) = (limit(body.limit)?, shopper(body.language.as_deref())?);
    if body.products.len() > MOST as usize || body.history.len() > MOST as usize {
        return Err(bad_query("products, history: at most 50 each"));
    }
    let catalog = reach.get(&app.search.catalogs, body.catalog.as_deref())?;
    let given: HashSet<String> = body.products.iter().chain(&body.history).cloned().collect();
    let mut lists = Vec::new();
    for id in body.products.iter().chain(&body.history).take(LOOKED_UP) {
        lists.push((Why::AlsoViewed, also_viewed_ids(&app, &catalog, id).await?.as_ref().clone()));
    }
    lists.push((Why::Alike, alike(&app, &catalog, &body).await?));
    let mut chosen = fuse(&lists, &given);
    let trending = app.insights.trending(&catalog.summary.id, Window::Month).await.map_err(away)?;
    append(&mut chosen, Why::Trending, &trending, &given);
    if chosen.len() < limit {
        append(&mut chosen, Why::InTheShop, &browsed(&app, &catalog, &body).await?, &given);
    }
    let job = move || {
        let ids: Vec<String> = chosen.iter().map(|(id, _)| id.clone()).collect();
        let why: BTreeMap<&str, Why> = chosen.iter().map(|(id, why)| (id.as_str(), *why)).collect();
        let cards = cards(&catalog, &ids, &Filter::default(), limit, &person)?;
        let named =
            |card: Card| Recommended { why: why.get(card.id.as_str()).copied().unwrap_or(Why::Alike), card };
        Ok(cards.into_iter().map(named).collect())
    };
    app.search.workers.run(job).await.map(Json)
}

async fn also_viewed_ids(app: &App, catalog: &OpenCatalog, id: &str) -> Result<Arc<Vec<String>>, Refusal> {
    // A longer one has no counts, and would only fill the memory of what is kept.
    if id.len() > 500 {
        return Ok(Arc::default());
    }
    app.insights.also_viewed(&catalog.summary.id, id).await.map_err(away)
}

/// What looks like the products that are given, and a little like those of the history.
async fn alike(app: &App, catalog: &OpenCatalog, body: &RecommendBody) -> Result<Vec<String>, Refusal> {
    let weighed = |ids: &[String], weight| -> Vec<Weighed> {
        ids.iter().take(16).map(|product| Weighed { product: product.clone(), weight }).collect()
    };
    let history = if body.products.is_empty() { 1.0 } else { HISTORY_WEIGHT };
    let mix = [weighed(&body.products, 1.0), weighed(&body.history, history)].concat();
    let mix = seen(app, catalog, mix).await?;
    if mix.is_empty() {
        return Ok(Vec::new());
    }
    let search = SearchBody {
        catalog: Some(catalog.summary.id.clone()),
        mix,
        limit: Some(2 * MOST),
        language: body.language.clone(),
        ..SearchBody::default()
    };
    ids_of(app, search).await
}

/// Those that products can be compared with: a basket and a history name what the shop no longer has, too, and what
/// has no picture.
async fn seen(app: &App, catalog: &OpenCatalog, mix: Vec<Weighed>) -> Result<Vec<Weighed>, Refusal> {
    if mix.is_empty() {
        return Ok(mix);
    }
    let session = catalog.shop.session().clone();
    let job = move || {
        let ids: Vec<String> = mix.iter().map(|weighed| weighed.product.clone()).collect();
        let seen = shop::with_pictures(&session, &ids).map_err(of_problem)?;
        Ok(mix.into_iter().filter(|weighed| seen.contains(&weighed.product)).collect())
    };
    app.search.workers.run(job).await
}

/// The products of the shop in its own order.
async fn browsed(app: &App, catalog: &OpenCatalog, body: &RecommendBody) -> Result<Vec<String>, Refusal> {
    let (catalog, language) = (Some(catalog.summary.id.clone()), body.language.clone());
    ids_of(app, SearchBody { catalog, limit: Some(2 * MOST), language, ..SearchBody::default() }).await
}

async fn ids_of(app: &App, search: SearchBody) -> Result<Vec<String>, Refusal> {
    let page = answer::search(&app.search, &Reach::default(), search, None, None).await?;
    Ok(page.body.hits.into_iter().map(|hit| hit.card.id).collect())
}

/// One list of several: what stands high in many comes first.
fn fuse(lists: &[(Why, Vec<String>)], given: &HashSet<String>) -> Vec<(String, Why)> {
    let mut scores: BTreeMap<&str, (f64, Why)> = BTreeMap::new();
    for (why, ids) in lists {
        for (place, id) in (1u32..).zip(ids.iter().filter(|id| !given.contains(*id))) {
            scores.entry(id).or_insert((0.0, *why)).0 += 1.0 / (RANK_OFFSET + f64::from(place));
        }
    }
    let mut fused: Vec<_> = scores.into_iter().collect();
    fused.sort_by(|(_, (a, _)), (_, (b, _))| b.total_cmp(a));
    fused.into_iter().map(|(id, (_, why))| (id.to_owned(), why)).collect()
}

fn append(chosen: &mut Vec<(String, Why)>, why: Why, ids: &[String], given: &HashSet<String>) {
    let known: HashSet<String> = chosen.iter().map(|(id, _)| id.clone()).collect();
    let new = ids.iter().filter(|id| !known.contains(*id) && !given.contains(*id));
    chosen.extend(new.map(|id| (id.clone(), why)));
}

/// Cards of the first `most` that are still in the catalogue, pass a filter, and are not hidden by rules.
fn cards(
    catalog: &OpenCatalog,
    ids: &[String],
    within: &Filter,
    most: usize,
    person: &Person,
) -> Result<Vec<Card>, Refusal> {
    shop::listed(catalog.shop.session(), ids, within, most, person).map_err(of_problem)
}

fn limit(limit: Option<u32>) -> Result<usize, Refusal> {
    match limit.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit as usize),
        _ => Err(bad_query("limit: from 1 to 50")),
    }
}

fn away(error: Arc<sqlx::Error>) -> Refusal {
    Refusal::unavailable(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_both_lists_comes_first_and_what_is_given_nowhere() {
        let list = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let lists = [(Why::AlsoViewed, list(&["given", "a", "b"])), (Why::Alike, list(&["c", "b"]))];
        let given = HashSet::from(["given".to_owned()]);
        let mut fused = fuse(&lists, &given);
        assert_eq!(fused[0], ("b".into(), Why::AlsoViewed));
        append(&mut fused, Why::Trending, &list(&["a", "given", "z"]), &given);
        assert_eq!(fused.len(), 4);
        assert_eq!(fused[3], ("z".into(), Why::Trending));
    }
}
