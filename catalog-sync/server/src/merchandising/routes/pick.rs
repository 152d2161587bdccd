//! Products for staff to choose from.

use axum::Json;
use axum::extract::{Path, State};
use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture, product as shop};
use knytt_engine::{Field, Filter, Merchandising, Order, Query as Search, SearchSession};
use knytt_ui_api::{Availability, Card, SearchRequest};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::expect_catalog;
use super::preview::{compiled, searched};
use crate::accounts::problem;
use crate::app::App;
use crate::http::extract::Query;
use crate::http::refusal::Refusal;
use crate::search::of_problem;

/// Products of a list.
const MOST: usize = 12;

/// Letters of a question.
const LONGEST: usize = 512;

/// Which products: by `q`, by `instead`, or with neither those that are sold out.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Picked {
    /// Words, or the beginning of an id.
    #[param(max_length = 512)]
    q: Option<String>,
    /// The id of a product that others may replace: the most alike of its category that can be bought.
    #[param(max_length = 512)]
    instead: Option<String>,
}

/// Products to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct PickList {
    /// At most twelve.
    products: Vec<Card>,
}

/// Products to choose from, whatever rules hide
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/rules/products",
    operation_id = "pick_products",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id"), Picked),
    responses(
        (status = 200, description = "Found by words, alike and in stock, or sold out", body = PickList),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or no such product", body = Problem),
        (status = 409, description = "`not_searched`: no feed of the catalogue was built", body = Problem),
        (status = 421, description = "`elsewhere`: another replica has this catalogue", body = Problem),
    )
)]
pub async fn pick(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Picked>,
) -> Result<Json<PickList>, Refusal> {
    expect_catalog(&app, &id).await?;
    if [&asked.q, &asked.instead].into_iter().flatten().any(|text| text.chars().count() > LONGEST) {
        return Err(problem::bad_request(format!("at most {LONGEST} letters")));
    }
    let catalog = searched(&app, &id).await?;
    let job = move || {
        let session = catalog.shop.session().with_rules(compiled(Merchandising::default())?);
        let products = match (&asked.q, &asked.instead) {
            (Some(words), _) => named(&session, words.trim())?,
            (None, Some(id)) => alike(&session, id)?,
            (None, None) => sold_out(&session)?,
        };
        Ok(PickList { products })
    };
    app.search.workers.run(job).await.map(Json)
}

/// The product with this id, and what words find.
fn named(session: &SearchSession, words: &str) -> Result<Vec<Card>, Refusal> {
    let person = Person::default();
    let mut cards = shop::cards(session, &[words.to_owned()], &person).map_err(of_problem)?;
    let limit = u32::try_from(MOST).unwrap_or(u32::MAX);
    let request = SearchRequest { words: words.into(), typing: true, limit, ..SearchRequest::default() };
    let found = answer(session, &request, QueryPicture::default(), &person).map_err(of_problem)?;
    let is_new = |card: &Card| card.id != words;
    cards.extend(found.hits.into_iter().map(|hit| hit.card).filter(is_new));
    cards.truncate(MOST);
    Ok(cards)
}

/// What is most like a product and can be bought: of its category, or of any if its category has nothing else.
fn alike(session: &SearchSession, id: &str) -> Result<Vec<Card>, Refusal> {
    let category = Card::from(&shop::find(session, id).map_err(of_problem)?).category;
    let filter = Filter::default().but(Field::Availability, "out_of_stock");
    if !category.is_empty() {
        let of_category = alike_among(session, id, filter.clone().with(Field::Category, &category))?;
        if !of_category.is_empty() {
            return Ok(of_category);
        }
    }
    alike_among(session, id, filter)
}

fn alike_among(session: &SearchSession, id: &str, filter: Filter) -> Result<Vec<Card>, Refusal> {
    let query = Search { product: Some(id.into()), filter, k: 2 * MOST, ..Search::default() };
    let hits = session.search(&query).map_err(Refusal::internal)?.hits;
    let cards = hits.iter().map(|hit| Card::from(&hit.product));
    // Where all variants are sold out, the product says it.
    Ok(cards.filter(|card| card.availability != Availability::OutOfStock).take(MOST).collect())
}

/// The first products that cannot be bought.
fn sold_out(session: &SearchSession) -> Result<Vec<Card>, Refusal> {
    let snapshot = session.catalog().read().map_err(Refusal::internal)?;
    let filter = Filter::default().with(Field::Availability, "out_of_stock");
    let products = snapshot.browse(&filter, Order::Catalog, MOST).map_err(Refusal::internal)?;
    Ok(products.iter().map(Card::from).collect())
}
