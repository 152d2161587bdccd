//! People sign in, and nobody does what is not theirs to do.

use knytt_server::{Config, Settings};
use serde_json::{Value, json};

use crate::fixture::{Answer, Backend, Kind, Records, settings};

pub const PASSWORD: &str = "correct horse battery";

/// A backend with accounts, on one of both databases.
pub struct House {
    pub backend: Backend,
    pub records: Records,
    pub plain: bool,
    _folder: tempfile::TempDir,
}

/// Somebody who is signed in with tokens.
pub struct Someone {
    pub id: String,
    pub access: String,
    pub refresh: String,
}

impl House {
    pub async fn open(kind: Kind) -> Self {
        Self::with(kind, |settings| settings).await
    }

    pub async fn with(kind: Kind, change: impl FnOnce(Settings) -> Settings) -> Self {
        let (records, folder) = (Records::start(kind), tempfile::tempdir().unwrap());
        let backend = Backend::start(change(settings(&records, folder.path()))).await;
        Self { backend, records, plain: false, _folder: folder }
    }

    /// A backend that was started with these records.
    pub fn of(backend: Backend, records: Records) -> Self {
        Self { backend, records, plain: false, _folder: tempfile::tempdir().unwrap() }
    }

    /// One whose PostgreSQL role is no superuser, with or without the owner in statements.
    pub async fn plain(owner_predicates: bool) -> Self {
        let (records, folder) = (Records::start(Kind::Postgres), tempfile::tempdir().unwrap());
        let Records::Postgres(postgres) = &records else { unreachable!() };
        let url = postgres.plain_url().await;
        let settings = Settings { database: Some(url.into()), ..settings(&records, folder.path()) };
        let config = Config { owner_predicates, ..Config::new(settings).unwrap() };
        let backend = Backend::start_with(config).await;
        Self { backend, records, plain: true, _folder: folder }
    }

