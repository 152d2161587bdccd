//! The camera while a shopper points: its picture for the screen, and the hits of what it sees.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use eframe::egui::ColorImage;
use image::RgbImage;
use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture};
use knytt_capture::{Camera, Frame, FrameJudge, FrameState, Request, Settle, Source, frames};
use knytt_ui_api::{SearchRequest, SearchResponse};

use crate::shop::Opened;

/// How long the camera rests before it is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// Hits beside the camera's picture.
const HITS: u32 = 12;

/// A frame as the screen takes it.
pub struct Shown {
    /// For the texture.
    pub image: ColorImage,
    /// For a search.
    pub pixels: Arc<RgbImage>,
}

/// What the camera is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It is being opened.
    #[default]
    Starting,
    /// Frames come.
    Running,
    /// It is not there, or failed; it is tried again every two seconds.
    Away,
}

#[derive(Default)]
struct Shared {
    newest: Option<Shown>,
    state: State,
    /// The visit that points now.
    wanted: Option<u64>,
}

/// The camera. It is open only while a visit points.
pub struct Viewfinder {
    shared: Arc<Mutex<Shared>>,
    start: Sender<()>,
    hits: Receiver<(u64, SearchResponse)>,
}

impl Viewfinder {
    /// Starts its threads, which open no camera yet. They call `wake` with each frame and each answer.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        source: Source,
        shop: Opened,
        wake: impl Fn() + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let (start, started) = channel();
        let (found, hits) = channel();
        let stable = search_frames(shop, found, wake.clone())?;
        let mine = Arc::clone(&shared);
        let watch = move || {
            for () in started {
                while wanted(&mine).is_some() {
                    run(&source, &mine, &stable, &wake);
                    if wanted(&mine).is_some() {
                        lock(&mine).state = State::Away;
                        wake();
                        thread::sleep(RETRY);
                    }
                }
            }
        };
        thread::Builder::new().name("knytt-kiosk-camera".into()).spawn(watch)?;
        Ok(Self { shared, start, hits })
    }

    /// Says which visit points now, if one does. The camera closes when none does, and its frames are dropped.
    pub fn want(&self, visit: Option<u64>) {
        let mut shared = lock(&self.shared);
        if shared.wanted == visit {
            return;
        }
        let was_off = shared.wanted.is_none();
        shared.wanted = visit;
        shared.newest = None;
        if was_off {
            shared.state = State::Starting;
            let _ = self.start.send(());
        }
    }

    /// The newest frame, once.
    pub fn take(&self) -> Option<Shown> {
        lock(&self.shared).newest.take()
    }

    /// What the camera is doing.
    pub fn state(&self) -> State {
        lock(&self.shared).state
    }

    /// Answers about what it sees since the last call, with the visit that they belong to.
    pub fn hits(&self) -> Vec<(u64, SearchResponse)> {
        self.hits.try_iter().collect()
    }
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wanted(shared: &Mutex<Shared>) -> Option<u64> {
    lock(shared).wanted
}

/// Shows frames until the camera fails or nobody points.
fn run(source: &Source, shared: &Mutex<Shared>, stable: &SyncSender<(u64, Frame)>, wake: &impl Fn()) {
    let (sink, frames) = frames();
    let request = Request { source: source.clone(), width: Some(1280), height: Some(720), fps: Some(30) };
    let Ok(_camera) = Camera::open(&request, sink) else { return };
    let mut judge = FrameJudge::new();
    for frame in frames {
        let Ok(frame) = frame else { return };
        let size = [frame.pixels.width() as usize, frame.pixels.height() as usize];
        let image = ColorImage::from_rgb(size, frame.pixels.as_raw());
        let visit = {
            let mut shared = lock(shared);
            let Some(visit) = shared.wanted else { return };
            shared.newest = Some(Shown { image, pixels: Arc::clone(&frame.pixels) });
            shared.state = State::Running;
            visit
        };
        wake();
        if judge.judge(&frame.pixels) == FrameState::Stable {
            // A search that still runs misses this frame and gets a newer one.
            let _ = stable.try_send((visit, frame));
        }
    }
}

/// A thread that searches stable frames one after the other, and tells the answers that settled.
fn search_frames(
    shop: Opened,
    found: Sender<(u64, SearchResponse)>,
    wake: impl Fn() + Send + 'static,
) -> std::io::Result<SyncSender<(u64, Frame)>> {
    let (send, receive) = sync_channel::<(u64, Frame)>(1);
    let work = move || {
        let (mut settle, mut of) = (Settle::new(), 0);
        for (visit, frame) in receive {
            if visit != of {
                settle.reset();
                of = visit;
            }
            let Some(Ok(shop)) = shop.get() else { continue };
            let request = SearchRequest { alpha: 0.5, limit: HITS, ..SearchRequest::default() };
            let response = QueryPicture::from_pixels(shop.session().encoder(), &frame.pixels)
                .and_then(|picture| answer(shop.session(), &request, picture, &Person::default()));
            // A frame that cannot be searched is passed over; the next one comes at once.
            let Ok(response) = response else { continue };
            let ids: Vec<_> = response.hits.iter().map(|hit| hit.card.id.clone()).collect();
            if settle.offer(&ids) && found.send((visit, response)).is_ok() {
                wake();
            }
        }
    };
    thread::Builder::new().name("knytt-kiosk-live".into()).spawn(work)?;
    Ok(send)
}
