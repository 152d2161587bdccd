//! The supervisor under kills, in a window of its own: `cargo test -p knytt-kiosk --test it killed -- --ignored`.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::shop::settings;
use crate::staff::listener;

/// How soon the screen should be back; on a busy machine it is later.
const AIM: Duration = Duration::from_secs(10);

/// How long a kiosk lives before it is killed: longer than what counts as a failed start.
const LIVES: Duration = Duration::from_secs(6);

type Posts = Receiver<(Option<String>, serde_json::Value)>;

/// Ends with the test, whatever becomes of it.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn display(runtime: &Path) -> (Ends, String) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1080x1920x24", "-nolisten", "tcp"]);
    let mut server = Ends(
        command.env("XDG_RUNTIME_DIR", runtime).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap(),
    );
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
    (server, format!(":{}", number.trim()))
}

fn signal(name: &str, process: &str) {
    assert!(Command::new("kill").args([name, process]).status().unwrap().success(), "{name} {process}");
}

/// The screen that the supervisor runs now.
fn screen_of(supervisor: u32) -> String {
    let file = format!("/proc/{supervisor}/task/{supervisor}/children");
    fs_err::read_to_string(file).unwrap().split_whitespace().next().expect("no screen runs").to_owned()
}

/// Waits until a new screen was drawn.
fn back(posts: &Posts, since: Instant) -> Duration {
    posts.recv_timeout(Duration::from_secs(120)).expect("no screen after two minutes");
    since.elapsed()
}

#[test]
#[ignore = "takes minutes, and needs Xvfb and a driver for Vulkan"]
fn a_kiosk_that_is_killed_or_frozen_comes_back_each_time() {
    let kills = std::env::var("KNYTT_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(50);
    let folder = tempfile::tempdir().unwrap();
    let (_server, display) = display(folder.path());
    let (url, posts) = listener();
    let file = folder.path().join("kiosk.toml");
    let catalog = settings().catalog;
    let text = format!("catalog = {catalog:?}\nheartbeat = {{ address = \"{url}\" }}\n");
    fs_err::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_knytt-kiosk"));
    command.args(["--supervise", "--window", "1080x1920", "--settings"]).arg(&file);
    command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY").env("XDG_RUNTIME_DIR", folder.path());
    let begun = Instant::now();
    let supervisor = Ends(command.stderr(Stdio::null()).spawn().unwrap());
    println!("the first start: {:?}", back(&posts, begun));
    let mut times = Vec::new();
    for number in 0..kills {
        // Heartbeats that come until then are of this screen.
        let lives = Instant::now();
        while let Some(rest) = LIVES.checked_sub(lives.elapsed()) {
            let _ = posts.recv_timeout(rest);
        }
        let how = if number % 2 == 0 { "-KILL" } else { "-STOP" };
        let killed = Instant::now();
        signal(how, &screen_of(supervisor.0.id()));
        let took = back(&posts, killed);
        println!("{number} {how}: back after {took:?}");
        times.push((how, took));
    }
    for how in ["-KILL", "-STOP"] {
        let mut all: Vec<Duration> =
            times.iter().filter(|(kind, _)| *kind == how).map(|(_, took)| *took).collect();
        all.sort_unstable();
        println!(
            "{how}: {} times, median {:?}, longest {:?}",
            all.len(),
            all[all.len() / 2],
            all[all.len() - 1]
        );
    }
    let late = times.iter().filter(|(_, took)| *took > AIM).count();
    println!("{late} of {kills} took longer than {AIM:?}");
    // Without its supervisor the screen ends, so that whoever starts that anew does not get two.
    let screen = screen_of(supervisor.0.id());
    drop(supervisor);
    let begun = Instant::now();
    while Path::new("/proc").join(&screen).join("exe").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the screen outlives its supervisor");
        std::thread::sleep(Duration::from_millis(50));
    }
}
