//! The rows of a window that were wanted most, found in few rows of the database.
//!
//! Counts are kept by day and by blocks of ten days, and the blocks have indexes in descending order. A look takes the
//! `depth` first rows of each block that the window touches, and adds up the window of these alone: whole blocks inside
//! of it, and single days at its ends. What is in none of these lists has at most the sum of their last values in the
//! window. So once the last row that is wanted has more than that, nothing else can be among them (the threshold
//! algorithm of Fagin, Lotem and Naor, 2001); until then the lists are taken deeper. The answer is the same as that of
//! adding up everything.

use std::fmt::Write as _;

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::scope::Scope;
use crate::db::Database;

/// Days of a block.
pub const BLOCK_DAYS: i64 = 10;

/// Rows of each list at first; four times as many with each further look.
const DEPTH: i64 = 100;

/// Rows of a list from which on adding up everything is not slower.
const DEEPEST: i64 = 2_000;

/// Rows of each list where the window before is looked at, too.
const DEPTH_OF_BOTH: i64 = 400;

/// Tables that count the same things by day and by block.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    pub days: &'static str,
    pub blocks: &'static str,
    /// The column that names the thing.
    pub id: &'static str,
    /// The columns that are added up.
    pub sums: &'static [&'static str],
}

/// Sums of a thing in the window, and in the window before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    pub id: String,
    pub now: Vec<i64>,
    pub before: Vec<i64>,
}

/// How a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The column that no weight is greater than.
    pub column: &'static str,
    /// Rows at most.
    pub most: u32,
    /// Whether the weight needs the window before, too.
    pub weighs_before: bool,
    /// Whether the rows are told with the window before.
    pub with_before: bool,
}

/// The parts that windows are made of: blocks and days, each with whether it is of the window (else of the one before).
#[derive(Debug, Default)]
struct Parts {
    blocks: Vec<(i64, bool)>,
    days: Vec<(i64, bool)>,
}

impl Parts {
    fn add(&mut self, from: i64, to: i64, is_now: bool) {
        let mut day = from;
        while day <= to {
            if day.rem_euclid(BLOCK_DAYS) == 0 && day + BLOCK_DAYS - 1 <= to {
                self.blocks.push((day.div_euclid(BLOCK_DAYS), is_now));
                day += BLOCK_DAYS;
            } else {
                self.days.push((day, is_now));
                day += 1;
            }
        }
    }
}

fn values(parts: &[(i64, bool)]) -> String {
    if parts.is_empty() {
        return "SELECT 0, 0 WHERE 1 = 0".into();
    }
    let rows: Vec<String> =
        parts.iter().map(|(part, now)| format!("({part}, {})", i64::from(*now))).collect();
    format!("VALUES {}", rows.join(", "))
}

