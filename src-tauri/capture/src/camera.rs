//! A source that is running on a thread of its own.

use std::mem;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::file;
use crate::footage::{Footage, Request};
use crate::guard::{caught, spawn};
use crate::slot::{Frame, Sink, Slot};
use crate::source::Source;

/// A running camera. Dropping it closes it, within two seconds whatever the driver does.
///
/// Everything that a driver does happens on a thread of the camera's own. One that hangs is left behind:
/// its thread ends, and gives the device back, when the driver returns.
pub struct Camera {
    sink: Sink,
    size: (u32, u32),
    ended: Receiver<()>,
    patience: Patience,
}

/// How long to wait for a driver.
#[derive(Clone, Copy)]
struct Patience {
    /// Until the first frame.
    open: Duration,
    /// From one frame to the next.
    silence: Duration,
    /// Until the device is given back.
    close: Duration,
}

/// Opening a USB camera takes one to three seconds; more than ten means that it hangs.
const PATIENCE: Patience = Patience {
    open: Duration::from_secs(10),
    silence: Duration::from_secs(5),
    close: Duration::from_secs(2),
};

impl Camera {
    /// Opens a source, waits for its first frame, and lets frames flow into the sink.
    ///
    /// # Errors
    /// [`Error::None`], [`Error::Denied`], [`Error::Busy`], [`Error::Unsupported`] or [`Error::File`] as
    /// found; [`Error::Timeout`] if there is no frame within ten seconds. What goes wrong later comes out
    /// of the channel: [`Error::Lost`], or [`Error::Timeout`] after five seconds without a frame.
    pub fn open(request: &Request, sink: Sink) -> Result<Self> {
        let request = request.clone();
        Self::start(PATIENCE, sink, move || match &request.source {
            Source::File(path) => file::open(path, &request),
            Source::Device(id) => open_device(id, &request),
        })
    }

    /// Width and height of the first frame, in pixels. Pictures of a folder differ in size.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The last frame, whether or not it was fetched.
    pub fn newest(&self) -> Option<Frame> {
        self.sink.slot().newest()
    }

    fn start(
        patience: Patience,
        sink: Sink,
        open: impl FnOnce() -> Result<Box<dyn Footage>> + Send + 'static,
    ) -> Result<Self> {
        let (opened, first) = mpsc::channel();
        let (ends, ended) = mpsc::channel();
        let slot = sink.slot().clone();
        spawn("knytt-camera", move || {
            play(open, &slot, &opened);
            drop(ends);
        })?;
        // On every error the sink is dropped, which tells the thread to stop as soon as it can.
        let size = first.recv_timeout(patience.open).unwrap_or_else(|error| {
            Err(match error {
                RecvTimeoutError::Timeout => Error::Timeout { after: patience.open },
                RecvTimeoutError::Disconnected => Error::lost("its thread ended"),
            })
        })?;
        sink.slot().expect_frames_within(patience.silence);
        Ok(Self { sink, size, ended, patience })
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.sink.slot().close();
        // Waits so that the device is free for whoever opens it next. The sender is only ever dropped.
        let _ = self.ended.recv_timeout(self.patience.close);
    }
}

#[cfg(feature = "native")]
fn open_device(id: &str, request: &Request) -> Result<Box<dyn Footage>> {
    crate::native::open(id, request)
}

#[cfg(not(feature = "native"))]
fn open_device(_id: &str, _request: &Request) -> Result<Box<dyn Footage>> {
    Err(Error::unsupported("this build has no native cameras"))
}

/// The thread of a camera: opens, then feeds the slot until one of the two ends.
fn play(open: impl FnOnce() -> Result<Box<dyn Footage>>, slot: &Slot, opened: &Sender<Result<(u32, u32)>>) {
    // A send fails when the caller has given up waiting; the slot is closed then.
    let mut footage = match caught(open).and_then(|footage| footage) {
        Ok(footage) => footage,
        Err(error) => {
            let _ = opened.send(Err(error));
            return;
        }
    };
    let mut due = Instant::now();
    let mut opened = Some(opened);
    loop {
        let picture = match caught(|| footage.next()) {
            Ok(Ok(picture)) => picture,
            Ok(Err(error)) => {
                tell(error, opened, slot);
                break;
            }
            Err(panic) => {
                // After a panic, dropping the driver could panic again and abort the program: leak it.
                mem::forget(footage);
                return tell(panic, opened, slot);
            }
        };
        let size = picture.dimensions();
        if !slot.put(picture) {
            break;
        }
        if let Some(opened) = opened.take() {
            let _ = opened.send(Ok(size));
        }
        // A source that is late does not catch up by a burst.
        due = (due + footage.interval()).max(Instant::now());
        if !slot.sleep_until(due) {
            break;
        }
    }
    // Some drivers panic when the device went away. There is nobody left to tell.
    let _ = caught(|| drop(footage));
}

