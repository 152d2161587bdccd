//! What to open, and what an open source gives.

use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;

use crate::error::Result;
use crate::source::Source;

/// Which source to open, and the format to ask it for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The source.
    pub source: Source,
    /// The preferred width, in pixels. A camera takes its nearest format; a file keeps its own size.
    pub width: Option<u32>,
    /// The preferred height, in pixels.
    pub height: Option<u32>,
    /// The preferred rate, in frames per second. A video that states its rate keeps it.
    pub fps: Option<u32>,
}

/// An open source that gives one picture after the other. It stays on the thread that opened it.
pub(crate) trait Footage {
    /// Blocks until the next picture is there.
    fn next(&mut self) -> Result<Arc<RgbImage>>;

    /// The time from one picture to the next; zero if [`next`](Self::next) waits by itself.
    fn interval(&self) -> Duration;
}
