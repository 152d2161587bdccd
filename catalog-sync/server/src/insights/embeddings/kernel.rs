//! The width of the kernel for a catalogue's model: measured once, so that sums of different days can be compared.

use sqlx::Row as _;

use super::features::Features;
use crate::db::Database;

/// The features for a catalogue's model; `None` until the catalogue was measured.
pub async fn features(db: &Database, catalog: &str, model: &str) -> Result<Option<Features>, sqlx::Error> {
    let sql = "SELECT dimension, width FROM embedding_kernels WHERE catalog = $1 AND model = $2";
    let row = sqlx::query(sql).bind(catalog.to_owned()).bind(model.to_owned());
    let Some(row) = row.fetch_optional(db.pool()).await? else { return Ok(None) };
    let dimension = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default();
    Ok(Some(Features::new(dimension, row.try_get(1)?)))
}

/// Notes the width, unless another replica did.
pub async fn note(
    db: &Database,
    catalog: &str,
    model: &str,
    dimension: usize,
    width: f64,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO embedding_kernels (catalog, model, dimension, width) VALUES ($1, $2, $3, $4) \
               ON CONFLICT DO NOTHING";
    let row = sqlx::query(sql).bind(catalog.to_owned()).bind(model.to_owned());
    row.bind(i64::try_from(dimension).unwrap_or_default()).bind(width).execute(db.pool()).await.map(drop)
}
