//! Results that settle instead of flickering.

use std::collections::VecDeque;

/// Answers that are looked back on.
const MEMORY: usize = 3;

/// Of those, how many must agree before the shown answer changes. If it is only about the order of much
/// the same hits, all of them must.
const AGREE: usize = 2;

/// Hits at the top of an answer that are compared.
const TOP: usize = 10;

/// An answer that shares no more than this part of its hits with another one is about something else.
const DIFFERENT: f32 = 0.25;

/// One that shares at least this part is about the same.
const ALIKE: f32 = 0.5;

/// Decides which answers of a live search are shown.
///
/// The first one is shown at once. Another takes its place when two of the last three have the same new best
/// hit (all three, if most hits are those that are shown already), or when two in a row share almost
/// nothing with what is shown. A single answer never does: a hand in one frame does not disturb.
#[derive(Clone, Debug)]
pub struct Settle<Id> {
    shown: Option<Vec<Id>>,
    recent: VecDeque<Vec<Id>>,
}

impl<Id: Clone + PartialEq> Settle<Id> {
    /// Nothing is shown.
    pub fn new() -> Self {
        Self { shown: None, recent: VecDeque::new() }
    }

    /// Takes the ids of the newest answer, best first, and says whether to show it.
    pub fn offer(&mut self, answer: &[Id]) -> bool {
        let answer = &answer[..answer.len().min(TOP)];
        if self.recent.len() == MEMORY {
            self.recent.pop_front();
        }
        self.recent.push_back(answer.to_vec());
        let show = match &self.shown {
            None => true,
            Some(shown) => self.has_another_best(shown, answer) || self.is_elsewhere(shown),
        };
        if show {
            self.shown = Some(answer.to_vec());
            // What led here does not count for the next change, else two answers could take turns.
            self.recent.clear();
        }
        show
    }

    /// Forgets everything: the camera moved on, or the question changed.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    fn has_another_best(&self, shown: &[Id], answer: &[Id]) -> bool {
        let agree = self.recent.iter().filter(|past| past.first() == answer.first()).count();
        let needed = if overlap(shown, answer) >= ALIKE { MEMORY } else { AGREE };
        shown.first() != answer.first() && agree >= needed
    }

    fn is_elsewhere(&self, shown: &[Id]) -> bool {
        let latest = self.recent.iter().rev().take(AGREE);
        latest.len() == AGREE && latest.into_iter().all(|past| overlap(past, shown) <= DIFFERENT)
    }
}

impl<Id: Clone + PartialEq> Default for Settle<Id> {
    fn default() -> Self {
        Self::new()
    }
}

/// The part of the longer list that is in both, 0 to 1; two empty ones are alike.
fn overlap<Id: PartialEq>(a: &[Id], b: &[Id]) -> f32 {
    let common = a.iter().filter(|id| b.contains(id)).count();
    match a.len().max(b.len()) {
        0 => 1.0,
        longest => common as f32 / longest as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each answer, whether it was shown.
    fn run(answers: &[&str]) -> Vec<bool> {
        let mut settle = Settle::new();
        answers.iter().map(|answer| settle.offer(&answer.chars().collect::<Vec<_>>())).collect()
    }

    #[test]
    fn the_first_answer_is_shown_at_once() {
        assert_eq!(run(&["abc"]), [true]);
        assert_eq!(run(&["", "abc", "abc"]), [true, false, true]);
    }

    #[test]
    fn the_same_best_hit_changes_nothing() {
        assert_eq!(run(&["abcd", "abdc", "acbd", "abce"]), [true, false, false, false]);
    }

    #[test]
    fn a_single_other_answer_is_passed_over() {
        assert_eq!(
            run(&["abcd", "xyzw", "abcd", "abdc", "xyzw", "abcd"]),
            [true, false, false, false, false, false]
        );
    }

    #[test]
    fn a_best_hit_that_persists_is_shown() {
        assert_eq!(run(&["abcd", "xaij", "xakl"]), [true, false, true]);
        assert_eq!(run(&["abcd", "xaij", "abcd", "xaij"]), [true, false, false, true]);
        assert_eq!(run(&["abcd", "bacd", "bacd", "bacd"]), [true, false, false, true]);
    }

    #[test]
    fn the_same_hits_in_wavering_order_stand_still() {
        assert_eq!(run(&["ab", "ba", "ab", "ba", "ab", "ba"]), [true, false, false, false, false, false]);
    }

    #[test]
    fn two_answers_that_take_turns_change_every_third_time_at_most() {
        let shown = run(&["ab", "xy", "ab", "xy", "ab", "xy", "ab", "xy", "ab", "xy"]);
        assert!(shown.iter().filter(|shown| **shown).count() <= 4, "{shown:?}");
    }

    #[test]
    fn another_scene_is_shown_though_its_best_hit_wavers() {
        assert_eq!(run(&["abcd", "wxyz", "xwyz"]), [true, false, true]);
    }

    #[test]
    fn after_a_reset_the_next_answer_is_the_first() {
        let mut settle = Settle::new();
        assert!(settle.offer(&[1, 2]));
        assert!(!settle.offer(&[3, 4]));
        settle.reset();
        assert!(settle.offer(&[3, 4]));
    }
}
