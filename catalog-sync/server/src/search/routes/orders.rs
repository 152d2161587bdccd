//! Orders that the shop's own server tells of, and the links that tie them to searches.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use knytt_app_core::shop::product as shop;
use knytt_wire::{Action, Event, Item, Problem, Uuid};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::Row as _;
use url::Url;
use utoipa::{IntoParams, ToSchema};

use super::feedback::searched;
use crate::accounts::Caller;
use crate::app::App;
use crate::feedback::{Incoming, Row, Sale};
use crate::http::extract::{Path, Query};
use crate::http::refusal::Refusal;
use crate::http::{key_needed, read_body, refused_key};
use crate::keys::Scope;
use crate::search::body::read_object;
use crate::search::refusals::{bad_query, of_problem};
use crate::tokens::{self, Claim};

/// The parameter of a link to the shop that the shop sends back with the order.
const ATTRIBUTION: &str = "knytt_ref";

/// The longest body of an order.
const MAX_BODY_BYTES: usize = 256 << 10;

/// The most products of an order.
const MOST_ITEMS: usize = 200;

/// The longest id of an order, in characters.
const LONGEST_ID: usize = 100;

/// An order, as the shop's server knows it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Order {
    /// The catalogue; needed only where several are searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    catalog: Option<String>,
    /// The shop's id of the order. An order that comes again counts once.
    #[schema(min_length = 1, max_length = 100)]
    order_id: String,
    /// What was bought.
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<OrderItem>,
    /// What it cost altogether: a decimal number as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    value: Option<String>,
    /// The currency of all values: three letters of ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 3, max_length = 3)]
    currency: Option<String>,
    /// `knytt_ref` of the link by which the shopper came, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    attribution: Option<String>,
}

/// A product of an order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderItem {
    /// The product's id.
    #[schema(min_length = 1, max_length = 500)]
    item_id: String,
    /// How many; one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    quantity: Option<u32>,
    /// What they cost together: a decimal number as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    value: Option<String>,
}

/// What became of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderOutcome {
    /// Whether it was known before, and nothing was counted.
    is_repeated: bool,
    /// The search that led to it, if its attribution is valid.
    query_id: Option<Uuid>,
}

