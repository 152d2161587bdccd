//! The camera: while a shopper points, its picture for the screen, the codes and the hits of what it sees; while nobody
//! is there, whether somebody walks in.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use eframe::egui::ColorImage;
use image::RgbImage;
use knytt_app_core::shop::search::answer;
use knytt_app_core::shop::{Person, QueryPicture};
use knytt_capture::{Camera, Frame, FrameJudge, FrameState, Request, Settle, Source, frames};
use knytt_ui_api::{SearchRequest, SearchResponse};

use crate::codes::{Agreement, Meaning, Reader, products};
use crate::language::Language;
use crate::motion::Motion;
use crate::shop::Opened;
use crate::upkeep::Journal;

/// How long the camera rests before it is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// The time between two pictures that are compared while nobody is there.
const COMPARE: Duration = Duration::from_millis(250);

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

/// What the camera is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The visit that points.
    Visit(u64),
    /// Nobody is there: somebody who walks in.
    Motion,
}

/// What the camera found for a visit.
#[derive(Debug)]
pub enum Seen {
    /// The hits of a stable frame.
    Hits(Box<SearchResponse>),
    /// A code: the id of its product, if the shop has it.
    Code(Option<String>),
}

#[derive(Default)]
struct Shared {
    newest: Option<Shown>,
    state: State,
    wanted: Option<Want>,
    source: Source,
    /// What the shopper speaks, for rules of one language.
    language: Language,
    /// Counts the changes of the source: a camera that is open closes at one.
    turn: u32,
    moved: bool,
}

/// The camera. It is open only while it is wanted.
pub struct Viewfinder {
    shared: Arc<Mutex<Shared>>,
    start: Sender<()>,
    seen: Receiver<(u64, Seen)>,
}

impl Viewfinder {
    /// Starts its threads, which open no camera yet. They call `wake` with each frame and each answer.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        source: Source,
        shop: Opened,
        journal: Journal,
        wake: impl Fn() + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Mutex::new(Shared { source, ..Shared::default() }));
        let (start, started) = channel();
        let (found, seen) = channel();
        let stable = search_frames(shop.clone(), Arc::clone(&shared), found.clone(), wake.clone())?;
        let frames = read_codes(shop, found, stable, wake.clone())?;
        let mine = Arc::clone(&shared);
        let watch = move || {
            for () in started {
                let mut worked = true;
                while wanted(&mine).is_some() {
                    let turn = lock(&mine).turn;
                    let ended = run(&mine, &frames, &wake);
                    if let Err(reason) = &ended
                        && std::mem::replace(&mut worked, false)
                    {
                        journal.fault(format!("camera: {reason}"));
                    }
                    worked |= ended.is_ok();
                    if wanted(&mine).is_some() && lock(&mine).turn == turn {
                        lock(&mine).state = State::Away;
                        wake();
                        thread::sleep(RETRY);
                    }
                }
            }
        };
        thread::Builder::new().name("knytt-kiosk-camera".into()).spawn(watch)?;
        Ok(Self { shared, start, seen })
    }

    /// Says what it is wanted for, if it is. The camera closes when it is not, and its frames are dropped.
    pub fn want(&self, want: Option<Want>) {
        let mut shared = lock(&self.shared);
        if shared.wanted == want {
            return;
        }
        let was_off = shared.wanted.is_none();
        shared.wanted = want;
        shared.newest = None;
        if was_off {
            shared.state = State::Starting;
            let _ = self.start.send(());
        }
    }

    /// Says what the shopper speaks.
    pub fn speak(&self, language: Language) {
        lock(&self.shared).language = language;
    }

    /// Another camera from now on.
    pub fn change(&self, source: Source) {
        let mut shared = lock(&self.shared);
        shared.source = source;
        shared.turn += 1;
        shared.state = State::Starting;
    }

    /// Which camera it is.
    pub fn source(&self) -> Source {
        lock(&self.shared).source.clone()
    }

    /// The newest frame, once.
    pub fn take(&self) -> Option<Shown> {
        lock(&self.shared).newest.take()
    }

    /// Whether somebody moved since the last call.
    pub fn take_motion(&self) -> bool {
        std::mem::take(&mut lock(&self.shared).moved)
    }

    /// What the camera is doing; none while it is closed.
    pub fn state(&self) -> Option<State> {
        let shared = lock(&self.shared);
        shared.wanted.is_some().then_some(shared.state)
    }

    /// What it found since the last call, with the visits that it is for.
    pub fn seen(&self) -> Vec<(u64, Seen)> {
        self.seen.try_iter().collect()
    }
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wanted(shared: &Mutex<Shared>) -> Option<Want> {
    lock(shared).wanted
}

/// A frame of a visit, and whether it is worth a search.
struct Judged {
    visit: u64,
    frame: Frame,
    is_stable: bool,
}

