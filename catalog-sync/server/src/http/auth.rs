//! `Authorization: Bearer …`.

use axum::http::{HeaderMap, header};

use super::refusal::Refusal;
use crate::app::App;
use crate::keys::{self, ApiKey, Scope};

/// Refuses the request unless its API key allows `scope` on the catalogue. Returns the key.
pub async fn authorize(
    app: &App,
    headers: &HeaderMap,
    scope: Scope,
    catalog: Option<&str>,
) -> Result<ApiKey, Refusal> {
    let key = known_key(app, bearer(headers).ok_or_else(needed)?).await?;
    match key.allows(scope, catalog) {
        true => Ok(key),
        false => Err(refused(&key, scope, catalog)),
    }
}

/// What stands behind `Bearer`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    said.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim)
}

/// The API key that `token` is, within its limits.
///
/// # Errors
/// 401 if it is none, or not valid any more; 429 if it is used too often.
pub async fn known_key(app: &App, token: &str) -> Result<ApiKey, Refusal> {
    let key = keys::find(&app.db, token).await?.ok_or_else(needed)?;
    app.limits.check_key(&key.id)?;
    app.accounts.key_limits.check(&key)?;
    Ok(key)
}

/// The answer to a request without a key where one must be.
pub fn needed() -> Refusal {
    Refusal::new(401, "key_invalid", "API key needed")
        .detail("send Authorization: Bearer <key>; knytt api-key create makes one")
}

/// The answer to a key that is not for what was asked.
pub fn refused(key: &ApiKey, scope: Scope, catalog: Option<&str>) -> Refusal {
    tracing::warn!(key = key.id, %scope, catalog, "a key was used for what it is not for");
    Refusal::new(403, "key_not_allowed", "API key not allowed")
        .detail(format!("this key is not for \"{scope}\" of this catalogue"))
}
