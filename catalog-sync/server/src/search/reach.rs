//! Which catalogues a request may search.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::catalogs::{Catalogs, OpenCatalog};
use crate::accounts::Caller;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::insights::Asked;
use crate::keys::ANY_CATALOG;
use crate::way::Channel;

/// All catalogues, or the one that the caller's key is for.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    only: Option<String>,
    has_program_key: bool,
    asked: Asked,
}

impl Reach {
    fn of(caller: &Caller) -> Self {
        let only = caller.key.as_ref().map(|key| &key.catalog).filter(|catalog| *catalog != ANY_CATALOG);
        // A key with origins is a page's.
        let has_program_key = caller.key.as_ref().is_some_and(|key| key.origins.is_empty());
        Self { only: only.cloned(), has_program_key, asked: Asked::default() }
    }

    /// From where the request comes.
    pub fn channel(&self) -> Channel {
        if self.has_program_key { Channel::Api } else { Channel::Web }
    }

    /// The catalogue of this id; without one, the key's, or the only one there is.
    ///
    /// # Errors
    /// 403 if the key is for another one, 400 if a name is needed, 404 if there is none of this name.
    pub fn get(&self, catalogs: &Catalogs, id: Option<&str>) -> Result<Arc<OpenCatalog>, Refusal> {
        let found = match (&self.only, id) {
            (Some(only), Some(id)) if only != id => return Err(not_for(id)),
            (Some(only), _) => catalogs.get(Some(only))?,
            (None, id) => catalogs.get(id)?,
        };
        self.asked.is(&found.summary.id, found.summary.release);
        Ok(found)
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
        let of_caller = parts.extensions.get::<Caller>().map(Self::of).unwrap_or_default();
        let asked = parts.extensions.get::<Asked>().cloned().unwrap_or_default();
        Ok(Self { asked, ..of_caller })
    }
}
