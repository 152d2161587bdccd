//! What a link says of the release that a new device must find at least.

use knytt_wire::{LinkedRelease, Release};

use crate::{Error, Result, Role};

/// What a device that has nothing yet may take: nothing older than the link, of no other catalogue.
pub(crate) fn as_linked(release: &Release, newest: Option<&LinkedRelease>) -> Result<()> {
    let Some(newest) = newest else { return Ok(()) };
    if release.catalog != newest.catalog {
        let (expected, found) = (newest.catalog.clone(), release.catalog.clone());
        return Err(Error::WrongCatalog { expected, found });
    }
    let by_number = release.number.cmp(&newest.number);
    let by_time = release.published_ms.cmp(&newest.published_ms);
    // Numbers count anew when the targets' keys were replaced after a theft: then the time says what is newer.
    if by_number.is_lt() && by_time.is_le() || by_number.is_le() && by_time.is_lt() {
        let (number, linked) = (release.number, newest.number);
        let reason = format!("it is release {number}, the link was made when release {linked} was published");
        return Err(Error::Rollback { role: Role::Release, reason });
    }
    Ok(())
}
