//! Of what statistics are: a catalogue, days, a release.

use jiff::civil::Date;
use serde::Deserialize;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};
use utoipa::IntoParams;

use crate::accounts::problem;
use crate::feedback::today;
use crate::http::refusal::Refusal;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Days of a window, if it is not said.
const USUAL_DAYS: u32 = 28;

/// Days that a window is compared with to see whether it drifted: those just before it.
pub const REFERENCE_DAYS: i64 = 7;

/// Days of a window at most.
const MOST_DAYS: u32 = 366;

/// Letters of a catalogue's name at most: one of another root has the root before its id.
const LONGEST_NAME: usize = 200;

/// Of what statistics are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct StatsQuery {
    /// The catalogue.
    #[param(max_length = 200)]
    pub catalog: String,
    /// Days of the window; 28 if absent.
    #[param(minimum = 1, maximum = 366)]
    pub days: Option<u32>,
    /// Its last day, as 2026-11-29 in UTC; today if absent.
    #[param(value_type = Option<String>, max_length = 10)]
    pub to: Option<Date>,
    /// Only this release.
    pub release: Option<u32>,
    /// `csv`: a table for spreadsheets.
    #[param(max_length = 4)]
    pub format: Option<String>,
}

/// A catalogue and days, the last one included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub catalog: String,
    /// Days since 1970.
    pub from: i64,
    pub to: i64,
    pub release: Option<i64>,
}

impl StatsQuery {
    /// The scope, and whether a table is wanted.
    ///
    /// # Errors
    /// 400 for what is out of its bounds.
    pub fn read(&self) -> Result<(Scope, bool), Refusal> {
        let days = self.days.unwrap_or(USUAL_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(problem::bad_request("days: from 1 to 366"));
        }
        if self.catalog.is_empty() || self.catalog.len() > LONGEST_NAME || self.catalog.contains('\0') {
            return Err(problem::bad_request("catalog: 1 to 200 letters"));
        }
        let is_table = match self.format.as_deref() {
            None | Some("json") => false,
            Some("csv") => true,
            Some(_) => return Err(problem::bad_request("format: json or csv")),
        };
        let to = self.to.map_or_else(today, day_number);
        let scope = Scope {
            catalog: self.catalog.clone(),
            from: to - i64::from(days) + 1,
            to,
            release: self.release.map(i64::from),
        };
        Ok((scope, is_table))
    }
}

impl Scope {
    /// How many days it has.
    pub fn days(&self) -> i64 {
        self.to - self.from + 1
    }

    /// The same with the window of as many days before it.
    pub fn with_before(&self) -> Self {
        Self { from: self.from - self.days(), ..self.clone() }
    }

    /// The same with `days` days before it.
    pub fn earlier(&self, days: i64) -> Self {
        Self { from: self.from - days, ..self.clone() }
    }

    /// The seven days just before it, which it is compared with.
    pub fn week_before(&self) -> Self {
        Self { from: self.from - REFERENCE_DAYS, to: self.from - 1, ..self.clone() }
    }

    /// A query whose `{scope}` is this catalogue, these days and this release.
    pub fn query(&self, sql: &str) -> Query<'static, Any, AnyArguments> {
        let release = if self.release.is_some() { " AND release = $4" } else { "" };
        self.bound(sql, release)
    }

    /// As [`Self::query`], of a table without releases.
    pub fn query_of_days(&self, sql: &str) -> Query<'static, Any, AnyArguments> {
        Self { release: None, ..self.clone() }.bound(sql, "")
    }

    fn bound(&self, sql: &str, release: &str) -> Query<'static, Any, AnyArguments> {
        let sql = sql.replace("{scope}", &format!("catalog = $1 AND day BETWEEN $2 AND $3{release}"));
        let query = sqlx::query(AssertSqlSafe(sql)).bind(self.catalog.clone()).bind(self.from).bind(self.to);
        match self.release {
            Some(release) => query.bind(release),
            None => query,
        }
    }
}

fn day_number(day: Date) -> i64 {
    i64::from((day - EPOCH).get_days())
}

/// A day as 2026-11-29.
pub fn day_name(number: i64) -> String {
    let span = i32::try_from(number).ok().and_then(|days| jiff::Span::new().try_days(days).ok());
    span.and_then(|span| EPOCH.checked_add(span).ok()).unwrap_or(EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(days: Option<u32>, catalog: &str) -> StatsQuery {
        let to = Some(jiff::civil::date(2026, 3, 1));
        StatsQuery { catalog: catalog.into(), days, to, release: None, format: None }
    }

    #[test]
    fn a_window_ends_with_its_last_day() {
        let (scope, _) = asked(Some(7), "shop").read().unwrap();
        assert_eq!(
            (day_name(scope.from), day_name(scope.to), scope.days()),
            ("2026-02-23".into(), "2026-03-01".into(), 7)
        );
        assert_eq!(day_name(scope.with_before().from), "2026-02-16");
        assert_eq!(asked(None, "shop").read().unwrap().0.days(), 28);
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        for (days, catalog) in [(Some(0), "shop"), (Some(367), "shop"), (None, ""), (None, "a\0b")] {
            assert!(asked(days, catalog).read().is_err(), "{days:?} {catalog:?}");
        }
        let odd = StatsQuery { format: Some("xml".into()), ..asked(None, "shop") };
        assert!(odd.read().is_err());
    }
}
