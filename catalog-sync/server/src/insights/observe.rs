//! Middleware of the routes that search: counts what they answer.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::tally::Counted;
use crate::app::App;

/// The catalogue that a request names, with its release, as soon as the handler knows: a refusal is counted for it.
#[derive(Clone, Debug, Default)]
pub struct Asked(Arc<OnceLock<(String, i64)>>);

impl Asked {
    /// Notes the catalogue.
    pub fn is(&self, catalog: &str, release: u32) {
        let _ = self.0.set((catalog.into(), release.into()));
    }
}

/// Counts the answer of a search, or that there was none.
pub async fn count(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (asked, started) = (Asked::default(), Instant::now());
    request.extensions_mut().insert(asked.clone());
    let mut response = next.run(request).await;
    if let Some(counted) = response.extensions_mut().remove::<Counted>() {
        app.tally.answered(counted, started.elapsed());
    } else if response.status().is_client_error() || response.status().is_server_error() {
        let (catalog, release) = asked.0.get().cloned().unwrap_or_else(|| only(&app));
        app.tally.refused(&catalog, release, response.status().as_u16());
    }
    response
}

/// The only catalogue that is searched here; none if there are several.
fn only(app: &App) -> (String, i64) {
    match app.search.catalogs.all().as_slice() {
        [only] => (only.summary.id.clone(), only.summary.release.into()),
        _ => (String::new(), 0),
    }
}