    pub async fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        let mut request = self.backend.request(method, path);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "", body).await
    }

    pub async fn register(&self, email: &str) {
        let asked = json!({ "email": email, "password": PASSWORD });
        assert_eq!(self.post("/api/v1/auth/register", &asked).await.status, 202);
    }

    pub async fn sign_in(&self, email: &str) -> Someone {
        let asked = json!({ "email": email, "password": PASSWORD, "tokens": true });
        let answer = self.post("/api/v1/auth/login", &asked).await.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Someone {
            id: text(&answer["account"]["id"]),
            access: text(&answer["tokens"]["accessToken"]),
            refresh: text(&answer["tokens"]["refreshToken"]),
        }
    }

    pub async fn newcomer(&self, email: &str) -> Someone {
        self.register(email).await;
        self.sign_in(email).await
    }

    pub async fn admin(&self) -> Someone {
        let db = self.records.open().await;
        knytt_server::create_admin(&db, "admin@shop.example", "", PASSWORD).await.unwrap();
        self.sign_in("admin@shop.example").await
    }

    /// The database, past the backend.
    pub async fn pool(&self) -> sqlx::AnyPool {
        sqlx::any::install_default_drivers();
        sqlx::AnyPool::connect(&self.records.url()).await.unwrap()
    }

    /// Signs a browser in; returns its cookie.
    async fn browser(&self, email: &str) -> String {
        let asked = json!({ "email": email, "password": PASSWORD });
        let answer = self.post("/api/v1/auth/login", &asked).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }

    async fn with_cookie(&self, method: &str, path: &str, cookie: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.backend.request(method, path).header("cookie", cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_in_changes_its_password_and_is_erased() {
    for kind in BOTH {
        let house = House::open(kind).await;
        house.register(" Ann@Shop.example ").await;
        let (here, there) =
            (house.browser("ann@shop.example").await, house.browser("ANN@shop.example").await);
        let me = house.with_cookie("GET", "/api/v1/auth/me", &here, &[]).await;
        assert_eq!(me.header("cache-control"), "no-store");
        assert_eq!(me.json()["email"], "ann@shop.example");
        assert!(me.json().get("password").is_none());
        let own = [("origin", house.backend.url.as_str()), ("content-type", "application/json")];
        let sessions = house.with_cookie("GET", "/api/v1/me/sessions", &here, &[]).await.json();
        assert_eq!(sessions.as_array().unwrap().len(), 2);
        // A new password ends the session there, not here.
        let change = house.backend.request("POST", "/api/v1/auth/password").header("cookie", &here);
        let change = change.header(own[0].0, own[0].1).header(own[1].0, own[1].1);
        let change = change.body(json!({ "old": PASSWORD, "new": "another long one" }).to_string());
        assert_eq!(change.send().await.unwrap().status(), 204);
        assert_eq!(house.with_cookie("GET", "/api/v1/auth/me", &there, &[]).await.code(), "not_signed_in");
        assert_eq!(house.with_cookie("GET", "/api/v1/auth/me", &here, &[]).await.status, 200);
        let erase = house.backend.request("DELETE", "/api/v1/auth/me").header("cookie", &here);
        let erase = erase.header(own[0].0, own[0].1).header(own[1].0, own[1].1);
        let erase = erase.body(json!({ "password": "another long one" }).to_string());
        assert_eq!(erase.send().await.unwrap().status(), 204);
        assert_eq!(house.with_cookie("GET", "/api/v1/auth/me", &here, &[]).await.status, 401);
        let again = json!({ "email": "ann@shop.example", "password": "another long one" });
        assert_eq!(house.post("/api/v1/auth/login", &again).await.code(), "wrong_login");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_changes_nothing() {
    let house = House::open(Kind::Sqlite).await;
    house.register("ann@shop.example").await;
    let cookie = house.browser("ann@shop.example").await;
    let own = house.backend.url.clone();
    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
        vec![("sec-fetch-site", "same-site")],
    ] {
        let answer = house.with_cookie("DELETE", "/api/v1/me/history", &cookie, &headers).await;
        assert_eq!((answer.status, answer.code()), (403, "cross_site".into()), "{headers:?}");
    }
    let from_here = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(house.with_cookie("DELETE", "/api/v1/me/history", &cookie, &from_here).await.status, 204);
    // A form of another site cannot sign its visitors in either.
    let form = house.backend.request("POST", "/api/v1/auth/login").header("origin", "https://evil.example");
    let form = form.header("content-type", "application/json");
    let form = form.body(json!({ "email": "ann@shop.example", "password": PASSWORD }).to_string());
    assert_eq!(Answer::of(form.send().await.unwrap()).await.code(), "cross_site");
    let text =
        house.backend.request("POST", "/api/v1/auth/login").header("content-type", "text/plain").body("{}");
    assert_eq!(Answer::of(text.send().await.unwrap()).await.code(), "not_json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_put_into_a_browser_does_not_become_its_owners() {
    let house = House::open(Kind::Sqlite).await;
    for email in ["eve@shop.example", "ann@shop.example"] {
        house.register(email).await;
    }
    let planted = house.browser("eve@shop.example").await;
    let login = house.backend.request("POST", "/api/v1/auth/login").header("cookie", &planted);
    let login = login.header("origin", &house.backend.url).header("content-type", "application/json");
    let login = login.body(json!({ "email": "ann@shop.example", "password": PASSWORD }).to_string());
    let answer = Answer::of(login.send().await.unwrap()).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.header("set-cookie").starts_with(&planted));
    assert_eq!(house.with_cookie("GET", "/api/v1/auth/me", &planted, &[]).await.code(), "not_signed_in");
    // One that nobody was given opens nothing.
    let (name, _) = planted.split_once('=').unwrap();
    for made_up in ["x", "x.y", "%00.%00", ".", &format!("{}.x", "0".repeat(32))] {
        let cookie = format!("{name}={made_up}");
        assert_eq!(house.with_cookie("GET", "/api/v1/auth/me", &cookie, &[]).await.code(), "not_signed_in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_addresses_are_answered_alike() {
    for kind in BOTH {
        let house = House::open(kind).await;
        house.register("ann@shop.example").await;
        let register = async |email: &str, password: &str| {
            let asked = json!({ "email": email, "password": password });
            let answer = house.post("/api/v1/auth/register", &asked).await;
            (answer.status, answer.body)
        };
        // The second registration makes nothing and changes no password.
        let other = "some other password";
        assert_eq!(register("ann@shop.example", other).await, register("new@shop.example", other).await);
        house.sign_in("ann@shop.example").await;
        let login = async |email: &str| {
            let asked = json!({ "email": email, "password": "a wrong password" });
            let answer = house.post("/api/v1/auth/login", &asked).await;
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
            body.as_object_mut().unwrap().retain(|name, _| !name.to_lowercase().contains("request"));
            (answer.status, body)
        };
        // Five failures each cost nothing.
        for _ in 0..5 {
            let (known, unknown) = (login("ann@shop.example").await, login("nobody@shop.example").await);
            assert_eq!((known.0, &known.1), (401, &unknown.1));
            assert_eq!(known.0, unknown.0);
        }
        // After many more both wait, and long enough for a slow machine to see it.
        let pool = house.pool().await;
        sqlx::query("UPDATE attempts SET failures = 50").execute(&pool).await.unwrap();
        let (known, unknown) = (login("ann@shop.example").await, login("nobody@shop.example").await);
        assert_eq!((known.0, &known.1), (429, &unknown.1));
        // The right password waits as well, and the account is not locked: it only waits.
        let right = json!({ "email": "ann@shop.example", "password": PASSWORD });
        assert_eq!(house.post("/api/v1/auth/login", &right).await.code(), "too_many_attempts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_tries_many_accounts_waits() {
    let house = House::open(Kind::Sqlite).await;
    let mut statuses = Vec::new();
    while statuses.last() != Some(&429) && statuses.len() < 60 {
        let asked =
            json!({ "email": format!("{}@shop.example", statuses.len()), "password": "password1234" });
        statuses.push(house.post("/api/v1/auth/login", &asked).await.status);
    }
    assert!(statuses[..20].iter().all(|status| *status == 401), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_its_copy_ends_the_session() {
    for kind in BOTH {
        let house = House::open(kind).await;
        let ann = house.newcomer("ann@shop.example").await;
        let renew =
            async |token: &str| house.post("/api/v1/auth/refresh", &json!({ "refreshToken": token })).await;
        let next = renew(&ann.refresh).await.json();
        let access = next["accessToken"].as_str().unwrap();
        assert_eq!(house.send("GET", "/api/v1/auth/me", access, &Value::Null).await.status, 200);
        assert_eq!(renew(&ann.refresh).await.code(), "token_invalid");
        // The thief's and the owner's tokens are useless from now on.
        assert_eq!(renew(next["refreshToken"].as_str().unwrap()).await.code(), "token_invalid");
        let answer = house.send("GET", "/api/v1/auth/me", access, &Value::Null).await;
        assert_eq!(answer.code(), "token_invalid");
        for made_up in ["", "x", "x.y", "\u{0}.\u{0}"] {
            assert_eq!(renew(made_up).await.code(), "token_invalid");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_not_signed_here_opens_nothing() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let house = House::open(Kind::Sqlite).await;
    let ann = house.newcomer("ann@shop.example").await;
    let parts: Vec<&str> = ann.access.split('.').collect();
    let header: Value = serde_json::from_slice(&BASE64.decode(parts[0]).unwrap()).unwrap();
    assert_eq!(header["alg"], "EdDSA");
    let part = |value: &Value| BASE64.encode(value.to_string());
    let kid = header["kid"].clone();
    let mut claims: Value = serde_json::from_slice(&BASE64.decode(parts[1]).unwrap()).unwrap();
    let none = format!("{}.{}.", part(&json!({ "alg": "none", "kid": kid })), parts[1]);
    let hmac = format!("{}.{}.{}", part(&json!({ "alg": "HS256", "kid": kid })), parts[1], parts[2]);
    let foreign = format!("{}.{}.{}", part(&json!({ "alg": "EdDSA", "kid": "other" })), parts[1], parts[2]);
    let path = format!("{}.{}.{}", part(&json!({ "alg": "EdDSA", "kid": "../k\u{0}" })), parts[1], parts[2]);
    claims["exp"] = json!(99_999_999_999u64);
    let longer = format!("{}.{}.{}", parts[0], part(&claims), parts[2]);
    for token in [none, hmac, foreign, path, longer, "x".into(), "a.b.c".into()] {
        let answer = house.send("GET", "/api/v1/auth/me", &token, &Value::Null).await;
        assert_eq!((answer.status, answer.code()), (401, "token_invalid".into()), "{token}");
    }
    assert_eq!(house.send("GET", "/api/v1/auth/me", &ann.access, &Value::Null).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_says_only_what_a_route_knows() {
    let house = House::open(Kind::Sqlite).await;
    let asked = json!({ "email": "eve@shop.example", "password": PASSWORD, "role": "admin" });
    assert_eq!(house.post("/api/v1/auth/register", &asked).await.code(), "bad_request");
    for email in ["", "x", "@", "a@", "a b@c", "a@b@c", "a\u{0}@b.example"] {
        let asked = json!({ "email": email, "password": PASSWORD });
        assert_eq!(house.post("/api/v1/auth/register", &asked).await.code(), "bad_request", "{email:?}");
    }
    let short = json!({ "email": "eve@shop.example", "password": "123456789" });
    assert_eq!(house.post("/api/v1/auth/register", &short).await.code(), "password_refused");
    let large = json!({ "email": "eve@shop.example", "password": "x".repeat(70_000) });
    assert_eq!(house.post("/api/v1/auth/register", &large).await.code(), "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_by_a_link_of_an_hour_once_and_ends_all_sessions() {
    for kind in BOTH {
        let house = House::open(kind).await;
        let admin = house.admin().await;
        house.register("eve@shop.example").await;
        let eve = house.sign_in("eve@shop.example").await;
        let path = format!("/api/v1/admin/users/{}/reset", eve.id);
        assert_eq!(house.send("POST", &path, &eve.access, &Value::Null).await.code(), "not_allowed");
        let link = async || {
            let answer = house.send("POST", &path, &admin.access, &Value::Null).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            serde_json::from_slice::<Value>(&answer.body).unwrap()
        };
        let (old, new) = (link().await, link().await);
        let lasts = new["expiresMs"].as_i64().unwrap() - jiff::Timestamp::now().as_millisecond();
        assert!((3_300_000..=3_600_000).contains(&lasts), "{lasts}");
        let changed = "another horse entirely";
        let set = |link: &Value| json!({ "token": link["token"], "password": changed });
        assert_eq!(house.post("/api/v1/auth/reset", &set(&old)).await.code(), "token_invalid");
        let me = async || house.send("GET", "/api/v1/auth/me", &eve.access, &Value::Null).await.status;
        assert_eq!(me().await, 200, "a link alone ends nothing");
        assert_eq!(house.post("/api/v1/auth/reset", &set(&new)).await.status, 204);
        assert_eq!(me().await, 401, "all sessions end");
        assert_eq!(house.post("/api/v1/auth/reset", &set(&new)).await.code(), "token_invalid", "it is used");
        let login = |password: &str| json!({ "email": "eve@shop.example", "password": password });
        assert_eq!(house.post("/api/v1/auth/login", &login(PASSWORD)).await.code(), "wrong_login");
        assert_eq!(house.post("/api/v1/auth/login", &login(changed)).await.status, 200);

        // One that is too old opens nothing.
        let late = link().await;
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(&house.records.url()).await.unwrap();
        let aged = sqlx::query("UPDATE password_links SET expires_ms = expires_ms - 3600000");
        assert_eq!(aged.execute(&pool).await.unwrap().rows_affected(), 1);
        assert_eq!(house.post("/api/v1/auth/reset", &set(&late)).await.code(), "token_invalid");
        let audit = house.send("GET", "/api/v1/admin/audit", &admin.access, &Value::Null).await.json();
        let done = |action: &str, actor: &str| {
            let is_it = |e: &&Value| e["action"] == action && e["actor"] == actor && e["target"] == *eve.id;
            audit.as_array().unwrap().iter().filter(is_it).count()
        };
        assert_eq!((done("user.reset_link", &admin.id), done("user.reset", &eve.id)), (3, 1), "{audit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_is_invited_demoted_and_leaves_a_trace_that_stays() {
    for kind in BOTH {
        let house = House::open(kind).await;
        let admin = house.admin().await;
        let asked = json!({ "email": "bo@shop.example", "name": "Bo", "role": "analyst" });
        let invite = async |body: &Value| {
            let request = house.backend.request("POST", "/api/v1/admin/users").bearer_auth(&admin.access);
            let request = request.header("idempotency-key", "one").header("content-type", "application/json");
            Answer::of(request.body(body.to_string()).send().await.unwrap()).await
        };
        let first = invite(&asked).await;
        assert_eq!(first.status, 201, "{first:?}");
        let first: Value = serde_json::from_slice(&first.body).unwrap();
        let second: Value = serde_json::from_slice(&invite(&asked).await.body).unwrap();
        assert_eq!(first["account"]["id"], second["account"]["id"]);
        assert!(second["token"].is_null());
        assert_eq!(
            invite(&json!({ "email": "c@d.example", "role": "admin" })).await.code(),
            "idempotency_key_reused"
        );
        let reset = json!({ "token": first["token"], "password": PASSWORD });
        assert_eq!(house.post("/api/v1/auth/reset", &reset).await.status, 204);
        assert_eq!(house.post("/api/v1/auth/reset", &reset).await.code(), "token_invalid");
        let bo = house.sign_in("bo@shop.example").await;
        assert_eq!(house.send("GET", "/api/v1/admin/catalogs", &bo.access, &Value::Null).await.status, 200);
        assert_eq!(
            house.send("GET", "/api/v1/admin/users", &bo.access, &Value::Null).await.code(),
            "not_allowed"
        );
        let path = format!("/api/v1/admin/users/{}", bo.id);
        let closed = house.send("PATCH", &path, &admin.access, &json!({ "disabled": true })).await;
        assert_eq!(closed.status, 200);
        assert_eq!(
            house.send("GET", "/api/v1/auth/me", &bo.access, &Value::Null).await.code(),
            "token_invalid"
        );
        let own = format!("/api/v1/admin/users/{}", admin.id);
        let last = house.send("PATCH", &own, &admin.access, &json!({ "role": "shopper" })).await;
        assert_eq!(last.code(), "last_admin");
        let audit = house.send("GET", "/api/v1/admin/audit", &admin.access, &Value::Null).await.json();
        let actions: Vec<&str> =
            audit.as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["user.change", "user.reset", "user.invite", "user.make_admin"]);
        for statement in ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"] {
            let pool = house.pool().await;
            let refused = sqlx::query(statement).execute(&pool).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{refused}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_a_page_searches_from_its_origin_within_its_limit_until_it_is_revoked() {
    for kind in BOTH {
        let house = House::with(kind, |s| Settings { search_needs_key: Some(true), ..s }).await;
        let admin = house.admin().await;
        let make = async |body: Value| house.send("POST", "/api/v1/admin/keys", &admin.access, &body).await;
        let asked = json!({ "catalog": "*", "scopes": ["search"], "origins": ["https://shop.example"],
                            "ratePerMinute": 3, "expiresDays": 30 });
        let made: Value = serde_json::from_slice(&make(asked).await.body).unwrap();
        let (token, id) = (made["token"].as_str().unwrap(), made["key"]["id"].as_str().unwrap());
        let search = async |token: &str, origin: &str| {
            let request = house.backend.request("POST", "/api/v1/search").bearer_auth(token);
            let request = request.header("origin", origin).header("content-type", "application/json");
            Answer::of(request.body("{}").send().await.unwrap()).await.code()
        };
        // There is no catalogue here: that is what a search that is allowed is told.
        assert_eq!(house.post("/api/v1/search", &json!({})).await.code(), "key_invalid");
        assert_eq!(search(token, "https://shop.example").await, "catalog_unknown");
        assert_eq!(search(token, "https://evil.example").await, "origin_not_allowed");
        assert_eq!(search(token, "https://shop.example").await, "catalog_unknown");
        assert_eq!(search(token, "https://shop.example").await, "rate_limited");
        assert_eq!(house.send("GET", "/api/v1/admin/users", &admin.refresh, &Value::Null).await.status, 401);
        let other = make(json!({ "catalog": "*", "scopes": ["search"] })).await;
        let other: Value = serde_json::from_slice(&other.body).unwrap();
        let other = other["token"].as_str().unwrap().to_owned();
        assert_eq!(
            house.send("GET", "/api/v1/admin/users", &other, &Value::Null).await.code(),
            "not_allowed"
        );
        let revoked =
            house.send("DELETE", &format!("/api/v1/admin/keys/{id}"), &admin.access, &Value::Null).await;
        assert_eq!(revoked.status, 204);
        assert_eq!(search(token, "https://shop.example").await, "key_invalid");
        let one = make(json!({ "catalog": "shop", "scopes": ["search"] })).await;
        let one: Value = serde_json::from_slice(&one.body).unwrap();
        let one = one["token"].as_str().unwrap();
        assert_eq!(house.send("POST", "/api/v1/search", one, &json!({})).await.code(), "catalog_unknown");
        for refused in [
            json!({ "catalog": "*", "scopes": ["search", "admin"], "origins": ["https://shop.example"] }),
            json!({ "catalog": "*", "scopes": ["search"], "origins": ["*"] }),
            json!({ "catalog": "shop", "scopes": ["admin"] }),
            json!({ "catalog": "*", "scopes": [] }),
        ] {
            assert_eq!(make(refused).await.code(), "bad_request");
        }
        let key = make(json!({ "catalog": "*", "scopes": ["admin"] })).await;
        let key: Value = serde_json::from_slice(&key.body).unwrap();
        let key = key["token"].as_str().unwrap();
        assert_eq!(house.send("GET", "/api/v1/admin/keys", key, &Value::Null).await.status, 200);
        assert_eq!(house.send("GET", "/api/v1/auth/me", key, &Value::Null).await.code(), "not_signed_in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn searching_without_a_key_is_bounded_by_address() {
    let house = House::with(Kind::Sqlite, |s| Settings { searches_per_minute: Some(3), ..s }).await;
    for _ in 0..3 {
        assert_eq!(house.post("/api/v1/search", &json!({})).await.code(), "catalog_unknown");
    }
    let refused = house.post("/api/v1/search", &json!({})).await;
    assert_eq!((refused.status, refused.code()), (429, "rate_limited".into()));
    assert!(!refused.header("retry-after").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_a_device_the_later_one_holds() {
    for kind in BOTH {
        let house = House::open(kind).await;
        let shopper = house.newcomer("ann@shop.example").await;
        let note = async |list: &str, at: Option<i64>| {
            let mut body = json!({ "catalog": "shop", "product": "1" });
            if let Some(at) = at {
                body["atMs"] = at.into();
            }
            let path = format!("/api/v1/me/{list}");
            assert!(house.send("PUT", &path, &shopper.access, &body).await.status < 300, "{path}");
            let rows = house.send("GET", &path, &shopper.access, &Value::Null).await.json();
            rows.as_array().unwrap().iter().map(|row| row["atMs"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(note("favourites", Some(1_000)).await, [1_000]);
        assert_eq!(note("favourites", Some(500)).await, [1_000], "an earlier change comes late");
        let now = jiff::Timestamp::now().as_millisecond();
        let kept = note("favourites", Some(i64::MAX)).await[0];
        assert!((now..now + 60_000).contains(&kept), "a clock that is ahead is not believed: {kept}");
        // What was looked at twice stands twice, and once if a device says it again.
        assert_eq!(note("history", Some(1_000)).await, [1_000]);
        assert_eq!(note("history", Some(1_000)).await, [1_000]);
        assert_eq!(note("history", Some(2_000)).await, [2_000, 1_000]);
    }
}
