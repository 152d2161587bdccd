//! Cameras that the app opens itself, and live search of what they see.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use image::RgbImage;
use knytt_app_core::visit::{KeptPicture, Visit, qr_code};
use knytt_capture::{
    Camera, Error, Frame, FrameJudge, Frames, Request, Settle, Source, frames, preview_jpeg,
};
use knytt_ui_api::{
    CameraEvent, CameraRequest, CameraSource, Code, FrameState, LiveFrame, Problem, SearchRequest,
};
use tauri::ipc::{Channel, InvokeResponseBody};

/// The preview's width, in pixels, and its JPEG quality: sharp enough to aim with, small enough for 30 a
/// second.
const PREVIEW_WIDTH: u32 = 720;
const PREVIEW_QUALITY: u8 = 72;

/// The longest pause between two frames of one scene, from a web view's own camera.
const SAME_SCENE: Duration = Duration::from_secs(3);

/// The running cameras.
pub struct Cameras {
    /// The camera that the command line named; no other may be a file.
    preset: Option<String>,
    next: AtomicU32,
    running: Mutex<HashMap<u32, Camera>>,
    /// The live search of frames that the web view takes itself.
    web: Mutex<Live>,
}

impl Cameras {
    pub fn new(preset: Option<String>) -> Self {
        let (running, web) = (Mutex::default(), Mutex::new(Live::new()));
        Self { preset, next: AtomicU32::new(1), running, web }
    }

    /// Cameras that can be opened; the one that the command line named comes first.
    ///
    /// # Errors
    /// A driver hangs or fails.
    pub fn list(&self) -> Result<Vec<CameraSource>, Problem> {
        let preset = self.preset.iter().map(|id| CameraSource { id: id.clone(), name: preset_name(id) });
        let devices = match knytt_capture::cameras() {
            Ok(devices) => devices,
            Err(_) if self.preset.is_some() => Vec::new(),
            Err(error) => return Err(problem(error)),
        };
        let devices = devices.into_iter().map(|d| CameraSource { id: d.source.to_string(), name: d.name });
        Ok(preset.chain(devices).collect())
    }

    /// Opens a camera; frames and events flow until it is closed or fails. Blocks until the first frame.
    ///
    /// # Errors
    /// As the camera says.
    pub fn open(
        &self,
        visit: &Arc<Visit>,
        request: &CameraRequest,
        previews: Channel<InvokeResponseBody>,
        events: Channel<CameraEvent>,
    ) -> Result<u32, Problem> {
        let source = self.source(&request.source)?;
        let (sink, frames) = frames();
        let wish = Request { source, width: request.width, height: request.height, fps: None };
        let camera = Camera::open(&wish, sink).map_err(problem)?;
        let (width, height) = camera.size();
        let _ = events.send(CameraEvent::Started { width, height });
        let searches = request.live.then(|| searcher(Arc::clone(visit), events.clone())).transpose()?;
        let codes = request.codes.then(|| reader(events.clone())).transpose()?;
        let receivers = FrameReceivers { searches, codes };
        let show = move || show(frames, &previews, &events, &receivers);
        thread::Builder::new().name("knytt-preview".into()).spawn(show).map_err(internal)?;
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(id, camera);
        Ok(id)
    }

    /// A web page may name a camera, never a file.
    fn source(&self, asked: &str) -> Result<Source, Problem> {
        let asked = if asked.is_empty() { self.preset.as_deref().unwrap_or_default() } else { asked };
        match Source::from_str(asked).map_err(problem)? {
            Source::File(_) if self.preset.as_deref() != Some(asked) => {
                Err(Problem::new(Code::CameraNone, "there is no such camera"))
            }
            source => Ok(source),
        }
    }

    /// Keeps a camera's newest frame as a picture.
    ///
    /// # Errors
    /// The camera does not run, or gave no frame yet.
    pub fn capture(&self, visit: &Visit, id: u32) -> Result<Arc<KeptPicture>, Problem> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let frame = running.get(&id).and_then(Camera::newest);
        let frame = frame.ok_or_else(|| Problem::new(Code::CameraLost, "the camera does not run"))?;
        Ok(visit.pictures.add(RgbImage::clone(&frame.pixels), "", 0.0))
    }

    /// Stops a camera.
    pub fn close(&self, id: u32) {
        let camera = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        // Outside the lock: closing waits for the driver.
        drop(camera);
    }

    /// Judges a frame that the web view took, and searches it if it is stable.
    ///
    /// # Errors
    /// Those of a search.
    pub fn web_frame(
        &self,
        visit: &Visit,
        frame: &RgbImage,
        template: &SearchRequest,
    ) -> Result<LiveFrame, Problem> {
        let mut live = self.web.lock().unwrap_or_else(PoisonError::into_inner);
        if live.last.elapsed() > SAME_SCENE {
            *live = Live::new();
        }
        live.last = Instant::now();
        let state = state(live.judge.judge(frame));
        let response = match state {
            FrameState::Stable => live.search(visit, frame, template)?,
            _ => None,
        };
        Ok(LiveFrame { state, response })
    }
}

