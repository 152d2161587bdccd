//! From a repository to a bundle: the licence first, then the files, then the conversion.

use std::path::Path;

use fs_err as fs;
use knytt_models::convert::{Converted, convert_with_notes};

use crate::error::{Error, Result};
use crate::hub::{Hub, Progress, Snapshot};
use crate::listing::Listing;
use crate::local::{ModelOrigin, ORIGIN};
use crate::reference::Repository;
use crate::room;

/// The files of a model, and where they are from: what a bundle is made of.
#[derive(Clone, Debug)]
pub struct FetchedModel {
    /// The files.
    pub snapshot: Snapshot,
    /// Where they are from.
    pub origin: ModelOrigin,
}

impl FetchedModel {
    /// Makes the bundle in the folder `to`. It blocks, and reads all weights.
    ///
    /// # Errors
    /// [`Error::Convert`].
    pub fn convert(&self, to: &Path) -> Result<Converted> {
        let note = serde_json::to_vec_pretty(&self.origin).map_err(std::io::Error::from)?;
        Ok(convert_with_notes(&self.snapshot.folder, to, &[(ORIGIN, &note)])?)
    }
}

impl Hub {
    /// Fetches what the bundle in `to` is made of; `None` if the bundle of this very commit is there. `agree` is shown
    /// what the hub lists before anything large comes, and says whether its licence is accepted. A hub that cannot be
    /// reached is no hindrance if an earlier fetch has brought the files.
    ///
    /// # Errors
    /// [`Error::License`] if it is not accepted, [`Error::Occupied`] if another model is in `to`, [`Error::NoRoom`] if
    /// the disk has no room for the files and the bundle, and those of [`Self::fetch`].
    pub async fn fetch_model(
        &self,
        repository: &Repository,
        to: &Path,
        agree: &(dyn Fn(&Listing) -> bool + Sync),
        report: &(dyn Fn(Progress) + Sync),
    ) -> Result<Option<FetchedModel>> {
        let listing = match self.list(repository).await {
            Ok(listing) => listing,
            Err(error @ (Error::Offline(_) | Error::Unreachable { .. })) => {
                let snapshot = self.cached(repository).ok_or(error)?;
                let origin = origin_of(repository, &snapshot.commit, None);
                return Ok(may_be_made(to, &origin)?.then_some(FetchedModel { snapshot, origin }));
            }
            Err(error) => return Err(error),
        };
        let origin = origin_of(repository, &listing.commit, listing.license.clone());
        if !may_be_made(to, &origin)? {
            return Ok(None);
        }
        if !agree(&listing) {
            let license = listing.license.unwrap_or_else(|| "not stated".into());
            return Err(Error::License { repository: repository.id(), license });
        }
        self.check_room(repository, &listing, to).await?;
        let snapshot = self.fetch(repository, &listing, report).await?;
        Ok(Some(FetchedModel { snapshot, origin }))
    }

    /// The bundle is a copy, so it takes its room beside that of the files.
    async fn check_room(&self, repository: &Repository, listing: &Listing, to: &Path) -> Result<()> {
        let size = self.size(repository, listing).await?;
        let Some(models) = to.parent().filter(|models| !models.as_os_str().is_empty()) else { return Ok(()) };
        fs::create_dir_all(models)?;
        let coming = if room::is_one_disk(models, self.cache()) { size.missing_bytes } else { 0 };
        room::check(models, size.total_bytes + coming)
    }
}

fn origin_of(repository: &Repository, commit: &str, license: Option<String>) -> ModelOrigin {
    ModelOrigin { repository: repository.id(), commit: commit.into(), license }
}

/// Whether a bundle is to be made here: not if it is there, and not over another one.
fn may_be_made(to: &Path, origin: &ModelOrigin) -> Result<bool> {
    if fs::read_dir(to).map_or(true, |mut entries| entries.next().is_none()) {
        return Ok(true);
    }
    let there = ModelOrigin::read(to);
    let is_same = |there: ModelOrigin| there.repository == origin.repository && there.commit == origin.commit;
    if there.is_some_and(is_same) {
        return Ok(false);
    }
    Err(Error::Occupied { folder: to.into() })
}
