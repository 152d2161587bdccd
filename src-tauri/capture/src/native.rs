//! Cameras of the system, by nokhwa: V4L2 on Linux, AVFoundation on macOS, Media Foundation on Windows.
//!
//! What nokhwa 0.10 does and this crate allows for:
//! - On Linux it waits for a frame without a limit, and it panics when a stream cannot be stopped. So all
//!   of it runs on threads that can be left behind, and panics are caught.
//! - Its errors are words. They are told apart by the system's error number, which is among them.
//! - Its own MJPEG decoder is mozjpeg, whose C symbols are those of the libjpeg-turbo that this project
//!   links already. So frames are fetched raw and decoded here.
//! - Its search for the closest format finds nothing unless the size is matched exactly. So the format is
//!   chosen here.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use image::RgbImage;
use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, CameraInfo, FrameFormat, RequestedFormat, RequestedFormatType,
};
use nokhwa::{Buffer, NokhwaError};

use crate::error::{Error, Result};
use crate::footage::{Footage, Request};
use crate::guard::within;
use crate::jpeg;
use crate::pixels::{self, Layout};
use crate::source::{Device, Source};

/// Listing reads a directory; whoever needs this long hangs.
const QUERY: Duration = Duration::from_secs(5);

const DEFAULT_SIZE: (u32, u32) = (1280, 720);
const DEFAULT_FPS: u32 = 30;

/// USB cameras often begin with some torn frames; a second of nothing else is a fault.
const MAX_TORN_FRAMES: u32 = 30;

/// In the order in which they are preferred at equal size and rate: without loss, then compressed. Media
/// Foundation's "RGB" is in the order of BGR, so it comes late.
const FORMATS: [FrameFormat; 6] = [
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::MJPEG,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
    FrameFormat::GRAY,
];

/// True while a query runs. Only one does at a time, so that a shell that asks every second leaves one
/// thread behind in a driver that hangs, not one per second.
static QUERYING: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

/// The system's cameras. None is not an error.
pub(crate) fn cameras() -> Result<Vec<Device>> {
    let begin = Instant::now();
    let querying = QUERYING.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut querying, waited) = QUERYING
        .1
        .wait_timeout_while(querying, QUERY, |querying| *querying)
        .unwrap_or_else(PoisonError::into_inner);
    if waited.timed_out() {
        return Err(Error::Timeout { after: QUERY });
    }
    *querying = true;
    drop(querying);
    let running = QueryInProgress;
    within(QUERY.saturating_sub(begin.elapsed()), move || {
        let _running = running;
        Ok(list()?.iter().map(describe).collect())
    })
}

/// Marks a query as running until it is dropped.
struct QueryInProgress;

impl Drop for QueryInProgress {
    fn drop(&mut self) {
        *QUERYING.0.lock().unwrap_or_else(PoisonError::into_inner) = false;
        QUERYING.1.notify_one();
    }
}

fn list() -> Result<Vec<CameraInfo>> {
    let mut found = nokhwa::query(ApiBackend::Auto).map_err(|error| explain(&error))?;
    found.retain(|camera| takes_pictures(camera.index()));
    found.sort_by_key(|camera| camera.index().clone());
    Ok(found)
}

/// Linux lists a USB camera twice: its second node carries metadata. The kernel numbers the nodes of a
/// device in `index`.
#[cfg(target_os = "linux")]
fn takes_pictures(index: &CameraIndex) -> bool {
    fs_err::read_to_string(format!("/sys/class/video4linux/video{index}/index"))
        .map_or(true, |number| number.trim() == "0")
}

#[cfg(not(target_os = "linux"))]
fn takes_pictures(_index: &CameraIndex) -> bool {
    true
}

fn describe(camera: &CameraInfo) -> Device {
    Device { source: Source::Device(camera.index().as_string()), name: camera.human_name() }
}

