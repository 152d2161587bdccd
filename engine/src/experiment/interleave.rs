//! Team draft (Radlinski, Kurup and Joachims, 2008): two rankings in one list.
//!
//! In each round both rankings choose the best product that is not in the list yet; a coin says which chooses first.
//! A product that both rank high is on the team of whoever chose it, so that over many searches neither ranking gains
//! by it, and whoever's products are chosen more often ranks better.

use std::collections::HashSet;
use std::hash::Hash;

use crate::experiment::document::Experiment;

/// A place in the merged list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// Whose choice it was: 0 the control's, 1 the variant's.
    pub team: usize,
    /// Its place in the ranking of that team, from 0.
    pub place: usize,
}

impl Experiment {
    /// Merges the rankings of the control and of the variant, each without repetitions, for the search that `search`
    /// names. The same visitor and search have the same list.
    pub fn interleave<K: Eq + Hash>(
        &self,
        visitor: &[u8],
        search: &[u8],
        rankings: [&[K]; 2],
    ) -> Vec<Drafted> {
        let mut taken: HashSet<&K> = HashSet::new();
        let mut next = [0, 0];
        let mut merged = Vec::new();
        for round in 0_u64.. {
            let coin = self.number(&[b"coin", visitor, search, &round.to_le_bytes()]).unwrap_or_default() & 1;
            let before = merged.len();
            for team in if coin == 0 { [0, 1] } else { [1, 0] } {
                let rest = rankings[team].iter().enumerate().skip(next[team]);
                let chosen = rest.into_iter().find(|(_, key)| !taken.contains(key));
                let Some((place, key)) = chosen else {
                    next[team] = rankings[team].len();
                    continue;
                };
                taken.insert(key);
                next[team] = place + 1;
                merged.push(Drafted { team, place });
            }
            if merged.len() == before {
                break;
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::document::tests::experiment;

    fn merged(search: &[u8], a: &[u32], b: &[u32]) -> Vec<(usize, u32)> {
        let rankings = [a, b];
        let drafted = experiment().interleave(b"visitor", search, rankings);
        drafted.into_iter().map(|Drafted { team, place }| (team, rankings[team][place])).collect()
    }

    #[test]
    fn every_product_is_there_once_and_teams_choose_in_turns() {
        for search in 0..50_u32 {
            let list = merged(&search.to_le_bytes(), &[1, 2, 3, 4, 5], &[5, 9, 1, 8, 2]);
            let mut products: Vec<u32> = list.iter().map(|(_, product)| *product).collect();
            products.sort_unstable();
            assert_eq!(products, [1, 2, 3, 4, 5, 8, 9]);
            for round in list[..6].chunks_exact(2) {
                assert_eq!(round[0].0 + round[1].0, 1, "{list:?}");
            }
        }
    }

    #[test]
    fn a_list_is_the_same_again_and_one_ranking_alone_stays() {
        assert_eq!(merged(b"a", &[1, 2, 3], &[3, 2, 1]), merged(b"a", &[1, 2, 3], &[3, 2, 1]));
        assert_eq!(merged(b"a", &[1, 2], &[]), [(0, 1), (0, 2)]);
        assert_eq!(merged(b"a", &[], &[]), []);
    }

    #[test]
    fn of_equal_rankings_neither_team_has_the_first_place_more_often() {
        let ranking = [1, 2, 3, 4];
        let first =
            (0..4_000_u32).filter(|search| merged(&search.to_le_bytes(), &ranking, &ranking)[0].0 == 0);
        let first = first.count();
        assert!((1_840..2_160).contains(&first), "{first}");
    }
}
