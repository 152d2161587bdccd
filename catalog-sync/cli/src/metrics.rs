//! Retrieval measures by label, on ranked lists of right and wrong.

use std::collections::BTreeMap;

use serde::Serialize;

/// One query's answer over the whole gallery: for each rank, whether the label was the query's.
pub struct Ranked<'a> {
    /// The query's label.
    pub label: &'a str,
    /// Nearest first.
    pub right: &'a [bool],
}

/// Means over queries, each 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Quality {
    /// Share of queries whose nearest product has their label.
    pub one_nn: f64,
    /// The mean over labels of each label's `one_nn`: rare labels count as much as common ones.
    pub macro_one_nn: f64,
    /// Share of right products among the ten nearest.
    pub precision_at_10: f64,
    /// Mean average precision over the full ranking of the gallery. A query whose label the gallery
    /// lacks counts as 0.
    pub map: f64,
}

/// One label's share of [`Quality`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LabelQuality {
    /// Queries with this label.
    pub queries: usize,
    /// Products with this label.
    pub gallery: usize,
    /// As in [`Quality`], over this label's queries.
    pub one_nn: f64,
    /// As in [`Quality`], over this label's queries.
    pub precision_at_10: f64,
    /// As in [`Quality`], over this label's queries.
    pub map: f64,
}

/// Sums up queries one at a time, so that no ranking has to be kept.
#[derive(Default)]
pub struct Tally {
    labels: BTreeMap<String, Sums>,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    queries: usize,
    first: f64,
    top_ten: f64,
    average_precision: f64,
}

impl Tally {
    pub fn add(&mut self, ranked: &Ranked<'_>) {
        let sums = self.labels.entry(ranked.label.to_owned()).or_default();
        sums.queries += 1;
        sums.first += f64::from(u8::from(ranked.right.first() == Some(&true)));
        sums.top_ten += precision_at(ranked.right, 10);
        sums.average_precision += average_precision(ranked.right);
    }

    pub fn quality(&self) -> Quality {
        let total = self.labels.values().fold(Sums::default(), Sums::plus);
        let labels = self.labels.len().max(1) as f64;
        Quality {
            one_nn: total.mean(total.first),
            macro_one_nn: self.labels.values().map(|s| s.mean(s.first)).sum::<f64>() / labels,
            precision_at_10: total.mean(total.top_ten),
            map: total.mean(total.average_precision),
        }
    }

    /// `gallery` has the number of products for each label.
    pub fn per_label(&self, gallery: &BTreeMap<String, usize>) -> BTreeMap<String, LabelQuality> {
        let quality = |label: &String, s: &Sums| LabelQuality {
            queries: s.queries,
            gallery: gallery.get(label).copied().unwrap_or(0),
            one_nn: s.mean(s.first),
            precision_at_10: s.mean(s.top_ten),
            map: s.mean(s.average_precision),
        };
        self.labels.iter().map(|(label, sums)| (label.clone(), quality(label, sums))).collect()
    }
}

impl Sums {
    fn plus(self, other: &Self) -> Self {
        Self {
            queries: self.queries + other.queries,
            first: self.first + other.first,
            top_ten: self.top_ten + other.top_ten,
            average_precision: self.average_precision + other.average_precision,
        }
    }

    fn mean(self, sum: f64) -> f64 {
        if self.queries == 0 { 0.0 } else { sum / self.queries as f64 }
    }
}

/// Right ones among the first `k`, over `k` (over the gallery's size where that is smaller).
fn precision_at(right: &[bool], k: usize) -> f64 {
    let top = &right[..k.min(right.len())];
    if top.is_empty() { 0.0 } else { top.iter().filter(|r| **r).count() as f64 / top.len() as f64 }
}

/// The mean, over the right ones, of the precision at their rank.
fn average_precision(right: &[bool]) -> f64 {
    let (mut found, mut sum) = (0_usize, 0.0);
    for (position, _) in right.iter().enumerate().filter(|(_, right)| **right) {
        found += 1;
        sum += found as f64 / (position + 1) as f64;
    }
    if found == 0 { 0.0 } else { sum / found as f64 }
}

/// The share of `truth` that `answer` holds; 1 when there is nothing to find.
pub fn recall(answer: &[String], truth: &[String]) -> f64 {
    if truth.is_empty() {
        return 1.0;
    }
    truth.iter().filter(|id| answer.contains(id)).count() as f64 / truth.len() as f64
}

/// Nearest-rank percentiles of a set of times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// 19 of 20 are at most this.
    pub p95: f64,
}

impl Percentiles {
    pub fn of(mut times_ms: Vec<f64>) -> Self {
        times_ms.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = (share * times_ms.len() as f64).ceil() as usize;
            times_ms.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
        };
        Self { p50: at(0.50), p95: at(0.95) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn average_precision_by_hand() {
        // Right at ranks 1, 3 and 6: (1/1 + 2/3 + 3/6) / 3.
        let right = [true, false, true, false, false, true];
        assert!(close(average_precision(&right), (1.0 + 2.0 / 3.0 + 0.5) / 3.0));
        assert!(close(average_precision(&[false, false]), 0.0));
        assert!(close(average_precision(&[false, true]), 0.5));
    }

    #[test]
    fn precision_at_ten_looks_at_ten_or_at_a_smaller_gallery() {
        let mut right = vec![true; 4];
        right.extend([false; 6]);
        right.extend([true; 90]);
        assert!(close(precision_at(&right, 10), 0.4));
        assert!(close(precision_at(&[true, false, false, true], 10), 0.5));
        assert!(close(precision_at(&[], 10), 0.0));
    }

    #[test]
    fn macro_accuracy_gives_each_label_one_vote() {
        let mut tally = Tally::default();
        for right in [true, true, true, false] {
            tally.add(&Ranked { label: "shirt", right: &[right] });
        }
        tally.add(&Ranked { label: "hat", right: &[false] });
        let quality = tally.quality();
        assert!(close(quality.one_nn, 3.0 / 5.0));
        assert!(close(quality.macro_one_nn, (0.75 + 0.0) / 2.0));
    }

    #[test]
    fn labels_are_reported_apart() {
        let mut tally = Tally::default();
        tally.add(&Ranked { label: "hat", right: &[true, false] });
        tally.add(&Ranked { label: "shirt", right: &[false, true] });
        let per_label = tally.per_label(&BTreeMap::from([("hat".into(), 7)]));
        assert_eq!((per_label["hat"].queries, per_label["hat"].gallery), (1, 7));
        assert!(close(per_label["shirt"].map, 0.5));
        assert_eq!(per_label["shirt"].gallery, 0);
    }

    #[test]
    fn recall_counts_what_the_exact_answer_holds() {
        let ids = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(close(recall(&ids(&["a", "x", "c"]), &ids(&["a", "b", "c", "d"])), 0.5));
        assert!(close(recall(&[], &[]), 1.0));
    }

    #[test]
    fn percentiles_take_the_nearest_rank() {
        let spread = Percentiles::of((1..=100).map(f64::from).collect());
        assert_eq!(spread, Percentiles { p50: 50.0, p95: 95.0 });
        assert_eq!(Percentiles::of(vec![3.0]), Percentiles { p50: 3.0, p95: 3.0 });
        assert_eq!(Percentiles::of(vec![]), Percentiles::default());
    }
}