/// Tell of an order
///
/// For the shop's server, with a key of scope `orders`. It may be sent again until it is answered.
#[utoipa::path(
    post,
    path = "/api/v1/orders",
    tag = "feedback",
    request_body = Order,
    security(("apiKey" = [])),
    responses(
        (status = 200, description = "It is on the disk, from now on or from before", body = OrderOutcome),
        (status = 401, description = "`key_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`key_not_allowed`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`catalog_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`order_changed`: another order has this id", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`disk_reserve`: the disk is almost full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn order(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Json<OrderOutcome>, Refusal> {
    // Who has no key learns nothing of catalogues and bodies.
    let key = caller.key.ok_or_else(key_needed)?;
    if !key.scopes.contains(&Scope::Orders) {
        return Err(refused_key(&key, Scope::Orders, None));
    }
    let body = read_body(request, MAX_BODY_BYTES).await?;
    let order: Order = read_object(&body, "order")?;
    let catalog = app.search.catalogs.get(order.catalog.as_deref())?.summary.clone();
    if !key.allows(Scope::Orders, Some(&catalog.id)) {
        return Err(refused_key(&key, Scope::Orders, Some(&catalog.id)));
    }
    order.check()?;
    let claim = match &order.attribution {
        Some(token) => app.tokens.verify(token, &catalog.id, tokens::ORDERS).await.ok(),
        None => None,
    };
    let (at_ms, is_repeated) = noted(&app, &catalog.id, &order, claim).await?;
    let (rows, rejected) = (order.rows(&catalog.id, catalog.release, claim, at_ms)?, Vec::new());
    let mut batch = Incoming { rows, rejected };
    app.ingest.admission.admit(&mut batch, None, None).await?;
    let memory = app.ingest.memory(MAX_BODY_BYTES, None).await?;
    // Also when it is repeated: the first time may have ended after the note. Its events have the same ids.
    // Keys of devices are ASCII, so none of them can be this one.
    let key = format!("order·{}·{}", catalog.id, order.order_id);
    app.ingest.stored(key, order.digest(), batch, memory).await?;
    Ok(Json(OrderOutcome { is_repeated, query_id: claim.map(|claim| claim.query_id) }))
}

/// Notes the order; returns when it first came, and whether that was before.
async fn noted(
    app: &App,
    catalog: &str,
    order: &Order,
    claim: Option<Claim>,
) -> Result<(i64, bool), Refusal> {
    let (now, digest) = (jiff::Timestamp::now().as_millisecond(), order.digest());
    let query = sqlx::query(
        "INSERT INTO orders (catalog, order_id, digest, query_id, value, currency, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(catalog).bind(order.order_id.as_str()).bind(digest.as_slice());
    let query = query.bind(claim.map(|claim| claim.query_id.as_bytes().to_vec()));
    let query = query.bind(order.value.as_deref()).bind(order.currency.as_deref()).bind(now);
    if query.execute(app.db.pool()).await?.rows_affected() > 0 {
        return Ok((now, false));
    }
    let query = sqlx::query("SELECT digest, at_ms FROM orders WHERE catalog = $1 AND order_id = $2");
    let row = query.bind(catalog).bind(order.order_id.as_str()).fetch_one(app.db.pool()).await?;
    let known: Vec<u8> = row.try_get(0)?;
    match known == digest {
        true => Ok((row.try_get(1)?, true)),
        false => Err(Refusal::new(409, "order_changed", "Another order has this id")
            .detail("an order is told of once, when it is complete")),
    }
}

impl Order {
    fn check(&self) -> Result<(), Refusal> {
        let money = |text: &Option<String>| {
            let parts = text.as_deref().map(|text| text.split_once('.').unwrap_or((text, "0")));
            let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            parts.is_none_or(|(whole, rest)| {
                is_number(whole) && is_number(rest) && whole.len() + rest.len() < 40
            })
        };
        let is_id = |text: &str, most: usize| {
            !text.is_empty() && text.chars().nth(most).is_none() && !text.chars().any(char::is_control)
        };
        let currency =
            |text: &String| text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase());
        if !is_id(&self.order_id, LONGEST_ID) {
            return Err(bad_query("orderId: 1 to 100 characters"));
        }
        if self.items.is_empty() || self.items.len() > MOST_ITEMS {
            return Err(bad_query("items: 1 to 200"));
        }
        if !money(&self.value) || !self.items.iter().all(|item| money(&item.value)) {
            return Err(bad_query("value: a decimal number as text, such as \"19.90\""));
        }
        if self.currency.as_ref().is_some_and(|text| !currency(text)) {
            return Err(bad_query("currency: three capital letters of ISO 4217"));
        }
        if self.items.iter().any(|item| item.quantity == Some(0) || !is_id(&item.item_id, 500)) {
            return Err(bad_query("items: an itemId of 1 to 500 characters, a quantity above 0"));
        }
        Ok(())
    }

    fn digest(&self) -> [u8; 32] {
        // Texts and numbers: this cannot fail.
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into()
    }

    /// A purchase for each product. The same order has the same ids, whenever it comes.
    fn rows(
        &self,
        catalog: &str,
        release: u32,
        claim: Option<Claim>,
        at_ms: i64,
    ) -> Result<Vec<Row>, Refusal> {
        let id = |number: usize| {
            let seed = blake3::hash(format!("{catalog}\n{}\n{number}", self.order_id).as_bytes());
            let mut random = [0; 10];
            random.copy_from_slice(&seed.as_bytes()[..10]);
            uuid::Builder::from_unix_timestamp_millis(at_ms.unsigned_abs(), &random).into_uuid()
        };
        let visit = id(self.items.len());
        let row = |(number, item): (usize, &OrderItem)| {
            let event = Event {
                id: id(number),
                at_ms,
                catalog: catalog.into(),
                release: claim.map_or(u64::from(release), |claim| claim.release),
                model: "order".into(),
                visit,
                search_id: claim.map(|claim| claim.query_id),
                device: Default::default(),
                experiment: claim.and_then(|claim| claim.part),
                action: Action::Purchase(Item {
                    item_id: item.item_id.clone(),
                    quantity: item.quantity,
                    value: item.value.clone(),
                    currency: self.currency.clone(),
                    ..Item::default()
                }),
            };
            event.validate().map_err(|reason| bad_query(format!("items: {reason}")))?;
            let mut row = Row::new(&event, at_ms).map_err(bad_query)?;
            if let Some(searched) = claim.as_ref().and_then(searched) {
                row.belongs_to(searched);
            }
            row.bind_to_shop(*visit.as_bytes());
            row.sale = self.sale(number, item);
            Ok(row)
        };
        self.items.iter().enumerate().map(row).collect()
    }
}

impl Order {
    /// What a purchase of it brought in: the first one all, where the order says what it cost altogether.
    fn sale(&self, number: usize, item: &OrderItem) -> Option<Sale> {
        let value = match &self.value {
            Some(value) => (number == 0).then_some(value),
            None => item.value.as_ref(),
        };
        Sale::read(value.map(String::as_str), self.currency.as_deref())
    }
}

/// Which search led to the shop.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ToShop {
    /// The catalogue; needed only where several are served.
    catalog: Option<String>,
    /// `feedbackToken` of the answer that the product was in. It goes to the shop as `knytt_ref`, which the shop
    /// sends back with the order.
    #[param(max_length = 200)]
    token: Option<String>,
}

/// Go to a product's page in the shop
#[utoipa::path(
    get,
    path = "/api/v1/products/{id}/shop",
    tag = "products",
    params(("id" = String, Path, description = "The product's id"), ToShop),
    responses(
        (status = 302, description = "The address is in Location"),
        (status = 404, description = "`not_found`: no such product, or the shop gives no page for it; `catalog_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn to_shop(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ToShop>,
) -> Result<Response, Refusal> {
    let catalog = app.search.catalogs.get(asked.catalog.as_deref())?;
    let name = catalog.summary.id.clone();
    let link = app
        .search
        .workers
        .run(move || shop::link_to(catalog.shop.session(), &id).map_err(of_problem))
        .await?;
    // An address that is none of the web cannot be gone to.
    let mut link = Url::parse(&link).map_err(|_| Refusal::not_found())?;
    if let Some(token) = asked.token
        && app.tokens.verify(&token, &name, tokens::ORDERS).await.is_ok()
    {
        link.query_pairs_mut().append_pair(ATTRIBUTION, &token);
    }
    let location = HeaderValue::from_str(link.as_str()).map_err(Refusal::internal)?;
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    Ok((StatusCode::FOUND, headers).into_response())
}
