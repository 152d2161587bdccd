//! The readings of a rule.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row as _;

use super::chance::{Share, bound, deviations, sum};
use super::drift;
use super::recent;
use super::rule::{Comparison, Metric, Terms};
use super::so_far::{Compared, Part, SLOT_MS, SoFar};
use super::verdict::{Reading, Verdict, percent};
use crate::db::Database;
use crate::insights::{bucket, quantile};

/// How often the rules are evaluated.
pub const LOOK: Duration = Duration::from_secs(30);

/// How certain it must be that a share is above a fixed threshold: one look of a million is wrong.
const CERTAIN: f64 = 4.75;

/// Up to how many deviations from the usual count as no change.
const CALM: f64 = 2.5;

/// Differences below this part of the usual share raise no alert, however certain.
const LEAST_CHANGE: f64 = 0.1;

/// Weeks that there must be for a comparison.
const LEAST_WEEKS: usize = 2;

/// Minutes of the windows that find what happens suddenly, besides that of the rule.
const SUDDEN: [i64; 2] = [4, 30];

/// Looks at everything that a rule is about.
pub async fn readings(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    match (terms.metric, terms.comparison) {
        (Metric::LatencyP99, _) => latency(db, terms, now_ms).await,
        (Metric::Failures, _) => failures(db, terms, now_ms).await,
        (Metric::ClickThrough, _) => compared(db, terms, Part::Clicked, now_ms).await,
        (Metric::ZeroResults, Comparison::Above) => zero_results(db, terms, now_ms).await,
        (Metric::ZeroResults, _) => compared(db, terms, Part::ZeroResult, now_ms).await,
        (Metric::Signatures, _) => signatures(db, terms, now_ms).await,
        (Metric::FailedJob, _) => failed_jobs(db, terms, now_ms).await,
        (Metric::Kiosk, _) => kiosks(db, terms, now_ms).await,
        (Metric::Drift, _) => drift::drift(db, terms, now_ms).await,
        (Metric::Embeddings, _) => drift::embeddings(db, terms, now_ms).await,
        (Metric::Scheduler, _) => scheduler(db, terms, now_ms).await,
    }
}

/// The first minute of the window.
fn first_minute(terms: &Terms, now_ms: i64) -> i64 {
    now_ms.div_euclid(60_000) - terms.window_minutes + 1
}

/// Whether a share is above a threshold, and not by chance.
fn above(share: Share, threshold: f64, minimum: i64) -> Verdict {
    if share.value() <= threshold {
        Verdict::Fine
    } else if share.whole >= minimum as f64 && share.at_least(CERTAIN) > threshold {
        Verdict::Broken
    } else {
        Verdict::Between
    }
}

async fn latency(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let sketches = recent::latency(db, first_minute(terms, now_ms)).await?;
    let read = |(catalog, sketch): (String, Vec<(i64, i64)>)| {
        let (slow, value) = (bucket(terms.threshold), quantile(&sketch, 0.99)?);
        let count = sketch.iter().map(|(_, count)| count).sum();
        let part = sketch.iter().filter(|(bucket, _)| *bucket > slow).map(|(_, count)| count).sum();
        // One hundredth of the answers may be slower than the 99th percentile.
        let verdict = above(Share::of(part, count), 0.01, terms.minimum);
        let text = format!(
            "99 % of {count} answers took up to {value:.0} ms in {} minutes; the limit is {:.0} ms",
            terms.window_minutes, terms.threshold
        );
        let (subject, expected) = (String::new(), terms.threshold);
        Some(Reading { catalog, subject, value, expected, count, verdict, text })
    };
    Ok(sketches.into_iter().filter_map(read).collect())
}

async fn failures(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let counted = recent::answers(db, first_minute(terms, now_ms)).await?;
    let read = |(catalog, [answers, refused, failed]): (String, [i64; 3])| {
        let count = answers + refused + failed;
        let share = Share::of(failed, count);
        let text = format!(
            "{failed} of {count} searches failed in {} minutes ({}); the limit is {}",
            terms.window_minutes,
            percent(share.value()),
            percent(terms.threshold)
        );
        let (subject, expected) = (String::new(), terms.threshold);
        let verdict = above(share, terms.threshold, terms.minimum);
        Reading { catalog, subject, value: share.value(), expected, count, verdict, text }
    };
    Ok(counted.into_iter().map(read).collect())
}

async fn zero_results(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let steps = (terms.window_minutes * 60_000 / SLOT_MS).max(1);
    let read = SoFar::read(db, now_ms, &[steps]).await?;
    let reading = |catalog: &str| {
        let share = read.compared(catalog, Part::ZeroResult, steps)?.now;
        let (value, count) = (share.value(), share.whole as i64);
        let text = format!(
            "{} of {count} searches found nothing; the limit is {}",
            percent(value),
            percent(terms.threshold)
        );
        let verdict = above(share, terms.threshold, terms.minimum);
        let (catalog, subject, expected) = (catalog.to_owned(), String::new(), terms.threshold);
        Some(Reading { catalog, subject, value, expected, count, verdict, text })
    };
    Ok(read.catalogs().filter_map(reading).collect())
}

async fn compared(
    db: &Database,
    terms: &Terms,
    part: Part,
    now_ms: i64,
) -> Result<Vec<Reading>, sqlx::Error> {
    let mut minutes: Vec<i64> =
        SUDDEN.into_iter().filter(|minutes| *minutes < terms.window_minutes).collect();
    minutes.push(terms.window_minutes);
    let windows: Vec<i64> = minutes.iter().map(|minutes| (minutes * 60_000 / SLOT_MS).max(1)).collect();
    let looks = 365.25 * 86_400.0 / LOOK.as_secs_f64();
    let far = bound(terms.threshold / looks / windows.len() as f64);
    let read = SoFar::read(db, now_ms, &windows).await?;
    let reading = |catalog: &str| {
        let windows = windows.iter().filter_map(|steps| read.compared(catalog, part, *steps));
        judged(catalog, terms, part, far, windows)
    };
    Ok(read.catalogs().filter_map(reading).collect())
}

