//! What shoppers looked for, found and did not find.

mod conflicts;
mod filter;
mod http;
mod popularity;
mod queries;

use serde::Serialize;

use crate::Result;
use crate::db::Database;

use self::queries::Words;

pub use conflicts::{ReleaseConflict, SeenRelease};
pub use filter::Filter;
pub use popularity::{Popularity, popularity};

pub(crate) use http::router;

/// What happened in a catalogue, or in all of them, over some days.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// All events.
    pub events: Events,
    /// The searches.
    pub searches: Searches,
    /// What most shoppers typed.
    pub top_queries: Vec<QueryRow>,
    /// What they typed and no product matched.
    pub zero_result_queries: Vec<QueryRow>,
    /// What they typed and only products that do not fit were found.
    pub no_good_match_queries: Vec<QueryRow>,
    /// How often products were chosen, by their place in the list.
    pub positions: Vec<PositionRow>,
    /// From a search to a purchase.
    pub conversion: Conversion,
    /// The products with the most attention.
    pub top_products: Vec<ProductRow>,
    /// The same by release.
    pub releases: Vec<ReleaseRow>,
    /// The same by day.
    pub days: Vec<DayRow>,
    /// Numbers of which two releases were seen, of all days.
    pub release_conflicts: Vec<ReleaseConflict>,
}

/// How many events there were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Events {
    /// All of them.
    pub total: i64,
    /// Those that came with an ingest key of their catalogue. Anyone may send the others.
    pub bound: i64,
}

/// How many searches there were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Searches {
    /// All of them.
    pub total: i64,
    /// With words.
    pub with_words: i64,
    /// Without any hit.
    pub zero_result: i64,
    /// With hits, none of which was good.
    pub no_good_match: i64,
}

/// Words and how often they were searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueryRow {
    /// In lower case.
    pub query: String,
    /// How often.
    pub searches: i64,
}

/// A place in a list; the first is 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PositionRow {
    /// The place.
    pub position: i64,
    /// How often a product was shown there.
    pub shown: i64,
    /// How often it was chosen.
    pub selected: i64,
    /// Chosen over shown.
    pub ctr: f64,
}

/// Of how many searches something came. A search counts once at each step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Conversion {
    /// All searches.
    pub searches: i64,
    /// Those after which a product was looked at.
    pub viewed: i64,
    /// Those after which one was kept or put into the basket.
    pub kept: i64,
    /// Those after which one was bought.
    pub purchased: i64,
    /// `purchased` over `searches`.
    pub rate: f64,
}

/// What happened to a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductRow {
    /// The product's id.
    pub item_id: String,
    /// Chosen in a list.
    pub selected: i64,
    /// Its page opened.
    pub viewed: i64,
    /// Made a favourite.
    pub wishlisted: i64,
    /// Put into the basket.
    pub carted: i64,
    /// Bought.
    pub purchased: i64,
}

/// What happened while devices were at a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseRow {
    /// The catalogue.
    pub catalog: String,
    /// The release's number.
    pub release: i64,
    /// What happened.
    #[serde(flatten)]
    pub activity: Activity,
}

/// What happened on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayRow {
    /// The day in UTC.
    pub day: jiff::civil::Date,
    /// What happened.
    #[serde(flatten)]
    pub activity: Activity,
}

/// Counts of what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// Searches.
    pub searches: i64,
    /// Those without a hit.
    pub zero_result: i64,
    /// Products chosen in lists.
    pub selected: i64,
    /// Pages opened.
    pub viewed: i64,
    /// Products made favourites.
    pub wishlisted: i64,
    /// Products put into the basket.
    pub carted: i64,
    /// Products bought.
    pub purchased: i64,
}

/// Reads the report from the records.
///
/// # Errors
/// The database refuses.
pub async fn report(db: &Database, filter: &Filter) -> Result<Report> {
    let catalog = match &filter.catalog {
        Some(catalog) => Some(catalog.clone()),
        None => queries::only_catalog(db).await?,
    };
    let filter = &Filter { catalog, ..filter.clone() };
    let days = queries::days(db, filter).await?;
    Ok(Report {
        events: queries::events(db, filter).await?,
        searches: queries::searches(db, filter).await?,
        top_queries: queries::words(db, filter, Words::All, days.len()).await?,
        zero_result_queries: queries::words(db, filter, Words::ZeroResult, days.len()).await?,
        no_good_match_queries: queries::words(db, filter, Words::NoGoodMatch, days.len()).await?,
        positions: queries::positions(db, filter).await?,
        conversion: queries::conversion(db, filter).await?,
        top_products: queries::products(db, filter, days.len()).await?,
        releases: queries::releases(db, filter).await?,
        days,
        release_conflicts: conflicts::conflicts(db, filter).await?,
    })
}

/// A share, of nothing nothing.
fn rate(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
