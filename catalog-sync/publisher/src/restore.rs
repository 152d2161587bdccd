//! Release numbers after a restore from a backup.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::depot::Depot;
use crate::published_release::{PublishedState, Versions};
use crate::runtime::runtime;
use crate::{Error, Keys, Result};

/// Which release is published, and after which the next one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseNumber {
    /// What is published; none if nothing is.
    pub published: Option<u64>,
    /// The next release has the number after this one.
    pub last: u64,
}

/// The number of the release at `depot`.
///
/// # Errors
/// What is there cannot be read or trusted.
pub fn release_number(keys: &Keys, depot: &Arc<dyn Depot>) -> Result<ReleaseNumber> {
    let place = runtime()?.block_on(PublishedState::load(depot, keys))?;
    let published = place.last.as_ref().map(|last| last.release.number);
    Ok(ReleaseNumber { published, last: place.floor.number })
}

/// Has the next release count after `number`, and the versions of its metadata after any that were published.
///
/// For a place and keys that were both put back from a backup: devices have seen newer releases, and refuse
/// lower numbers and versions. How high the versions were nobody here knows, so they go on from the minutes
/// since 1970: more than any publisher has signed.
///
/// # Errors
/// [`Error::NumberGoesBack`], and what is there cannot be read or trusted.
pub fn set_release_number(keys: &Keys, depot: &Arc<dyn Depot>, number: u64) -> Result<ReleaseNumber> {
    let before = release_number(keys, depot)?;
    if number <= before.last {
        return Err(Error::NumberGoesBack { number, last: before.last });
    }
    let minutes = u64::try_from(Timestamp::now().as_second() / 60).unwrap_or_default();
    let versions = Versions { number, targets: minutes, snapshot: minutes, timestamp: minutes };
    versions.remember(keys, &depot.place())?;
    Ok(ReleaseNumber { last: number, ..before })
}