/// Runs on the camera's own thread.
pub(crate) fn open(id: &str, request: &Request) -> Result<Box<dyn Footage>> {
    // Asks for permission on macOS, whose first answer the next opening sees; nothing elsewhere.
    nokhwa::nokhwa_initialize(|_| {});
    if !nokhwa::nokhwa_check() {
        return Err(Error::Denied);
    }
    let index = if id.is_empty() { first()? } else { index_of(id) };
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
    let mut camera = nokhwa::Camera::new(index, any).map_err(|error| explain(&error))?;
    prefer(&mut camera, request);
    camera.open_stream().map_err(|error| explain(&error))?;
    Ok(Box::new(Native(camera)))
}

fn first() -> Result<CameraIndex> {
    Ok(list()?.first().ok_or(Error::None)?.index().clone())
}

/// `/dev/video2` and `2` are the same.
fn index_of(id: &str) -> CameraIndex {
    let number = id.strip_prefix("/dev/video").unwrap_or(id);
    number.parse().map_or_else(|_| CameraIndex::String(id.to_owned()), CameraIndex::Index)
}

/// Changes to the format nearest to what was asked for. A camera that refuses keeps the one that it has.
fn prefer(camera: &mut nokhwa::Camera, request: &Request) {
    let formats = camera.compatible_camera_formats().unwrap_or_default();
    if let Some(best) = nearest(&formats, request).filter(|best| *best != camera.camera_format()) {
        let exactly = RequestedFormat::with_formats(RequestedFormatType::Exact(best), &FORMATS);
        let _ = camera.set_camera_requset(exactly);
    }
}

fn nearest(formats: &[CameraFormat], request: &Request) -> Option<CameraFormat> {
    let width = request.width.unwrap_or(DEFAULT_SIZE.0);
    let height = request.height.unwrap_or(DEFAULT_SIZE.1);
    let fps = request.fps.unwrap_or(DEFAULT_FPS);
    // Pixels that are missing cannot be made up; surplus ones only cost time.
    let miss = |wished: u32, had: u32| if had < wished { 3 * (wished - had) } else { had - wished };
    let cost = |format: &&CameraFormat| {
        let rank = FORMATS.iter().position(|known| *known == format.format());
        let size = miss(width, format.width()).saturating_add(miss(height, format.height()));
        (size, miss(fps, format.frame_rate()), rank)
    };
    formats.iter().filter(|format| FORMATS.contains(&format.format())).min_by_key(cost).copied()
}

/// An open stream. The field never leaves the thread that opened it.
struct Native(nokhwa::Camera);

impl Footage for Native {
    fn next(&mut self) -> Result<Arc<RgbImage>> {
        let mut torn = 0;
        loop {
            let picture = match self.0.frame() {
                Ok(buffer) => decode(&buffer),
                // A signal to the process ends the wait, not the camera.
                Err(error) if system_error(&error.to_string()) == Some(EINTR) => continue,
                Err(error) => return Err(Error::lost(error)),
            };
            match picture {
                Ok(picture) => return Ok(Arc::new(picture)),
                Err(_) if torn < MAX_TORN_FRAMES => torn += 1,
                Err(error) => return Err(error),
            }
        }
    }

    fn interval(&self) -> Duration {
        Duration::ZERO
    }
}

fn decode(buffer: &Buffer) -> Result<RgbImage> {
    let layout = match buffer.source_frame_format() {
        FrameFormat::MJPEG => return jpeg::decode(buffer.buffer()),
        FrameFormat::YUYV => Layout::Yuyv,
        FrameFormat::NV12 => Layout::Nv12,
        FrameFormat::GRAY => Layout::Gray,
        FrameFormat::RAWRGB => Layout::Rgb,
        FrameFormat::RAWBGR => Layout::Bgr,
    };
    let size = buffer.resolution();
    pixels::to_rgb(layout, size.width(), size.height(), buffer.buffer())
        .ok_or_else(|| Error::unsupported(format!("a frame of {} bytes for {size}", buffer.buffer().len())))
}