/// Takes frames until the camera fails, another one is chosen, or it is not wanted.
fn run(
    shared: &Mutex<Shared>,
    frames_to_read: &SyncSender<Judged>,
    wake: &impl Fn(),
) -> knytt_capture::Result<()> {
    let (sink, frames) = frames();
    let (source, turn) = {
        let shared = lock(shared);
        (shared.source.clone(), shared.turn)
    };
    let request = Request { source, width: Some(1280), height: Some(720), fps: Some(30) };
    let _camera = Camera::open(&request, sink)?;
    let (mut judge, mut motion, mut compared) = (FrameJudge::new(), Motion::default(), None::<Instant>);
    for frame in frames {
        // Closing a camera that hangs takes two seconds more: the screen says so before.
        let frame = frame.inspect_err(|_| {
            lock(shared).state = State::Away;
            wake();
        })?;
        let want = {
            let mut shared = lock(shared);
            if shared.turn != turn {
                return Ok(());
            }
            shared.state = State::Running;
            shared.wanted
        };
        match want {
            None => return Ok(()),
            Some(Want::Motion) => {
                if compared.is_none_or(|at| at.elapsed() >= COMPARE) {
                    compared = Some(Instant::now());
                    if motion.offer(&frame.pixels) {
                        lock(shared).moved = true;
                        wake();
                    }
                }
            }
            Some(Want::Visit(visit)) => {
                // What was seen of an empty shop is old when the visit ends.
                motion = Motion::default();
                show(shared, visit, &frame);
                wake();
                let is_stable = judge.judge(&frame.pixels) == FrameState::Stable;
                // While a frame is read, newer ones are passed over.
                let _ = frames_to_read.try_send(Judged { visit, frame, is_stable });
            }
        }
    }
    Ok(())
}

fn show(shared: &Mutex<Shared>, visit: u64, frame: &Frame) {
    let size = [frame.pixels.width() as usize, frame.pixels.height() as usize];
    let image = ColorImage::from_rgb(size, frame.pixels.as_raw());
    let mut shared = lock(shared);
    if shared.wanted == Some(Want::Visit(visit)) {
        shared.newest = Some(Shown { image, pixels: Arc::clone(&frame.pixels) });
    }
}

/// A thread that reads codes. A frame without one goes on to the search if it is worth it, so that a code is looked up
/// before any picture is searched with.
fn read_codes(
    shop: Opened,
    found: Sender<(u64, Seen)>,
    stable: SyncSender<(u64, Frame)>,
    wake: impl Fn() + Send + 'static,
) -> std::io::Result<SyncSender<Judged>> {
    let (send, receive) = sync_channel::<Judged>(1);
    let work = move || {
        let (mut reader, mut agreement, mut of) = (Reader::default(), Agreement::default(), 0);
        for Judged { visit, frame, is_stable } in receive {
            if visit != of {
                (agreement, of) = (Agreement::default(), visit);
            }
            let read = reader.read(&frame.pixels);
            let shows_code = read.is_some();
            if let Some(read) = agreement.offer(read) {
                let id = shop.get().and_then(Result::ok).and_then(|shop| {
                    let snapshot = shop.session().catalog().read().ok()?;
                    let known = products(&snapshot, &Meaning::of(&read)).ok()?;
                    known.into_iter().next().map(|product| product.id)
                });
                if found.send((visit, Seen::Code(id))).is_ok() {
                    wake();
                }
            }
            if is_stable && !shows_code {
                // A search that still runs misses this frame and gets a newer one.
                let _ = stable.try_send((visit, frame));
            }
        }
    };
    thread::Builder::new().name("knytt-kiosk-codes".into()).spawn(work)?;
    Ok(send)
}

/// A thread that searches stable frames one after the other, and tells the answers that settled.
fn search_frames(
    shop: Opened,
    shared: Arc<Mutex<Shared>>,
    found: Sender<(u64, Seen)>,
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
            let language = Some(lock(&shared).language.code().to_owned());
            let request = SearchRequest { alpha: 0.5, limit: HITS, language, ..SearchRequest::default() };
            let response = QueryPicture::from_pixels(shop.session().encoder(), &frame.pixels)
                .and_then(|picture| answer(shop.session(), &request, picture, &Person::default()));
            // A frame that cannot be searched is passed over; the next one comes at once.
            let Ok(response) = response else { continue };
            let ids: Vec<_> = response.hits.iter().map(|hit| hit.card.id.clone()).collect();
            if settle.offer(&ids) && found.send((visit, Seen::Hits(Box::new(response)))).is_ok() {
                wake();
            }
        }
    };
    thread::Builder::new().name("knytt-kiosk-live".into()).spawn(work)?;
    Ok(send)
}
