//! The tables of a judged run.

use std::collections::BTreeMap;

use anyhow::Result;
use knytt_engine::Catalog;
use serde::Serialize;

use super::bootstrap::Interval;
use super::measure::Measures;
use super::set::JudgedQuery;
use super::stage::Stage;
use super::{EvalArgs, Row};
use crate::metrics::Percentiles;
use crate::output::{self, Column, counted};

/// The JSON of `knytt eval --json` with `--judged`, `--again` or `--ablation`; see docs/json.md.
#[derive(Serialize)]
pub struct JudgedReport {
    pub queries: usize,
    pub products: u64,
    pub seed: u64,
    pub stages: Vec<StageReport>,
}

#[derive(Serialize)]
pub struct StageReport {
    pub stage: &'static str,
    #[serde(flatten)]
    pub mean: Measures,
    /// By measure, with 95 % intervals.
    pub intervals: BTreeMap<&'static str, Interval>,
    /// What this stage adds to the one before, query by query.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub gains: BTreeMap<&'static str, Interval>,
    /// By kind of query, where there are several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, KindReport>,
    /// The engine's time for a query, without the model.
    pub took_ms: Percentiles,
    /// The share of the queries whose answer was said to be no good match.
    pub no_good_match: f64,
}

#[derive(Serialize)]
pub struct KindReport {
    pub queries: usize,
    #[serde(flatten)]
    pub mean: Measures,
}

/// More kinds than this are labels, whose table nobody reads.
const MOST_KINDS: usize = 12;

impl JudgedReport {
    /// # Errors
    /// The catalogue cannot be read.
    pub fn new(
        args: &EvalArgs,
        catalog: &Catalog,
        queries: &[JudgedQuery],
        stages: &[Stage],
        rows: &[Row],
    ) -> Result<Self> {
        let column = |stage: usize| rows.iter().map(|row| row[stage].measures).collect::<Vec<_>>();
        let stages = stages.iter().enumerate().map(|(at, stage)| {
            let measures = column(at);
            let before = at.checked_sub(1).map(column);
            StageReport {
                stage: stage.name,
                mean: Measures::mean(&measures),
                intervals: intervals(&measures, None, args.seed),
                gains: before.map_or_else(BTreeMap::new, |b| intervals(&measures, Some(&b), args.seed)),
                kinds: kinds(queries, &measures),
                took_ms: Percentiles::of(rows.iter().map(|row| row[at].took_ms).collect()),
                no_good_match: rows.iter().filter(|row| row[at].refused).count() as f64 / rows.len() as f64,
            }
        });
        Ok(Self {
            queries: queries.len(),
            products: catalog.info()?.products,
            seed: args.seed,
            stages: stages.collect(),
        })
    }

    /// # Errors
    /// Standard output is closed.
    pub fn print(&self, args: &EvalArgs) -> Result<()> {
        match (args.json, args.markdown) {
            (true, _) => output::json(self),
            (false, true) => output::text(&self.markdown()),
            (false, false) => output::text(&self.text()),
        }
    }

    fn text(&self) -> String {
        let head = ["stage", "nDCG@10", "MRR", "P@10", "recall@50", "first", "first five", "no match", "ms"];
        let columns = head.map(|head| Column { head, widest: 30, right: head != "stage" });
        let rows: Vec<Vec<String>> = self.rows();
        format!("{}\n\n{}", self.circumstances(), output::table(&columns, &rows))
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for stage in &self.stages {
            rows.push(stage.row());
            for (kind, of) in &stage.kinds {
                let values = of.mean.values().map(|value| format!("{value:.3}"));
                let name = format!("  {} ({})", output::plain(kind), of.queries);
                rows.push([name].into_iter().chain(values).chain([String::new(), String::new()]).collect());
            }
        }
        rows
    }

    fn markdown(&self) -> String {
        let mut text = format!("{}\n\n| stage | ", self.circumstances());
        text.push_str(&Measures::NAMES.join(" | "));
        text.push_str(" | no match | ms |\n|---|---|---|---|---|---|---|---|---|\n");
        for row in self.rows() {
            text.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        text
    }

    fn circumstances(&self) -> String {
        format!(
            "{} of {}, seed {}; in brackets the 95 % interval, then what the stage adds with its interval (* where chance is no explanation)",
            if self.queries == 1 { "1 query".into() } else { format!("{} queries", self.queries) },
            counted(self.products, "product"),
            self.seed
        )
    }
}

impl StageReport {
    fn row(&self) -> Vec<String> {
        let mut row = vec![self.stage.to_owned()];
        for (name, value) in Measures::NAMES.into_iter().zip(self.mean.values()) {
            let interval = self.intervals.get(name).copied().unwrap_or_default();
            let mut cell = format!("{value:.3} [{:.3}, {:.3}]", interval.low, interval.high);
            if let Some(gain) = self.gains.get(name).filter(|gain| gain.mean != 0.0) {
                let mark = if gain.excludes_zero() { "*" } else { "" };
                cell.push_str(&format!(" {:+.3}{mark}", gain.mean));
            }
            row.push(cell);
        }
        row.push(format!("{:.3}", self.no_good_match));
        row.push(format!("{:.2}", self.took_ms.p50));
        row
    }
}

fn intervals(
    measures: &[Measures],
    before: Option<&[Measures]>,
    seed: u64,
) -> BTreeMap<&'static str, Interval> {
    let of = |at: usize| -> Vec<f64> {
        let values = measures.iter().map(|m| m.values()[at]);
        match before {
            Some(before) => values.zip(before).map(|(value, b)| value - b.values()[at]).collect(),
            None => values.collect(),
        }
    };
    Measures::NAMES.iter().enumerate().map(|(at, name)| (*name, Interval::of(&of(at), seed))).collect()
}

fn kinds(queries: &[JudgedQuery], measures: &[Measures]) -> BTreeMap<String, KindReport> {
    let mut by_kind: BTreeMap<&str, Vec<Measures>> = BTreeMap::new();
    for (query, measures) in queries.iter().zip(measures) {
        by_kind.entry(&query.kind).or_default().push(*measures);
    }
    if by_kind.len() < 2 || by_kind.len() > MOST_KINDS {
        return BTreeMap::new();
    }
    let report = |all: Vec<Measures>| KindReport { queries: all.len(), mean: Measures::mean(&all) };
    by_kind.into_iter().map(|(kind, all)| (kind.to_owned(), report(all))).collect()
}
