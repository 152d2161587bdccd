//! From a touch to what comes of it on the screen, in a window: `cargo test -p knytt-kiosk --test it taps_in_a_window --
//! --ignored --nocapture`. It needs Xvfb, xdotool and lavapipe; `cargo xtask soak` runs it, too.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::shop::settings;
use crate::window::{Ends, display, driver, program};

/// Taps at each size, unless told otherwise.
const TAPS: usize = 200;

/// The screens are laid out for this, in points.
const LAYOUT: (usize, usize) = (1080, 1920);

/// The aim, from the touch until its frame is handed to the renderer, for 99 of 100 taps.
const AIM: Duration = Duration::from_millis(50);

/// After so long without a frame the screen has come to rest.
const REST: Duration = Duration::from_millis(100);

/// Every so many lines of the screen are looked at.
const LINES: usize = 41;

/// What is near to a finger says nothing: it shows that it is touched. Pixels.
const FINGER: usize = 140;

/// Places of one round of taps, in points: the categories, their colours, the first category's products, their colours,
/// and back twice.
const ROUND: [(usize, usize); 6] =
    [(540, 1708), (334, 1850), (300, 300), (334, 1850), (166, 1850), (166, 1850)];

/// The last that the driver does for a frame.
const PRESENT: &str = "vkQueuePresentKHR";

/// Something that the driver did, and when it began and ended.
struct Step {
    name: String,
    begun: Duration,
    ended: Duration,
}

/// One tap: until its frame was handed over, and from then on until it was on the screen.
struct Tap {
    handed: Duration,
    drawn: Duration,
}

/// How long the finger stays.
#[derive(Clone, Copy, Debug)]
enum Finger {
    /// Until the screen has come to rest.
    Rests,
    /// As short as a tap of a hurried person: a renderer in software still draws that the button is touched.
    Hurries,
}

struct Window {
    kiosk: Ends,
    _display: Ends,
    _xdotool: Ends,
    hand: ChildStdin,
    screen: File,
    /// Where the first pixel lies, and the bytes of a line.
    first: u64,
    line: u64,
    size: (usize, usize),
    folder: TempDir,
}

impl Window {
    /// Opens the kiosk on a screen that has the pixels of its layout, or every second of them.
    fn open(every: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let size = (LAYOUT.0 / every, LAYOUT.1 / every);
        let (display, name) = display(folder.path(), size).expect("it needs Xvfb");
        let mut command = Command::new(program());
        // The product of the first screen stays: what changes is what was touched.
        let document = folder.path().join("kiosk.toml");
        fs_err::write(&document, format!("catalog = {:?}\nattract_seconds = 600\n", settings().catalog))
            .unwrap();
        command.args(["--window", "1080x1920", "--settings"]).arg(document);
        command.env("DISPLAY", &name).env_remove("WAYLAND_DISPLAY").env("XDG_RUNTIME_DIR", folder.path());
        command.env("WINIT_X11_SCALE_FACTOR", (1.0 / every as f64).to_string());
        command.env("KNYTT_GPU_TIMES", folder.path().join("times"));
        command.envs(driver(folder.path()).expect("it needs lavapipe")).stderr(Stdio::null());
        let kiosk = Ends(command.spawn().unwrap());
        let mut xdotool = Command::new("xdotool");
        xdotool.arg("-").env("DISPLAY", &name).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut xdotool = Ends(xdotool.spawn().expect("it needs xdotool"));
        let hand = xdotool.0.stdin.take().unwrap();
        let screen = File::open(folder.path().join("Xvfb_screen0")).unwrap();
        let (first, line) = layout(&screen);
        let window =
            Self { kiosk, _display: display, _xdotool: xdotool, hand, screen, first, line, size, folder };
        // The products of the first screen are there.
        std::thread::sleep(Duration::from_secs(5));
        window
    }

    /// What the driver did until now.
    fn steps(&self) -> Vec<Step> {
        let text = fs_err::read_to_string(self.folder.path().join("times")).unwrap_or_default();
        let step = |line: &str| {
            let mut parts = line.split(' ');
            let name = parts.next()?.to_owned();
            let mut time = || Some(Duration::from_nanos(parts.next()?.parse().ok()?));
            Some(Step { name, begun: time()?, ended: time()? })
        };
        text.lines().filter_map(step).collect()
    }

