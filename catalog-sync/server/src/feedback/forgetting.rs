//! Who searched, and who asked which words, is forgotten once no event of that day can come any more.

use futures::TryStreamExt as _;
use sqlx::{Error, Row as _};

use super::row::BELIEVED_DAYS;
use crate::db::Database;

/// Days for which it is kept who asked the server: nothing of it comes later.
const ANSWERED_DAYS: i64 = 2;

/// Days before those that are looked through for who asked the server. What a server that was off for longer has left
/// goes with the rest.
const MISSED_DAYS: i64 = 14;

/// Rows that one transaction deletes: on SQLite events wait for it.
const AT_ONCE: usize = 500;

/// Forgets what is old on this day. Reads all words that were asked in 90 days, so once a day is often enough.
pub async fn forget_seen(db: &Database, today: i64) -> Result<u64, Error> {
    Ok(forget_visitors(db, today).await? + forget_asked(db, today - BELIEVED_DAYS).await?)
}

/// The tables' keys begin with the catalogue and the day, so the rows are found by them.
async fn forget_visitors(db: &Database, today: i64) -> Result<u64, Error> {
    let of_each = "catalog IN (SELECT DISTINCT catalog FROM insight_visitors)";
    let (first, answered) = (i64::MIN, today - ANSWERED_DAYS);
    let mut forgotten = 0;
    for (rows, from, before) in [
        (format!("insight_seen WHERE {of_each}"), first, today - BELIEVED_DAYS),
        (
            format!("insight_seen WHERE {of_each} AND channel NOT IN ('app', 'kiosk')"),
            answered - MISSED_DAYS,
            answered,
        ),
        // A visit that tells so late that it is counted twice is of no weight.
        ("experiment_seen WHERE TRUE".to_owned(), first, answered),
    ] {
        let sql = sqlx::AssertSqlSafe(format!("DELETE FROM {rows} AND day >= $1 AND day < $2"));
        let mut tx = db.begin().await?;
        forgotten += sqlx::query(sql).bind(from).bind(before).execute(&mut *tx).await?.rows_affected();
        tx.commit().await?;
    }
    Ok(forgotten)
}

/// Words have no index of days, which would cost as much as a row whenever somebody asks. The old ones are read without
/// keeping events out, and deleted some at a time.
async fn forget_asked(db: &Database, before: i64) -> Result<u64, Error> {
    let mut old = sqlx::query("SELECT catalog, query, visitor FROM insight_asked WHERE day < $1")
        .bind(before)
        .fetch(db.reports())
        .try_chunks(AT_ONCE);
    let mut forgotten = 0;
    while let Some(rows) = old.try_next().await.map_err(|stopped| stopped.1)? {
        let mut tx = db.begin().await?;
        for row in rows {
            let delete = "DELETE FROM insight_asked WHERE catalog = $1 AND query = $2 AND visitor = $3";
            let (catalog, words): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let visitor: Vec<u8> = row.try_get(2)?;
            let deleted =
                sqlx::query(delete).bind(catalog).bind(words).bind(visitor).execute(&mut *tx).await?;
            forgotten += deleted.rows_affected();
        }
        tx.commit().await?;
    }
    Ok(forgotten)
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Executor as _};

    use super::*;

    /// The days that a table has rows of.
    async fn days(db: &Database, table: &str) -> Vec<i64> {
        let sql = AssertSqlSafe(format!("SELECT DISTINCT day FROM {table} ORDER BY day"));
        sqlx::query_scalar(sql).fetch_all(db.pool()).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_old_goes_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        let db = Database::open(&url.as_str().into(), 2).await.unwrap();
        let today = crate::feedback::today();
        let mut tx = db.begin().await.unwrap();
        for day in [today - 91, today - 90, today - 3, today - 2, today] {
            for sql in [
                format!("INSERT INTO insight_seen VALUES ('shop', {day}, 1, 'app', x'01')"),
                format!("INSERT INTO insight_seen VALUES ('shop', {day}, 1, 'web', x'02')"),
                format!("INSERT INTO experiment_seen VALUES ('e', 0, {day}, x'01')"),
            ] {
                tx.execute(AssertSqlSafe(sql)).await.unwrap();
            }
            // More than one transaction deletes.
            for visitor in 0..AT_ONCE + 20 {
                let sql =
                    format!("INSERT INTO insight_asked VALUES ('shop', {day}, 'w{day}', x'{visitor:08x}')");
                tx.execute(AssertSqlSafe(sql)).await.unwrap();
            }
        }
        tx.execute("INSERT INTO insight_visitors VALUES ('shop', 0, 1, 'app', 1)").await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(forget_seen(&db, today).await.unwrap(), 2 + 1 + 3 + (AT_ONCE as u64 + 20));
        assert_eq!(days(&db, "insight_asked").await, [today - 90, today - 3, today - 2, today]);
        assert_eq!(days(&db, "experiment_seen").await, [today - 2, today]);
        let of = "insight_seen WHERE channel =";
        assert_eq!(days(&db, &format!("{of} 'app'")).await, [today - 90, today - 3, today - 2, today]);
        // That of 90 days ago was missed by the sweep of its time.
        assert_eq!(days(&db, &format!("{of} 'web'")).await, [today - 90, today - 2, today]);
        assert_eq!(forget_seen(&db, today).await.unwrap(), 0);
    }
}
