//! Who asks: nobody known, somebody who is signed in, or whoever holds an API key.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use super::people::Account;
use super::role::Role;
use super::{cookie, problem, sessions};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::http::{bearer, client, known_key};
use crate::keys::{ApiKey, Scope};

/// Who sent a request. [`guard`](super::guard) has found it out before the handler runs.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Who is signed in.
    pub account: Option<Account>,
    /// The session they are signed in with.
    pub session: Option<String>,
    /// Whether the session came as a cookie, which browsers send by themselves.
    pub by_cookie: bool,
    /// The API key that was shown.
    pub key: Option<ApiKey>,
}

impl Caller {
    /// The account of who is signed in.
    ///
    /// # Errors
    /// 401 if nobody is.
    pub fn person(&self) -> Result<&Account, Refusal> {
        self.account.as_ref().ok_or_else(problem::not_signed_in)
    }

    /// What this caller may be taken for. A key of the scope `admin` does what admins do.
    pub fn role(&self) -> Option<Role> {
        let by_key = self.key.as_ref().filter(|key| key.allows(Scope::Admin, None));
        self.account.as_ref().map(|account| account.role).or(by_key.map(|_| Role::Admin))
    }

    /// How the audit log names this caller.
    pub fn actor(&self) -> String {
        match (&self.account, &self.key) {
            (Some(account), _) => account.id.clone(),
            (None, Some(key)) => format!("key:{}", key.id),
            (None, None) => "nobody".into(),
        }
    }

    /// Reads who sends a request.
    ///
    /// # Errors
    /// 401 for a key or token that is shown and not valid. With a cookie that is not valid, nobody is signed in.
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Self, Refusal> {
        if let Some(token) = bearer(headers) {
            return match token.starts_with("knytt_") {
                true => Ok(Self { key: Some(known_key(app, token).await?), ..Self::default() }),
                false => Self::of_token(app, token).await,
            };
        }
        let Some(shown) = cookie::read(headers) else { return Ok(Self::default()) };
        let found = sessions::of_cookie(&app.db, shown).await?;
        Ok(found.map_or_else(Self::default, |who| Self { by_cookie: true, ..Self::signed_in(who) }))
    }

    async fn of_token(app: &App, token: &str) -> Result<Self, Refusal> {
        let session = app.accounts.tokens.session(&app.db, token).await?;
        let who = sessions::of_tokens(&app.db, &session).await?.ok_or_else(problem::token_invalid)?;
        Ok(Self::signed_in(who))
    }

    fn signed_in(who: sessions::SignedIn) -> Self {
        Self { account: Some(who.account), session: Some(who.session), ..Self::default() }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// The address that a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct From(pub IpAddr);

impl From {
    pub fn of(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Self {
        let from = client::of_request(headers, extensions, &app.config.trusted_proxies);
        Self(from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }
}

impl FromRequestParts<App> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(app, &parts.headers, &parts.extensions))
    }
}
