//! The log of releases, which the next release continues.
//!
//! It is signed as pages among the targets. A copy lies with the keys, so that a store that was damaged or put back
//! does not make the log begin anew: devices would refuse that.

use std::path::PathBuf;

use knytt_wire::{
    LOG_AFTER_FIELD, LOG_PAGE_ENTRIES, LogEntry, LogHead, LogPage, MAX_LOG_PAGES, RELEASE_TARGET, Release,
    ReleaseLog, leads_on,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tough::schema::Target;

use crate::keys::hex;
use crate::published_release::{PublishedRelease, PublishedState, state_file, write_state};
use crate::{Error, Keys, Result, signed};

/// How the copy beside the keys ends.
const STATE: &str = "log.json";

/// The log up to a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReleaseLogPages {
    /// The last release; where the log begins anew, the one after which it does.
    number: u64,
    /// The hash of its entry; `None`: the log begins with the next release.
    head: Option<String>,
    pages: Vec<LogPage>,
}

impl ReleaseLogPages {
    /// The log that the next release at `place` continues.
    ///
    /// # Errors
    /// [`Error::ForkedLog`] if a release was published there that is not the one of its number that was published
    /// from here, and [`Error::Untrusted`] if its pages do not lead to it.
    pub(crate) async fn to_continue(place: &PublishedState, keys: &Keys) -> Result<Self> {
        let remembered = Self::remembered(keys, &place.depot.place())?.unwrap_or_default();
        // What retired keys signed is no part of the log: devices begin anew with the new keys, too.
        let trusted = |last: &&PublishedRelease| keys.root().verify_role(last.repository.targets()).is_ok();
        let Some(last) = place.last.as_ref().filter(trusted) else { return Ok(remembered) };
        let Some(head) = head_of(last) else { return Ok(remembered) };
        match remembered.head.as_ref() {
            _ if head.number < remembered.number => Ok(remembered),
            Some(hash) if head.number == remembered.number && *hash != head.hash => {
                Err(Error::ForkedLog { number: head.number })
            }
            Some(_) if head.number == remembered.number => Ok(remembered),
            _ => {
                let log = Self::published(last, head).await?;
                log.must_follow(&remembered, keys)?;
                Ok(log)
            }
        }
    }

    /// Another publisher with these keys went on from what was published from here, or began the log anew.
    fn must_follow(&self, remembered: &Self, keys: &Keys) -> Result<()> {
        let Some(hash) = remembered.head.clone() else { return Ok(()) };
        let seen = LogHead { number: remembered.number, hash };
        let head = LogHead { number: self.number, hash: self.head.clone().unwrap_or_default() };
        let begun_after = keys.root()._extra.get(LOG_AFTER_FIELD).and_then(serde_json::Value::as_u64);
        if begun_after.is_some_and(|after| seen.number <= after)
            || leads_on(&self.pages, &seen, &head).is_ok()
        {
            return Ok(());
        }
        Err(Error::ForkedLog { number: seen.number })
    }

