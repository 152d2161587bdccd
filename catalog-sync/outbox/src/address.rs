//! Whom a waiting event is for.

use std::borrow::Cow;

use knytt_wire::CatalogIdentity;
use serde::Deserialize;

use crate::error::Result;

/// The fields of an event's JSON that decide where the event is sent. The catalogue's id alone does not: two
/// shops may have the same one.
#[derive(Deserialize)]
pub(crate) struct Address<'a> {
    #[serde(borrow, default)]
    root: Option<Cow<'a, str>>,
    #[serde(borrow)]
    catalog: Cow<'a, str>,
}

impl<'a> Address<'a> {
    pub(crate) fn read(json: &'a [u8]) -> Result<Self> {
        Ok(serde_json::from_slice(json)?)
    }

    pub(crate) fn is(&self, identity: &CatalogIdentity) -> bool {
        self.root.as_deref() == identity.root.as_deref() && self.catalog == identity.catalog
    }

    pub(crate) fn identity(self) -> CatalogIdentity {
        CatalogIdentity { root: self.root.map(Cow::into_owned), catalog: self.catalog.into_owned() }
    }
}
