//! What is at an address, before anyone follows it.

use knytt_wire::{CatalogLink, Url};
use serde::Serialize;

use crate::http::{Http, Patience};
use crate::linked::as_linked;
use crate::metadata::{Base, first_root, verify};
use crate::plan::from_snapshot;
use crate::trust::Trust;
use crate::{Cancel, Clock, Error, Result};

/// A catalogue that could be followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Its address.
    pub from: Url,
    /// SHA-256 of its first root, hexadecimal.
    pub root: String,
    /// Whether the link said which root it must be; else it would be trusted at first use.
    pub pinned: bool,
    /// Its id.
    pub catalog: String,
    /// Its name for shoppers.
    pub title: String,
    /// Its newest release.
    pub release: u64,
    /// When that was published, in ms since 1970.
    pub published_ms: i64,
    /// How many products it has.
    pub products: u64,
    /// What there is to fetch, without a model, in bytes.
    pub bytes: u64,
}

/// Looks at a catalogue without keeping anything.
///
/// # Errors
/// Those of [`sync`](crate::sync()).
pub async fn offer(link: &CatalogLink, cancel: &Cancel) -> Result<Offer> {
    let http = Http::new(cancel.clone(), Patience::default(), None)?;
    let base = Base::new(&link.url);
    if link.root.is_none() && !crate::sync::is_private(&link.url) {
        return Err(Error::Unencrypted { url: link.url.clone() });
    }
    let (root, json) = first_root(&http, &base, link.root.as_deref()).await?;
    let mut trust = Trust { first_root: root.clone(), root: Some(json), ..Trust::default() };
    let scratch = std::env::temp_dir();
    let verified = verify(&http, &base, &mut trust, None, &Clock::default(), &scratch).await?;
    as_linked(&verified.release, link.newest.as_ref())?;
    let bytes = from_snapshot(&verified)?.map_or(0, |plan| plan.bytes());
    let release = verified.release;
    Ok(Offer {
        from: link.url.clone(),
        root,
        pinned: link.root.is_some(),
        catalog: release.catalog,
        title: release.title,
        release: release.number,
        published_ms: release.published_ms,
        products: release.products,
        bytes,
    })
}
