//! The hidden corner that opens the service menu.

use std::collections::VecDeque;
use std::time::Duration;

/// Touches that open it, and the time that they may take.
const TOUCHES: usize = 5;
const WITHIN: Duration = Duration::from_secs(4);

/// How long one touch is held that opens it.
const HELD: Duration = Duration::from_secs(4);

/// Counts touches of the corner.
#[derive(Clone, Debug, Default)]
pub struct Corner {
    touches: VecDeque<Duration>,
    down_since: Option<Duration>,
}

impl Corner {
    /// The side of the corner, at the screen's top left, in points.
    pub const SIDE: f32 = 140.0;

    /// A finger came down, in the corner or elsewhere.
    pub fn down(&mut self, is_inside: bool, now: Duration) {
        if !is_inside {
            *self = Self::default();
            return;
        }
        self.down_since = Some(now);
        self.touches.push_back(now);
        while self.touches.front().is_some_and(|first| now.saturating_sub(*first) > WITHIN) {
            self.touches.pop_front();
        }
    }

    /// The finger went up.
    pub fn up(&mut self) {
        self.down_since = None;
    }

    /// True once, when it is opened.
    pub fn opens(&mut self, now: Duration) -> bool {
        let held = self.down_since.is_some_and(|since| now.saturating_sub(since) >= HELD);
        let opens = held || self.touches.len() >= TOUCHES;
        if opens {
            *self = Self::default();
        }
        opens
    }

    /// Whether a finger is held in it: then time alone may open it.
    pub fn is_held(&self) -> bool {
        self.down_since.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tapped(times_ms: &[u64]) -> bool {
        let mut corner = Corner::default();
        times_ms.iter().any(|at| {
            let at = Duration::from_millis(*at);
            corner.down(true, at);
            corner.up();
            corner.opens(at)
        })
    }

    #[test]
    fn five_touches_within_four_seconds_open_it() {
        assert!(tapped(&[0, 500, 1000, 1500, 2000]));
        assert!(!tapped(&[0, 500, 1000, 1500]));
        assert!(!tapped(&[0, 1500, 3000, 4500, 6000, 7500, 9000]));
    }

    #[test]
    fn a_touch_elsewhere_begins_anew() {
        let mut corner = Corner::default();
        for inside in [true, true, true, true, false, true] {
            corner.down(inside, Duration::ZERO);
            corner.up();
        }
        assert!(!corner.opens(Duration::ZERO));
    }

    #[test]
    fn a_long_press_opens_it_once() {
        let mut corner = Corner::default();
        corner.down(true, Duration::ZERO);
        assert!(!corner.opens(Duration::from_millis(3900)));
        assert!(corner.opens(Duration::from_secs(4)) && !corner.opens(Duration::from_secs(5)));
    }
}
