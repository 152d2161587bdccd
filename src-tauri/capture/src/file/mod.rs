//! Files in the place of a camera: for demonstrations, tests and machines without one.

mod mjpeg;
#[cfg(unix)]
mod pipe;
mod stills;
mod y4m;

use fs_err::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::footage::{Footage, Request};

const DEFAULT_FPS: u32 = 24;

/// A folder, a picture, or a video; what it is is read from its first bytes. A named pipe has JPEGs one after the other:
/// its first bytes could be read once only, and whoever opens it again is in the middle of one.
pub(crate) fn open(path: &Path, request: &Request) -> Result<Box<dyn Footage>> {
    let unreadable = |source| Error::File { path: path.into(), source };
    let interval = interval(request.fps.unwrap_or(DEFAULT_FPS), 1);
    let kind = path.metadata().map_err(unreadable)?.file_type();
    if kind.is_dir() {
        return Ok(Box::new(stills::Stills::from_folder(path, interval)?));
    }
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_fifo(&kind) {
        let pipe = pipe::Pipe::open(path).map_err(unreadable)?;
        return Ok(Box::new(mjpeg::MjpegStream::new(pipe, interval)));
    }
    let start = first_bytes(path).map_err(unreadable)?;
    if start.starts_with(b"YUV4MPEG2 ") {
        Ok(Box::new(y4m::Y4m::open(path)?))
    } else if start.starts_with(b"\xFF\xD8") && !is_still(path) {
        Ok(Box::new(mjpeg::Mjpeg::open(path, interval)?))
    } else if image::guess_format(&start).is_ok() {
        Ok(Box::new(stills::Stills::from_picture(path, interval)))
    } else {
        Err(Error::unsupported(format!("{} is not a y4m or mjpeg video, nor a picture", path.display())))
    }
}

/// One frame to the next, within what a screen can show.
fn interval(frames: u32, seconds: u32) -> Duration {
    let rate = f64::from(frames) / f64::from(seconds.max(1));
    Duration::from_secs_f64(1.0 / rate.clamp(1.0, 120.0))
}

fn first_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut start)?;
    Ok(start)
}

