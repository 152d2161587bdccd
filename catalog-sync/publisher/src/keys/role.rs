//! What keys are for.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use tough::schema::RoleType;

/// A role of The Update Framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Says which keys are trusted for what. Its own are kept away from the network.
    Root,
    /// Says which files a release is made of.
    Targets,
    /// Says which of the targets' metadata is the present one, so that none can be mixed.
    Snapshot,
    /// Says which snapshot is the present one, and that it still is.
    Timestamp,
}

impl Role {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Root, Self::Targets, Self::Snapshot, Self::Timestamp];

    /// Those that sign each release.
    pub(crate) const ONLINE: [Self; 3] = [Self::Targets, Self::Snapshot, Self::Timestamp];

    /// Its name in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Targets => "targets",
            Self::Snapshot => "snapshot",
            Self::Timestamp => "timestamp",
        }
    }

    pub(crate) fn kind(self) -> RoleType {
        match self {
            Self::Root => RoleType::Root,
            Self::Targets => RoleType::Targets,
            Self::Snapshot => RoleType::Snapshot,
            Self::Timestamp => RoleType::Timestamp,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == text);
        role.ok_or_else(|| format!("{text:?} is not one of root, targets, snapshot, timestamp"))
    }
}
