//! Searches of a day by a time of that day, as they were known then. So a part of today is compared with the same part
//! of earlier weeks, at the same hour and with the same delay of events.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Row as _};

use super::chance::Share;
use crate::db::Database;
use crate::feedback::DAY_MS;

/// How long a step of the day is.
pub const SLOT_MS: i64 = 120_000;

/// Steps of a day.
const SLOTS: i64 = DAY_MS / SLOT_MS;

/// Weeks that a day is compared with.
const WEEKS: i64 = 4;

/// Searches, those without a hit, those that led to a product.
type Counts = [i64; 3];

/// By catalogue.
type Catalogs = HashMap<String, Counts>;

/// What of the searches is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    ZeroResult,
    Clicked,
}

/// A window of today and the same of the weeks before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    pub now: Share,
    pub before: Vec<Share>,
}

/// What was read.
#[derive(Debug, Default)]
pub struct SoFar {
    day: i64,
    slot: i64,
    today: Catalogs,
    noted: HashMap<(i64, i64), Catalogs>,
    whole: HashMap<i64, Catalogs>,
}

/// The day and its step that a time is in.
fn place(now_ms: i64) -> (i64, i64) {
    (now_ms.div_euclid(DAY_MS), now_ms.rem_euclid(DAY_MS) / SLOT_MS)
}

/// Notes what is counted of today by now, the first time in each step. The row of no catalogue says that this step was
/// noted: a catalogue without a row had no search until then.
pub async fn note(db: &Database, now_ms: i64) -> Result<(), sqlx::Error> {
    let (day, slot) = place(now_ms);
    let sql = "INSERT INTO counted_so_far (day, slot, catalog, searches, zero_result, clicked) \
               SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), catalog, CAST(SUM(searches) AS BIGINT), \
               CAST(SUM(zero_result) AS BIGINT), CAST(SUM(clicked) AS BIGINT) FROM insight_days \
               WHERE day = $3 AND kind <> 'browse' GROUP BY catalog ON CONFLICT DO NOTHING";
    let mark = "INSERT INTO counted_so_far (day, slot, catalog, searches, zero_result, clicked) \
                VALUES ($1, $2, '', 0, 0, 0) ON CONFLICT DO NOTHING";
    let mut tx = db.begin().await?;
    let fresh = sqlx::query(mark).bind(day).bind(slot).execute(&mut *tx).await?.rows_affected() > 0;
    if fresh {
        sqlx::query(sql).bind(day).bind(slot).bind(day).execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Forgets what no day is compared with any more.
pub async fn forget(db: &Database, now_ms: i64) -> Result<(), sqlx::Error> {
    let before = place(now_ms).0 - 7 * WEEKS - 1;
    let old = sqlx::query("DELETE FROM counted_so_far WHERE day < $1").bind(before);
    old.execute(db.pool()).await.map(drop)
}

impl SoFar {
    /// Reads what windows of these lengths, in steps, need.
    pub async fn read(db: &Database, now_ms: i64, windows: &[i64]) -> Result<Self, sqlx::Error> {
        let (day, slot) = place(now_ms);
        let mut read = Self { day, slot, ..Self::default() };
        let mut needed = BTreeSet::new();
        for from in windows.iter().map(|steps| read.begin(*steps)).filter(|from| *from > 0) {
            needed.extend((0..=WEEKS).map(|week| (day - 7 * week, from)));
        }
        needed.extend((1..=WEEKS).map(|week| (day - 7 * week, read.end())));
        let mut sql =
            "SELECT day, slot, catalog, searches, zero_result, clicked FROM counted_so_far WHERE 1 = 0"
                .to_owned();
        for (day, slot) in &needed {
            let _ = write!(sql, " OR (day = {day} AND slot = {slot})");
        }
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(db.pool()).await? {
            let at = read.noted.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
            at.insert(row.try_get(2)?, [row.try_get(3)?, row.try_get(4)?, row.try_get(5)?]);
        }
        let days: Vec<String> = (0..=WEEKS).map(|week| (day - 7 * week).to_string()).collect();
        let sql = format!(
            "SELECT day, catalog, CAST(SUM(searches) AS BIGINT), CAST(SUM(zero_result) AS BIGINT), \
             CAST(SUM(clicked) AS BIGINT) FROM insight_days WHERE day IN ({}) AND kind <> 'browse' \
             GROUP BY day, catalog",
            days.join(", ")
        );
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(db.pool()).await? {
            let of_day = read.whole.entry(row.try_get(0)?).or_default();
            of_day.insert(row.try_get(1)?, [row.try_get(2)?, row.try_get(3)?, row.try_get(4)?]);
        }
        read.today = read.whole.remove(&day).unwrap_or_default();
        Ok(read)
    }

    /// Catalogues that were searched today.
    pub fn catalogs(&self) -> impl Iterator<Item = &str> {
        self.today.keys().map(String::as_str)
    }

    /// A window of so many steps, which does not go beyond midnight. `None` where today's beginning was not noted.
    pub fn compared(&self, catalog: &str, part: Part, steps: i64) -> Option<Compared> {
        let from = self.begin(steps);
        let today = self.today.get(catalog).copied().unwrap_or_default();
        let now = share(difference(today, self.counted(self.day, from, catalog)?), part);
        let window = |week: i64| {
            let day = self.day - 7 * week;
            Some(difference(self.counted(day, self.end(), catalog)?, self.counted(day, from, catalog)?))
        };
        let mut before: Vec<Share> =
            (1..=WEEKS).filter_map(window).map(|counts| share(counts, part)).collect();
        before.retain(|share| share.whole > 0.0);
        if before.is_empty() {
            // Before this version, only whole days were counted.
            let days = (1..=WEEKS).filter_map(|week| self.whole.get(&(self.day - 7 * week))?.get(catalog));
            before = days.map(|counts| share(*counts, part)).filter(|share| share.whole > 0.0).collect();
        }
        Some(Compared { now, before })
    }

    fn begin(&self, steps: i64) -> i64 {
        (self.slot - steps).max(0)
    }

    /// Where the windows of the weeks before end.
    fn end(&self) -> i64 {
        (self.slot + 1).min(SLOTS - 1)
    }

    fn counted(&self, day: i64, slot: i64, catalog: &str) -> Option<Counts> {
        if slot == 0 {
            return Some([0; 3]);
        }
        Some(self.noted.get(&(day, slot))?.get(catalog).copied().unwrap_or_default())
    }
}

fn difference(later: Counts, earlier: Counts) -> Counts {
    [0, 1, 2].map(|at| (later[at] - earlier[at]).max(0))
}

fn share([searches, zero_result, clicked]: Counts, part: Part) -> Share {
    Share::of(if part == Part::Clicked { clicked } else { zero_result }, searches)
}
