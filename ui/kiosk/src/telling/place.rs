//! Where events wait, and where they go.

use std::path::{Path, PathBuf};

use knytt_engine::Catalog;
use knytt_outbox::Destination;
use knytt_wire::{CatalogIdentity, Url, takes_feedback};

/// The folder that events wait in: beside the catalogue's, which a release replaces as a whole.
pub fn folder_beside(catalog: &Path) -> PathBuf {
    let name = catalog.file_name().unwrap_or(catalog.as_os_str()).to_string_lossy();
    catalog.with_file_name(format!("{name}-feedback"))
}

/// Where events about `asked` go: to `named`, else to where the release in `folder` says. None if that is another
/// catalogue, names no address, or one that is not encrypted.
pub(super) fn destination(
    folder: &Path,
    named: Option<&Url>,
    asked: &CatalogIdentity,
) -> Option<Destination> {
    let status = knytt_client::status(folder).ok()?;
    let (identity, of_release, ingest_key, seen) = match status {
        Some(status) if status.catalog.is_empty() => return None,
        Some(status) => {
            let identity = CatalogIdentity::published(status.root, status.catalog);
            (identity, status.events, status.ingest_key, status.log)
        }
        None => {
            (CatalogIdentity::local(Catalog::open(folder).ok()?.info().ok()?.catalog_id), None, None, None)
        }
    };
    let url = named.cloned().or(of_release).filter(takes_feedback)?;
    (identity == *asked).then_some(Destination { url, ingest_key, seen })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_wait_beside_the_catalogue_and_not_in_it() {
        assert_eq!(folder_beside(Path::new("/srv/kiosk/shop")), Path::new("/srv/kiosk/shop-feedback"));
        assert_eq!(folder_beside(Path::new("shop")), Path::new("shop-feedback"));
    }
}
