//! Every route of the description, as every role, against rows of somebody else.

use serde_json::{Value, json};

use crate::accounts::{House, PASSWORD, Someone};
use crate::fixture::{Kind, Records};

/// Who may use a route, said once more, apart from the table that is tested: the least that must be refused.
fn is_for(method: &str, path: &str, role: &str) -> bool {
    let is_of_console = ["/api/v1/admin/catalogs", "/api/v1/admin/jobs", "/api/v1/admin/stats"]
        .iter()
        .any(|area| path.starts_with(area));
    if is_of_console && method == "GET" {
        return !matches!(role, "nobody" | "shopper");
    }
    if path.contains("/rules/preview") {
        return !matches!(role, "nobody" | "shopper");
    }
    let is_of_merchandising = ["rules", "experiments", "ranking"];
    if is_of_merchandising.iter().any(|part| path.contains(&format!("{{id}}/{part}"))) {
        return matches!(role, "merchandiser" | "publisher" | "admin");
    }
    if is_of_console {
        return matches!(role, "publisher" | "admin");
    }
    if let Some(area) = path.strip_prefix("/api/v1/admin/").filter(|_| !path.contains("/alert-channels")) {
        let is_staff = !matches!(role, "nobody" | "shopper");
        match area {
            "alerts/{id}/acknowledge" => return is_staff && role != "analyst",
            "alerts" => return is_staff,
            _ if area.starts_with("alert-rules") || area.starts_with("kiosks") => {
                return if method == "GET" { is_staff } else { matches!(role, "publisher" | "admin") };
            }
            _ => {}
        }
    }
    if path.starts_with("/api/v1/admin/") {
        return role == "admin";
    }
    let own = path.starts_with("/api/v1/me/")
        || matches!(path, "/api/v1/auth/me" | "/api/v1/auth/logout" | "/api/v1/auth/password");
    !own || role != "nobody"
}

struct Cast {
    victim: Someone,
    session: String,
    roles: Vec<(&'static str, String)>,
}

/// Somebody with rows of every kind, and one person of each role.
async fn cast(house: &House, admin: &Someone) -> Cast {
    let victim = house.newcomer("victim@shop.example").await;
    let named = json!({ "catalog": "shop", "product": "secret-product" });
    for path in ["/api/v1/me/favourites", "/api/v1/me/history"] {
        assert_eq!(house.send("PUT", path, &victim.access, &named).await.status, 204);
    }
    let taste = json!({ "likes": "secret-taste" });
    assert_eq!(house.send("PUT", "/api/v1/me/taste", &victim.access, &taste).await.status, 204);
    let sessions = house.send("GET", "/api/v1/me/sessions", &victim.access, &Value::Null).await.json();
    let mut roles = vec![("nobody", String::new()), ("admin", admin.access.clone())];
    for role in ["shopper", "analyst", "merchandiser", "publisher"] {
        let email = format!("{role}@shop.example");
        let someone = house.newcomer(&email).await;
        let path = format!("/api/v1/admin/users/{}", someone.id);
        let changed = house.send("PATCH", &path, &admin.access, &json!({ "role": role })).await;
        assert_eq!(changed.status, 200);
        roles.push((role, someone.access));
    }
    Cast { victim, session: sessions[0]["id"].as_str().unwrap().into(), roles }
}

/// Sends every route as everybody; returns how many times somebody else's row was seen.
async fn walk(house: &House) -> usize {
    let admin = house.admin_of_backend().await;
    let cast = cast(house, &admin).await;
    let api = house.backend.get("/api/v1/openapi.json").await.json();
    let (mut leaks, mut asked) = (0, 0);
    for (path, methods) in api["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|name| *name != "parameters") {
            // These end the very session that asks.
            let ends = matches!(path.as_str(), "/api/v1/auth/logout");
            for (role, token) in &cast.roles {
                if ends && *role != "nobody" {
                    continue;
                }
                asked += 1;
                let method = method.to_uppercase();
                let id = if path.contains("/me/sessions/") { &cast.session } else { &cast.victim.id };
                let mut real = path.replace("{id}", id);
                if method == "DELETE" && path == "/api/v1/me/favourites" {
                    real.push_str("?catalog=shop&product=secret-product");
                }
                let body = if matches!(method.as_str(), "GET" | "DELETE") { Value::Null } else { json!({}) };
                let answer = house.send(&method, &real, token, &body).await;
                let said = String::from_utf8_lossy(&answer.body);
                assert_ne!(answer.status, 500, "{method} {path} has no policy: {said}");
                let refused = matches!(answer.status, 401 | 403);
                let fits = is_for(&method, path, role) || refused;
                assert!(fits, "{method} {path} as {role}: {} {said}", answer.status);
                if is_for(&method, path, role) {
                    assert_ne!(
                        answer.code_or_none().as_deref(),
                        Some("not_allowed"),
                        "{method} {path} {role}"
                    );
                }
                leaks += usize::from(said.contains("secret-"));
                let names_a_row = method == "DELETE" && real != *path && path.starts_with("/api/v1/me/");
                if names_a_row && *role != "nobody" {
                    assert_eq!(answer.status, 404, "{method} {real} as {role}");
                }
            }
        }
    }
    assert!(asked > 200, "only {asked}");
    // What the victim has is still there after everybody deleted what was not theirs.
    let export = house.send("GET", "/api/v1/me/export", &cast.victim.access, &Value::Null).await.json();
    assert_eq!(export["favourites"][0]["product"], "secret-product", "{export}");
    assert_eq!(export["history"][0]["product"], "secret-product", "{export}");
    assert_eq!(export["taste"]["likes"], "secret-taste", "{export}");
    leaks
}

impl House {
    /// An admin in the database that the backend has.
    async fn admin_of_backend(&self) -> Someone {
        let url = match (&self.records, self.plain) {
            (Records::Postgres(postgres), true) => postgres.plain_url().await,
            (records, _) => records.url(),
        };
        let db = knytt_server::Database::open(&url.as_str().into(), 2).await.unwrap();
        knytt_server::create_admin(&db, "admin@shop.example", "", PASSWORD).await.unwrap();
        db.close().await;
        self.sign_in("admin@shop.example").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_what_is_not_theirs_on_sqlite() {
    assert_eq!(walk(&House::open(Kind::Sqlite).await).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_what_is_not_theirs_on_postgres() {
    assert_eq!(walk(&House::plain(true).await).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_people_apart_by_itself() {
    assert_eq!(walk(&House::plain(false).await).await, 0);
}
