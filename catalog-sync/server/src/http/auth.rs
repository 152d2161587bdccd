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
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = said.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    let key = match token {
        Some(token) => keys::find(&app.db, token).await?,
        None => None,
    };
    let Some(key) = key else {
        return Err(Refusal::new(401, "key_invalid", "API key needed")
            .detail("send Authorization: Bearer <key>; knytt api-key create makes one"));
    };
    app.limits.check_key(&key.id)?;
    app.accounts.key_limits.check(&key)?;
    if !key.allows(scope, catalog) {
        tracing::warn!(key = key.id, %scope, catalog, "a key was used for what it is not for");
        return Err(Refusal::new(403, "key_not_allowed", "API key not allowed")
            .detail(format!("this key is not for \"{scope}\" of this catalogue")));
    }
    Ok(key)
}
