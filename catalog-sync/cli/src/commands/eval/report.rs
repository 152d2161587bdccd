//! The JSON of `knytt eval --json`; see docs/json.md. Names here are a promise.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::EvalArgs;
use crate::metrics::{LabelQuality, Percentiles, Quality};
use crate::output::{self, Column, counted, quiet};
use crate::source::Rejection;

#[derive(Serialize)]
pub struct LabelledReport {
    #[serde(flatten)]
    pub quality: Quality,
    pub index_recall_at_10: f64,
    /// Which kind answered: `exact` when the catalogue is too small to keep another.
    pub index: String,
    pub queries: usize,
    pub gallery: usize,
    pub label: String,
    pub per_label: BTreeMap<String, LabelQuality>,
    /// Queries that could not be used.
    pub skipped: Vec<Skipped>,
    pub timings_ms: Timings,
    pub queries_per_second: f64,
    pub model: EvalModel,
}

#[derive(Serialize)]
pub struct Skipped {
    pub source: String,
    pub code: String,
    pub reason: String,
}

/// The engine's time for ten hits, one query after the other.
#[derive(Serialize)]
pub struct Timings {
    pub index: Percentiles,
    pub exact: Percentiles,
}

#[derive(Serialize)]
pub struct EvalModel {
    pub name: String,
    pub fingerprint: String,
}

impl From<Rejection> for Skipped {
    fn from(rejection: Rejection) -> Self {
        Self { source: rejection.place, code: rejection.code.into(), reason: rejection.reason }
    }
}

const LABELS: &[Column] = &[
    Column { head: "label", widest: 30, right: false },
    Column { head: "queries", widest: 10, right: true },
    Column { head: "gallery", widest: 10, right: true },
    Column { head: "1-NN", widest: 8, right: true },
    Column { head: "P@10", widest: 8, right: true },
    Column { head: "mAP", widest: 8, right: true },
];

impl LabelledReport {
    /// # Errors
    /// Standard output is closed.
    pub fn print(&self, args: &EvalArgs) -> Result<()> {
        if args.json { output::json(self) } else { output::text(&self.text()) }
    }

    fn text(&self) -> String {
        let q = &self.quality;
        let mut text = format!(
            "1-NN {:.3}   macro 1-NN {:.3}   P@10 {:.3}   mAP {:.3}\n{}\n\n",
            q.one_nn,
            q.macro_one_nn,
            q.precision_at_10,
            q.map,
            quiet(&self.circumstances())
        );
        let rows: Vec<_> = self.per_label.iter().map(|(label, quality)| row(label, quality)).collect();
        text.push_str(&output::table(LABELS, &rows));
        for skipped in &self.skipped {
            text.push_str(&format!(
                "\nskipped {}: {}",
                output::plain(&skipped.source),
                output::plain(&skipped.reason)
            ));
        }
        if !self.skipped.is_empty() {
            text.push('\n');
        }
        text
    }

    fn circumstances(&self) -> String {
        let t = &self.timings_ms;
        format!(
            "{} against {} with a {}; {} index: recall@10 {:.3}, {:.2} ms p50, {:.2} ms p95; exact: {:.2} ms p50",
            if self.queries == 1 { "1 query".into() } else { format!("{} queries", self.queries) },
            counted(self.gallery as u64, "product"),
            self.label,
            self.index,
            self.index_recall_at_10,
            t.index.p50,
            t.index.p95,
            t.exact.p50
        )
    }
}

fn row(label: &str, quality: &LabelQuality) -> Vec<String> {
    vec![
        label.to_owned(),
        quality.queries.to_string(),
        quality.gallery.to_string(),
        format!("{:.3}", quality.one_nn),
        format!("{:.3}", quality.precision_at_10),
        format!("{:.3}", quality.map),
    ]
}
