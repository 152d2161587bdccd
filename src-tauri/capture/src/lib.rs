//! Cameras that never take the program down, and what to make of their frames.
//!
//! A [`Camera`] runs a [`Source`] on a thread of its own: a native camera, or a file in its place. Drivers
//! hang and panic; here that is an [`Error`] with what to do about it, within a bounded time. Frames go
//! through a channel whose newest frame wins, so a slow reader neither blocks the driver nor fills memory.
//! [`FrameJudge`] says which frames are worth a search, [`Settle`] which answers are worth showing, and
//! [`preview_jpeg`] makes a frame small enough to show.
//!
//! ```
//! use knytt_capture::{Camera, FrameJudge, FrameState, Request, frames};
//!
//! let dir = tempfile::tempdir()?;
//! # image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([(x * 97 + y * 31) as u8; 3])).save(dir.path().join("a.png"))?;
//! let source = format!("file:{}", dir.path().display()).parse()?;
//! let (sink, frames) = frames();
//! let camera = Camera::open(&Request { source, ..Request::default() }, sink)?;
//!
//! let mut judge = FrameJudge::new();
//! for frame in frames {
//!     if judge.judge(&frame?.pixels) == FrameState::Stable {
//!         break; // worth a search
//!     }
//! }
//! assert!(camera.newest().is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod camera;
mod error;
mod file;
mod footage;
mod guard;
mod jpeg;
mod judge;
#[cfg(feature = "native")]
mod native;
mod pixels;
mod settle;
mod slot;
mod source;

pub use camera::Camera;
pub use error::{Error, Result};
pub use footage::Request;
pub use jpeg::preview_jpeg;
pub use judge::{FrameJudge, FrameState};
pub use settle::Settle;
pub use slot::{Frame, Frames, Sink, frames};
pub use source::{Device, Source};

/// The system's cameras, in its order. Answers within five seconds; none is not an error.
///
/// # Errors
/// [`Error::Timeout`] if a driver hangs, [`Error::Lost`] if one fails.
#[cfg(feature = "native")]
pub fn cameras() -> Result<Vec<Device>> {
    native::cameras()
}

/// No cameras: this build has none.
///
/// # Errors
/// None.
#[cfg(not(feature = "native"))]
pub fn cameras() -> Result<Vec<Device>> {
    Ok(Vec::new())
}
