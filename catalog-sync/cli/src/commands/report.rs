//! `knytt report`: what shoppers looked for, found and did not find.

use std::fmt::Write as _;

use anyhow::Result;
use clap::{Args, Subcommand};
use knytt_server::{Activity, Database, Date, Filter, QueryRow, RecordsArgs, Report, block_on};

use crate::output::{self, Column, number, quiet};

/// `knytt report`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ReportArgs {
    #[command(subcommand)]
    of: Option<ReportCommand>,

    /// One catalogue [default: all]
    #[arg(long, value_name = "ID")]
    catalog: Option<String>,

    /// First day, in UTC: 2026-03-01
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,

    /// Last day, in UTC
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,

    /// Rows of each table at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: u32,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    records: RecordsArgs,
}

/// What else there is a report of.
#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// The kiosks that have sent heartbeats: how they are, and what became of the orders they were given
    Kiosks(super::report_kiosks::KiosksArgs),
}

const QUERIES: &[Column] = &[
    Column { head: "words", widest: 60, right: false },
    Column { head: "searches", widest: 12, right: true },
];

const POSITIONS: &[Column] = &[
    Column { head: "position", widest: 8, right: true },
    Column { head: "shown", widest: 12, right: true },
    Column { head: "chosen", widest: 12, right: true },
    Column { head: "rate", widest: 8, right: true },
];

const PRODUCTS: &[Column] = &[
    Column { head: "product", widest: 40, right: false },
    Column { head: "chosen", widest: 12, right: true },
    Column { head: "viewed", widest: 12, right: true },
    Column { head: "favourite", widest: 12, right: true },
    Column { head: "basket", widest: 12, right: true },
    Column { head: "bought", widest: 12, right: true },
];

const CONFLICTS: &[Column] = &[
    Column { head: "catalogue", widest: 40, right: false },
    Column { head: "release", widest: 12, right: true },
    Column { head: "hash in the log", widest: 64, right: false },
    Column { head: "", widest: 16, right: false },
];

const ACTIVITY: &[Column] = &[
    Column { head: "", widest: 40, right: false },
    Column { head: "searches", widest: 12, right: true },
    Column { head: "no result", widest: 12, right: true },
    Column { head: "chosen", widest: 12, right: true },
    Column { head: "viewed", widest: 12, right: true },
    Column { head: "favourite", widest: 12, right: true },
    Column { head: "basket", widest: 12, right: true },
    Column { head: "bought", widest: 12, right: true },
];

/// Prints the report.
///
/// # Errors
/// The database cannot be had.
pub fn run(args: &ReportArgs) -> Result<()> {
    if let Some(ReportCommand::Kiosks(args)) = &args.of {
        return super::report_kiosks::run(args);
    }
    let filter = Filter { catalog: args.catalog.clone(), from: args.from, to: args.to, top: args.top };
    let report = block_on(async {
        let db = Database::open(&args.records.address()?, 1).await?;
        knytt_server::report(&db, &filter).await
    })?;
    if args.json { output::json(&report) } else { output::text(&text(&report)?) }
}

fn text(report: &Report) -> Result<String> {
    let mut text = String::new();
    let searches = &report.searches;
    writeln!(text, "{} searches, {} with words", amount(searches.total), amount(searches.with_words))?;
    writeln!(
        text,
        "{} without a result, {} without a good match",
        amount(searches.zero_result),
        amount(searches.no_good_match)
    )?;
    let conversion = &report.conversion;
    writeln!(
        text,
        "of {} searches {} led to a product, {} to a favourite or the basket, {} to a purchase ({})",
        amount(conversion.searches),
        amount(conversion.viewed),
        amount(conversion.kept),
        amount(conversion.purchased),
        percent(conversion.rate)
    )?;
    queries(&mut text, "most searched", &report.top_queries)?;
    queries(&mut text, "without a result", &report.zero_result_queries)?;
    queries(&mut text, "without a good match", &report.no_good_match_queries)?;
    positions(&mut text, report)?;
    products(&mut text, report)?;
    let releases =
        report.releases.iter().map(|row| (format!("{} {}", row.catalog, row.release), &row.activity));
    activity(&mut text, "by release", releases)?;
    conflicts(&mut text, report)?;
    activity(&mut text, "by day", report.days.iter().map(|row| (row.day.to_string(), &row.activity)))?;
    Ok(text)
}

fn queries(text: &mut String, title: &str, rows: &[QueryRow]) -> Result<()> {
    let rows = rows.iter().map(|row| vec![row.query.clone(), amount(row.searches)]);
    section(text, title, QUERIES, rows.collect())
}

fn positions(text: &mut String, report: &Report) -> Result<()> {
    let rows = report
        .positions
        .iter()
        .map(|row| vec![row.position.to_string(), amount(row.shown), amount(row.selected), percent(row.ctr)]);
    section(text, "by position", POSITIONS, rows.collect())
}

fn products(text: &mut String, report: &Report) -> Result<()> {
    let rows = report.top_products.iter().map(|row| {
        let counts = [row.selected, row.viewed, row.wishlisted, row.carted, row.purchased];
        std::iter::once(row.item_id.clone()).chain(counts.map(amount)).collect()
    });
    section(text, "products", PRODUCTS, rows.collect())
}

fn conflicts(text: &mut String, report: &Report) -> Result<()> {
    let rows = report.release_conflicts.iter().flat_map(|conflict| {
        conflict.releases.iter().map(|seen| {
            let place = if seen.published { "published here" } else { "seen by a device" };
            vec![conflict.catalog.clone(), conflict.number.to_string(), seen.hash.clone(), place.into()]
        })
    });
    section(text, "two releases of one number", CONFLICTS, rows.collect())
}

fn activity<'a>(
    text: &mut String,
    title: &str,
    rows: impl Iterator<Item = (String, &'a Activity)>,
) -> Result<()> {
    let rows = rows.map(|(name, a)| {
        let counts = [a.searches, a.zero_result, a.selected, a.viewed, a.wishlisted, a.carted, a.purchased];
        std::iter::once(name).chain(counts.map(amount)).collect()
    });
    section(text, title, ACTIVITY, rows.collect())
}

fn section(text: &mut String, title: &str, columns: &[Column], rows: Vec<Vec<String>>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Ok(write!(text, "\n{}\n{}", quiet(title), output::table(columns, &rows))?)
}

fn amount(value: i64) -> String {
    number(value.max(0).unsigned_abs())
}

fn percent(rate: f64) -> String {
    format!("{:.1} %", rate * 100.0)
}
