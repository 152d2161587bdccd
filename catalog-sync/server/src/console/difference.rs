//! What a build has that the last release does not have, and the other way round.

use std::path::Path;

use knytt_engine::{Catalog, Snapshot};
use serde::Serialize;
use utoipa::ToSchema;

/// Products that are named of each kind.
const NAMED: usize = 50;

/// What is different.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The release that is compared with; absent if nothing was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<i64>,
    /// Products of the build.
    pub products: u64,
    /// Products that the release does not have.
    pub new: u64,
    /// Products with another text, price, picture or the like.
    pub changed: u64,
    /// Products that the build does not have any more.
    pub gone: u64,
    /// Products of the build that have no picture.
    pub without_picture: u64,
    /// The first of each kind.
    pub named: Vec<DifferentProduct>,
}

/// A product that is different.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DifferentProduct {
    pub id: String,
    pub title: String,
    /// `new`, `changed`, `gone` or `without_picture`.
    pub kind: &'static str,
}

/// Compares the build in one folder with that in another.
///
/// # Errors
/// One of them cannot be read.
pub fn between(before: Option<&Path>, now: &Path) -> Result<Difference, knytt_engine::Error> {
    let now = Catalog::open(now)?.read()?;
    let before = before.map(|folder| Catalog::open(folder)?.read()).transpose()?;
    let mut found = Difference { products: now.len()?, ..Difference::default() };
    for id in now.ids()? {
        let known = match &before {
            Some(before) => before.record(&id)?,
            None => None,
        };
        let Some(record) = now.record(&id)? else { continue };
        let (title, has_picture) = (&record.product.title, record.product.has_picture());
        match known {
            None => found.count("new", &id, title),
            Some(known) if known != record => found.count("changed", &id, title),
            Some(_) => {}
        }
        if !has_picture {
            found.count("without_picture", &id, title);
        }
    }
    if let Some(before) = &before {
        gone(before, &now, &mut found)?;
    }
    Ok(found)
}

fn gone(before: &Snapshot, now: &Snapshot, found: &mut Difference) -> Result<(), knytt_engine::Error> {
    for id in before.ids()? {
        if !now.contains(&id)? {
            let title = before.product(&id)?.map(|product| product.title).unwrap_or_default();
            found.count("gone", &id, &title);
        }
    }
    Ok(())
}

impl Difference {
    fn count(&mut self, kind: &'static str, id: &str, title: &str) {
        let count = match kind {
            "new" => &mut self.new,
            "changed" => &mut self.changed,
            "gone" => &mut self.gone,
            _ => &mut self.without_picture,
        };
        *count += 1;
        if *count <= NAMED as u64 {
            self.named.push(DifferentProduct { id: id.into(), title: title.into(), kind });
        }
    }
}
