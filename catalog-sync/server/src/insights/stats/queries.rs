//! What was asked in words.

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::scope::Scope;
use super::top::{Counted, Sums, Wanted};
use crate::db::Database;

/// Visitors who asked the same in a window, for the words to be shown: as many as for suggestions to shoppers.
pub const ASKED_BY: i64 = 5;

/// Which words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightQueryList)]
pub enum QueryList {
    /// Those that were asked most.
    #[default]
    Top,
    /// Those that were asked more often than in the window before, by how much more.
    Rising,
    /// Those that found nothing.
    ZeroResult,
    /// Those that found only what does not fit.
    NoGoodMatch,
}

/// Words that visitors asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightQuery)]
pub struct QueryRow {
    /// The words, without capitals.
    pub query: String,
    /// How often they were asked.
    pub searches: i64,
    /// How often in the window before.
    pub before: i64,
    /// How often there was no hit.
    pub zero_result: i64,
    /// How often the hits did not fit.
    pub no_good_match: i64,
    /// Visitors who asked them first in this window.
    pub visitors: i64,
}

/// Words by day and by block.
const WORDS: Counted = Counted {
    days: "insight_queries",
    blocks: "insight_query_blocks",
    id: "query",
    sums: &["searches", "zero_result", "no_good_match", "visitors"],
};

impl QueryList {
    /// The column that no weight of a word is greater than.
    fn column(self) -> &'static str {
        match self {
            Self::Top | Self::Rising => "searches",
            Self::ZeroResult => "zero_result",
            Self::NoGoodMatch => "no_good_match",
        }
    }

    /// What the words are ordered by; words without it are not shown.
    fn weight(self, row: &QueryRow) -> Option<i64> {
        let weight = match self {
            Self::Top => row.searches,
            Self::Rising => row.searches - row.before,
            Self::ZeroResult => row.zero_result,
            Self::NoGoodMatch => row.no_good_match,
        };
        (row.visitors >= ASKED_BY && weight > 0).then_some(weight)
    }
}

fn row(sums: &Sums) -> QueryRow {
    let &[searches, zero_result, no_good_match, visitors] = sums.now.as_slice() else {
        unreachable!("four sums")
    };
    let (query, before) = (sums.id.clone(), sums.before[0]);
    QueryRow { query, searches, before, zero_result, no_good_match, visitors }
}

/// The words of a list, at most `most`.
pub async fn queries(
    db: &Database,
    scope: &Scope,
    list: QueryList,
    most: u32,
) -> Result<Vec<QueryRow>, sqlx::Error> {
    let weight = |sums: &Sums| list.weight(&row(sums));
    let weighs_before = list == QueryList::Rising;
    let wanted = Wanted { column: list.column(), most, weighs_before, with_before: true };
    match WORDS.first(db, scope, wanted, weight).await? {
        Some(found) => Ok(found.iter().map(row).collect()),
        None => all_queries(db, scope, list, most).await,
    }
}

/// The same by adding up everything.
pub(super) async fn all_queries(
    db: &Database,
    scope: &Scope,
    list: QueryList,
    most: u32,
) -> Result<Vec<QueryRow>, sqlx::Error> {
    let from = scope.from;
    let now = |column: &str| format!("CAST(SUM(CASE WHEN day >= {from} THEN {column} ELSE 0 END) AS BIGINT)");
    let (has, order) = match list {
        QueryList::Top => ("searches > 0", "searches DESC"),
        QueryList::Rising => ("searches > earlier", "searches - earlier DESC"),
        QueryList::ZeroResult => ("zero_result > 0", "zero_result DESC"),
        QueryList::NoGoodMatch => ("no_good_match > 0", "no_good_match DESC"),
    };
    let sql = format!(
        "SELECT query, searches, earlier, zero_result, no_good_match, visitors FROM (\
             SELECT query, {} AS searches, \
             CAST(SUM(CASE WHEN day < {from} THEN searches ELSE 0 END) AS BIGINT) AS earlier, \
             {} AS zero_result, {} AS no_good_match, {} AS visitors \
             FROM insight_queries WHERE {{scope}} GROUP BY query) AS counted \
         WHERE visitors >= {ASKED_BY} AND {has} ORDER BY {order}, query LIMIT {most}",
        now("searches"),
        now("zero_result"),
        now("no_good_match"),
        now("visitors"),
    );
    let rows = scope.with_before().query_of_days(&sql).fetch_all(db.reports()).await?;
    let read = |row: &AnyRow| {
        Ok(QueryRow {
            query: row.try_get(0)?,
            searches: row.try_get(1)?,
            before: row.try_get(2)?,
            zero_result: row.try_get(3)?,
            no_good_match: row.try_get(4)?,
            visitors: row.try_get(5)?,
        })
    };
    rows.iter().map(read).collect()
}
