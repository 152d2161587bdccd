//! How fast work goes on, how long it still takes, and when that is worth telling.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use knytt_ui_api::ModelPhase;

/// The pace is that of the last so many seconds: a line that slows down is told soon.
const WINDOW: Duration = Duration::from_secs(10);

/// Before that a pace says too little to be told.
const LEAST: Duration = Duration::from_millis(800);

/// The least time between two reports within a phase.
const REPORT_EVERY: Duration = Duration::from_millis(150);

/// Points kept of the window: one for each report, and some.
const POINTS: usize = 96;

/// The pace of one phase of the work.
#[derive(Default)]
pub(super) struct Pace {
    phase: Option<ModelPhase>,
    /// When how much was done, the oldest first.
    points: VecDeque<(Instant, u64)>,
    reported: Option<Instant>,
}

impl Pace {
    /// Notes that so much of the phase is done. Returns whether the window should be told: of a new phase at once, of
    /// the rest now and then.
    pub(super) fn note(&mut self, phase: ModelPhase, done: u64, now: Instant) -> bool {
        let is_new = self.phase != Some(phase);
        if is_new {
            *self = Self { phase: Some(phase), ..Self::default() };
        }
        let is_due = self.reported.is_none_or(|at| now.duration_since(at) >= REPORT_EVERY);
        if !is_due {
            return false;
        }
        self.reported = Some(now);
        self.points.push_back((now, done));
        while self.points.len() > POINTS || self.points.front().is_some_and(|(at, _)| now - *at > WINDOW) {
            self.points.pop_front();
        }
        true
    }

    /// How much is done each second; 0 while that is not known.
    pub(super) fn per_second(&self) -> f64 {
        let ends = self.points.front().zip(self.points.back());
        ends.map_or(0.0, |((began, first), (now, last))| match now.duration_since(*began) {
            passed if passed >= LEAST => last.saturating_sub(*first) as f64 / passed.as_secs_f64(),
            _ => 0.0,
        })
    }

    /// About how many seconds it takes until `total` is done, if the pace is known.
    pub(super) fn seconds_left(&self, total: u64) -> Option<u32> {
        let (rate, (_, done)) = (self.per_second(), self.points.back()?);
        (rate > 0.0 && total >= *done).then(|| ((total - done) as f64 / rate).ceil() as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_seconds_and_of_this_phase() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let at = |millis: u64| start + Duration::from_millis(millis);
        assert!(pace.note(ModelPhase::Downloading, 0, at(0)));
        assert_eq!((pace.per_second(), pace.seconds_left(100)), (0.0, None));
        assert!(!pace.note(ModelPhase::Downloading, 1, at(100)), "that was told just now");
        for n in 1..=20 {
            pace.note(ModelPhase::Downloading, n * 10, at(n * 1000));
        }
        assert_eq!((pace.per_second(), pace.seconds_left(250)), (10.0, Some(5)));
        // Twice as fast from here on.
        for n in 1..=10 {
            pace.note(ModelPhase::Downloading, 200 + n * 20, at(20_000 + n * 1000));
        }
        assert_eq!(pace.per_second(), 20.0);
        assert!(pace.note(ModelPhase::Converting, 0, at(30_001)), "a new phase is told at once");
        assert_eq!(pace.seconds_left(9), None);
    }
}
