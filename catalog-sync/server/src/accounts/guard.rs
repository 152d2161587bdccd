//! The one place that decides whether a request may reach its route of `/api/v1`.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::caller::Caller;
use super::policy::{self, Access};
use super::{cookie, problem};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::keys::{ApiKey, Scope};

/// Finds out who asks and whether the table lets them, and tells the handler.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, Refusal> {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let Some(route) = route.filter(|route| route.starts_with("/api/v1/")) else {
        return Ok(next.run(request).await);
    };
    let Some(access) = policy::access(request.method().as_str(), &route) else {
        // Another method of a known route is the router's to refuse.
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        if known.iter().any(|method| policy::access(method, &route).is_some()) {
            return Ok(next.run(request).await);
        }
        return Err(Refusal::internal(format!("{route} has no policy")));
    };
    let caller = Caller::of(&app, request.headers()).await?;
    check_origin(&caller, &request, &route)?;
    check_access(&app, access, &caller)?;
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    if matches!(access, Access::SignedIn | Access::Staff(_)) || route.starts_with("/api/v1/auth/") {
        // What is one person's is kept by no cache.
        response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Refuses writes that another site's page sends, and keys that are not for the page that shows them.
fn check_origin(caller: &Caller, request: &Request, route: &str) -> Result<(), Refusal> {
    let headers = request.headers();
    if let Some(key) = &caller.key {
        return check_key_origin(key, headers);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let signs_in = route.starts_with("/api/v1/auth/");
    if !reads && (caller.by_cookie || signs_in) {
        let authority = request.uri().authority().map(|authority| authority.as_str());
        cookie::check_site(headers, authority, caller.by_cookie)?;
    }
    Ok(())
}

fn check_key_origin(key: &ApiKey, headers: &HeaderMap) -> Result<(), Refusal> {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if key.origins.is_empty() || origin.is_some_and(|origin| key.origins.iter().any(|one| one == origin)) {
        return Ok(());
    }
    Err(Refusal::new(403, "origin_not_allowed", "This key is for pages of other origins"))
}

fn check_access(app: &App, access: Access, caller: &Caller) -> Result<(), Refusal> {
    match access {
        Access::Open => Ok(()),
        Access::Browse | Access::Search => check_search_key(app, caller),
        Access::SignedIn => caller.person().map(drop),
        Access::Staff(roles) => match caller.role() {
            Some(role) if roles.contains(&role) => Ok(()),
            None if caller.key.is_none() => Err(problem::not_signed_in()),
            _ => Err(problem::not_allowed()),
        },
    }
}

/// A key must be for searching, and a setting can demand one of whoever is not signed in. How often an address may
/// search without one, `http::per_searcher` counts.
fn check_search_key(app: &App, caller: &Caller) -> Result<(), Refusal> {
    match &caller.key {
        Some(key) if key.scopes.contains(&Scope::Search) => Ok(()),
        Some(_) => Err(Refusal::new(403, "key_not_allowed", "API key not allowed")
            .detail("this key is not for \"search\"")),
        None if app.config.search_needs_key && caller.account.is_none() => {
            Err(Refusal::new(401, "key_invalid", "API key needed"))
        }
        None => Ok(()),
    }
}
