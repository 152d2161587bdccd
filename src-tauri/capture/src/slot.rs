//! A channel that holds one frame: a newer one takes the place of one that nobody has fetched.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::error::{Error, Result};

/// One picture of a video. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Upright RGB.
    pub pixels: Arc<RgbImage>,
    /// Counts what the camera gave, from 1; numbers that are missing were never fetched.
    pub number: u64,
    /// When it arrived.
    pub at: Instant,
}

/// The end that a [`Camera`](crate::Camera) fills. Dropping it ends the [`Frames`].
pub struct Sink(Arc<Slot>);

/// The end that frames are fetched from, by iterating.
///
/// Each step waits for a frame that is newer than the last one. `Some(Err(_))` says why the camera stopped
/// by itself, once; `None` follows, and comes alone when the camera was closed.
pub struct Frames(Arc<Slot>);

/// Both ends of a channel whose newest frame wins: a slow reader misses frames, but holds up nobody.
pub fn frames() -> (Sink, Frames) {
    let slot = Arc::new(Slot { state: Mutex::new(State::default()), changed: Condvar::new() });
    (Sink(slot.clone()), Frames(slot))
}

impl Sink {
    pub(crate) fn slot(&self) -> &Arc<Slot> {
        &self.0
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Iterator for Frames {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

pub(crate) struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    newest: Option<Frame>,
    /// Number of the last frame that was fetched.
    fetched: u64,
    /// How long a running camera may be silent; none while it is being opened.
    silence: Option<Duration>,
    end: Option<End>,
}

enum End {
    Closed,
    Failed(Error),
}

impl Slot {
    /// Puts a frame in the place of the last one. False if nobody wants any more.
    pub(crate) fn put(&self, pixels: Arc<RgbImage>) -> bool {
        let mut state = self.lock();
        if state.end.is_some() {
            return false;
        }
        let number = state.newest.as_ref().map_or(0, |frame| frame.number) + 1;
        state.newest = Some(Frame { pixels, number, at: Instant::now() });
        self.changed.notify_all();
        true
    }

    /// From now on, silence of this length is an error.
    pub(crate) fn expect_frames_within(&self, silence: Duration) {
        self.lock().silence = Some(silence);
        self.changed.notify_all();
    }

    pub(crate) fn fail(&self, error: Error) {
        self.finish(End::Failed(error));
    }

    pub(crate) fn close(&self) {
        self.finish(End::Closed);
    }

    pub(crate) fn newest(&self) -> Option<Frame> {
        self.lock().newest.clone()
    }

    /// Waits until then, or less if the channel ends. False if it has.
    pub(crate) fn sleep_until(&self, then: Instant) -> bool {
        let mut state = self.lock();
        while state.end.is_none() {
            let left = then.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            state = self.wait(state, Some(left));
        }
        false
    }

    fn next(&self) -> Option<Result<Frame>> {
        let mut state = self.lock();
        loop {
            match state.end.take() {
                None => {}
                Some(end) => {
                    state.end = Some(End::Closed);
                    return match end {
                        End::Closed => None,
                        End::Failed(error) => Some(Err(error)),
                    };
                }
            }
            if let Some(frame) = state.newest.clone().filter(|frame| frame.number > state.fetched) {
                state.fetched = frame.number;
                return Some(Ok(frame));
            }
            let left = match (state.silence, &state.newest) {
                (Some(silence), Some(last)) => {
                    let left = silence.saturating_sub(last.at.elapsed());
                    if left.is_zero() {
                        state.end = Some(End::Failed(Error::Timeout { after: silence }));
                        continue;
                    }
                    Some(left)
                }
                _ => None,
            };
            state = self.wait(state, left);
        }
    }

    /// The first end counts.
    fn finish(&self, end: End) {
        let mut state = self.lock();
        state.end.get_or_insert(end);
        self.changed.notify_all();
    }

    /// No code panics while it holds the lock, and a camera must not take others down anyway.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, limit: Option<Duration>) -> MutexGuard<'a, State> {
        match limit {
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(limit) => self.changed.wait_timeout(state, limit).unwrap_or_else(PoisonError::into_inner).0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Arc<RgbImage> {
        Arc::new(RgbImage::new(1, 1))
    }

    #[test]
    fn the_newest_frame_takes_the_place_of_older_ones() {
        let (sink, mut frames) = frames();
        for _ in 0..5 {
            assert!(sink.slot().put(picture()));
        }
        assert_eq!(frames.next().unwrap().unwrap().number, 5);
        sink.slot().put(picture());
        assert_eq!(frames.next().unwrap().unwrap().number, 6);
    }

    #[test]
    fn an_error_is_told_once_and_ends_the_channel() {
        let (sink, mut frames) = frames();
        sink.slot().put(picture());
        sink.slot().fail(Error::lost("unplugged"));
        sink.slot().fail(Error::Busy);
        assert!(matches!(frames.next(), Some(Err(Error::Lost { .. }))));
        assert!(frames.next().is_none());
        assert!(!sink.slot().put(picture()));
    }

    #[test]
    fn a_dropped_sink_ends_the_channel_without_an_error() {
        let (sink, mut frames) = frames();
        drop(sink);
        assert!(frames.next().is_none());
    }

    #[test]
    fn silence_of_a_running_camera_is_a_timeout() {
        let (sink, mut frames) = frames();
        sink.slot().put(picture());
        sink.slot().expect_frames_within(Duration::from_millis(20));
        assert!(frames.next().unwrap().is_ok());
        assert!(matches!(frames.next(), Some(Err(Error::Timeout { .. }))));
        assert!(frames.next().is_none());
    }
}
