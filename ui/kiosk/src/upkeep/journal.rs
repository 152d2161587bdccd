//! What happened, for the staff: the last lines, in memory, and all of them on the error output.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Zoned;

/// Lines that are kept.
const LINES: usize = 200;

/// The longest line, in characters: what a server says may be long.
const LONGEST: usize = 240;

/// The last lines. Clones share them. Nothing of a visit is written into it.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<VecDeque<String>>>);

impl Journal {
    /// Notes a line with the time of day.
    pub fn note(&self, what: impl std::fmt::Display) {
        let what: String = what.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let what: String = what.chars().take(LONGEST).collect();
        eprintln!("knytt-kiosk: {what}");
        let line = format!("{} {what}", Zoned::now().strftime("%d %b %H:%M:%S"));
        let mut lines = self.lock();
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The last lines, the newest one last.
    pub fn last(&self, count: usize) -> Vec<String> {
        let lines = self.lock();
        lines.iter().skip(lines.len().saturating_sub(count)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_each_is_one_line() {
        let journal = Journal::default();
        (0..300).for_each(|at| journal.note(format!("line {at}\nmore")));
        assert_eq!(journal.last(usize::MAX).len(), LINES);
        let last = journal.last(2);
        assert!(last[0].ends_with("line 298 more") && last[1].ends_with("line 299 more"), "{last:?}");
        journal.note("x".repeat(9000));
        assert!(journal.last(1)[0].chars().count() < LONGEST + 40);
    }
}
