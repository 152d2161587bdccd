//! What `/metrics` says of alerts.

use std::collections::HashMap;
use std::sync::atomic::AtomicI64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::alert::Alert;
use super::rule::Metric;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OpenLabels {
    metric: &'static str,
    catalog: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    outcome: &'static str,
}

/// The gauges of alerts. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct AlertGauges {
    open: Family<OpenLabels, Gauge<i64, AtomicI64>>,
    evaluated: Gauge<i64, AtomicI64>,
    deliveries: Family<DeliveryLabels, Counter>,
}

impl AlertGauges {
    /// Adds them to those of the process. Series whose labels are known begin at zero.
    pub fn register(&self, r: &mut Registry) {
        self.show(&[]);
        for outcome in ["sent", "waiting", "given_up"] {
            drop(self.deliveries.get_or_create(&DeliveryLabels { outcome }));
        }
        r.register("alerts_open", "Alerts that are open, by what they are about", self.open.clone());
        r.register(
            "alerts_evaluated_timestamp_seconds",
            "When a replica evaluated the rules last",
            self.evaluated.clone(),
        );
        r.register(
            "alert_deliveries",
            "Tries to tell of an alert, by their outcome",
            self.deliveries.clone(),
        );
    }

    /// Shows which alerts are open. Series of catalogues that have none any more go to zero.
    pub fn show(&self, open: &[Alert]) {
        let mut counted: HashMap<OpenLabels, i64> = HashMap::new();
        for alert in open {
            let labels = OpenLabels { metric: alert.metric.name(), catalog: alert.catalog.clone() };
            *counted.entry(labels).or_default() += 1;
        }
        self.open.clear();
        for metric in Metric::ALL {
            let labels = OpenLabels { metric: metric.name(), catalog: String::new() };
            counted.entry(labels).or_default();
        }
        for (labels, count) in counted {
            self.open.get_or_create(&labels).set(count);
        }
    }

    /// Notes when the rules were evaluated, by whichever replica.
    pub fn evaluated(&self, at_ms: i64) {
        self.evaluated.set(at_ms.div_euclid(1_000));
    }

    /// Counts a try to tell somebody.
    pub fn delivered(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&DeliveryLabels { outcome }).inc();
    }
}
