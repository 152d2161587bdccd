//! How the kiosk is, for the staff and for the heartbeat.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Instant;

use jiff::Timestamp;

use crate::camera::State;

/// No visit was there.
const NONE: i64 = i64::MIN;

/// What the screen's thread tells the other threads. Shared by an `Arc`.
#[derive(Debug)]
pub struct Report {
    started: Instant,
    /// [`State`] as a number; [`OFF`] while the camera is closed.
    camera: AtomicU8,
    /// The hour of the last visit, in hours since 1970.
    last_visit: AtomicI64,
}

/// The number of a camera that is closed.
const OFF: u8 = u8::MAX;

impl Default for Report {
    fn default() -> Self {
        Self { started: Instant::now(), camera: AtomicU8::new(OFF), last_visit: AtomicI64::new(NONE) }
    }
}

impl Report {
    /// Seconds since the kiosk began.
    pub fn uptime_seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// Says how the camera is; `None` while it is closed.
    pub fn set_camera(&self, state: Option<State>) {
        self.camera.store(state.map_or(OFF, |state| state as u8), Ordering::Relaxed);
    }

    /// `off`, `starting`, `works` or `away`.
    pub fn camera(&self) -> &'static str {
        let is = |state: State| self.camera.load(Ordering::Relaxed) == state as u8;
        if is(State::Running) {
            "works"
        } else if is(State::Starting) {
            "starting"
        } else if is(State::Away) {
            "away"
        } else {
            "off"
        }
    }

    /// Notes that somebody is there now. Only the hour is kept.
    pub fn visited(&self) {
        self.last_visit.store(Timestamp::now().as_second().div_euclid(3600), Ordering::Relaxed);
    }

    /// The hour of the last visit in UTC, as `2026-11-29T16Z`.
    pub fn last_visit_hour(&self) -> Option<String> {
        let hours = Some(self.last_visit.load(Ordering::Relaxed)).filter(|hours| *hours != NONE)?;
        let hour = Timestamp::from_second(hours * 3600).ok()?;
        Some(hour.strftime("%Y-%m-%dT%HZ").to_string())
    }
}

/// The memory that this process holds, in bytes; none where the system does not say.
pub fn memory_bytes() -> Option<u64> {
    let pages = fs_err::read_to_string("/proc/self/statm").ok()?;
    // Linux on all machines that have a screen uses pages of 4 KiB, but for some of Arm's, where this is too little.
    pages.split_whitespace().nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_leaves_its_hour_alone() {
        let report = Report::default();
        assert_eq!(report.last_visit_hour(), None);
        report.visited();
        let hour = report.last_visit_hour().unwrap();
        assert!(hour.len() == "2026-11-29T16Z".len() && hour.ends_with('Z') && !hour.contains(':'), "{hour}");
    }

    #[test]
    fn the_camera_has_a_word_for_each_state() {
        let report = Report::default();
        let words = [None, Some(State::Starting), Some(State::Running), Some(State::Away)].map(|state| {
            report.set_camera(state);
            report.camera()
        });
        assert_eq!(words, ["off", "starting", "works", "away"]);
    }
}