    /// Waits until no frame is on its way any more.
    fn rest(&self) {
        let rests = |step: &Step| step.name == PRESENT && now() > step.ended + REST;
        while !self.steps().last().is_some_and(rests) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Some lines of the screen, without those near to the finger.
    fn pixels(&self, finger: usize) -> Vec<u8> {
        let mut pixels = Vec::new();
        for y in (3..self.size.1).step_by(LINES).filter(|y| y.abs_diff(finger) > FINGER) {
            let mut line = vec![0; self.size.0 * 4];
            self.screen.read_exact_at(&mut line, self.first + y as u64 * self.line).unwrap();
            pixels.extend(line);
        }
        pixels
    }

    fn move_hand(&mut self, what: &str) {
        writeln!(self.hand, "{what}").unwrap();
    }

    /// Touches a place, in points, and waits until the screen has changed.
    fn tap(&mut self, (x, y): (usize, usize), finger: Finger) -> Tap {
        let every = LAYOUT.0 / self.size.0;
        let (x, y) = (x / every, y / every);
        self.move_hand(&format!("mousemove {x} {y}"));
        std::thread::sleep(Duration::from_millis(20));
        self.rest();
        self.move_hand("mousedown 1");
        std::thread::sleep(Duration::from_millis(60));
        if matches!(finger, Finger::Rests) {
            self.rest();
        }
        let before = self.pixels(y);
        let (begun, started) = (now(), Instant::now());
        self.move_hand("mouseup 1");
        while self.pixels(y) == before {
            assert!(started.elapsed() < Duration::from_secs(10), "nothing comes of a tap at {x}, {y}");
            std::thread::sleep(Duration::from_micros(300));
        }
        let seen = now();
        self.rest();
        let steps = self.steps();
        let shown = steps.iter().rposition(|step| step.name == PRESENT && step.begun < seen);
        let frame = &steps[..shown.unwrap()];
        let handed = frame.iter().rfind(|step| step.name.starts_with("vkQueueSubmit")).unwrap().ended;
        Tap { handed: handed - begun, drawn: seen - handed }
    }

    /// Processor time of the kiosk until now.
    fn processor(&self) -> Duration {
        let stat = fs_err::read_to_string(format!("/proc/{}/stat", self.kiosk.0.id())).unwrap();
        let numbers: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        // Ticks of ten milliseconds in user and system mode.
        Duration::from_millis(
            10 * numbers[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>(),
        )
    }

    fn frames(&self) -> usize {
        self.steps().iter().filter(|step| step.name == PRESENT).count()
    }
}

/// Since 1970, as the driver tells it.
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap()
}

/// Where the pixels of a dump of X begin (XWDFile.h), and the bytes of a line.
fn layout(screen: &File) -> (u64, u64) {
    let number = |index: u64| {
        let mut bytes = [0; 4];
        screen.read_exact_at(&mut bytes, index * 4).unwrap();
        u64::from(u32::from_be_bytes(bytes))
    };
    const COLOR: u64 = 12;
    (number(0) + number(19) * COLOR, number(12))
}

fn tell(what: &str, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1];
    println!(
        "  {what}: median {:.1?}, p95 {:.1?}, p99 {:.1?}, longest {:.1?}",
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
    at(0.99)
}

#[test]
#[ignore = "takes minutes, and needs Xvfb, xdotool and a driver for Vulkan"]
fn taps_in_a_window_are_answered_at_once() {
    let count = std::env::var("KNYTT_TAPS").map_or(TAPS, |count| count.parse().unwrap());
    for every in [1, 2] {
        let mut window = Window::open(every);
        for finger in [Finger::Rests, Finger::Hurries] {
            let (spent, frames) = (window.processor(), window.frames());
            let taps: Vec<Tap> = ROUND
                .into_iter()
                .cycle()
                .take(count.next_multiple_of(ROUND.len()))
                .map(|at| window.tap(at, finger))
                .collect();
            let (width, height) = window.size;
            println!("{width} x {height} pixels, a finger that {finger:?}, {} taps:", taps.len());
            let handed = tell("until its frame is handed over", taps.iter().map(|tap| tap.handed).collect());
            tell("from then on until it is seen", taps.iter().map(|tap| tap.drawn).collect());
            tell("both", taps.iter().map(|tap| tap.handed + tap.drawn).collect());
            let (spent, frames) = (window.processor() - spent, window.frames() - frames);
            println!("  {frames} frames, {:.1?} of processor time each", spent / frames as u32);
            if matches!(finger, Finger::Rests) {
                assert!(handed <= AIM, "a tap waits");
            }
        }
    }
}
