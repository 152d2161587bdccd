//! The people who have an account.

use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use utoipa::ToSchema;
use uuid::Uuid;

use super::role::Role;
use super::secret::now_ms;
use crate::db::{Database, Tx};

const SELECT: &str = "SELECT id, email, name, role, created_ms, disabled_ms, password FROM people";

/// Somebody with an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's id.
    pub id: String,
    /// The address that signs in.
    pub email: String,
    /// What they want to be called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When the account was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was closed by staff.
    pub disabled_ms: Option<i64>,
    /// The hash of the password, which no answer has.
    #[serde(skip)]
    pub password: Option<String>,
}

/// The address as it is compared: without space around it, in small letters.
///
/// # Errors
/// It is no address.
pub fn address(text: &str) -> Result<String, String> {
    let text = text.trim().to_lowercase();
    let fits = text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    match text.split_once('@') {
        Some((local, domain)) if fits && !local.is_empty() && !domain.is_empty() && !domain.contains('@') => {
            Ok(text)
        }
        _ => Err("email: an address like name@shop.example".into()),
    }
}

/// Makes an account; `None` if the address has one.
pub async fn create(
    db: &Database,
    email: &str,
    name: &str,
    role: Role,
    password: Option<&str>,
) -> Result<Option<Account>, sqlx::Error> {
    let account = Account {
        id: Uuid::now_v7().to_string(),
        email: email.into(),
        name: name.into(),
        role,
        created_ms: now_ms(),
        disabled_ms: None,
        password: password.map(str::to_owned),
    };
    let made = sqlx::query(
        "INSERT INTO people (id, email, name, password, role, created_ms) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING",
    )
    .bind(account.id.clone())
    .bind(email.to_owned())
    .bind(name.to_owned())
    .bind(account.password.clone())
    .bind(role.to_string())
    .bind(account.created_ms)
    .execute(db.pool())
    .await?;
    Ok((made.rows_affected() == 1).then_some(account))
}

/// The account of an address.
pub async fn by_email(db: &Database, email: &str) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE email = $1")));
    row.bind(email.to_owned()).fetch_optional(db.pool()).await?.as_ref().map(read).transpose()
}

/// The account with an id.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE id = $1")));
    row.bind(id.to_owned()).fetch_optional(db.pool()).await?.as_ref().map(read).transpose()
}

/// A page of accounts after an id.
pub async fn list(db: &Database, after: &str, limit: u32) -> Result<Vec<Account>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE id > $1 ORDER BY id LIMIT $2")));
    let rows = rows.bind(after.to_owned()).bind(i64::from(limit)).fetch_all(db.pool()).await?;
    rows.iter().map(read).collect()
}

/// Sets the hash of a password.
pub async fn set_password(db: &Database, id: &str, hash: &str) -> Result<(), sqlx::Error> {
    let done = sqlx::query("UPDATE people SET password = $1 WHERE id = $2").bind(hash.to_owned());
    done.bind(id.to_owned()).execute(db.pool()).await.map(drop)
}

/// Sets what somebody may do, and whether the account is closed. Says no, and changes nothing, if no admin
/// would be left.
pub async fn set_standing(
    db: &Database,
    id: &str,
    role: Role,
    disabled_ms: Option<i64>,
) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let stays_admin = role == Role::Admin && disabled_ms.is_none();
    if !stays_admin && is_last_admin(&mut tx, db.is_sqlite(), id).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let done = sqlx::query("UPDATE people SET role = $1, disabled_ms = $2 WHERE id = $3");
    let done = done.bind(role.to_string()).bind(disabled_ms).bind(id.to_owned());
    done.execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Whether nobody else is an admin who can sign in. Until the transaction ends, no admin stops being one in
/// another: two who demote each other at the same moment must not both succeed.
pub async fn is_last_admin(tx: &mut Tx, sqlite: bool, id: &str) -> Result<bool, sqlx::Error> {
    // On SQLite the transaction is the only one that writes.
    let locked = if sqlite { "" } else { " FOR UPDATE" };
    let admins =
        format!("SELECT id FROM people WHERE role = 'admin' AND disabled_ms IS NULL ORDER BY id{locked}");
    let rows = sqlx::query(AssertSqlSafe(admins)).fetch_all(&mut **tx).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(ids == [id])
}

/// Reads a row of an account.
pub fn read(row: &AnyRow) -> Result<Account, sqlx::Error> {
    let role: String = row.try_get(3)?;
    Ok(Account {
        id: row.try_get(0)?,
        email: row.try_get(1)?,
        name: row.try_get(2)?,
        role: role.parse().unwrap_or(Role::Shopper),
        created_ms: row.try_get(4)?,
        disabled_ms: row.try_get(5)?,
        password: row.try_get(6)?,
    })
}
