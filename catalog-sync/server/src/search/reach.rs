//! Which catalogues a request may search.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::catalogs::{Catalogs, OpenCatalog};
use crate::accounts::Caller;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::keys::ANY_CATALOG;

/// All catalogues, or the one that the caller's key is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    only: Option<String>,
}

impl Reach {
    fn of(caller: &Caller) -> Self {
        let only = caller.key.as_ref().map(|key| &key.catalog).filter(|catalog| *catalog != ANY_CATALOG);
        Self { only: only.cloned() }
    }

    /// The catalogue of this id; without one, the key's, or the only one there is.
    ///
    /// # Errors
    /// 403 if the key is for another one, 400 if a name is needed, 404 if there is none of this name.
    pub fn get(&self, catalogs: &Catalogs, id: Option<&str>) -> Result<Arc<OpenCatalog>, Refusal> {
        match (&self.only, id) {
            (Some(only), Some(id)) if only != id => Err(not_for(id)),
            (Some(only), _) => catalogs.get(Some(only)),
            (None, id) => catalogs.get(id),
        }
    }

    /// Whether the catalogue of this id may be searched.
    pub fn has(&self, id: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == id)
    }
}

fn not_for(id: &str) -> Refusal {
    Refusal::new(403, "key_not_allowed", "API key not allowed")
        .detail(format!("this key is not for \"search\" of the catalogue {id:?}"))
}

impl FromRequestParts<App> for Reach {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Caller>().map(Self::of).unwrap_or_default())
    }
}
