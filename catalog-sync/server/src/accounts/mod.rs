//! Accounts: who may do what at `/api/v1`.
//!
//! [`guard`] stands before every route. It reads who asks ([`caller`]: a browser's cookie, an access token, or
//! an API key), asks the one table of [`policy`], and hands the caller to the handler. Searching needs no
//! account. What belongs to one person is read and written by [`owned`] alone.

mod audit;
mod body;
mod caller;
mod cookie;
mod delays;
mod first_admin;
mod guard;
mod idempotency;
mod limits;
mod links;
mod owned;
mod password;
mod people;
mod policy;
pub(crate) mod problem;
mod role;
mod routes;
pub(crate) mod secret;
mod sessions;
mod tokens;

use self::limits::KeyLimits;
use self::password::Passwords;
use self::tokens::TokenKeys;
use crate::Result;

pub(crate) use self::audit::note;
pub use self::audit::note_command;
pub(crate) use self::body::Body;
pub(crate) use self::caller::Caller;
pub use self::first_admin::create_admin;
pub(crate) use self::guard::guard;
pub(crate) use self::role::Role;
pub(crate) use self::routes::described;
pub(crate) use self::secret::now_ms;
pub(crate) use self::sessions::sweep;

/// What all routes about accounts share. Clones share all of it.
#[derive(Clone)]
pub(crate) struct Accounts {
    /// Checks passwords.
    pub passwords: Passwords,
    /// Signs and checks access tokens.
    pub tokens: TokenKeys,
    /// What keys with a limit of their own have used.
    pub key_limits: KeyLimits,
}

impl Accounts {
    /// Starts the threads that hash.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start() -> Result<Self> {
        Ok(Self { passwords: Passwords::start()?, tokens: TokenKeys::new(), key_limits: KeyLimits::new() })
    }
}
