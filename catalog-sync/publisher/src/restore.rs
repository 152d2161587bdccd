//! Release numbers after a restore from a backup.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::depot::Depot;
use crate::published_release::{PublishedState, Versions};
use crate::release_log::ReleaseLogPages;
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
    Ok(ReleaseNumber::of(&place))
}

/// Has the next release count after `number`, and the versions of its metadata after any that were published.
///
/// For a place and keys that were both put back from a backup: devices have seen newer releases, and refuse
/// lower numbers and versions. How high the versions were nobody here knows, so they go on from the minutes
/// since 1970: more than any publisher has signed.
///
/// If the releases have a log, it begins anew after `number`: the entries that devices have seen are lost. Only the
/// root may say so, or else a thief of the targets' key could; the root that does is signed here, with the keys in
/// `root_dir` as in [`crate::KeyOptions`].
///
/// # Errors
/// [`Error::NumberGoesBack`], [`Error::TooFewKeys`] if there is a log and not enough of the root's keys are here, and
/// what is there cannot be read or trusted.
pub fn set_release_number(
    keys: &mut Keys,
    root_dir: Option<&Path>,
    depot: &Arc<dyn Depot>,
    number: u64,
) -> Result<ReleaseNumber> {
    let place = runtime()?.block_on(PublishedState::load(depot, keys))?;
    let before = ReleaseNumber::of(&place);
    if number <= before.last {
        return Err(Error::NumberGoesBack { number, last: before.last });
    }
    if ReleaseLogPages::is_begun(&place, keys)? {
        keys.begin_log_after(number, root_dir)?;
        ReleaseLogPages::anew(number).remember(keys, &depot.place())?;
    }
    let minutes = u64::try_from(Timestamp::now().as_second() / 60).unwrap_or_default();
    let versions = Versions { number, targets: minutes, snapshot: minutes, timestamp: minutes };
    versions.remember(keys, &depot.place())?;
    Ok(ReleaseNumber { last: number, ..before })
}

impl ReleaseNumber {
    fn of(place: &PublishedState) -> Self {
        let published = place.last.as_ref().map(|last| last.release.number);
        Self { published, last: place.floor.number }
    }
}
