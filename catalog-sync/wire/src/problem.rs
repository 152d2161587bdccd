//! How the backend says no.

use serde::{Deserialize, Serialize};

/// An error of the backend, as RFC 9457 (`application/problem+json`) writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `about:blank`, or an address that explains this kind of problem.
    #[serde(rename = "type", default = "blank")]
    pub kind: String,
    /// A few words, the same for all problems of a kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// A stable name to branch on.
    pub code: String,
    /// The request's id, to be found again in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

fn blank() -> String {
    "about:blank".into()
}
