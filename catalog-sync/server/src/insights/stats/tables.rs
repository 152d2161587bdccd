//! Statistics as tables for spreadsheets.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::figures::Figures;
use super::scope::{Scope, day_name};
use super::ways::Outcome;
use crate::http::csv;

/// The rows as a table of CSV in a file of this name, or as JSON.
pub fn shown<T: Serialize>(
    rows: Vec<T>,
    is_table: bool,
    file: &str,
    header: &[&str],
    cells: impl Fn(T) -> Vec<String>,
) -> Response {
    match is_table {
        true => csv::response(file, header, rows.into_iter().map(cells)),
        false => Json(rows).into_response(),
    }
}

/// Names of figures in tables.
pub const FIGURES: [&str; 13] = [
    "searches",
    "searchers",
    "clicked",
    "without_click",
    "ctr",
    "mean_position",
    "zero_result",
    "no_good_match",
    "views",
    "add_to_cart",
    "purchases",
    "purchased",
    "conversion",
];

/// The figures in the order of [`FIGURES`].
pub fn figure_cells(of: &Figures) -> Vec<String> {
    vec![
        of.searches.to_string(),
        of.searchers.to_string(),
        of.clicked.to_string(),
        of.without_click.to_string(),
        of_share(of.ctr),
        of_share(of.mean_position),
        of.zero_result.to_string(),
        of.no_good_match.to_string(),
        of.views.to_string(),
        of.add_to_cart.to_string(),
        of.purchases.to_string(),
        of.purchased.to_string(),
        of_share(of.conversion),
    ]
}

/// Names of what came of searches in tables.
pub const OUTCOME: [&str; 8] =
    ["searches", "zero_result", "no_good_match", "clicked", "carted", "purchased", "ctr", "conversion"];

/// What came of searches in the order of [`OUTCOME`].
pub fn outcome_cells(of: &Outcome) -> Vec<String> {
    let counts = [of.searches, of.zero_result, of.no_good_match, of.clicked, of.carted, of.purchased];
    let mut cells: Vec<String> = counts.iter().map(i64::to_string).collect();
    cells.extend([of_share(of.ctr), of_share(of.conversion)]);
    cells
}

/// A share or a mean with four digits; nothing if there is none.
pub fn of_share(share: Option<f64>) -> String {
    share.map(|share| format!("{share:.4}")).unwrap_or_default()
}

/// The name of a table's file, without its end.
pub fn file_name(what: &str, scope: &Scope) -> String {
    format!("{what}-{}-{}-{}", scope.catalog, day_name(scope.from), day_name(scope.to))
}
