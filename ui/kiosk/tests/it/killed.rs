//! The screen under kills, freezes and a GPU that is lost, in a window of its own; the camera whose process dies.
//! `cargo xtask soak` does each fifty times: `cargo test -p knytt-kiosk --test it killed -- --ignored`. KNYTT_KILLS says
//! how many faults there are, the camera's too, KNYTT_FAULT=Frozen (Killed, GpuLost) has the screen suffer those alone.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use knytt_capture::Source;
use knytt_kiosk::Settings;
use knytt_kiosk::camera::State;
use tempfile::TempDir;

use crate::shop::{Store, settings};
use crate::staff::listener;
use crate::window::{Ends, display, driver, program};

/// How soon the screen should be back; on a busy machine it is later.
const AIM: Duration = Duration::from_secs(10);

/// How long a kiosk of the campaign lives before it is killed: longer than what counts as a failed start.
const LIVES: Duration = Duration::from_secs(6);

/// Faults of the campaign, unless told otherwise: a quarter of them each.
const FAULTS: usize = 200;

type Posts = Receiver<(Option<String>, serde_json::Value)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Killed,
    Frozen,
    GpuLost,
}

const SCREEN: [Fault; 3] = [Fault::Killed, Fault::Frozen, Fault::GpuLost];

/// A supervised kiosk in a window, on a driver of Vulkan that can lose its device.
struct Supervised {
    posts: Posts,
    supervisor: Ends,
    _display: Ends,
    folder: TempDir,
}

impl Supervised {
    /// Starts it, and waits until it was drawn. None where there is no Xvfb or no software driver.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (display, name) = display(folder.path(), (1080, 1920))?;
        let driver = driver(folder.path())?;
        let (url, posts) = listener();
        let file = folder.path().join("kiosk.toml");
        let catalog = settings().catalog;
        let text = format!("catalog = {catalog:?}\nheartbeat = {{ address = \"{url}\" }}\n");
        fs_err::write(&file, text).unwrap();
        let mut command = Command::new(program());
        command.args(["--supervise", "--window", "1080x1920", "--settings"]).arg(&file);
        command.env("DISPLAY", name).env_remove("WAYLAND_DISPLAY").env("XDG_RUNTIME_DIR", folder.path());
        command.env("KNYTT_LOSE_GPU", folder.path().join("lose")).envs(driver);
        let begun = Instant::now();
        let supervisor = Ends(command.stderr(Stdio::null()).spawn().unwrap());
        let kiosk = Self { posts, supervisor, _display: display, folder };
        println!("the first start: {:?}", kiosk.drawn(begun, ""));
        Some(kiosk)
    }

    /// The process of the screen that the supervisor runs now.
    fn screen(&self) -> String {
        let supervisor = self.supervisor.0.id();
        let file = format!("/proc/{supervisor}/task/{supervisor}/children");
        fs_err::read_to_string(file).unwrap().split_whitespace().next().unwrap_or_default().to_owned()
    }

    /// Waits until a screen that is not `old` says that it was drawn.
    fn drawn(&self, since: Instant, old: &str) -> Duration {
        loop {
            self.posts.recv_timeout(Duration::from_secs(120)).expect("no screen after two minutes");
            if self.screen() != old {
                return since.elapsed();
            }
        }
    }

    /// Does it to the screen; how long until the next one was drawn.
    fn suffer(&self, fault: Fault) -> Duration {
        let (screen, begun) = (self.screen(), Instant::now());
        match fault {
            Fault::Killed => signal("-KILL", &screen),
            Fault::Frozen => signal("-STOP", &screen),
            Fault::GpuLost => fs_err::write(self.folder.path().join("lose"), "").unwrap(),
        }
        self.drawn(begun, &screen)
    }

    /// Lets the screen live for a while; what it says meanwhile is of this screen.
    fn live(&self, time: Duration) {
        let begun = Instant::now();
        while let Some(rest) = time.checked_sub(begun.elapsed()) {
            let _ = self.posts.recv_timeout(rest);
        }
    }
}