/// The reading of the window in which the share is furthest on the wrong side of what it was.
fn judged(
    catalog: &str,
    terms: &Terms,
    part: Part,
    far: f64,
    windows: impl Iterator<Item = Compared>,
) -> Option<Reading> {
    let sign = if terms.comparison == Comparison::ChanceBelow { -1.0 } else { 1.0 };
    let enough =
        |w: &Compared| w.now.whole >= (terms.minimum as f64).max(1.0) && w.before.len() >= LEAST_WEEKS;
    let measured = windows.filter(enough).filter_map(|w| Some((sign * deviations(w.now, &w.before)?, w)));
    let (away, window) = measured.max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (value, expected) = (window.now.value(), sum(&window.before).value());
    let is_much = (value - expected).abs() >= LEAST_CHANGE * expected;
    let verdict = match away {
        away if away > far && is_much => Verdict::Broken,
        away if away > CALM => Verdict::Between,
        _ => Verdict::Fine,
    };
    let what = match part {
        Part::Clicked => "led to a product",
        Part::ZeroResult => "found nothing",
    };
    let count = window.now.whole as i64;
    let text = format!(
        "{} of {count} searches {what}; at this time of {} earlier weeks it was {}",
        percent(value),
        window.before.len(),
        percent(expected)
    );
    Some(Reading { catalog: catalog.into(), subject: String::new(), value, expected, count, verdict, text })
}

/// A reading whose value is compared with the threshold as it is.
fn plain(terms: &Terms, catalog: String, subject: String, value: f64, text: String) -> Reading {
    let is_broken = match terms.comparison {
        Comparison::Below => value < terms.threshold,
        _ => value > terms.threshold,
    };
    let verdict = if is_broken { Verdict::Broken } else { Verdict::Fine };
    Reading { catalog, subject, value, expected: terms.threshold, count: 1, verdict, text }
}

async fn signatures(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let sql = "SELECT catalog, release, expires_ms, refreshed FROM release_signatures ORDER BY catalog";
    let rows = sqlx::query(sql).fetch_all(db.pool()).await?;
    let read = |row: &sqlx::any::AnyRow| {
        let (release, expires_ms): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        let days = (expires_ms - now_ms) as f64 / 86_400_000.0;
        let until =
            Timestamp::from_millisecond(expires_ms).unwrap_or_default().strftime("%Y-%m-%d %H:%M UTC");
        let verb = if days > 0.0 { "accept" } else { "accepted" };
        let help = match row.try_get::<i64, _>(3)? {
            0 => "; sign it anew where the keys are: knytt publish --refresh",
            _ => "; this server signs it anew, and has not",
        };
        let text = format!("devices {verb} release {release} until {until}{help}");
        Ok(plain(terms, row.try_get(0)?, String::new(), days, text))
    };
    rows.iter().map(read).collect()
}

async fn failed_jobs(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let sql = "SELECT j.catalog, j.kind, j.state, j.error_code, j.error FROM jobs AS j \
               WHERE j.state IN ('done', 'failed') AND j.ended_ms > $1 AND NOT EXISTS (\
                   SELECT 1 FROM jobs AS later WHERE later.catalog = j.catalog AND later.kind = j.kind \
                   AND later.state IN ('done', 'failed') AND (later.ended_ms > j.ended_ms \
                   OR (later.ended_ms = j.ended_ms AND later.id > j.id)))";
    let rows = sqlx::query(sql).bind(now_ms - terms.window_minutes * 60_000).fetch_all(db.pool()).await?;
    let read = |row: &sqlx::any::AnyRow| {
        let (kind, state): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        let (code, error): (String, String) = (row.try_get(3)?, row.try_get(4)?);
        let failed = f64::from(u8::from(state == "failed"));
        let text = format!("the last {kind} failed ({code}): {error}");
        Ok(plain(terms, row.try_get(0)?, kind, failed, text))
    };
    rows.iter().map(read).collect()
}

async fn kiosks(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let sql = "SELECT name, store, seen_ms FROM kiosks WHERE seen_ms > $1 ORDER BY name";
    let rows = sqlx::query(sql).bind(now_ms - terms.window_minutes * 60_000).fetch_all(db.pool()).await?;
    let read = |row: &sqlx::any::AnyRow| {
        let (name, store): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let minutes = (now_ms - row.try_get::<i64, _>(2)?) as f64 / 60_000.0;
        let place = if store.is_empty() { String::new() } else { format!(" in {store}") };
        let text = format!("kiosk {name}{place} sent no heartbeat for {minutes:.0} minutes");
        Ok(plain(terms, String::new(), name, minutes, text))
    };
    rows.iter().map(read).collect()
}

async fn scheduler(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let sql = "SELECT until_ms FROM leases WHERE name = 'schedule' AND until_ms > $1";
    let rows = sqlx::query(sql).bind(now_ms - terms.window_minutes * 60_000).fetch_all(db.pool()).await?;
    let read = |row: &sqlx::any::AnyRow| {
        let minutes = ((now_ms - row.try_get::<i64, _>(0)?) as f64 / 60_000.0).max(0.0);
        let text = format!("no replica looked for feeds that are due for {minutes:.0} minutes");
        Ok(plain(terms, String::new(), "schedule".into(), minutes, text))
    };
    rows.iter().map(read).collect()
}
