//! What happened on days, as counts and as shares.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;

use super::money::{self, DayRevenue};
use super::scope::{Scope, day_name};
use crate::db::Database;
use crate::feedback::ANY_RELEASE;

/// Days that the rolling share is of.
const ROLLING: i64 = 7;

/// Counts of a day or of several. Browsing is no search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub searches: i64,
    pub zero_result: i64,
    pub no_good_match: i64,
    pub clicked: i64,
    pub carted: i64,
    pub purchased: i64,
    pub searchers: i64,
    pub placed: i64,
    pub places: i64,
    pub views: i64,
    pub add_to_cart: i64,
    pub purchases: i64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.searches += other.searches;
        self.zero_result += other.zero_result;
        self.no_good_match += other.no_good_match;
        self.clicked += other.clicked;
        self.carted += other.carted;
        self.purchased += other.purchased;
        self.searchers += other.searchers;
        self.placed += other.placed;
        self.places += other.places;
        self.views += other.views;
        self.add_to_cart += other.add_to_cart;
        self.purchases += other.purchases;
    }
}

/// Counts and what follows from them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightFigures)]
pub struct Figures {
    /// Searches.
    pub searches: i64,
    /// Visitors who searched; one who came on several days counts on each.
    pub searchers: i64,
    /// Searches that led to a product.
    pub clicked: i64,
    /// Searches that led to none.
    pub without_click: i64,
    /// `clicked` of `searches`; nothing where nobody searched.
    pub ctr: Option<f64>,
    /// The mean place in the list of the products that were chosen; the first is 1.
    pub mean_position: Option<f64>,
    /// Searches without a hit.
    pub zero_result: i64,
    /// Searches with hits that do not fit.
    pub no_good_match: i64,
    /// Pages of products that were opened.
    pub views: i64,
    /// Products put into the basket.
    pub add_to_cart: i64,
    /// Products bought.
    pub purchases: i64,
    /// Searches that led to a purchase.
    pub purchased: i64,
    /// `purchased` of `searches`.
    pub conversion: Option<f64>,
}

impl From<&Counts> for Figures {
    fn from(counts: &Counts) -> Self {
        // A choice may come on another replica before its search is written.
        let without_click = (counts.searches - counts.clicked).max(0);
        Self {
            searches: counts.searches,
            searchers: counts.searchers,
            clicked: counts.clicked,
            without_click,
            ctr: share(counts.clicked, counts.searches),
            mean_position: share(counts.places, counts.placed),
            zero_result: counts.zero_result,
            no_good_match: counts.no_good_match,
            views: counts.views,
            add_to_cart: counts.add_to_cart,
            purchases: counts.purchases,
            purchased: counts.purchased,
            conversion: share(counts.purchased, counts.searches),
        }
    }
}

/// A share, of nothing none.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightDay)]
pub struct DayRow {
    /// As 2026-11-29, in UTC.
    pub day: String,
    /// What happened.
    #[serde(flatten)]
    pub figures: Figures,
    /// `ctr` of this day and the six before it.
    pub ctr7: Option<f64>,
    /// What was bought, by currency.
    pub revenue: Vec<DayRevenue>,
}

/// The counts of each day that has some.
pub async fn by_day(db: &Database, scope: &Scope) -> Result<BTreeMap<i64, Counts>, sqlx::Error> {
    let mut days: BTreeMap<i64, Counts> = BTreeMap::new();
    let sql = "SELECT day, CAST(SUM(searches) AS BIGINT), CAST(SUM(zero_result) AS BIGINT), \
               CAST(SUM(no_good_match) AS BIGINT), CAST(SUM(clicked) AS BIGINT), CAST(SUM(carted) AS BIGINT), \
               CAST(SUM(purchased) AS BIGINT) FROM insight_days WHERE {scope} AND kind <> 'browse' GROUP BY day";
    for row in scope.query(sql).fetch_all(db.reports()).await? {
        let counts = days.entry(row.try_get(0)?).or_default();
        (counts.searches, counts.zero_result) = (row.try_get(1)?, row.try_get(2)?);
        (counts.no_good_match, counts.clicked) = (row.try_get(3)?, row.try_get(4)?);
        (counts.carted, counts.purchased) = (row.try_get(5)?, row.try_get(6)?);
    }
    let of_all = Scope { release: scope.release.or(Some(ANY_RELEASE)), ..scope.clone() };
    let sql = "SELECT day, CAST(SUM(visitors) AS BIGINT) FROM insight_visitors WHERE {scope} GROUP BY day";
    for row in of_all.query(sql).fetch_all(db.reports()).await? {
        days.entry(row.try_get(0)?).or_default().searchers = row.try_get(1)?;
    }
    let sql = "SELECT day, CAST(SUM(placed) AS BIGINT), CAST(SUM(places) AS BIGINT), CAST(SUM(viewed) AS BIGINT), \
               CAST(SUM(carted) AS BIGINT), CAST(SUM(purchased) AS BIGINT) \
               FROM insight_actions WHERE {scope} GROUP BY day";
    for row in scope.query(sql).fetch_all(db.reports()).await? {
        let counts = days.entry(row.try_get(0)?).or_default();
        (counts.placed, counts.places, counts.views) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        (counts.add_to_cart, counts.purchases) = (row.try_get(4)?, row.try_get(5)?);
    }
    Ok(days)
}

/// The counts of some days together.
pub fn sum(days: &BTreeMap<i64, Counts>, from: i64, to: i64) -> Counts {
    let mut all = Counts::default();
    if from <= to {
        days.range(from..=to).for_each(|(_, counts)| all.add(counts));
    }
    all
}

/// Each day of the scope, the first one first, also those on which nothing happened.
pub async fn series(db: &Database, scope: &Scope) -> Result<Vec<DayRow>, sqlx::Error> {
    let days = by_day(db, &scope.earlier(ROLLING - 1)).await?;
    let mut revenue = money::by_day(db, scope).await?;
    let row = |day: i64| {
        let week = sum(&days, day - ROLLING + 1, day);
        let figures = Figures::from(&days.get(&day).copied().unwrap_or_default());
        let ctr7 = share(week.clicked, week.searches);
        DayRow { day: day_name(day), figures, ctr7, revenue: revenue.remove(&day).unwrap_or_default() }
    };
    Ok((scope.from..=scope.to).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_nothing_are_none() {
        let figures = Figures::from(&Counts::default());
        assert_eq!((figures.ctr, figures.mean_position, figures.conversion), (None, None, None));
        let counts =
            Counts { searches: 8, clicked: 2, purchased: 1, placed: 2, places: 7, ..Counts::default() };
        let figures = Figures::from(&counts);
        assert_eq!((figures.ctr, figures.mean_position), (Some(0.25), Some(3.5)));
        assert_eq!((figures.conversion, figures.without_click), (Some(0.125), 6));
    }

    #[test]
    fn days_are_added_up_within_their_bounds() {
        let day = |searches| Counts { searches, ..Counts::default() };
        let days = BTreeMap::from([(1, day(1)), (2, day(10)), (3, day(100))]);
        assert_eq!(sum(&days, 2, 3).searches, 110);
        assert_eq!(sum(&days, 4, 3).searches, 0);
    }
}
