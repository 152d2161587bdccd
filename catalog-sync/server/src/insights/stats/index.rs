//! What is searched now.

use std::sync::Arc;

use super::service::{self, Index};
use crate::http::refusal::Refusal;
use crate::insights::Insights;
use crate::search::{Catalogs, OpenCatalog};

impl Insights {
    /// The catalogue as it is searched here; `None` if it is not.
    ///
    /// # Errors
    /// The database or the catalogue cannot be read.
    pub async fn index(&self, catalogs: &Catalogs, id: &str) -> Result<Option<Index>, Refusal> {
        let Ok(catalog) = catalogs.get(Some(id)) else { return Ok(None) };
        let state = catalog.state()?;
        let key = format!("{id} {state}");
        let count = async {
            let counted = tokio::task::spawn_blocking(move || embedded(&catalog)).await;
            counted.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
        };
        // A state never changes, and to count takes a while in a large catalogue.
        let counted = self.embedded.try_get_with(key, count).await;
        let (products, embedded) = counted.map_err(|error: Arc<String>| Refusal::internal(error))?;
        let (newest_release, published_ms) = service::newest_release(&self.db, id).await?;
        let sql = "SELECT built_ms FROM made_catalogs WHERE id = $1";
        let built = sqlx::query_scalar(sql).bind(id.to_owned()).fetch_optional(self.db.reports()).await?;
        Ok(Some(Index {
            release: i64::try_from(state.release).unwrap_or(i64::MAX),
            newest_release,
            published_ms,
            built_ms: built.unwrap_or_default(),
            products,
            embedded,
        }))
    }
}

/// How many products there are, and how many of them have an embedding.
fn embedded(catalog: &OpenCatalog) -> Result<(i64, i64), knytt_engine::Error> {
    let snapshot = catalog.shop.session().catalog().read()?;
    let (mut products, mut embedded) = (0, 0);
    for product in snapshot.products()? {
        products += 1;
        embedded += i64::from(snapshot.vector(&product?.id)?.is_some());
    }
    Ok((products, embedded))
}
