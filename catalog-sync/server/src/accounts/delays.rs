//! Who fails to sign in waits before the next try: an account for less long than an address, and neither is
//! ever locked. The counts are in the database, so that all replicas know them.

use std::net::IpAddr;

use sqlx::Row as _;

use super::problem;
use super::secret::{self, now_ms};
use crate::db::Database;
use crate::http::neighbourhood;
use crate::http::refusal::Refusal;

/// How long failures are remembered.
pub const FORGOTTEN_MS: i64 = 3_600_000;

/// How many failures cost nothing, and the longest wait in seconds.
struct Bound {
    free: i64,
    longest_secs: i64,
}

/// Whoever knows an address could make its owner wait: not for long.
const ACCOUNT: Bound = Bound { free: 5, longest_secs: 30 };

/// Many people may share an address, so more is free. One who tries many accounts waits long.
const ADDRESS: Bound = Bound { free: 20, longest_secs: 900 };

/// A try to sign in, counted as failed until it succeeds: tries at once count, too.
pub struct Attempt {
    account: String,
    address: String,
}

impl Attempt {
    /// Counts a try of a kind: `login`, `register`, `reset`. Each kind waits for itself.
    ///
    /// # Errors
    /// 429 with the seconds to wait, the same for accounts that exist and that do not.
    pub async fn begin(db: &Database, what: &str, email: &str, ip: IpAddr) -> Result<Self, Refusal> {
        let key = |kind: &str, who: &str| {
            let digest = secret::digest(&format!("{what}:{kind}:{who}"));
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let attempt =
            Self { account: key("account", email), address: key("address", &neighbourhood(ip).to_string()) };
        let mut tx = db.begin().await?;
        let mut wait = 0;
        for (who, bound) in [(&attempt.account, &ACCOUNT), (&attempt.address, &ADDRESS)] {
            let row = sqlx::query("SELECT failures, at_ms FROM attempts WHERE who = $1").bind(who.clone());
            if let Some(row) = row.fetch_optional(&mut *tx).await? {
                wait = wait.max(bound.wait_ms(row.try_get(0)?, row.try_get(1)?, now_ms()));
            }
        }
        if wait > 0 {
            tx.rollback().await?;
            return Err(problem::too_many_attempts(u64::try_from(wait / 1_000).unwrap_or(0) + 1));
        }
        for who in [&attempt.account, &attempt.address] {
            let counted = sqlx::query(
                "INSERT INTO attempts (who, failures, at_ms) VALUES ($1, 1, $2) ON CONFLICT (who) DO UPDATE SET \
                 failures = CASE WHEN attempts.at_ms <= $3 THEN 1 ELSE attempts.failures + 1 END, at_ms = $2",
            );
            let now = now_ms();
            counted.bind(who.clone()).bind(now).bind(now - FORGOTTEN_MS).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(attempt)
    }

    /// The try succeeded: the account's failures are forgotten, the address's are one less. An attacker with
    /// an account of his own gains nothing by signing in to it.
    pub async fn succeeded(self, db: &Database) -> Result<(), sqlx::Error> {
        let mut tx = db.begin().await?;
        let own = sqlx::query("DELETE FROM attempts WHERE who = $1").bind(self.account);
        own.execute(&mut *tx).await?;
        let shared =
            sqlx::query("UPDATE attempts SET failures = failures - 1 WHERE who = $1 AND failures > 0");
        shared.bind(self.address).execute(&mut *tx).await?;
        tx.commit().await
    }
}

impl Bound {
    /// How long to wait from now on, after this many failures, the last of them then.
    fn wait_ms(&self, failures: i64, at_ms: i64, now_ms: i64) -> i64 {
        let beyond = failures - self.free;
        if beyond < 0 || now_ms - at_ms >= FORGOTTEN_MS {
            return 0;
        }
        let doubled = 1i64 << beyond.min(20);
        at_ms + doubled.min(self.longest_secs) * 1_000 - now_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_bound_and_is_forgotten() {
        let waits: Vec<i64> = (4..12).map(|failures| ACCOUNT.wait_ms(failures, 0, 0) / 1_000).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(ADDRESS.wait_ms(60, 0, 0), 900_000);
        assert_eq!(ADDRESS.wait_ms(60, 0, FORGOTTEN_MS), 0);
        assert!(ADDRESS.wait_ms(21, 0, 5_000) <= 0);
    }
}
