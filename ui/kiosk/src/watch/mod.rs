//! A supervisor that starts the kiosk again when it ends, freezes, or loses its GPU.
//!
//! The kiosk's screen writes one byte to a pipe each second ([`Heart`]). A pipe needs no disk, so that a full one
//! restarts nothing, and it ends with the process, so that no old heartbeat is left behind.

mod notify;
mod relay;

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

pub use self::notify::ServiceNotifier;
pub use self::relay::relay;

/// How long the supervisor waits for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A screen that sends no heartbeat.
    pub silence: Duration,
    /// A start until the first heartbeat: a slow disk, a cold GPU.
    pub start: Duration,
    /// Before the kiosk is started again; it doubles with each run that fails at once, so that what fails at each start
    /// fails slowly.
    pub pause: Duration,
    /// The longest such wait.
    pub longest_pause: Duration,
    /// A run of this length did not fail at once.
    pub good_run: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(5),
            start: Duration::from_secs(30),
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            good_run: Duration::from_secs(5),
        }
    }
}

/// The heartbeats of a supervised screen.
#[derive(Debug, Default)]
pub struct Heart {
    last: Option<Instant>,
}

impl Heart {
    /// Sends a heartbeat, at most one each second. Only the thread of the screen calls it.
    ///
    /// # Errors
    /// The supervisor has ended.
    pub fn beat(&mut self) -> io::Result<()> {
        if self.last.is_some_and(|last| last.elapsed() < Duration::from_secs(1)) {
            return Ok(());
        }
        self.last = Some(Instant::now());
        let mut out = io::stdout().lock();
        out.write_all(b".")?;
        out.flush()
    }
}

/// Why a run ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The kiosk was told to end.
    Asked,
    /// It crashed, was killed, or lost its GPU.
    Failed,
}

/// Runs `command` until it ends by itself with success, and starts it again whenever it does otherwise. Tells systemd of
/// each heartbeat, so that its watchdog ends what no new process mends, the compositor too.
///
/// # Errors
/// It cannot be started at all.
pub fn supervise(
    mut command: impl FnMut() -> Command,
    patience: Patience,
    mut systemd: ServiceNotifier,
) -> io::Result<()> {
    let mut pause = patience.pause;
    loop {
        let begun = Instant::now();
        let mut child = command().stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let beats = listen(&mut child)?;
        if watch(&mut child, &beats, patience, &mut systemd)? == End::Asked {
            systemd.ends();
            return Ok(());
        }
        let is_good = begun.elapsed() >= patience.good_run;
        pause = if is_good { patience.pause } else { pause };
        eprintln!("knytt-kiosk: the screen ended or froze; it starts again");
        thread::sleep(pause);
        pause = if is_good { pause } else { (pause * 2).min(patience.longest_pause) };
    }
}

/// Reads heartbeats on a thread. The channel ends with the process.
fn listen(child: &mut Child) -> io::Result<Receiver<()>> {
    let (send, beats) = channel();
    let mut out = child.stdout.take().ok_or_else(|| io::Error::other("the kiosk has no output"))?;
    let read = move || {
        let mut byte = [0; 64];
        while out.read(&mut byte).is_ok_and(|count| count > 0) {
            if send.send(()).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("knytt-kiosk-beats".into()).spawn(read)?;
    Ok(beats)
}

fn watch(
    child: &mut Child,
    beats: &Receiver<()>,
    patience: Patience,
    systemd: &mut ServiceNotifier,
) -> io::Result<End> {
    let mut wait = patience.start;
    loop {
        match beats.recv_timeout(wait) {
            Ok(()) => {
                systemd.alive();
                wait = patience.silence;
            }
            Err(RecvTimeoutError::Timeout) => {
                // It is frozen, perhaps stopped: only a kill ends such a process.
                child.kill()?;
                child.wait()?;
                return Ok(End::Failed);
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait()?;
                return Ok(if status.success() { End::Asked } else { End::Failed });
            }
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// A short patience; its starts are counted in a file.
    const SHORT: Patience = Patience {
        silence: Duration::from_millis(300),
        start: Duration::from_secs(20),
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(4),
        good_run: Duration::from_secs(60),
    };

    /// Supervises a shell that counts its starts, and does `script` with `$n` as the number of this one.
    fn starts(script: &str) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("starts");
        let script = format!("echo >> \"$0\"; n=$(wc -l < \"$0\"); {script}");
        let command = || {
            let mut command = Command::new("sh");
            command.arg("-c").arg(&script).arg(&file);
            command
        };
        supervise(command, SHORT, ServiceNotifier::from_environment()).unwrap();
        fs_err::read_to_string(&file).unwrap().lines().count()
    }

    #[test]
    fn a_kiosk_that_was_told_to_end_stays_away() {
        assert_eq!(starts("printf .; exit 0"), 1);
    }

    #[test]
    fn a_kiosk_that_crashes_or_is_killed_starts_again() {
        assert_eq!(starts("printf .; test $n -ge 4 && exit 0; test $n -ge 2 && kill -9 $$; exit 70"), 4);
    }

    #[test]
    fn a_kiosk_that_freezes_is_killed_and_starts_again() {
        assert_eq!(starts("printf .; test $n -ge 3 && exit 0; kill -STOP $$"), 3);
        assert_eq!(starts("printf .; test $n -ge 2 && exit 0; exec sleep 600"), 2);
    }
}
