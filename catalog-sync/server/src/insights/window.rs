//! Over how many days something trends.

use serde::Deserialize;
use utoipa::ToSchema;

/// Over how many days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// Today and yesterday, in UTC.
    Day,
    /// Seven days.
    #[default]
    Week,
    /// Thirty days.
    Month,
}

impl Window {
    /// Its days.
    pub fn days(self) -> i64 {
        match self {
            Self::Day => 2,
            Self::Week => 7,
            Self::Month => 30,
        }
    }
}
