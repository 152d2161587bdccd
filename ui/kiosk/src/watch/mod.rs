//! A supervisor that starts the kiosk again when it ends, freezes, or loses its GPU.
//!
//! The kiosk's screen writes one byte to a pipe each second ([`Heart`]). A pipe needs no disk, so that a full one
//! restarts nothing, and it ends with the process, so that no old sign of life is left behind.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a screen may show no sign of life.
const SILENCE: Duration = Duration::from_secs(6);

/// How long a start may take until the first sign of life: a slow disk, a cold GPU.
const START: Duration = Duration::from_secs(30);

/// The pause before the kiosk is started again, and the longest one: what fails at each start fails slowly.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A run of this length ends a row of failures.
const GOOD_RUN: Duration = Duration::from_secs(60);

/// The signs of life of a supervised screen.
#[derive(Debug, Default)]
pub struct Heart {
    last: Option<Instant>,
}

impl Heart {
    /// Gives a sign of life, at most one each second. Only the thread of the screen calls it.
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

/// Runs `command` until it ends by itself with success, and starts it again whenever it does otherwise.
///
/// # Errors
/// It cannot be started at all.
pub fn supervise(mut command: impl FnMut() -> Command) -> io::Result<()> {
    let mut pause = PAUSE;
    loop {
        let begun = Instant::now();
        let mut child = command().stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let beats = listen(&mut child)?;
        if watch(&mut child, &beats)? == End::Asked {
            return Ok(());
        }
        pause = if begun.elapsed() > GOOD_RUN { PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        eprintln!("knytt-kiosk: the screen ended or froze; it starts again");
        thread::sleep(pause.min(begun.elapsed() + PAUSE));
    }
}

/// Reads signs of life on a thread. The channel ends with the process.
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

fn watch(child: &mut Child, beats: &Receiver<()>) -> io::Result<End> {
    let mut patience = START;
    loop {
        match beats.recv_timeout(patience) {
            Ok(()) => patience = SILENCE,
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