/// Tells an error to whoever waits: the opener before the first frame, the reader after it.
fn tell(error: Error, opener: Option<&Sender<Result<(u32, u32)>>>, slot: &Slot) {
    match opener {
        Some(opener) => drop(opener.send(Err(error))),
        None => slot.fail(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use image::RgbImage;

    use super::*;
    use crate::slot::frames;

    const SHORT: Patience = Patience {
        open: Duration::from_secs(10),
        silence: Duration::from_millis(50),
        close: Duration::from_millis(50),
    };

    /// Gives some frames, then does something else.
    struct Scripted<F>(u32, F);

    impl<F: FnMut() -> Result<Arc<RgbImage>>> Footage for Scripted<F> {
        fn next(&mut self) -> Result<Arc<RgbImage>> {
            match self.0.checked_sub(1) {
                Some(left) => {
                    self.0 = left;
                    Ok(Arc::new(RgbImage::new(4, 2)))
                }
                None => (self.1)(),
            }
        }

        fn interval(&self) -> Duration {
            Duration::ZERO
        }
    }

    fn scripted<F: FnMut() -> Result<Arc<RgbImage>> + 'static>(
        frames: u32,
        then: F,
    ) -> Result<Box<dyn Footage>> {
        Ok(Box::new(Scripted(frames, then)))
    }

    /// Longer than any time-out of these tests.
    fn hang<T>() -> Result<T> {
        std::thread::sleep(Duration::from_secs(600));
        Err(Error::Busy)
    }

    fn last_error(frames: crate::Frames) -> Error {
        frames.filter_map(Result::err).next().unwrap()
    }

    #[test]
    fn a_driver_that_hangs_at_open_is_a_timeout() {
        let (sink, mut frames) = frames();
        let patience = Patience { open: Duration::from_millis(50), ..SHORT };
        assert!(matches!(Camera::start(patience, sink, hang).err(), Some(Error::Timeout { .. })));
        assert!(frames.next().is_none());
    }

    #[test]
    fn a_driver_that_hangs_later_is_told_and_can_be_closed() {
        let (sink, frames) = frames();
        let camera = Camera::start(SHORT, sink, || scripted(3, hang)).unwrap();
        assert!(matches!(last_error(frames), Error::Timeout { .. }));
        assert_eq!(camera.newest().unwrap().number, 3);
        drop(camera);
    }

    #[test]
    fn a_driver_that_panics_is_lost_and_not_dropped() {
        struct Explosive;
        impl Footage for Explosive {
            fn next(&mut self) -> Result<Arc<RgbImage>> {
                panic!("transfer failed")
            }
            fn interval(&self) -> Duration {
                Duration::ZERO
            }
        }
        impl Drop for Explosive {
            fn drop(&mut self) {
                unreachable!("a second panic would abort")
            }
        }
        let (sink, _frames) = frames();
        let error = Camera::start(SHORT, sink, || Ok(Box::new(Explosive))).err().unwrap();
        assert!(error.to_string().contains("transfer failed"));
    }

    #[test]
    fn panics_at_open_and_after_some_frames_are_errors() {
        let (sink, _frames) = frames();
        assert!(matches!(Camera::start(SHORT, sink, || panic!("bad")).err(), Some(Error::Lost { .. })));
        let (sink, frames) = crate::frames();
        let _camera = Camera::start(SHORT, sink, || scripted(1, || panic!("bad"))).unwrap();
        assert!(matches!(last_error(frames), Error::Lost { .. }));
    }

    #[test]
    fn an_error_before_the_first_frame_is_the_openers() {
        let (sink, mut frames) = frames();
        let opened = Camera::start(SHORT, sink, || scripted(0, || Err(Error::Busy)));
        assert!(matches!(opened.err(), Some(Error::Busy)));
        assert!(frames.next().is_none());
    }

    #[test]
    fn an_unplugged_camera_ends_the_frames() {
        let (sink, frames) = frames();
        let _camera = Camera::start(SHORT, sink, || scripted(2, || Err(Error::lost("gone")))).unwrap();
        assert!(matches!(last_error(frames), Error::Lost { .. }));
    }

    #[test]
    fn a_slow_reader_gets_the_newest_frame() {
        let (sink, mut frames) = frames();
        let (told, all_taken) = mpsc::channel();
        let then = move || {
            told.send(()).unwrap();
            hang()
        };
        let patience = Patience { silence: Duration::from_secs(60), ..SHORT };
        let camera = Camera::start(patience, sink, || scripted(1000, then)).unwrap();
        all_taken.recv().unwrap();
        assert_eq!(frames.next().unwrap().unwrap().number, 1000);
        assert_eq!(camera.size(), (4, 2));
    }

    #[test]
    fn closing_ends_the_frames_and_gives_the_device_back() {
        struct Device(Sender<()>);
        impl Footage for Device {
            fn next(&mut self) -> Result<Arc<RgbImage>> {
                Ok(Arc::new(RgbImage::new(1, 1)))
            }
            fn interval(&self) -> Duration {
                Duration::from_millis(1)
            }
        }
        impl Drop for Device {
            fn drop(&mut self) {
                self.0.send(()).unwrap();
            }
        }
        let (sink, mut frames) = frames();
        let (returns, returned) = mpsc::channel();
        let patience = Patience { close: Duration::from_secs(60), ..SHORT };
        let camera = Camera::start(patience, sink, move || Ok(Box::new(Device(returns)))).unwrap();
        drop(camera);
        returned.try_recv().unwrap();
        assert!(frames.next().is_none());
    }
}