/// The state of a live search between frames.
struct Live {
    judge: FrameJudge,
    settle: Settle<String>,
    last: Instant,
}

impl Live {
    fn new() -> Self {
        Self { judge: FrameJudge::new(), settle: Settle::new(), last: Instant::now() }
    }

    /// Searches a frame; returns the answer once it has settled and differs from the last one.
    fn search(
        &mut self,
        visit: &Visit,
        frame: &RgbImage,
        template: &SearchRequest,
    ) -> Result<Option<knytt_ui_api::SearchResponse>, Problem> {
        let response = visit.search_frame(template, frame)?;
        let ids: Vec<_> = response.hits.iter().take(10).map(|hit| hit.card.id.clone()).collect();
        let settled = self.settle.offer(&ids).then_some(response);
        if let Some(response) = &settled {
            visit.note_live(template, response);
        }
        Ok(settled)
    }
}

/// The threads that take frames. A busy one misses a frame and gets a newer one.
struct FrameReceivers {
    searches: Option<SyncSender<Frame>>,
    codes: Option<SyncSender<Frame>>,
}

/// Sends each frame to the window and to the code reader, and the stable ones to the searcher.
fn show(
    frames: Frames,
    previews: &Channel<InvokeResponseBody>,
    events: &Channel<CameraEvent>,
    receivers: &FrameReceivers,
) {
    let mut judge = FrameJudge::new();
    let mut said = None;
    for frame in frames {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => {
                let _ = events.send(CameraEvent::Failed { problem: problem(error) });
                return;
            }
        };
        let Ok(jpeg) = preview_jpeg(&frame.pixels, PREVIEW_WIDTH, PREVIEW_QUALITY) else { continue };
        if previews.send(InvokeResponseBody::Raw(jpeg)).is_err() {
            return;
        }
        if let Some(codes) = &receivers.codes {
            let _ = codes.try_send(frame.clone());
        }
        let Some(searches) = &receivers.searches else { continue };
        let state = state(judge.judge(&frame.pixels));
        if said.replace(state) != Some(state) {
            let _ = events.send(CameraEvent::Live { frame: Box::new(LiveFrame { state, response: None }) });
        }
        if state == FrameState::Stable {
            let _ = searches.try_send(frame);
        }
    }
}

/// A thread that searches frames one after the other, so that the preview never waits for the model.
fn searcher(visit: Arc<Visit>, events: Channel<CameraEvent>) -> Result<SyncSender<Frame>, Problem> {
    let (send, receive): (_, Receiver<Frame>) = sync_channel(1);
    let search = move || {
        let mut live = Live::new();
        let mut asked = SearchRequest::default();
        for frame in receive {
            let template = visit.live_query();
            if template != asked {
                live.settle.reset();
                asked = template;
            }
            if let Ok(Some(response)) = live.search(&visit, &frame.pixels, &asked) {
                let frame = Box::new(LiveFrame { state: FrameState::Stable, response: Some(response) });
                let _ = events.send(CameraEvent::Live { frame });
            }
        }
    };
    thread::Builder::new().name("knytt-live".into()).spawn(search).map_err(internal)?;
    Ok(send)
}

/// A thread that looks for codes in frames, and tells each text once in a row.
fn reader(events: Channel<CameraEvent>) -> Result<SyncSender<Frame>, Problem> {
    let (send, receive): (_, Receiver<Frame>) = sync_channel(1);
    let read = move || {
        let mut said = None;
        for frame in receive {
            let Some(text) = qr_code::read_frame(&frame.pixels) else { continue };
            if said.replace(text.clone()).as_ref() != Some(&text) {
                let _ = events.send(CameraEvent::Code { text });
            }
        }
    };
    thread::Builder::new().name("knytt-codes".into()).spawn(read).map_err(internal)?;
    Ok(send)
}

fn state(judged: knytt_capture::FrameState) -> FrameState {
    match judged {
        knytt_capture::FrameState::Moving => FrameState::Moving,
        knytt_capture::FrameState::Blurred => FrameState::Blurred,
        knytt_capture::FrameState::Stable => FrameState::Stable,
    }
}

fn preset_name(id: &str) -> String {
    let path = id.strip_prefix("file:").map(std::path::Path::new);
    path.and_then(|path| path.file_name()).map_or_else(|| id.into(), |n| n.to_string_lossy().into_owned())
}

fn problem(error: Error) -> Problem {
    let code = match error {
        Error::None => Code::CameraNone,
        Error::Denied => Code::CameraDenied,
        Error::Timeout { .. } => Code::CameraTimeout,
        Error::File { .. } | Error::Unsupported { .. } => Code::CameraNone,
        _ => Code::CameraLost,
    };
    Problem::new(code, error)
}

fn internal(error: std::io::Error) -> Problem {
    Problem::new(Code::Internal, error)
}
