//! How a request about accounts is told no.

use crate::http::refusal::Refusal;

/// Nobody is signed in.
pub fn not_signed_in() -> Refusal {
    Refusal::new(401, "not_signed_in", "Sign in first")
}

/// The address, the password, or both are wrong: it is not said which.
pub fn wrong_login() -> Refusal {
    Refusal::new(401, "wrong_login", "Address or password wrong")
}

/// Who asks may not do this.
pub fn not_allowed() -> Refusal {
    Refusal::new(403, "not_allowed", "Not allowed")
}

/// Another site's page asks.
pub fn cross_site() -> Refusal {
    Refusal::new(403, "cross_site", "A page of another site asks")
        .detail("with a session's cookie, only pages of this address may change something")
}

/// Signing in failed too often.
pub fn too_many_attempts(wait_secs: u64) -> Refusal {
    Refusal::new(429, "too_many_attempts", "Too many attempts").retry_after(wait_secs)
}

/// The body or a parameter cannot be used.
pub fn bad_request(detail: impl Into<String>) -> Refusal {
    Refusal::new(400, "bad_request", "The request cannot be read").detail(detail)
}

/// The password cannot be taken.
pub fn password_refused() -> Refusal {
    Refusal::new(422, "password_refused", "The password cannot be taken")
        .detail("a password has 10 to 200 letters")
}

/// The passphrase cannot be taken.
pub fn passphrase_refused() -> Refusal {
    Refusal::new(422, "password_refused", "The passphrase cannot be taken")
        .detail("a passphrase has 10 to 200 letters, on one line")
}

/// A token is not ours, or has ended.
pub fn token_invalid() -> Refusal {
    Refusal::new(401, "token_invalid", "The token is not valid")
}

/// Nobody could administer the shop any more.
pub fn last_admin() -> Refusal {
    Refusal::new(409, "last_admin", "The last admin stays one")
}
