//! Passwords: Argon2id, on threads of their own behind a bounded queue.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use super::problem;
use crate::http::refusal::Refusal;
use crate::search::Workers;
use crate::{Error, Result};

/// Memory of one hash in KiB, passes over it, lanes: the least that OWASP advises for Argon2id.
const COST: (u32, u32, u32) = (19 * 1_024, 2, 1);

/// Letters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 10..=200;

/// The threads that hash. Each holds 19 MiB while it does.
const THREADS: usize = 2;

/// Checks and makes passwords' hashes. Clones share the threads.
#[derive(Clone)]
pub struct Passwords {
    threads: Workers,
    /// What the password of an unknown person is compared with, so that it takes as long as a known one's.
    nobodys: String,
}

/// What a password was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one.
    Wrong,
    /// It is the person's.
    Right,
    /// It is the person's, but its hash was made more cheaply than today's: this one replaces it.
    Outdated(String),
}

impl Passwords {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start() -> Result<Self> {
        let nobodys = hash(&super::secret::random())?;
        Ok(Self { threads: Workers::start(THREADS)?, nobodys })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// 422 if it is too short or too long; 503 if too many wait.
    pub async fn hash(&self, password: String) -> Result<String, Refusal> {
        check(&password)?;
        self.threads.run(move || hash(&password).map_err(Refusal::internal)).await.map_err(busy)
    }

    /// Compares a password with a hash. Without a hash it takes as long, and is wrong.
    ///
    /// # Errors
    /// 503 if too many wait.
    pub async fn verify(&self, password: String, known: Option<String>) -> Result<Verdict, Refusal> {
        let is_known = known.is_some();
        let against = known.unwrap_or_else(|| self.nobodys.clone());
        // A longer one was never taken. It is cut, so that it costs no more than others.
        let password: String = password.chars().take(*LENGTH.end() + 1).collect();
        self.threads
            .run(move || {
                let verdict = verify(&password, &against);
                Ok(if is_known { verdict } else { Verdict::Wrong })
            })
            .await
            .map_err(busy)
    }
}

/// Says what waits; the threads' own refusal is about searches.
fn busy(refusal: Refusal) -> Refusal {
    match refusal.status() {
        503 => Refusal::new(503, "busy", "Too many passwords wait to be checked").retry_after(1),
        _ => refusal,
    }
}

/// Refuses what nobody should have as a password.
///
/// # Errors
/// 422 `password_refused`.
pub fn check(password: &str) -> Result<(), Refusal> {
    if LENGTH.contains(&password.chars().count()) {
        return Ok(());
    }
    Err(problem::password_refused())
}

fn argon() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|e| Error::Setting(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes with today's parameters, which stand in the hash.
///
/// # Errors
/// The system has no random numbers.
pub fn hash(password: &str) -> Result<String> {
    let hash = argon()?.hash_password(password.as_bytes()).map_err(|e| Error::Setting(e.to_string()))?;
    Ok(hash.to_string())
}

fn verify(password: &str, known: &str) -> Verdict {
    let Ok(parsed) = PasswordHash::new(known) else { return Verdict::Wrong };
    if Argon2::default().verify_password(password.as_bytes(), &parsed).is_err() {
        return Verdict::Wrong;
    }
    let (memory, passes, lanes) = COST;
    let today = format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$");
    match known.starts_with(&today) {
        true => Verdict::Right,
        false => hash(password).map_or(Verdict::Right, Verdict::Outdated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_its_parameters_and_an_older_one_is_replaced() {
        let today = hash("correct horse").unwrap();
        assert!(today.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{today}");
        assert_eq!(verify("correct horse", &today), Verdict::Right);
        assert_eq!(verify("wrong horse", &today), Verdict::Wrong);
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let cheap = cheap.hash_password(b"correct horse").unwrap().to_string();
        let Verdict::Outdated(renewed) = verify("correct horse", &cheap) else { panic!("it was kept") };
        assert_eq!(verify("correct horse", &renewed), Verdict::Right);
        assert_eq!(verify("x", "no hash"), Verdict::Wrong);
    }

    #[tokio::test]
    async fn nobodys_password_is_always_wrong() {
        let passwords = Passwords::start().unwrap();
        assert_eq!(passwords.verify("anything at all".into(), None).await.unwrap(), Verdict::Wrong);
        assert_eq!(passwords.hash("short".into()).await.unwrap_err().status(), 422);
    }
}
