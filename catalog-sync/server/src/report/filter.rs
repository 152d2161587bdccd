//! Which events a report is of.

use jiff::civil::Date;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Which events a report is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// One catalogue, or all.
    pub catalog: Option<String>,
    /// The first day, in UTC.
    pub from: Option<Date>,
    /// The last day, in UTC.
    pub to: Option<Date>,
    /// Rows of each table at most.
    pub top: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Self { catalog: None, from: None, to: None, top: 20 }
    }
}

impl Filter {
    /// Whether it is of all days, which have their totals.
    pub(super) fn is_of_all_days(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// A query over all days whose `{scope}` is this filter's catalogue and which binds nothing else.
    pub(super) fn query_totals(&self, sql: &str) -> Query<'static, Any, AnyArguments> {
        let scope = if self.catalog.is_some() { "catalog = $1" } else { "1 = 1" };
        let sql = sql.replace("{scope}", scope).replace("{top}", &self.top.to_string());
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        match &self.catalog {
            Some(catalog) => query.bind(catalog.clone()),
            None => query,
        }
    }

    /// A query whose `{scope}` is this filter and which binds nothing else.
    pub(super) fn query(&self, sql: &str) -> Query<'static, Any, AnyArguments> {
        let catalog = if self.catalog.is_some() { "catalog = $3 AND " } else { "" };
        let scope = format!("{catalog}day BETWEEN $1 AND $2");
        let sql = sql.replace("{scope}", &scope).replace("{top}", &self.top.to_string());
        let first = self.from.map_or(i64::MIN, day_number);
        let last = self.to.map_or(i64::MAX, day_number);
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(first).bind(last);
        match &self.catalog {
            Some(catalog) => query.bind(catalog.clone()),
            None => query,
        }
    }
}

/// Days since 1970.
fn day_number(day: Date) -> i64 {
    i64::from((day - EPOCH).get_days())
}

/// The day of a number; one out of range is none that an event can have.
pub(super) fn day_of(number: i64) -> Date {
    i32::try_from(number)
        .ok()
        .and_then(|days| EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok())
        .unwrap_or(EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_numbers_agree() {
        let day = jiff::civil::date(2026, 3, 1);
        assert_eq!(day_number(day), 20_513);
        assert_eq!(day_of(day_number(day)), day);
    }
}
