//! What happened, for the staff: the last lines, in memory, and all of them on the error output.

use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Zoned;

/// Lines that are kept.
const LINES: usize = 200;

/// The longest line, in characters: what a server says may be long.
const LONGEST: usize = 240;

/// The last lines. Clones share them. Nothing of a visit is written into it.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    last: VecDeque<String>,
    faults: u32,
    last_fault: Option<String>,
}

impl Journal {
    /// Notes a line with the time of day.
    pub fn note(&self, what: impl Display) {
        let what = line(what);
        self.lock().push(&what);
    }

    /// Notes something that failed, and counts it.
    pub fn fault(&self, what: impl Display) {
        let what = line(what);
        let mut lines = self.lock();
        lines.push(&what);
        lines.faults = lines.faults.saturating_add(1);
        lines.last_fault = Some(what);
    }

    /// The last lines, the newest one last.
    pub fn last(&self, count: usize) -> Vec<String> {
        let lines = self.lock();
        lines.last.iter().skip(lines.last.len().saturating_sub(count)).cloned().collect()
    }

    /// How many things failed since the start, and the last of them.
    pub fn faults(&self) -> (u32, Option<String>) {
        let lines = self.lock();
        (lines.faults, lines.last_fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn push(&mut self, what: &str) {
        eprintln!("knytt-kiosk: {what}");
        if self.last.len() == LINES {
            self.last.pop_front();
        }
        self.last.push_back(format!("{} {what}", Zoned::now().strftime("%d %b %H:%M:%S")));
    }
}

/// One line, not too long.
fn line(what: impl Display) -> String {
    let words = what.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(LONGEST).collect()
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

    #[test]
    fn what_failed_is_counted_and_what_happened_is_not() {
        let journal = Journal::default();
        journal.note("a release is here");
        assert_eq!(journal.faults(), (0, None));
        journal.fault("the camera\nis away");
        journal.note("the camera works");
        assert_eq!(journal.faults(), (1, Some("the camera is away".into())));
    }
}
