//! The counters that Prometheus reads at `/metrics`.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use axum::http::Method;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::alerts::AlertGauges;
use crate::search::SearchMetrics;

/// Bounds of the histograms, in seconds.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClosedLabels {
    reason: &'static str,
}

/// The process's counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// The counters of the search.
    pub search: SearchMetrics,
    /// The gauges of alerts.
    pub alerts: AlertGauges,
    requests: Family<RequestLabels, Histogram>,
    events: Family<EventLabels, Counter>,
    commits: Histogram,
    published: Counter,
    put_aside: Counter,
    release_conflicts: Counter,
    outbox: Gauge<i64, AtomicI64>,
    connections: Gauge<i64, AtomicI64>,
    connections_refused: Family<RefusedLabels, Counter>,
    connections_closed: Family<ClosedLabels, Counter>,
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    pub fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("knytt"),
            search: SearchMetrics::default(),
            alerts: AlertGauges::default(),
            requests: Family::new_with_constructor(histogram as fn() -> Histogram),
            events: Family::default(),
            commits: histogram(),
            published: Counter::default(),
            put_aside: Counter::default(),
            release_conflicts: Counter::default(),
            outbox: Gauge::default(),
            connections: Gauge::default(),
            connections_refused: Family::default(),
            connections_closed: Family::default(),
        };
        metrics.begin_at_zero();
        metrics.registered()
    }

    /// Makes the series whose labels are known: a rate needs the zero before the first one.
    fn begin_at_zero(&self) {
        for outcome in ["accepted", "duplicate", "rejected"] {
            drop(self.events.get_or_create(&EventLabels { outcome }));
        }
        for limit in ["all", "address"] {
            drop(self.connections_refused.get_or_create(&RefusedLabels { limit }));
        }
        for reason in ["silent", "idle", "stalled", "displaced"] {
            drop(self.connections_closed.get_or_create(&ClosedLabels { reason }));
        }
    }

    fn registered(mut self) -> Self {
        let r = &mut self.registry;
        self.search.register(r);
        self.alerts.register(r);
        r.register("http_request_seconds", "Time to the first byte of an answer", self.requests.clone());
        r.register("events", "Events that came in, by what became of them", self.events.clone());
        r.register("events_commit_seconds", "Time to store a group of batches", self.commits.clone());
        r.register("events_published", "Events that NATS acknowledged", self.published.clone());
        r.register("events_put_aside", "Events that NATS never takes", self.put_aside.clone());
        r.register(
            "release_conflicts",
            "Numbers of which two releases were seen",
            self.release_conflicts.clone(),
        );
        r.register("outbox_rows", "Commits whose events wait for NATS", self.outbox.clone());
        r.register("connections", "Connections that are open", self.connections.clone());
        r.register(
            "connections_refused",
            "Connections beyond a limit, by the limit",
            self.connections_refused.clone(),
        );
        r.register(
            "connections_closed",
            "Connections that did nothing for too long, or made room for others",
            self.connections_closed.clone(),
        );
        self
    }

    pub fn request(&self, method: &Method, route: &str, status: u16, elapsed: Duration) {
        // Anyone may send any method; each would be a series of its own.
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
        let method = if known.contains(method) { method.as_str() } else { "other" };
        let labels = RequestLabels { method: method.into(), route: route.into(), status };
        self.requests.get_or_create(&labels).observe(elapsed.as_secs_f64());
    }

    /// Counts events that were rejected before anything was stored.
    pub fn events_rejected(&self, count: usize) {
        self.count("rejected", count as u64);
    }

    /// Counts the events of one commit, which took this long.
    pub fn stored(&self, elapsed: Duration, accepted: u64, duplicate: u64) {
        self.commits.observe(elapsed.as_secs_f64());
        self.count("accepted", accepted);
        self.count("duplicate", duplicate);
    }

    pub fn published(&self, count: usize) {
        self.published.inc_by(count as u64);
    }

    /// Counts events that are kept as dead letters.
    pub fn put_aside(&self, count: usize) {
        self.put_aside.inc_by(count as u64);
    }

    /// Counts a number of which a second release was seen.
    pub fn release_conflict(&self) {
        self.release_conflicts.inc();
    }

    pub fn outbox_pending(&self, rows: i64) {
        self.outbox.set(rows);
    }

    pub fn connection_opened(&self) {
        self.connections.inc();
    }

    pub fn connection_ended(&self) {
        self.connections.dec();
    }

    /// Counts a connection beyond a limit: `all` or `address`.
    pub fn connection_refused(&self, limit: &'static str) {
        self.connections_refused.get_or_create(&RefusedLabels { limit }).inc();
    }

    /// Counts a connection that the backend ended: `silent`, `idle`, `stalled` or `displaced`.
    pub fn connection_closed(&self, reason: &'static str) {
        self.connections_closed.get_or_create(&ClosedLabels { reason }).inc();
    }

    /// The counters in the text format of OpenMetrics.
    pub fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }

    fn count(&self, outcome: &'static str, count: u64) {
        if count > 0 {
            self.events.get_or_create(&EventLabels { outcome }).inc_by(count);
        }
    }
}
