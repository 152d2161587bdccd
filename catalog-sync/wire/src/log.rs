//! The log of a catalogue's releases: a chain of hashes in which each release names the one before it.
//!
//! Signatures do not show that a publisher, or a thief of its keys, signed two different releases of one number for
//! different devices. The chain does: a device that saw one of the two cannot be led on to a successor of the
//! other, and two devices that tell a backend what they saw contradict each other.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many entries one page of the log has at most.
pub const LOG_PAGE_ENTRIES: usize = 256;

/// How many pages a release names at most, so that devices that were away can catch up.
pub const MAX_LOG_PAGES: usize = 64;

/// How long a page may be, in bytes of JSON.
pub const MAX_LOG_PAGE_BYTES: u64 = 128 << 10;

/// The field of a root that lets the log begin anew: the number of the last release before that.
pub const LOG_AFTER_FIELD: &str = "x-knytt-log-after";

/// The header in which devices tell the backend the newest release that they have seen, as [`LogHead`]'s text.
pub const LOG_HEAD_HEADER: &str = "knytt-release-log";

/// What is hashed first, so that no hash of another kind is one of an entry.
const DOMAIN: &[u8] = b"knytt release log 1\0";

const PAGE_PREFIX: &str = "log-";
const PAGE_SUFFIX: &str = ".json";

/// The part of the log that a release's description has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseLog {
    /// The hash of the entry of the release before; `None`: the log begins with this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// One release in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// [`crate::Release::number`].
    pub number: u64,
    /// [`crate::Release::published_ms`].
    pub published_ms: i64,
    /// [`crate::Release::content`].
    pub content: String,
    /// SHA-256 of the release's description as it is signed, hexadecimal: whatever else it says.
    pub description: String,
}

/// The newest release of a log that somebody has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    /// The release's number.
    pub number: u64,
    /// The hash of its entry, hexadecimal.
    pub hash: String,
}

/// Some entries in a row, as a signed target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// The hash of the entry before the first; `None`: the log begins here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// In the order of their numbers.
    pub entries: Vec<LogEntry>,
}

/// Why a release does not continue what was seen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenLog {
    /// The release that was seen and that of the log have one number and are two.
    #[error("release {number} was {seen}, and in the log it is {found}")]
    Fork {
        /// The number.
        number: u64,
        /// The hash that was seen.
        seen: String,
        /// The hash that the log has.
        found: String,
    },
    /// The log does not have the release that was seen.
    #[error("release {0} was seen, and the log does not have it")]
    Missing(u64),
    /// The log does not hold together, or does not lead to the release that names it.
    #[error("the log does not lead to release {0}")]
    Detached(u64),
}

impl LogHead {
    /// The head after `entry`, which follows the entry with the hash `previous`.
    pub fn after(previous: Option<&str>, entry: &LogEntry) -> Self {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        // Texts have their length before them, so that no two entries are the same bytes.
        for text in [previous.unwrap_or_default(), &entry.content, &entry.description] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.update(entry.number.to_be_bytes());
        hash.update(entry.published_ms.to_be_bytes());
        let hash = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { number: entry.number, hash }
    }
}

/// The number, a space and the hash.
impl std::fmt::Display for LogHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.number, self.hash)
    }
}

/// The inverse of its text.
impl std::str::FromStr for LogHead {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a release's number, a space and 64 hexadecimal digits";
        let (number, hash) = text.split_once(' ').ok_or(EXPECTED)?;
        let number = number.parse().map_err(|_| EXPECTED)?;
        if is_hash(hash) { Ok(Self { number, hash: hash.into() }) } else { Err(EXPECTED) }
    }
}

impl LogPage {
    /// Reads a page.
    ///
    /// # Errors
    /// It is not the JSON of one, has no entry or too many, or its numbers do not grow.
    pub fn from_json(bytes: &[u8]) -> Result<Self, &'static str> {
        let page: Self = serde_json::from_slice(bytes).map_err(|_| "it is not the JSON of a page")?;
        if page.entries.is_empty() || page.entries.len() > LOG_PAGE_ENTRIES {
            return Err("it has no entry, or too many");
        }
        if page.entries.windows(2).any(|pair| pair[0].number >= pair[1].number) {
            return Err("its numbers do not grow");
        }
        Ok(page)
    }

    /// The number of its first release; 0 for a page without one.
    pub fn first(&self) -> u64 {
        self.entries.first().map_or(0, |entry| entry.number)
    }

    /// The name of the target that holds it.
    pub fn target(&self) -> String {
        format!("{PAGE_PREFIX}{}{PAGE_SUFFIX}", self.first())
    }

    /// The first number of the page that a target's name says it is.
    pub fn first_of_target(name: &str) -> Option<u64> {
        name.strip_prefix(PAGE_PREFIX)?.strip_suffix(PAGE_SUFFIX)?.parse().ok()
    }

    /// The head after its last entry.
    pub fn head(&self) -> Option<LogHead> {
        let mut head: Option<LogHead> = None;
        for entry in &self.entries {
            let previous = head.as_ref().map(|head| head.hash.as_str()).or(self.before.as_deref());
            head = Some(LogHead::after(previous, entry));
        }
        head
    }
}

