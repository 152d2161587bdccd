//! What is counted of searches in experiments, by arm and day. What stores events and what counts the server's own answers
//! add to the same rows, after all others.

use std::collections::{BTreeMap, BTreeSet};

use knytt_wire::Participation;
use sqlx::{Error, Row as _};

use super::added::{add_all, added};
use crate::db::{Columns, CountedColumns, Database, RowsQuery, Tx, insert_counted};

/// The arm of a search whose list was merged, where it stands for the search.
const MERGED: i64 = -1;

/// Visitors that are kept while the database is away; of those beyond, only their searches are counted.
const MOST_SEEN: usize = 200_000;

const DAYS: Columns = added!("experiment_days", 9, "experiment, arm, day": "searches", "zero_result", "no_good_match",
    "clicked", "carted", "purchased"; "");

const SEEN: CountedColumns = CountedColumns {
    into: "experiment_seen (experiment, arm, day, visitor)",
    count: 4,
    conflict: "ON CONFLICT DO NOTHING",
    by: "experiment, arm, day",
};

const VISITORS: Columns = added!("experiment_visitors", 4, "experiment, arm, day": "visitors"; "");

const LATENCY: Columns = added!("experiment_latency", 5, "experiment, arm, day, bucket": "answers"; "");

/// An experiment, an arm, a day.
type ArmDay = (String, i64, i64);

/// Counts that are not written yet, in the order of the rows' keys.
#[derive(Debug, Default)]
pub struct ArmCounts {
    /// Searches, those without a hit, those without a good one, and those that led to a choice, a basket, a purchase.
    days: BTreeMap<ArmDay, [i64; 6]>,
    seen: BTreeSet<(ArmDay, [u8; 16])>,
    /// By bucket of a sketch: answers that took so long.
    latency: BTreeMap<(String, i64, i64, i64), [i64; 1]>,
}

/// The arm as a row has it.
pub fn arm_of(part: Participation) -> i64 {
    part.arm.map_or(MERGED, i64::from)
}

/// The arms that a search counts for: both, if their rankings were merged.
fn arms(arm: i64) -> Vec<i64> {
    if arm == MERGED { vec![0, 1] } else { vec![arm] }
}

impl ArmCounts {
    /// A search. `failures`: whether it had no hit, whether no good one, each 0 or 1.
    pub fn add_search(&mut self, part: Participation, day: i64, failures: [i64; 2], visitor: [u8; 16]) {
        for arm in arms(arm_of(part)) {
            let key = (part.id.to_string(), arm, day);
            let counted = self.days.entry(key.clone()).or_default();
            counted.iter_mut().zip([1, failures[0], failures[1]]).for_each(|(to, count)| *to += count);
            if self.seen.len() < MOST_SEEN {
                self.seen.insert((key, visitor));
            }
        }
    }

    /// How long an answer took, as the bucket of a sketch.
    pub fn add_latency(&mut self, part: Participation, day: i64, bucket: i64) {
        for arm in arms(arm_of(part)) {
            self.latency.entry((part.id.to_string(), arm, day, bucket)).or_default()[0] += 1;
        }
    }

    /// What came of so many searches of that day: marks that are new, as the table of searches has them.
    pub fn add_outcome(&mut self, experiment: &str, arm: i64, day: i64, new: i64, searches: i64) {
        for of in arms(arm) {
            let outcome = match arm {
                // What was bought is of no team.
                MERGED => [new >> (7 + of) & 1, 0, 0],
                _ => [new >> 4 & 1, new >> 5 & 1, new >> 6 & 1],
            };
            if outcome != [0; 3] {
                let counted = self.days.entry((experiment.to_owned(), of, day)).or_default();
                counted[3..].iter_mut().zip(outcome).for_each(|(to, count)| *to += count * searches);
            }
        }
    }

    /// Takes counts back that could not be written.
    pub fn merge(&mut self, other: Self) {
        for (key, counted) in other.days {
            let to = self.days.entry(key).or_default();
            to.iter_mut().zip(counted).for_each(|(to, count)| *to += count);
        }
        for (key, [answers]) in other.latency {
            self.latency.entry(key).or_default()[0] += answers;
        }
        self.seen.extend(other.seen);
    }

    /// Adds the counts to the tables.
    pub async fn write(&self, db: &Database, tx: &mut Tx) -> Result<(), Error> {
        let bind = |q: RowsQuery, (a, b, c): &ArmDay| q.bind(a.clone()).bind(*b).bind(*c);
        add_all(db, tx, &DAYS, &self.days, bind).await?;
        let rows: Vec<_> = self.seen.iter().collect();
        let bind_seen = |q, (key, visitor): &&(ArmDay, [u8; 16])| bind(q, key).bind(visitor.to_vec());
        let mut visitors: BTreeMap<ArmDay, [i64; 1]> = BTreeMap::new();
        insert_counted(db, tx, &SEEN, &rows, bind_seen, |row, new| {
            let key = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            visitors.entry(key).or_default()[0] += new;
            Ok(())
        })
        .await?;
        add_all(db, tx, &VISITORS, &visitors, bind).await?;
        add_all(db, tx, &LATENCY, &self.latency, |q, (a, b, c, d)| {
            q.bind(a.clone()).bind(*b).bind(*c).bind(*d)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use knytt_wire::Uuid;

    use super::*;

    fn of(counts: &ArmCounts) -> Vec<(i64, [i64; 6])> {
        counts.days.iter().map(|((_, arm, _), counted)| (*arm, *counted)).collect()
    }

    #[test]
    fn a_merged_search_is_one_of_both_arms_and_a_choice_is_of_its_team() {
        let (id, mut counts) = (Uuid::now_v7(), ArmCounts::default());
        counts.add_search(Participation { id, arm: None }, 20_000, [0, 1], [7; 16]);
        counts.add_outcome(&id.to_string(), MERGED, 20_000, 1 + 2 + 16 + 256, 1);
        assert_eq!(of(&counts), [(0, [1, 0, 1, 0, 0, 0]), (1, [1, 0, 1, 1, 0, 0])]);
        assert_eq!(counts.seen.len(), 2);
    }

    #[test]
    fn only_what_is_believed_comes_of_a_search() {
        let (id, mut counts) = (Uuid::now_v7(), ArmCounts::default());
        counts.add_search(Participation { id, arm: Some(1) }, 20_000, [0, 0], [7; 16]);
        counts.add_outcome(&id.to_string(), 1, 20_000, 1 + 2 + 4, 1);
        assert_eq!(of(&counts), [(1, [1, 0, 0, 0, 0, 0])]);
        counts.add_outcome(&id.to_string(), 1, 20_000, 16 + 32, 1);
        assert_eq!(of(&counts), [(1, [1, 0, 0, 1, 1, 0])]);
    }
}
