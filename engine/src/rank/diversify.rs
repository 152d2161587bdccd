//! Diversification of hits.

/// Chooses `k` of `candidates` (best first), each time the one whose score less what it has in common with
/// those above it is highest: maximal marginal relevance (Carbonell and Goldstein, 1998). `weight` 0 keeps
/// the order. `score` and `likeness` are on one scale, 0 to about 1.
///
/// Gives the places of the chosen among the candidates.
pub(super) fn diversify(
    scores: &[f32],
    k: usize,
    weight: f32,
    likeness: impl Fn(usize, usize) -> f32,
) -> Vec<usize> {
    if weight <= 0.0 {
        return (0..scores.len().min(k)).collect();
    }
    let mut left: Vec<usize> = (0..scores.len()).collect();
    let mut nearest = vec![0.0_f32; scores.len()];
    let mut chosen = Vec::with_capacity(k);
    while chosen.len() < k && !left.is_empty() {
        let gain = |at: usize| scores[at] - weight * nearest[at];
        let best = (0..left.len()).max_by(|&a, &b| gain(left[a]).total_cmp(&gain(left[b])).then(b.cmp(&a)));
        let Some(best) = best else { break };
        let next = left.remove(best);
        left.iter().for_each(|&other| nearest[other] = nearest[other].max(likeness(next, other)));
        chosen.push(next);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_like_of_a_hit_waits_for_something_else() {
        let kind = [0, 0, 0, 1];
        let alike = |a: usize, b: usize| f32::from(u8::from(kind[a] == kind[b]));
        let scores = [1.0, 0.9, 0.8, 0.7];
        assert_eq!(diversify(&scores, 3, 0.5, alike), [0, 3, 1]);
        assert_eq!(diversify(&scores, 3, 0.0, alike), [0, 1, 2]);
        assert_eq!(diversify(&scores, 9, 0.5, alike).len(), 4);
    }
}
