//! Who may do what: one table, which [`guard`](super::guard) asks before every route of `/api/v1`.

use super::role::Role;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a limit of their own.
    Open,
    /// Anybody, or with a key of the scope `search`. Without a key, only so often a minute; a setting can
    /// demand one.
    Search,
    /// Anybody, without a limit of their own, unless searching needs a key: then with a key of the scope
    /// `search`, or an account.
    Browse,
    /// Whoever is signed in, about themselves.
    SignedIn,
    /// These roles, and keys of the scope `admin` where admins are among them.
    Staff(&'static [Role]),
}

use Access::{Browse, Open, Search, SignedIn, Staff};

const ADMIN: Access = Staff(&[Role::Admin]);
const PUBLISHERS: Access = Staff(&[Role::Publisher, Role::Admin]);
const MERCHANDISERS: Access = Staff(&[Role::Merchandiser, Role::Publisher, Role::Admin]);
const ANY_STAFF: Access = Staff(&[Role::Analyst, Role::Merchandiser, Role::Publisher, Role::Admin]);

/// A method, a route as it is matched, and who may use it. A route that is not here is refused.
const TABLE: &[(&str, &str, Access)] = &[
    ("GET", "/api/v1/openapi.json", Open),
    ("GET", "/api/v1/docs", Open),
    ("POST", "/api/v1/search", Search),
    ("POST", "/api/v1/text-search", Search),
    ("POST", "/api/v1/image-search", Search),
    ("POST", "/api/v1/multi-search", Search),
    ("POST", "/api/v1/recommend", Search),
    ("GET", "/api/v1/catalogs", Open),
    ("GET", "/api/v1/suggest", Browse),
    ("GET", "/api/v1/trending", Browse),
    ("GET", "/api/v1/products/{id}", Browse),
    // A page shows pictures by their address alone.
    ("GET", "/api/v1/products/{id}/picture", Open),
    ("GET", "/api/v1/looks", Browse),
    ("GET", "/api/v1/looks/{id}/picture", Open),
    ("GET", "/api/v1/products/{id}/goes-with", Browse),
    ("GET", "/api/v1/products/{id}/cheaper", Browse),
    ("GET", "/api/v1/products/{id}/also-viewed", Browse),
    ("GET", "/api/v1/similar/{id}", Browse),
    ("GET", "/api/v1/products/{id}/shop", Browse),
    ("POST", "/api/v1/cards", Browse),
    ("POST", "/api/v1/regions", Search),
    ("POST", "/api/v1/feedback", Open),
    ("POST", "/api/v1/orders", Open),
    ("POST", "/api/v1/auth/register", Open),
    ("POST", "/api/v1/auth/login", Open),
    ("POST", "/api/v1/auth/refresh", Open),
    ("POST", "/api/v1/auth/reset", Open),
    ("POST", "/api/v1/auth/logout", SignedIn),
    ("POST", "/api/v1/auth/password", SignedIn),
    ("GET", "/api/v1/auth/me", SignedIn),
    ("DELETE", "/api/v1/auth/me", SignedIn),
    ("GET", "/api/v1/me/sessions", SignedIn),
    ("DELETE", "/api/v1/me/sessions/{id}", SignedIn),
    ("GET", "/api/v1/me/favourites", SignedIn),
    ("PUT", "/api/v1/me/favourites", SignedIn),
    ("DELETE", "/api/v1/me/favourites", SignedIn),
    ("GET", "/api/v1/me/history", SignedIn),
    ("PUT", "/api/v1/me/history", SignedIn),
    ("DELETE", "/api/v1/me/history", SignedIn),
    ("GET", "/api/v1/me/taste", SignedIn),
    ("PUT", "/api/v1/me/taste", SignedIn),
    ("DELETE", "/api/v1/me/taste", SignedIn),
    ("GET", "/api/v1/me/export", SignedIn),
    ("GET", "/api/v1/admin/users", ADMIN),
    ("POST", "/api/v1/admin/users", ADMIN),
    ("PATCH", "/api/v1/admin/users/{id}", ADMIN),
    ("POST", "/api/v1/admin/users/{id}/reset", ADMIN),
    ("GET", "/api/v1/admin/keys", ADMIN),
    ("POST", "/api/v1/admin/keys", ADMIN),
    ("DELETE", "/api/v1/admin/keys/{id}", ADMIN),
    ("GET", "/api/v1/admin/audit", ADMIN),
    ("GET", "/api/v1/admin/catalogs", ANY_STAFF),
    ("POST", "/api/v1/admin/catalogs", PUBLISHERS),
    ("GET", "/api/v1/admin/catalogs/{id}", ANY_STAFF),
    ("PUT", "/api/v1/admin/catalogs/{id}/options", PUBLISHERS),
    ("POST", "/api/v1/admin/catalogs/{id}/feed", PUBLISHERS),
    ("PUT", "/api/v1/admin/catalogs/{id}/source", PUBLISHERS),
    ("DELETE", "/api/v1/admin/catalogs/{id}/source", PUBLISHERS),
    ("POST", "/api/v1/admin/catalogs/{id}/fetch", PUBLISHERS),
    ("GET", "/api/v1/admin/catalogs/{id}/difference", ANY_STAFF),
    ("GET", "/api/v1/admin/catalogs/{id}/releases", ANY_STAFF),
    ("POST", "/api/v1/admin/catalogs/{id}/signing-keys", PUBLISHERS),
    ("POST", "/api/v1/admin/catalogs/{id}/publish", PUBLISHERS),
    ("POST", "/api/v1/admin/catalogs/{id}/rollback", PUBLISHERS),
    ("POST", "/api/v1/admin/catalogs/{id}/refresh", PUBLISHERS),
    ("GET", "/api/v1/admin/catalogs/{id}/rules", ANY_STAFF),
    ("PUT", "/api/v1/admin/catalogs/{id}/rules/draft", MERCHANDISERS),
    ("DELETE", "/api/v1/admin/catalogs/{id}/rules/draft", MERCHANDISERS),
    ("POST", "/api/v1/admin/catalogs/{id}/rules/publish", MERCHANDISERS),
    ("GET", "/api/v1/admin/catalogs/{id}/rules/versions", ANY_STAFF),
    ("GET", "/api/v1/admin/catalogs/{id}/rules/versions/{number}", ANY_STAFF),
    ("POST", "/api/v1/admin/catalogs/{id}/rules/rollback", MERCHANDISERS),
    // It changes nothing; it is no GET for the document that it takes.
    ("POST", "/api/v1/admin/catalogs/{id}/rules/preview", ANY_STAFF),
    ("GET", "/api/v1/admin/catalogs/{id}/rules/products", ANY_STAFF),
    ("POST", "/api/v1/admin/catalogs/{id}/rules/spots", MERCHANDISERS),
    ("GET", "/api/v1/admin/catalogs/{id}/experiments", ANY_STAFF),
    ("POST", "/api/v1/admin/catalogs/{id}/experiments", MERCHANDISERS),
    ("GET", "/api/v1/admin/catalogs/{id}/experiments/power", ANY_STAFF),
    ("GET", "/api/v1/admin/catalogs/{id}/experiments/{experiment}", ANY_STAFF),
    ("DELETE", "/api/v1/admin/catalogs/{id}/experiments/{experiment}", MERCHANDISERS),
    ("POST", "/api/v1/admin/catalogs/{id}/experiments/{experiment}/start", MERCHANDISERS),
    ("POST", "/api/v1/admin/catalogs/{id}/experiments/{experiment}/stop", MERCHANDISERS),
    ("POST", "/api/v1/admin/catalogs/{id}/experiments/{experiment}/ship", MERCHANDISERS),
    ("GET", "/api/v1/admin/catalogs/{id}/ranking", ANY_STAFF),
    ("POST", "/api/v1/admin/catalogs/{id}/ranking", MERCHANDISERS),
    ("GET", "/api/v1/admin/jobs", ANY_STAFF),
    ("GET", "/api/v1/admin/jobs/{id}", ANY_STAFF),
    ("GET", "/api/v1/admin/jobs/{id}/lines", ANY_STAFF),
    ("GET", "/api/v1/admin/jobs/{id}/problems", ANY_STAFF),
    ("POST", "/api/v1/admin/jobs/{id}/cancel", PUBLISHERS),
    ("GET", "/api/v1/admin/alerts", ANY_STAFF),
    ("POST", "/api/v1/admin/alerts/{id}/acknowledge", MERCHANDISERS),
    ("GET", "/api/v1/admin/alert-rules", ANY_STAFF),
    ("POST", "/api/v1/admin/alert-rules", PUBLISHERS),
    ("PUT", "/api/v1/admin/alert-rules/{id}", PUBLISHERS),
    ("DELETE", "/api/v1/admin/alert-rules/{id}", PUBLISHERS),
    // Who sets an address has the server ask it.
    ("GET", "/api/v1/admin/alert-channels", ADMIN),
    ("POST", "/api/v1/admin/alert-channels", ADMIN),
    ("DELETE", "/api/v1/admin/alert-channels/{id}", ADMIN),
    ("POST", "/api/v1/admin/alert-channels/{id}/test", ADMIN),
    ("GET", "/api/v1/admin/alert-channels/{id}/deliveries", ADMIN),
    ("GET", "/api/v1/admin/kiosks", ANY_STAFF),
    ("DELETE", "/api/v1/admin/kiosks/{name}", PUBLISHERS),
    ("PUT", "/api/v1/admin/kiosks/{name}/order", PUBLISHERS),
    ("DELETE", "/api/v1/admin/kiosks/{name}/order", PUBLISHERS),
    // The handler asks for a key.
    ("POST", "/api/v1/kiosks/alive", Open),
    ("GET", "/api/v1/admin/stats", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/catalogs", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/days", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/ways", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/releases", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/queries", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/products", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/service", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/drift", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/embeddings", ANY_STAFF),
    ("GET", "/api/v1/admin/stats/changes", ANY_STAFF),
];

/// Who may use a route; `None` for one that the table does not have.
pub fn access(method: &str, route: &str) -> Option<Access> {
    let method = if method == "HEAD" { "GET" } else { method };
    TABLE.iter().find(|(m, r, _)| *m == method && *r == route).map(|(_, _, access)| *access)
}
