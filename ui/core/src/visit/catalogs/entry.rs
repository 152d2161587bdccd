//! What the window is told of a catalogue.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use fs_err as fs;
use knytt_client::{LastError, Status};
use knytt_engine::Catalog;
use knytt_ui_api::{CatalogEntry, CatalogKind, CatalogSync, Code, Problem};

use super::added::Added;
use super::offer::{fingerprint, host};
use super::{Catalogs, SAMPLE};
use crate::shop::{Shop, folder_name, summarize};
use crate::visit::problem::code_of_sync;

const DAY_MS: u64 = 24 * 3600 * 1000;

/// From how many days before its end on the trust in a shop's keys is worth a word.
const KEYS_WARNING_DAYS: u32 = 30;

impl Catalogs {
    /// What the window is told of the catalogue in `folder`, which `shop` may have open.
    pub fn entry(&self, folder: &Path, shop: Option<&Shop>) -> CatalogEntry {
        let kind = self.kind(folder);
        let open = shop.filter(|shop| shop.folder() == folder).map(Shop::summary);
        let current = open.is_some();
        let closed = || if self.is_avoided(folder) { None } else { summary_of(folder) };
        let summary = open.or_else(closed);
        let added = Added::read(folder);
        let status = knytt_client::status(folder).ok().flatten();
        let title = status.as_ref().map(|status| status.title.clone()).filter(|title| !title.is_empty());
        let title = title.or_else(|| added.as_ref().map(|added| added.title.clone()));
        let sample = summary.as_ref().filter(|_| kind == CatalogKind::Sample).map(|s| s.id.clone());
        CatalogEntry {
            path: folder.to_string_lossy().into_owned(),
            name: title.or(sample).filter(|name| !name.is_empty()).unwrap_or_else(|| folder_name(folder)),
            current,
            kind,
            products: summary.as_ref().map(|summary| summary.products),
            release: summary.as_ref().map_or(0, |summary| summary.release),
            disk_bytes: bytes_below(folder),
            sync: self.sync_of(folder, status, added),
            feedback: self.feedback_of(folder),
        }
    }

    fn kind(&self, folder: &Path) -> CatalogKind {
        if folder.parent() != Some(&self.folder) {
            CatalogKind::Folder
        } else if folder.file_name().is_some_and(|name| name == SAMPLE) {
            CatalogKind::Sample
        } else {
            CatalogKind::Synced
        }
    }

    /// Whether removing it removes its folder: only what was downloaded by the app.
    pub fn is_ours(&self, folder: &Path) -> bool {
        self.kind(folder) == CatalogKind::Synced && Added::is_in(folder)
    }

    fn sync_of(&self, folder: &Path, status: Option<Status>, added: Option<Added>) -> Option<CatalogSync> {
        let link = added.and_then(|added| added.link().ok());
        let from = status.as_ref().map(|status| &status.from).or_else(|| link.as_ref().map(|link| &link.url));
        let root = status.as_ref().map(|status| status.root.clone());
        let root = root.or_else(|| link.as_ref().and_then(|link| link.root.clone()));
        let checked = status.as_ref().and_then(|status| since_1970(status.checked_ms));
        let published = status.as_ref().and_then(|status| since_1970(Some(status.published_ms)));
        let unchecked_days = checked.or(published).map(|at| now_ms().saturating_sub(at) / DAY_MS);
        let stale = status.as_ref().is_some_and(|status| status.stale_days.is_some());
        Some(CatalogSync {
            host: host(from?),
            fingerprint: fingerprint(&root.unwrap_or_default()),
            published,
            synced: status.as_ref().and_then(|status| since_1970(status.synced_ms)),
            checked,
            stale_days: unchecked_days.filter(|_| stale).and_then(|days| u32::try_from(days).ok()),
            keys_days: status.as_ref().and_then(keys_days),
            wanted_model: status
                .as_ref()
                .and_then(|status| status.last_error.as_ref())
                .and_then(|error| error.model.clone()),
            problem: status.and_then(|status| status.last_error).and_then(problem_of),
            progress: self.progress(folder),
        })
    }
}

/// How many days are left of the trust in the shop's keys, where that is worth a word.
fn keys_days(status: &Status) -> Option<u32> {
    let expires = since_1970(status.root_expires_ms)?;
    let days = u32::try_from(expires.saturating_sub(now_ms()) / DAY_MS).unwrap_or(u32::MAX);
    (days < KEYS_WARNING_DAYS).then_some(days)
}

fn summary_of(folder: &Path) -> Option<knytt_ui_api::CatalogSummary> {
    Catalog::open(folder).ok()?.info().ok().as_ref().map(summarize)
}

/// Being stopped is what the shopper wanted, and nothing to be told again.
fn problem_of(error: LastError) -> Option<Problem> {
    let code = code_of_sync(&error.code);
    (code != Code::Cancelled).then(|| Problem::new(code, error.message))
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn since_1970(at_ms: Option<i64>) -> Option<u64> {
    at_ms.and_then(|at| u64::try_from(at).ok()).filter(|at| *at > 0)
}

/// What lies in a folder, in bytes. Links are not followed.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes_below(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    });
    bytes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_trust_in_keys_is_told_when_it_is_near() {
        let status = |days_left: i64| {
            let at = i64::try_from(now_ms()).unwrap() + days_left * i64::try_from(DAY_MS).unwrap() + 60_000;
            let json = serde_json::json!({
                "from": "https://shop.example/", "root": "aa", "catalog": "shop", "title": "", "release": 1,
                "published_ms": 1, "checked_ms": null, "synced_ms": null, "expires_ms": null, "events": null,
                "last_error": null, "root_expires_ms": at,
            });
            serde_json::from_value::<Status>(json).unwrap()
        };
        let told = [365, 30, 29, 0, -3].map(|days| keys_days(&status(days)));
        assert_eq!(told, [None, None, Some(29), Some(0), Some(0)]);
    }
}
