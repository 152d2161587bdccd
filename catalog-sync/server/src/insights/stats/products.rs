//! The products with the most attention.

use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::scope::Scope;
use super::top::{Counted, Sums, Wanted};
use crate::db::Database;
use crate::http::refusal::Refusal;
use crate::search::Catalogs;

/// A product and what was done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightProduct)]
pub struct ProductRow {
    /// Its id.
    pub id: String,
    /// Its title; empty where the catalogue is not searched here, or no longer has the product.
    pub title: String,
    /// How often it was chosen in a list.
    pub selected: i64,
    /// How often its page was opened.
    pub viewed: i64,
    /// How often it was made a favourite.
    pub wishlisted: i64,
    /// How often it was put into the basket.
    pub carted: i64,
    /// How often it was bought.
    pub purchased: i64,
}

/// Products by day and by block.
const PRODUCTS: Counted = Counted {
    days: "product_days",
    blocks: "product_blocks",
    id: "item_id",
    sums: &["selected", "viewed", "wishlisted", "carted", "purchased", "events"],
};

fn row(sums: &Sums) -> ProductRow {
    let &[selected, viewed, wishlisted, carted, purchased, _] = sums.now.as_slice() else {
        unreachable!("six sums")
    };
    let (id, title) = (sums.id.clone(), String::new());
    ProductRow { id, title, selected, viewed, wishlisted, carted, purchased }
}

/// The products, at most `most`; without titles.
pub async fn products(db: &Database, scope: &Scope, most: u32) -> Result<Vec<ProductRow>, sqlx::Error> {
    let events = |sums: &Sums| sums.now.last().copied().filter(|events| *events > 0);
    let wanted = Wanted { column: "events", most, weighs_before: false, with_before: false };
    match PRODUCTS.first(db, scope, wanted, events).await? {
        Some(found) => Ok(found.iter().map(row).collect()),
        None => all_products(db, scope, most).await,
    }
}

/// The same by adding up everything.
pub(super) async fn all_products(
    db: &Database,
    scope: &Scope,
    most: u32,
) -> Result<Vec<ProductRow>, sqlx::Error> {
    let sql = format!(
        "SELECT item_id, CAST(SUM(selected) AS BIGINT), CAST(SUM(viewed) AS BIGINT), \
         CAST(SUM(wishlisted) AS BIGINT), CAST(SUM(carted) AS BIGINT), CAST(SUM(purchased) AS BIGINT) \
         FROM product_days WHERE {{scope}} GROUP BY item_id ORDER BY SUM(events) DESC, item_id LIMIT {most}"
    );
    let rows = scope.query_of_days(&sql).fetch_all(db.reports()).await?;
    let read = |row: &AnyRow| {
        Ok(ProductRow {
            id: row.try_get(0)?,
            title: String::new(),
            selected: row.try_get(1)?,
            viewed: row.try_get(2)?,
            wishlisted: row.try_get(3)?,
            carted: row.try_get(4)?,
            purchased: row.try_get(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// The same with the titles that the catalogue has now, if it is searched here.
///
/// # Errors
/// The catalogue cannot be read.
pub async fn titled(
    catalogs: &Catalogs,
    catalog: &str,
    mut rows: Vec<ProductRow>,
) -> Result<Vec<ProductRow>, Refusal> {
    let Ok(catalog) = catalogs.get(Some(catalog)) else { return Ok(rows) };
    let job = move || {
        let snapshot = catalog.shop.session().catalog().read()?;
        for row in &mut rows {
            if let Some(product) = snapshot.product(&row.id)? {
                row.title = product.title;
            }
        }
        Ok::<_, knytt_engine::Error>(rows)
    };
    tokio::task::spawn_blocking(job).await.map_err(Refusal::internal)?.map_err(Refusal::internal)
}
