//! Admins that are made on the command line.

use super::people::{address, by_email, create, set_password, set_standing};
use super::role::Role;
use super::{audit, password, sessions};
use crate::db::Database;
use crate::{Error, Result};

/// Makes an admin, as `knytt admin create` does. An account that the address has becomes one.
///
/// # Errors
/// The address or the password cannot be taken, or the database refuses.
pub async fn create_admin(db: &Database, email: &str, name: &str, secret: &str) -> Result<String> {
    let email = address(email).map_err(Error::Setting)?;
    password::check(secret).map_err(|_| Error::Setting("a password has 10 to 200 letters".into()))?;
    let hash = password::hash(secret)?;
    let account = match create(db, &email, name, Role::Admin, Some(&hash)).await? {
        Some(made) => made,
        None => {
            let known = by_email(db, &email).await?.ok_or(sqlx::Error::RowNotFound)?;
            set_standing(db, &known.id, Role::Admin, None).await?;
            set_password(db, &known.id, &hash).await?;
            sessions::end_all(db, &known.id, None).await?;
            known
        }
    };
    audit::note(db, "command", "user.make_admin", &account.id, "").await?;
    Ok(account.id)
}
