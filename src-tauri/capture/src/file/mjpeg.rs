//! JPEGs one after the other, as `ffmpeg -f mjpeg` writes them.

use fs_err::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;

use crate::error::{Error, Result};
use crate::footage::Footage;
use crate::jpeg;

/// A frame of 8K at the best quality is below it.
const MAX_FRAME_BYTES: usize = 32 << 20;

// Markers of ITU T.81, table B.1.
const MARKER: u8 = 0xFF;
const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// A file, which begins again at its end.
pub(super) struct Mjpeg {
    path: PathBuf,
    file: BufReader<File>,
    interval: Duration,
    /// Frames since the file was last begun.
    played: u64,
}

/// What another program plays, from wherever that is.
#[cfg(unix)]
pub(super) struct MjpegStream<R> {
    stream: BufReader<R>,
    interval: Duration,
}

impl Mjpeg {
    pub(super) fn open(path: &Path, interval: Duration) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::File { path: path.into(), source })?;
        Ok(Self { path: path.into(), file: BufReader::new(file), interval, played: 0 })
    }
}

#[cfg(unix)]
impl<R: Read> MjpegStream<R> {
    pub(super) fn new(stream: R, interval: Duration) -> Self {
        Self { stream: BufReader::new(stream), interval }
    }
}

#[cfg(unix)]
impl<R: Read> Footage for MjpegStream<R> {
    fn next(&mut self) -> Result<Arc<RgbImage>> {
        loop {
            match next_jpeg(&mut self.stream) {
                Ok(Some(bytes)) => {
                    if let Ok(picture) = jpeg::decode(&bytes) {
                        return Ok(Arc::new(picture));
                    }
                }
                Ok(None) => return Err(Error::lost("nothing plays into it any more")),
                Err(error) => return Err(Error::lost(error)),
            }
        }
    }

    fn interval(&self) -> Duration {
        self.interval
    }
}

impl Footage for Mjpeg {
    fn next(&mut self) -> Result<Arc<RgbImage>> {
        loop {
            match next_jpeg(&mut self.file) {
                Ok(Some(bytes)) => {
                    // One that is damaged is left out, as a player does.
                    if let Ok(picture) = jpeg::decode(&bytes) {
                        self.played += 1;
                        return Ok(Arc::new(picture));
                    }
                }
                Ok(None) if self.played > 0 => *self = Self::open(&self.path, self.interval)?,
                Ok(None) => {
                    return Err(Error::unsupported(format!("{}: no whole JPEG", self.path.display())));
                }
                Err(source) => return Err(Error::File { path: self.path.clone(), source }),
            }
        }
    }

    fn interval(&self) -> Duration {
        self.interval
    }
}

/// The next whole JPEG; none at the end of the file. Segments are skipped by their length, so that the
/// end of a thumbnail inside one is not taken for the end of the picture.
fn next_jpeg(file: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    while find_start(file)? {
        let mut frame = vec![MARKER, START_OF_IMAGE];
        match copy_rest(file, &mut frame) {
            Ok(true) => return Ok(Some(frame)),
            // Not what a JPEG looks like: look for the next start.
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn find_start(file: &mut impl BufRead) -> io::Result<bool> {
    let mut last = 0;
    loop {
        let Some(&byte) = file.fill_buf()?.first() else { return Ok(false) };
        file.consume(1);
        if (last, byte) == (MARKER, START_OF_IMAGE) {
            return Ok(true);
        }
        last = byte;
    }
}

/// Copies segments and scans up to the end of the image. False if something else is found.
fn copy_rest(file: &mut impl BufRead, frame: &mut Vec<u8>) -> io::Result<bool> {
    if byte(file)? != MARKER {
        return Ok(false);
    }
    let mut kind = marker(file)?;
    loop {
        frame.extend([MARKER, kind]);
        if kind == END_OF_IMAGE {
            return Ok(true);
        }
        let length = [byte(file)?, byte(file)?];
        let Some(body) = u16::from_be_bytes(length).checked_sub(2) else { return Ok(false) };
        frame.extend(length);
        let copied = file.by_ref().take(body.into()).read_to_end(frame)?;
        if copied < usize::from(body) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        kind = if kind == START_OF_SCAN {
            match copy_scan(file, frame)? {
                Some(kind) => kind,
                None => return Ok(false),
            }
        } else if byte(file)? == MARKER {
            marker(file)?
        } else {
            return Ok(false);
        };
    }
}

/// Copies coded pixels up to the next marker and returns that. None beyond the limit.
fn copy_scan(file: &mut impl BufRead, frame: &mut Vec<u8>) -> io::Result<Option<u8>> {
    loop {
        let room = (MAX_FRAME_BYTES + 1).saturating_sub(frame.len()) as u64;
        file.by_ref().take(room).read_until(MARKER, frame)?;
        if frame.len() > MAX_FRAME_BYTES {
            return Ok(None);
        }
        if frame.last() != Some(&MARKER) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match marker(file)? {
            // A stuffed byte or a restart belongs to the scan.
            kind @ (0 | 0xD0..=0xD7) => frame.push(kind),
            kind => {
                frame.pop();
                return Ok(Some(kind));
            }
        }
    }
}

/// The kind of a marker, after fill bytes.
fn marker(file: &mut impl BufRead) -> io::Result<u8> {
    loop {
        match byte(file)? {
            MARKER => {}
            kind => return Ok(kind),
        }
    }
}

fn byte(file: &mut impl BufRead) -> io::Result<u8> {
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}
