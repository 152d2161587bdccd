//! Measures of one ranked answer, each 0 to 1.

use knytt_engine::Hit;
use serde::Serialize;

use super::set::Relevance;

/// How good one answer is, or the mean over many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    /// Normalised discounted cumulative gain of the first ten, with gains 2^grade − 1 (Järvelin and
    /// Kekäläinen 2002; Burges et al. 2005).
    pub ndcg_at_10: f64,
    /// One over the place of the first right hit; 0 if none is right.
    pub mrr: f64,
    /// The share of right ones among the first ten.
    pub precision_at_10: f64,
    /// The share of all right products, or of fifty of them, among the first fifty.
    pub recall_at_50: f64,
    /// Whether the first hit is as good as any.
    pub first: f64,
    /// Whether one of the first five is as good as any.
    pub first_five: f64,
}

impl Measures {
    pub fn of(hits: &[Hit], relevance: &Relevance) -> Self {
        let grades: Vec<u8> = hits.iter().map(|hit| best_grade(hit, relevance)).collect();
        Self::of_grades(&grades, &relevance.ideal(50), relevance.count())
    }

    /// `ideal`: the grades of all that is right (or the best fifty), best first; `right`: how many there are.
    fn of_grades(grades: &[u8], ideal: &[u8], right: usize) -> Self {
        let top = &grades[..grades.len().min(10)];
        let deep = &grades[..grades.len().min(50)];
        let hit = |grades: &[u8]| grades.iter().filter(|grade| **grade > 0).count() as f64;
        let gain = gain(&ideal[..ideal.len().min(10)]);
        let best = ideal.first().copied().unwrap_or(u8::MAX);
        let any = |grades: &[u8]| f64::from(u8::from(grades.contains(&best)));
        Self {
            ndcg_at_10: if gain > 0.0 { self::gain(top) / gain } else { 0.0 },
            mrr: grades.iter().position(|grade| *grade > 0).map_or(0.0, |at| 1.0 / (at + 1) as f64),
            precision_at_10: hit(top) / 10.0,
            recall_at_50: if right > 0 { hit(deep) / right.min(50) as f64 } else { 0.0 },
            first: any(&grades[..grades.len().min(1)]),
            first_five: any(&grades[..grades.len().min(5)]),
        }
    }

    pub const NAMES: [&str; 6] = ["nDCG@10", "MRR", "P@10", "recall@50", "first", "first five"];

    /// In the order of [`Self::NAMES`].
    pub fn values(&self) -> [f64; 6] {
        [self.ndcg_at_10, self.mrr, self.precision_at_10, self.recall_at_50, self.first, self.first_five]
    }

    pub fn mean(all: &[Self]) -> Self {
        let count = all.len().max(1) as f64;
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / count;
        Self {
            ndcg_at_10: mean(|m| m.ndcg_at_10),
            mrr: mean(|m| m.mrr),
            precision_at_10: mean(|m| m.precision_at_10),
            recall_at_50: mean(|m| m.recall_at_50),
            first: mean(|m| m.first),
            first_five: mean(|m| m.first_five),
        }
    }
}

/// A hit stands for its article in all colours that were candidates, but it shows one: its own grade counts.
fn best_grade(hit: &Hit, relevance: &Relevance) -> u8 {
    relevance.grade(&hit.product)
}

/// Discounted cumulative gain.
fn gain(grades: &[u8]) -> f64 {
    let gains = grades.iter().map(|grade| f64::from(*grade).exp2() - 1.0);
    gains.enumerate().map(|(at, gain)| gain / ((at + 2) as f64).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_answer_has_all_and_a_wrong_one_nothing() {
        let perfect = Measures::of_grades(&[2, 1, 0], &[2, 1], 2);
        assert_eq!(
            (perfect.ndcg_at_10, perfect.mrr, perfect.recall_at_50, perfect.first),
            (1.0, 1.0, 1.0, 1.0)
        );
        assert_eq!(perfect.precision_at_10, 0.2);
        assert_eq!(Measures::of_grades(&[0, 0], &[2, 1], 2), Measures::default());
        assert_eq!(Measures::of_grades(&[], &[], 0), Measures::default());
    }

    #[test]
    fn late_and_lesser_hits_count_less() {
        let late = Measures::of_grades(&[0, 1, 2], &[2, 1], 2);
        let expected =
            (1.0 / 3.0_f64.log2() + 3.0 / 4.0_f64.log2()) / (3.0 / 2.0_f64.log2() + 1.0 / 3.0_f64.log2());
        assert!((late.ndcg_at_10 - expected).abs() < 1e-12);
        assert_eq!((late.mrr, late.first, late.first_five), (0.5, 0.0, 1.0));
    }
}