impl Counted {
    /// The sums of the first rows of each list by `column`, and how much anything else has at most.
    async fn look(
        &self,
        db: &Database,
        scope: &Scope,
        column: &str,
        depth: i64,
        with_before: bool,
    ) -> Result<(Vec<Sums>, i64), sqlx::Error> {
        let lists = self.lists(scope, column, depth);
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(bottom), 0) AS BIGINT) FROM (SELECT CASE WHEN COUNT(*) = {depth} \
             THEN MIN(counted) ELSE 0 END AS bottom FROM ({lists}) AS listed GROUP BY block) AS lists"
        );
        let beyond = sqlx::query_scalar(AssertSqlSafe(sql)).bind(scope.catalog.clone());
        let beyond: i64 = beyond.fetch_one(db.reports()).await?;
        let mut parts = Parts::default();
        parts.add(scope.from, scope.to, true);
        if with_before {
            parts.add(scope.with_before().from, scope.from - 1, false);
        }
        let sql = self.sums_sql(&lists, &parts);
        let rows =
            sqlx::query(AssertSqlSafe(sql)).bind(scope.catalog.clone()).fetch_all(db.reports()).await?;
        Ok((rows.iter().map(|row| self.read(row)).collect::<Result<_, _>>()?, beyond))
    }

    /// The first rows of each block that the window touches.
    fn lists(&self, scope: &Scope, column: &str, depth: i64) -> String {
        let blocks = scope.from.div_euclid(BLOCK_DAYS)..=scope.to.div_euclid(BLOCK_DAYS);
        let list = |block: i64| {
            format!(
                "SELECT * FROM (SELECT block, {id} AS id, {column} AS counted FROM {table} WHERE catalog = $1 \
                 AND block = {block} AND {column} > 0 ORDER BY {column} DESC LIMIT {depth}) AS list{at}",
                id = self.id,
                table = self.blocks,
                at = block.unsigned_abs(),
            )
        };
        blocks.map(list).collect::<Vec<_>>().join(" UNION ALL ")
    }

    fn sums_sql(&self, lists: &str, parts: &Parts) -> String {
        let columns: String = self.sums.iter().fold(String::new(), |mut text, column| {
            let _ = write!(text, ", b.{column}");
            text
        });
        // SQLite keeps the order of cross joins. Left to itself, it may look through all days of the catalogue.
        let part = |table: &str, key: &str, of: &str| {
            format!(
                "SELECT h.id AS id, p.is_now AS is_now{columns} FROM heads AS h CROSS JOIN {of} AS p \
                 CROSS JOIN {table} AS b WHERE b.catalog = $1 AND b.{key} = p.part AND b.{} = h.id",
                self.id
            )
        };
        let mut sums = String::new();
        for is_now in [1, 0] {
            for column in self.sums {
                let _ = write!(
                    sums,
                    ", CAST(SUM(CASE WHEN is_now = {is_now} THEN {column} ELSE 0 END) AS BIGINT)"
                );
            }
        }
        format!(
            "WITH whole (part, is_now) AS ({}), single (part, is_now) AS ({}), \
             heads AS MATERIALIZED (SELECT DISTINCT id FROM ({lists}) AS listed), \
             counted AS ({} UNION ALL {}) SELECT id{sums} FROM counted GROUP BY id",
            values(&parts.blocks),
            values(&parts.days),
            part(self.blocks, "block", "whole"),
            part(self.days, "day", "single"),
        )
    }

    fn read(&self, row: &AnyRow) -> Result<Sums, sqlx::Error> {
        let many = self.sums.len();
        let column = |at: usize| row.try_get::<i64, _>(at);
        Ok(Sums {
            id: row.try_get(0)?,
            now: (1..=many).map(column).collect::<Result<_, _>>()?,
            before: (many + 1..=2 * many).map(column).collect::<Result<_, _>>()?,
        })
    }

    /// The things with the greatest `weight`, those of equal weight by name; things without a weight are left out.
    ///
    /// `None`: the lists would have to be taken so deep that adding up everything is not slower. Where the weight needs
    /// the window before, that would be so whenever nothing changed much: then the things come that are among the first
    /// 400 of a list.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn first(
        &self,
        db: &Database,
        scope: &Scope,
        wanted: Wanted,
        weight: impl Fn(&Sums) -> Option<i64>,
    ) -> Result<Option<Vec<Sums>>, sqlx::Error> {
        let Wanted { column, most, weighs_before, with_before } = wanted;
        let mut depth = if weighs_before { DEPTH_OF_BOTH } else { DEPTH }.max(i64::from(most));
        loop {
            let (found, beyond) = self.look(db, scope, column, depth, weighs_before).await?;
            let first = heaviest(found, most as usize, &weight);
            let is_whole = first.len() == most as usize;
            let is_sure = first.last().and_then(&weight).is_some_and(|least| is_whole && least > beyond);
            if beyond == 0 || is_sure || weighs_before {
                return match with_before && !weighs_before {
                    true => {
                        let (found, _) = self.look(db, scope, column, depth, true).await?;
                        Ok(Some(heaviest(found, most as usize, &weight)))
                    }
                    false => Ok(Some(first)),
                };
            }
            if depth * 4 > DEEPEST {
                return Ok(None);
            }
            depth *= 4;
        }
    }
}

fn heaviest(found: Vec<Sums>, most: usize, weight: impl Fn(&Sums) -> Option<i64>) -> Vec<Sums> {
    let mut weighed: Vec<(i64, Sums)> =
        found.into_iter().filter_map(|sums| Some((weight(&sums)?, sums))).collect();
    weighed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    weighed.into_iter().take(most).map(|(_, sums)| sums).collect()
}

#[cfg(test)]
#[path = "top_tests.rs"]
mod tests;
