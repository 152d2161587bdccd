//! How the kiosk is, for the staff and for the heartbeat.

use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, Ordering};
use std::time::{Duration, Instant};

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
    /// Frames since the last heartbeat, and the longest of them in microseconds.
    frames: AtomicU32,
    slowest_us: AtomicU32,
}

/// How the screen was drawn for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frames {
    /// On average.
    pub per_second: f32,
    /// The longest one, without what the GPU took for it.
    pub slowest_ms: u32,
}

/// The number of a camera that is closed.
const OFF: u8 = u8::MAX;

impl Default for Report {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            camera: AtomicU8::new(OFF),
            last_visit: AtomicI64::new(NONE),
            frames: AtomicU32::new(0),
            slowest_us: AtomicU32::new(0),
        }
    }
}

impl Report {
    /// Seconds since the kiosk began.
    pub fn uptime_seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// Notes a frame that took so long.
    pub fn drawn(&self, took: Duration) {
        self.frames.fetch_add(1, Ordering::Relaxed);
        self.slowest_us.fetch_max(u32::try_from(took.as_micros()).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// How the screen was drawn in the time since the last call; none for less than a tenth of a second.
    pub fn take_frames(&self, time: Duration) -> Option<Frames> {
        let frames = self.frames.swap(0, Ordering::Relaxed);
        let slowest_ms = self.slowest_us.swap(0, Ordering::Relaxed) / 1000;
        (time >= Duration::from_millis(100))
            .then(|| Frames { per_second: frames as f32 / time.as_secs_f32(), slowest_ms })
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
    fn frames_are_counted_anew_for_each_heartbeat() {
        let report = Report::default();
        [4, 30, 6].into_iter().for_each(|ms| report.drawn(Duration::from_millis(ms)));
        let time = Duration::from_secs(2);
        assert_eq!(report.take_frames(time), Some(Frames { per_second: 1.5, slowest_ms: 30 }));
        assert_eq!(report.take_frames(time), Some(Frames { per_second: 0.0, slowest_ms: 0 }));
        assert_eq!(report.take_frames(Duration::ZERO), None);
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
