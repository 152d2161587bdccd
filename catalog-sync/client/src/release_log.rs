//! Whether a release continues the log that this device has seen.

use knytt_wire::{LogHead, LogPage, MAX_LOG_PAGE_BYTES, MAX_LOG_PAGES, RELEASE_TARGET, leads_on};

use crate::http::Http;
use crate::metadata::{Base, Target, Verified, check_bytes};
use crate::transport::fetch;
use crate::{Error, Result};

/// The head of the log with the verified release; none if the release has no log and none was ever had. `had` is the
/// newest release in the log that this device has had.
///
/// Where releases were skipped, the entries in between are fetched: at most [`MAX_LOG_PAGES`] pages of
/// [`MAX_LOG_PAGE_BYTES`].
///
/// # Errors
/// [`Error::Equivocation`], and those of fetching.
pub(crate) async fn follow(
    http: &Http,
    base: &Base,
    verified: &Verified,
    had: Option<&LogHead>,
) -> Result<Option<LogHead>> {
    let head = head_of(verified)?;
    let Some(seen) = had else { return Ok(head) };
    let Some(head) = head else {
        let (number, seen) = (verified.release.number, seen.number);
        return Err(broken(format!("release {number} has no log, release {seen} had one")));
    };
    let begins_anew = verified.log_after.is_some_and(|after| seen.number <= after && after < head.number);
    let previous = verified.release.log.as_ref().and_then(|log| log.previous.as_ref());
    if begins_anew || head == *seen || (previous == Some(&seen.hash) && head.number > seen.number) {
        return Ok(Some(head));
    }
    let mut pages = Vec::new();
    for target in from(verified.targets(), seen.number)? {
        pages.push(page(http, base, target).await?);
    }
    leads_on(&pages, seen, &head).map_err(|error| broken(error.to_string()))?;
    Ok(Some(head))
}

/// The verified release in its log; none if it has no log.
pub(crate) fn head_of(verified: &Verified) -> Result<Option<LogHead>> {
    let description = verified.target(RELEASE_TARGET)?;
    Ok(verified.release.log_head(description.sha256.as_str()))
}

/// The pages from that on which may have the release `seen`, in their order.
fn from(targets: &[Target], seen: u64) -> Result<Vec<&Target>> {
    let first = |target: &'_ Target| LogPage::first_of_target(&target.name);
    let mut pages: Vec<(u64, &Target)> =
        targets.iter().filter_map(|target| Some((first(target)?, target))).collect();
    pages.sort_by_key(|(first, _)| *first);
    let before = pages.partition_point(|(first, _)| *first <= seen).saturating_sub(1);
    let pages = pages.split_off(before);
    if pages.len() > MAX_LOG_PAGES {
        return Err(broken(format!("its log has {} pages, expected {MAX_LOG_PAGES} at most", pages.len())));
    }
    Ok(pages.into_iter().map(|(_, target)| target).collect())
}

async fn page(http: &Http, base: &Base, target: &Target) -> Result<LogPage> {
    if target.length > MAX_LOG_PAGE_BYTES {
        return Err(Error::TooLarge { file: target.name.clone(), limit_bytes: MAX_LOG_PAGE_BYTES });
    }
    let url = base.target(&target.sha256, &target.name)?;
    let bytes = fetch(http, &url, None, target.length).await?.bytes.unwrap_or_default();
    check_bytes(target, &bytes)?;
    LogPage::from_json(&bytes)
        .map_err(|reason| Error::Malformed { file: target.name.clone(), reason: reason.into() })
}

fn broken(reason: String) -> Error {
    Error::Equivocation { reason }
}
