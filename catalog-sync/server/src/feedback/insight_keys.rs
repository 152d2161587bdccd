//! What Insight's rows are counted under.

use crate::way::{Channel, Way};

/// The release that stands for all of them where visitors are counted.
pub const ANY_RELEASE: i64 = -1;

/// What searches by one way in are counted under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayKey {
    pub catalog: String,
    pub day: i64,
    pub release: i64,
    pub channel: String,
    pub kind: String,
}

impl DayKey {
    pub fn new(catalog: &str, day: i64, release: i64, way: Way) -> Self {
        let (channel, kind) = (way.channel.name().into(), way.kind.name().into());
        Self { catalog: catalog.into(), day, release, channel, kind }
    }
}

/// Somebody who searched on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub(super) catalog: String,
    pub(super) day: i64,
    pub(super) release: i64,
    pub(super) channel: &'static str,
    pub(super) visitor: [u8; 16],
}

impl Seen {
    /// Of the release and of all releases.
    pub fn all(catalog: &str, day: i64, release: i64, channel: Channel, visitor: [u8; 16]) -> [Self; 2] {
        let of = |release| Self { catalog: catalog.into(), day, release, channel: channel.name(), visitor };
        [of(ANY_RELEASE), of(release)]
    }
}