    /// Whether devices may have seen a log of these keys: at `place`, or where they published before.
    pub(crate) fn is_begun(place: &PublishedState, keys: &Keys) -> Result<bool> {
        let published = place.last.as_ref().is_some_and(|last| last.release.log.is_some());
        let folder = keys.folder().join("state");
        if published || !folder.is_dir() {
            return Ok(published);
        }
        for entry in fs_err::read_dir(folder)? {
            if entry?.file_name().to_string_lossy().ends_with(STATE) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A log that begins anew after release `number`.
    pub(crate) fn anew(number: u64) -> Self {
        Self { number, ..Self::default() }
    }

    /// What the next release says of the log.
    pub(crate) fn link(&self) -> ReleaseLog {
        ReleaseLog { previous: self.head.clone() }
    }

    /// Adds a release, whose description is `json`.
    pub(crate) fn push(&mut self, release: &Release, json: &[u8]) {
        let entry = release.log_entry(hex(&Sha256::digest(json)));
        let LogHead { number, hash } = LogHead::after(self.head.as_deref(), &entry);
        self.add(entry);
        (self.number, self.head) = (number, Some(hash));
    }

    fn add(&mut self, entry: LogEntry) {
        match self.pages.last_mut().filter(|page| page.entries.len() < LOG_PAGE_ENTRIES) {
            Some(page) => page.entries.push(entry),
            None => self.pages.push(LogPage { before: self.head.clone(), entries: vec![entry] }),
        }
        let surplus = self.pages.len().saturating_sub(MAX_LOG_PAGES);
        self.pages.drain(..surplus);
    }

    /// Its pages: name, bytes, and what the metadata says of them.
    pub(crate) fn targets(&self) -> Result<Vec<(String, Vec<u8>, Target)>> {
        let target = |page: &LogPage| {
            let bytes = serde_json::to_vec(page)?;
            let target = signed::target(bytes.len() as u64, &Sha256::digest(&bytes));
            Ok((page.target(), bytes, target))
        };
        self.pages.iter().map(target).collect()
    }

    /// Notes it with the keys.
    pub(crate) fn remember(&self, keys: &Keys, place: &str) -> Result<()> {
        write_state(keys, Self::file(keys, place), self)
    }

    fn remembered(keys: &Keys, place: &str) -> Result<Option<Self>> {
        let file = Self::file(keys, place);
        if !file.exists() {
            return Ok(None);
        }
        Ok(Some(serde_json::from_slice(&fs_err::read(file)?)?))
    }

    fn file(keys: &Keys, place: &str) -> PathBuf {
        state_file(keys, place, STATE)
    }

    /// The pages of a release that is published. Without them the log goes on from the release alone; devices that
    /// have skipped it are lost then.
    async fn published(last: &PublishedRelease, head: LogHead) -> Result<Self> {
        let mut pages = Vec::new();
        for name in last.repository.targets().signed.targets.keys() {
            if LogPage::first_of_target(name.raw()).is_some() {
                pages.push(LogPage::from_json(&last.read(name.raw()).await?).map_err(Error::untrusted)?);
            }
        }
        pages.sort_by_key(LogPage::first);
        if pages.last().and_then(LogPage::head).is_some_and(|found| found != head) {
            return Err(Error::untrusted("its log does not lead to it"));
        }
        Ok(Self { number: head.number, head: Some(head.hash), pages })
    }
}

/// The head of the log that a published release has.
fn head_of(last: &PublishedRelease) -> Option<LogHead> {
    let description = last.target(RELEASE_TARGET)?;
    last.release.log_head(hex(&description.hashes.sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64) -> LogEntry {
        let hash = "0f".repeat(32);
        LogEntry { number, published_ms: 1_750_000_000_000, content: hash.clone(), description: hash }
    }

    #[test]
    fn pages_fill_up_and_the_oldest_go() {
        let mut log = ReleaseLogPages::default();
        let most = (LOG_PAGE_ENTRIES * MAX_LOG_PAGES) as u64;
        for number in 1..=most + 1 {
            let head = LogHead::after(log.head.as_deref(), &entry(number));
            log.add(entry(number));
            log.head = Some(head.hash);
        }
        assert_eq!(log.pages.len(), MAX_LOG_PAGES);
        assert_eq!(log.pages[0].first(), LOG_PAGE_ENTRIES as u64 + 1);
        assert_eq!(log.pages.last().map(LogPage::first), Some(most + 1));
        let names: Vec<String> = log.targets().unwrap().into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names[0], format!("log-{}.json", LOG_PAGE_ENTRIES + 1));
        let longest = log.targets().unwrap().iter().map(|(_, bytes, _)| bytes.len() as u64).max().unwrap();
        assert!(longest < knytt_wire::MAX_LOG_PAGE_BYTES);
    }
}