/// A photograph and a video of JPEGs begin alike.
fn is_still(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("jpg") || kind.eq_ignore_ascii_case("jpeg"))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::jpeg::preview_jpeg;
    use image::{Rgb, RgbImage};

    /// What one gets from a file with these bytes: the red of the first pixels, or the error.
    fn reds(name: &str, bytes: &[u8], frames: usize) -> Result<Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let mut footage = open(&path, &Request::default())?;
        (0..frames).map(|_| footage.next().map(|picture| picture.get_pixel(0, 0)[0])).collect()
    }

    fn flat(red: u8) -> RgbImage {
        RgbImage::from_pixel(16, 8, Rgb([red, 0, 0]))
    }

    fn jpeg_of(red: u8) -> Vec<u8> {
        preview_jpeg(&flat(red), 640, 95).unwrap()
    }

    fn close_to(found: &[u8], expected: &[u8]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= 6)
    }

    /// Two gray frames of 4 × 2 pixels.
    fn y4m(header: &str) -> Vec<u8> {
        let mut bytes = format!("YUV4MPEG2 {header}\n").into_bytes();
        for level in [100, 200] {
            bytes.extend(b"FRAME\n");
            bytes.extend([level; 8]);
            bytes.extend([128; 4]);
        }
        bytes
    }

    #[test]
    fn y4m_plays_at_its_rate_and_starts_again() {
        let bytes = y4m("W4 H2 F30:1 C420jpeg XCOLORRANGE=FULL");
        assert_eq!(reds("a.y4m", &bytes, 5).unwrap(), [100, 200, 100, 200, 100]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, bytes).unwrap();
        let footage = open(&path, &Request { fps: Some(5), ..Request::default() }).unwrap();
        assert_eq!(footage.interval().as_millis(), 33);
    }

    #[test]
    fn a_truncated_y4m_plays_its_whole_frames() {
        let bytes = y4m("W4 H2 F30:1 XCOLORRANGE=FULL");
        for cut in 1..18 {
            let whole = reds("a.y4m", &bytes[..bytes.len() - cut], 3).unwrap();
            assert_eq!(whole, [100, 100, 100], "{cut} bytes less");
        }
        assert!(matches!(reds("a.y4m", &bytes[..bytes.len() - 30], 1), Err(Error::Unsupported { .. })));
    }

    #[test]
    fn a_y4m_that_asks_for_too_much_is_refused() {
        for header in [
            "W60000 H60000",
            "W18446744073709551615 H2",
            "W0 H0",
            "W4",
            "W4 H2 C420p10",
            "W4 H2 Cother",
            "W-4 H2",
            "",
        ] {
            let found = reds("a.y4m", &y4m(header), 1);
            assert!(matches!(found, Err(Error::Unsupported { .. })), "{header}: {found:?}");
        }
    }

    #[test]
    fn odd_frame_rates_stay_showable() {
        assert_eq!(interval(30, 1).as_millis(), 33);
        assert_eq!(interval(0, 0), Duration::from_secs(1));
        assert!(interval(u32::MAX, 1) >= Duration::from_millis(8));
    }

    #[test]
    fn concatenated_jpegs_play_and_start_again() {
        let bytes = [jpeg_of(50), jpeg_of(150), jpeg_of(250)].concat();
        assert!(close_to(&reds("a.mjpeg", &bytes, 4).unwrap(), &[50, 150, 250, 50]));
    }

    #[test]
    fn a_broken_jpeg_among_whole_ones_is_left_out() {
        let broken = &jpeg_of(150)[..100];
        let bytes = [&jpeg_of(50), broken, &jpeg_of(250), b"\xFF\xD8\xFF"].concat();
        let found = reds("a.mjpeg", &bytes, 3).unwrap();
        assert!(found.iter().all(|red| close_to(&[*red], &[50]) || close_to(&[*red], &[250])), "{found:?}");
        let nothing = reds("a.mjpeg", &jpeg_of(50)[..100], 1);
        assert!(matches!(nothing, Err(Error::Unsupported { .. })), "{nothing:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_from_where_it_is_and_ends_with_who_plays_into_it() {
        use std::io::Write as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("camera");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        // Nobody has its other end open.
        let mut footage = open(&path, &Request::default()).unwrap();
        assert!(matches!(footage.next(), Err(Error::Lost { .. })));
        for _ in 0..2 {
            // It can be read, too, so that it opens without waiting, as that of a camera's process.
            let mut player = fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
            player.write_all(&jpeg_of(150)[100..]).unwrap();
            player.write_all(&jpeg_of(50)).unwrap();
            let mut footage = open(&path, &Request::default()).unwrap();
            assert!(close_to(&[footage.next().unwrap().get_pixel(0, 0)[0]], &[50]));
            drop(player);
            assert!(matches!(footage.next(), Err(Error::Lost { .. })));
        }
    }

    #[test]
    fn a_folder_shows_each_picture_for_a_while() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("b.jpg"), jpeg_of(200)).unwrap();
        fs::write(dir.path().join("c.jpg"), b"not a picture").unwrap();
        fs::write(dir.path().join("notes.txt"), b"nor this").unwrap();
        flat(50).save(dir.path().join("a.png")).unwrap();
        let mut footage = open(dir.path(), &Request::default()).unwrap();
        let mut reds = Vec::new();
        for _ in 0..3 * 36 {
            reds.push(footage.next().unwrap().get_pixel(0, 0)[0]);
        }
        let expected = [[50; 36], [200; 36], [50; 36]].concat();
        assert!(close_to(&reds, &expected), "{reds:?}");
    }

    #[test]
    fn a_single_picture_stands_still() {
        assert!(close_to(&reds("a.JPG", &jpeg_of(80), 40).unwrap(), &[80; 40]));
    }

    #[test]
    fn what_is_not_a_video_says_so() {
        assert!(matches!(reds("a.mp4", b"\0\0\0\x18ftypisom", 1), Err(Error::Unsupported { .. })));
        assert!(matches!(reds("a.y4m", b"", 1), Err(Error::Unsupported { .. })));
        let dir = tempfile::tempdir().unwrap();
        let empty = open(dir.path(), &Request::default()).err();
        assert!(matches!(empty, Some(Error::Unsupported { .. })));
        let missing = open(&dir.path().join("none.y4m"), &Request::default()).err();
        assert!(matches!(missing, Some(Error::File { .. })));
    }
}
