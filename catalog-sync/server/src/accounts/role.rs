//! What people may be here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody with an account is. [`policy`](super::policy) says what each may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Searches, and keeps favourites.
    Shopper,
    /// Reads what shoppers did.
    Analyst,
    /// Decides what is shown first.
    Merchandiser,
    /// Publishes catalogues.
    Publisher,
    /// Decides who may do what.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Shopper, Self::Analyst, Self::Merchandiser, Self::Publisher, Self::Admin];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shopper => "shopper",
            Self::Analyst => "analyst",
            Self::Merchandiser => "merchandiser",
            Self::Publisher => "publisher",
            Self::Admin => "admin",
        })
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.to_string() == text);
        known.ok_or_else(|| format!("{text:?} is no role: shopper, analyst, merchandiser, publisher, admin"))
    }
}
