//! Uncompressed video in YUV4MPEG2.

use fs_err::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;
use y4m::{Colorspace, Decoder, Limits};

use super::interval;
use crate::error::{Error, Result};
use crate::footage::Footage;
use crate::pixels::{Planes, Range, planes_to_rgb};

/// A frame of 8K in 4:4:4.
const MAX_FRAME_BYTES: usize = 100 << 20;
const MAX_SIDE: usize = 1 << 14;

pub(super) struct Y4m {
    path: PathBuf,
    decoder: Decoder<BufReader<File>>,
    interval: Duration,
    range: Range,
    /// Pixels per sample of colour, across and down.
    step: (usize, usize),
    /// Frames since the file was last begun.
    played: u64,
}

impl Y4m {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::File { path: path.into(), source })?;
        check_sides(path)?;
        let limits = Limits { bytes: MAX_FRAME_BYTES };
        let decoder =
            Decoder::new_with_limits(BufReader::new(file), limits).map_err(|error| bad(path, error))?;
        let step = match decoder.get_colorspace() {
            Colorspace::C420 | Colorspace::C420jpeg | Colorspace::C420paldv | Colorspace::C420mpeg2 => (2, 2),
            Colorspace::C422 => (2, 1),
            Colorspace::C444 | Colorspace::Cmono => (1, 1),
            deep => return Err(bad(path, format!("{deep:?} has more than 8 bits"))),
        };
        let full = decoder.get_raw_params().split(|b| *b == b' ').any(|word| word == b"XCOLORRANGE=FULL");
        let rate = decoder.get_framerate();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(Self {
            path: path.into(),
            interval: interval(count(rate.num), count(rate.den)),
            range: if full { Range::Full } else { Range::Limited },
            step,
            decoder,
            played: 0,
        })
    }
}

impl Footage for Y4m {
    fn next(&mut self) -> Result<Arc<RgbImage>> {
        let (width, height) = (self.decoder.get_width(), self.decoder.get_height());
        let frame = match self.decoder.read_frame() {
            // The end, or a last frame that is not whole.
            Err(y4m::Error::EOF) if self.played > 0 => {
                *self = Self::open(&self.path)?;
                return self.next();
            }
            Err(y4m::Error::EOF) => return Err(bad(&self.path, "no whole frame")),
            frame => frame.map_err(|error| bad(&self.path, error))?,
        };
        let planes = Planes {
            y: frame.get_y_plane(),
            cb: frame.get_u_plane(),
            cr: frame.get_v_plane(),
            step: self.step,
            range: self.range,
        };
        let picture = planes_to_rgb(width, height, &planes).ok_or_else(|| bad(&self.path, "short planes"))?;
        self.played += 1;
        Ok(Arc::new(picture))
    }

    fn interval(&self) -> Duration {
        self.interval
    }
}

/// The decoder multiplies the sides before it looks at its limits, which overflows for a header that lies.
fn check_sides(path: &Path) -> Result<()> {
    use std::io::Read;
    let mut header = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1024).read_to_end(&mut header));
    read.map_err(|source| Error::File { path: path.into(), source })?;
    let line = header.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let fits = |word: &[u8]| {
        let side = std::str::from_utf8(&word[1..]).ok().and_then(|digits| digits.parse::<usize>().ok());
        side.is_some_and(|side| (1..=MAX_SIDE).contains(&side))
    };
    let mut sides =
        line.split(|byte| *byte == b' ').skip(1).filter(|word| matches!(word.first(), Some(b'W' | b'H')));
    if sides.all(fits) { Ok(()) } else { Err(bad(path, "sides beyond 16384 pixels")) }
}

fn bad(path: &Path, reason: impl ToString) -> Error {
    Error::unsupported(format!("{}: {}", path.display(), reason.to_string()))
}