const EPERM: u32 = 1;
const ENOENT: u32 = 2;
const EINTR: u32 = 4;
const ENXIO: u32 = 6;
const EACCES: u32 = 13;
const EBUSY: u32 = 16;
const ENODEV: u32 = 19;

/// E_ACCESSDENIED of Windows; the others are the words of macOS.
const DENIED: &[&str] = &["0x80070005", "access denied", "access is denied", "permission", "authorized"];

/// MF_E_HW_MFT_FAILED_START_STREAMING and MF_E_VIDEO_RECORDING_DEVICE_PREEMPTED of Windows, and a device
/// that another program has locked on macOS.
const BUSY: &[&str] = &["0xc00d3704", "0xc00d3ea3", "busy", "in use", "to lock"];

const NONE: &[&str] = &["no device", "not found", "no such", "out of range"];

/// nokhwa finds no format ("Failed to Fufill"), or one that it has no word for.
const UNSUPPORTED: &[&str] =
    &["fufill", "not implemented", "unsupported", "not supported", "rejected", "whole number"];

fn explain(error: &NokhwaError) -> Error {
    let words = error.to_string();
    match system_error(&words) {
        Some(ENOENT | ENODEV | ENXIO) => return Error::None,
        Some(EACCES | EPERM) => return Error::Denied,
        Some(EBUSY) => return Error::Busy,
        _ => {}
    }
    let lower = words.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    if says(DENIED) {
        Error::Denied
    } else if says(BUSY) {
        Error::Busy
    } else if says(NONE) {
        Error::None
    } else if says(UNSUPPORTED) {
        Error::unsupported(words)
    } else {
        Error::lost(words)
    }
}

/// The number in `... (os error 16)`, which std appends to the system's words.
fn system_error(words: &str) -> Option<u32> {
    let (_, rest) = words.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nokhwa::utils::Resolution;

    fn opening(words: &str) -> Error {
        explain(&NokhwaError::OpenDeviceError("0".into(), format!("V4L2 Error: {words}")))
    }

    #[test]
    fn the_systems_error_number_tells_what_to_do() {
        assert!(matches!(opening("No such file or directory (os error 2)"), Error::None));
        assert!(matches!(opening("Permission denied (os error 13)"), Error::Denied));
        assert!(matches!(opening("Device or resource busy (os error 16)"), Error::Busy));
        assert!(matches!(opening("Input/output error (os error 5)"), Error::Lost { .. }));
        assert!(matches!(opening("Access is denied. (0x80070005)"), Error::Denied));
    }

    #[test]
    fn the_nearest_format_has_at_least_the_wished_size() {
        let of = |width, height, format, fps| CameraFormat::new(Resolution::new(width, height), format, fps);
        let formats = [
            of(640, 480, FrameFormat::YUYV, 30),
            of(1280, 720, FrameFormat::YUYV, 10),
            of(1280, 720, FrameFormat::MJPEG, 30),
            of(1920, 1080, FrameFormat::MJPEG, 30),
        ];
        let wish = |width, height| Request { width, height, ..Request::default() };
        assert_eq!(nearest(&formats, &wish(None, None)), Some(formats[2]));
        assert_eq!(nearest(&formats, &wish(Some(1600), Some(900))), Some(formats[3]));
        assert_eq!(nearest(&formats, &wish(Some(320), Some(240))), Some(formats[0]));
        assert_eq!(nearest(&[], &wish(None, None)), None);
    }

    #[test]
    fn a_path_and_a_number_name_the_same_camera() {
        assert_eq!(index_of("/dev/video2"), CameraIndex::Index(2));
        assert_eq!(index_of("2"), CameraIndex::Index(2));
        assert_eq!(index_of("FaceTime"), CameraIndex::String("FaceTime".into()));
    }

    #[test]
    fn a_query_frees_its_place_for_the_next_one() {
        for _ in 0..3 {
            cameras().unwrap();
        }
    }
}