/// Whether `pages`, in their order, lead from the release that was seen to `head`.
///
/// # Errors
/// The first thing that contradicts it.
pub fn leads_on(pages: &[LogPage], seen: &LogHead, head: &LogHead) -> Result<(), BrokenLog> {
    let detached = || BrokenLog::Detached(head.number);
    let mut hash = pages.first().ok_or_else(detached)?.before.clone();
    let mut number = 0;
    // The entries before the first page are known by its hash alone.
    let mut found = hash.as_deref() == Some(seen.hash.as_str()) && pages[0].first() > seen.number;
    for page in pages {
        if page.before != hash {
            return Err(detached());
        }
        for entry in &page.entries {
            if entry.number <= number {
                return Err(detached());
            }
            let next = LogHead::after(hash.as_deref(), entry);
            if next.number == seen.number {
                if next.hash != seen.hash {
                    let (seen, found) = (seen.hash.clone(), next.hash);
                    return Err(BrokenLog::Fork { number: next.number, seen, found });
                }
                found = true;
            }
            (number, hash) = (next.number, Some(next.hash));
        }
    }
    if number != head.number || hash.as_deref() != Some(head.hash.as_str()) {
        return Err(detached());
    }
    if found { Ok(()) } else { Err(BrokenLog::Missing(seen.number)) }
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64, content: &str) -> LogEntry {
        LogEntry { number, published_ms: 1_750_000_000_000, content: content.into(), description: "d".into() }
    }

    /// A log of these releases in pages of two, and the head after each of them.
    fn log(entries: &[LogEntry]) -> (Vec<LogPage>, Vec<LogHead>) {
        let (mut pages, mut heads): (Vec<LogPage>, Vec<LogHead>) = (Vec::new(), Vec::new());
        for pair in entries.chunks(2) {
            let before = heads.last().map(|head| head.hash.clone());
            pages.push(LogPage { before, entries: pair.to_vec() });
            for entry in pair {
                let previous = heads.last().map(|head| head.hash.clone());
                heads.push(LogHead::after(previous.as_deref(), entry));
            }
        }
        (pages, heads)
    }

    #[test]
    fn every_release_leads_on_to_every_later_one() {
        let (pages, heads) = log(&[1, 2, 4, 5, 9].map(|number| entry(number, "c")));
        for (i, seen) in heads.iter().enumerate() {
            assert_eq!(leads_on(&pages[i / 2..], seen, &heads[4]), Ok(()), "from {seen}");
        }
        // A log whose earlier pages are lost still leads on from the release before the first page.
        assert_eq!(leads_on(&pages[1..], &heads[1], &heads[4]), Ok(()));
        assert_eq!(leads_on(&pages[1..], &heads[0], &heads[4]), Err(BrokenLog::Missing(1)));
        assert_eq!(pages[1].head().as_ref(), Some(&heads[3]));
    }

    #[test]
    fn another_release_of_a_number_is_a_fork_and_a_gap_is_none_that_leads_on() {
        let (pages, heads) = log(&[1, 2, 3, 4].map(|number| entry(number, "c")));
        let (forked, theirs) = log(&[entry(1, "c"), entry(2, "other"), entry(3, "c"), entry(4, "c")]);
        assert_eq!(
            leads_on(&forked, &heads[1], &theirs[3]),
            Err(BrokenLog::Fork { number: 2, seen: heads[1].hash.clone(), found: theirs[1].hash.clone() })
        );
        let skipped = LogHead { number: 3, hash: theirs[2].hash.clone() };
        assert!(matches!(leads_on(&pages, &skipped, &heads[3]), Err(BrokenLog::Fork { number: 3, .. })));
        let joined = [pages[0].clone(), forked[1].clone()];
        assert_eq!(leads_on(&joined, &heads[0], &theirs[3]), Err(BrokenLog::Detached(4)));
        assert_eq!(leads_on(&pages[..1], &heads[0], &heads[3]), Err(BrokenLog::Detached(4)));
        assert_eq!(leads_on(&[], &heads[0], &heads[3]), Err(BrokenLog::Detached(4)));
        let late = LogHead { number: 2, hash: heads[1].hash.clone() };
        let (without, heads) = log(&[entry(1, "c"), entry(3, "c")]);
        assert_eq!(leads_on(&without, &late, &heads[1]), Err(BrokenLog::Missing(2)));
    }

    #[test]
    fn a_hash_covers_everything_that_an_entry_says() {
        let one = entry(1, "c");
        let hash = |previous: Option<&str>, entry: &LogEntry| LogHead::after(previous, entry).hash;
        let base = hash(None, &one);
        for other in [
            LogEntry { number: 2, ..one.clone() },
            LogEntry { published_ms: 0, ..one.clone() },
            LogEntry { content: "cd".into(), description: String::new(), ..one.clone() },
            LogEntry { description: "e".into(), ..one.clone() },
        ] {
            assert_ne!(hash(None, &other), base, "{other:?}");
        }
        assert_ne!(hash(Some(&base), &one), base);
    }

    #[test]
    fn texts_and_pages_are_read_back_and_nonsense_is_refused() {
        let head = LogHead::after(None, &entry(7, "c"));
        assert_eq!(head.to_string().parse(), Ok(head.clone()));
        for wrong in ["", "7", "x y", "7 abc", &format!("7 {}", "G".repeat(64))] {
            assert!(wrong.parse::<LogHead>().is_err(), "{wrong}");
        }
        let page = LogPage { before: Some(head.hash), entries: vec![entry(8, "c"), entry(9, "c")] };
        assert_eq!(LogPage::from_json(&serde_json::to_vec(&page).unwrap()), Ok(page.clone()));
        assert_eq!(LogPage::first_of_target(&page.target()), Some(8));
        assert_eq!(LogPage::first_of_target("release.json"), None);
        let backwards = LogPage { entries: vec![entry(9, "c"), entry(8, "c")], ..page };
        assert!(LogPage::from_json(&serde_json::to_vec(&backwards).unwrap()).is_err());
        assert!(LogPage::from_json(br#"{"entries":[]}"#).is_err());
    }
}