/// Signals one process, never a group: procps 4.0.2 takes `kill -KILL -1234` for all processes.
fn signal(name: &str, process: &str) {
    assert!(Command::new("kill").args([name, process]).status().unwrap().success(), "{name} {process}");
}

fn faults() -> usize {
    std::env::var("KNYTT_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(FAULTS) / 4
}

/// Prints median and longest, and how many were late.
fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
    let late = times.iter().filter(|took| **took > AIM).count();
    println!("{what}: {} times, median {median:?}, longest {longest:?}, {late} over {AIM:?}", times.len());
}

#[test]
fn a_screen_that_is_killed_or_loses_its_gpu_comes_back() {
    let Some(kiosk) = Supervised::start() else {
        println!("left out: it needs Xvfb and lavapipe");
        return;
    };
    kiosk.suffer(Fault::GpuLost);
    assert!(!kiosk.folder.path().join("lose").exists(), "the driver was not asked");
    kiosk.suffer(Fault::Killed);
}

#[test]
#[ignore = "takes minutes, and needs Xvfb and a driver for Vulkan"]
fn a_kiosk_that_is_killed_frozen_or_loses_its_gpu_comes_back_each_time() {
    let kiosk = Supervised::start().expect("it needs Xvfb and lavapipe");
    let mut times = Vec::new();
    let only = std::env::var("KNYTT_FAULT").ok();
    let faults_of = |fault: &Fault| only.as_ref().is_none_or(|only| *only == format!("{fault:?}"));
    let kinds: Vec<Fault> = SCREEN.into_iter().filter(faults_of).collect();
    for fault in kinds.iter().copied().cycle().take(kinds.len() * faults()) {
        kiosk.live(LIVES);
        let took = kiosk.suffer(fault);
        println!("{fault:?}: back after {took:?}");
        times.push((fault, took));
    }
    for fault in kinds {
        let of = times.iter().filter(|(kind, _)| *kind == fault).map(|(_, took)| *took);
        tell(&format!("{fault:?}"), of.collect());
    }
    // Without its supervisor the screen ends, so that whoever starts that anew does not get two.
    let screen = kiosk.screen();
    drop(kiosk.supervisor);
    let begun = Instant::now();
    while Path::new("/proc").join(&screen).join("exe").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the screen outlives its supervisor");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A process that plays a video into a pipe, as a camera's driver in a process of its own does. It holds the pipe open
/// for reading, too, so that it lives on when the kiosk closes the pipe.
fn camera_process(video: &Path, pipe: &Path) -> Ends {
    let mut command = Command::new("sh");
    command.args(["-c", "exec cat \"$0\" 1<>\"$1\""]).arg(video).arg(pipe);
    Ends(command.spawn().unwrap())
}

#[test]
#[ignore = "takes minutes"]
fn a_kiosk_whose_cameras_process_dies_shows_it_again_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let (video, pipe) = (folder.path().join("video.mjpeg"), folder.path().join("camera"));
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(640, 400, image::Rgb([90, 120, 60]));
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    fs_err::write(&video, bytes.into_inner().repeat(4000)).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut camera = camera_process(&video, &pipe);
    // The clock of the screen hardly moves, so that the visit does not end.
    let mut store =
        Store::with(Duration::from_micros(10), Settings { camera: Source::File(pipe.clone()), ..settings() });
    store.press("Show it to the camera");
    let is = |state| move |store: &Store| store.kiosk().camera() == Some(state);
    store.until("the camera works", is(State::Running));
    let (mut noticed, mut back) = (Vec::new(), Vec::new());
    for _ in 0..faults() {
        let died = Instant::now();
        drop(camera);
        store.until("it is away", is(State::Away));
        noticed.push(died.elapsed());
        let begun = Instant::now();
        camera = camera_process(&video, &pipe);
        store.until("it is back", is(State::Running));
        back.push(begun.elapsed());
        println!("the camera: noticed after {:?}, back after {:?}", noticed.last(), back.last());
    }
    tell("the camera's death is noticed", noticed);
    tell("the camera is back", back);
}
