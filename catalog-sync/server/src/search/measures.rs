//! What `/metrics` says of searches.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use knytt_ui_api::Timings;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Bounds of the histograms, in seconds. A stage takes less than a request.
const SECONDS: [f64; 13] =
    [0.000_5, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 4.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabels {
    cache: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CatalogLabels {
    catalog: String,
}

/// The counters of the search. Clones share them.
#[derive(Clone, Debug)]
pub struct SearchMetrics {
    stages: Family<StageLabels, Histogram>,
    caches: Family<CacheLabels, Counter>,
    waiting: Gauge<i64, AtomicI64>,
    refused: Counter,
    releases: Family<CatalogLabels, Gauge<i64, AtomicI64>>,
    failing: Family<CatalogLabels, Gauge<i64, AtomicI64>>,
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for SearchMetrics {
    fn default() -> Self {
        Self {
            stages: Family::new_with_constructor(histogram as fn() -> Histogram),
            caches: Family::default(),
            waiting: Gauge::default(),
            refused: Counter::default(),
            releases: Family::default(),
            failing: Family::default(),
        }
    }
}

impl SearchMetrics {
    /// Adds the counters to those of the process. Series whose labels are known begin at zero.
    pub fn register(&self, r: &mut Registry) {
        for stage in ["wait", "decode", "embed", "search", "rank"] {
            drop(self.stages.get_or_create(&StageLabels { stage }));
        }
        for cache in ["answers", "pictures"] {
            for outcome in ["hit", "miss"] {
                drop(self.caches.get_or_create(&CacheLabels { cache, outcome }));
            }
        }
        r.register(
            "search_stage_seconds",
            "Time of each stage of an answer that was made",
            self.stages.clone(),
        );
        r.register("search_cache", "Look-ups in the caches, by what was found", self.caches.clone());
        r.register("search_waiting", "Searches that wait for a thread", self.waiting.clone());
        r.register("search_refused", "Searches beyond those that may wait", self.refused.clone());
        r.register("search_release", "The release of each catalogue that is searched", self.releases.clone());
        r.register("search_follow_failing", "1 if the newest release was not had", self.failing.clone());
    }

    /// Notes how long an answer took that waited for a thread before.
    pub fn answered(&self, waited: Duration, timings: &Timings) {
        let ms = |ms: f64| ms / 1e3;
        let stages = [
            ("wait", waited.as_secs_f64()),
            ("decode", ms(timings.decode)),
            ("embed", ms(timings.embed)),
            ("search", ms(timings.search)),
            ("rank", ms(timings.rank)),
        ];
        for (stage, seconds) in stages {
            // Words are not decoded; what was embedded before is not embedded.
            if seconds > 0.0 {
                self.stages.get_or_create(&StageLabels { stage }).observe(seconds);
            }
        }
    }

    /// Counts a look-up in `answers` or `pictures`.
    pub fn looked_up(&self, cache: &'static str, found: bool) {
        let outcome = if found { "hit" } else { "miss" };
        self.caches.get_or_create(&CacheLabels { cache, outcome }).inc();
    }

    /// Counts a search that was refused because too many wait.
    pub fn refused(&self) {
        self.refused.inc();
    }

    /// Notes how many searches wait.
    pub fn waiting(&self, searches: usize) {
        self.waiting.set(i64::try_from(searches).unwrap_or(i64::MAX));
    }

    /// Notes the release of a catalogue.
    pub fn release(&self, catalog: &str, release: u64) {
        let labels = CatalogLabels { catalog: catalog.into() };
        self.releases.get_or_create(&labels).set(i64::try_from(release).unwrap_or(i64::MAX));
    }

    /// Notes whether the newest release of a followed catalogue was not had.
    pub fn failing(&self, catalog: &str, is_failing: bool) {
        self.failing.get_or_create(&CatalogLabels { catalog: catalog.into() }).set(is_failing.into());
    }
}
