//! What a job that publishes is told.

use serde::{Deserialize, Serialize};

/// What a job of the kinds `publish`, `rollback` and `refresh` is to do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PublishInput {
    /// What is published.
    pub build: String,
    /// The release whose content it is, if that is an older one.
    pub of_release: Option<i64>,
    /// Whether a passphrase was given with the request.
    pub has_passphrase: bool,
    /// Whether what is published is only signed anew.
    pub refresh: bool,
}
