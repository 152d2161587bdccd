//! A child process that does a job: it tells how far it is, and ends when it is told to, or when this process ends.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::accounts::now_ms;
use crate::jobs::{Context, Failure};

/// How long a child may take to end by itself once its standard input is closed.
const GRACE: Duration = Duration::from_secs(15);

/// What is kept of standard output, in bytes: more than any report.
const OUTPUT: u64 = 4 << 20;

/// Lines that wait for the database. A child that says more waits, too.
const AHEAD: usize = 64;

/// What is run.
pub struct Call {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub env: Vec<(&'static str, String)>,
}

/// How a child ended.
pub struct Ended {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub output: String,
    /// The error that it named, and the hint after it.
    pub error: String,
}

/// A line of progress; see `--attended`.
#[derive(Deserialize)]
struct Told {
    step: String,
    done: i64,
    of: i64,
}

/// Dropped, it ends the child at once: a future that is dropped awaits nothing.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// Runs a child to its end and notes what it says.
///
/// # Errors
/// It cannot be started; it was told to stop; or the job is another worker's.
pub async fn run(call: Call, context: &Context) -> Result<Ended, Failure> {
    let name = call.program.display().to_string();
    let failed = |error: std::io::Error| Failure::Later("not_started", format!("{name}: {error}"));
    let mut command = Command::new(&call.program);
    command.args(&call.args).envs(call.env).env("NO_COLOR", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Running(command.spawn().map_err(failed)?);
    let (told, mut lines) = mpsc::channel(AHEAD);
    let output = child.0.stdout.take().map(|stdout| std::thread::spawn(move || read_all(stdout)));
    if let Some(stderr) = child.0.stderr.take() {
        std::thread::spawn(move || {
            // A byte that is no letter must not end the reading: the child would wait for a reader.
            let lines = BufReader::new(stderr).split(b'\n').map_while(Result::ok);
            for line in lines.map(|line| String::from_utf8_lossy(&line).trim_end().to_owned()) {
                if told.blocking_send(line).is_err() {
                    break;
                }
            }
        });
    }
    let error = follow(&mut child, &mut lines, context).await?;
    let (child, status) = waited(child).await.map_err(failed)?;
    drop(child);
    let read = tokio::task::spawn_blocking(move || output.and_then(|output| output.join().ok()));
    let output = read.await.ok().flatten().unwrap_or_default();
    if context.is_stopped() {
        return Err(Failure::Stopped);
    }
    Ok(Ended { code: status.code(), output, error })
}

/// Notes what the child says until it ends. Returns the error that it named.
async fn follow(
    child: &mut Running,
    lines: &mut mpsc::Receiver<String>,
    context: &Context,
) -> Result<String, Failure> {
    let (mut error, mut until) = (String::new(), None);
    let stopped = context.stopped();
    tokio::pin!(stopped);
    loop {
        let killed = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            line = lines.recv() => match line {
                Some(line) => note(&line, &mut error, context).await?,
                None => return Ok(error),
            },
            () = &mut stopped, if until.is_none() => {
                drop(child.0.stdin.take());
                until = Some(Instant::now() + GRACE);
            }
            () = killed => {
                let _ = child.0.kill();
                until = Some(Instant::now() + GRACE);
            }
        }
    }
}

async fn note(line: &str, error: &mut String, context: &Context) -> Result<(), Failure> {
    if let Ok(Told { step, done, of }) = serde_json::from_str(line) {
        return Ok(context.claim.progress(&step, done, of, now_ms()).await?);
    }
    if let Some(text) = line.strip_prefix("error: ") {
        *error = text.to_owned();
    } else if let Some(hint) = line.strip_prefix("hint: ")
        && !error.is_empty()
    {
        // Whoever sends feeds with a browser has no command line to say options on.
        for part in hint.split("; ").filter(|part| !names_option(part)) {
            error.push_str("; ");
            error.push_str(part);
        }
    }
    if line.is_empty() {
        return Ok(());
    }
    Ok(context.claim.say(line, now_ms()).await?)
}

/// Whether a text names an option of the command line.
fn names_option(text: &str) -> bool {
    text.split(' ').any(|word| word.len() > 3 && word.starts_with("--"))
}

async fn waited(mut child: Running) -> Result<(Running, ExitStatus), std::io::Error> {
    let wait = tokio::task::spawn_blocking(move || {
        drop(child.0.stdin.take());
        child.0.wait().map(|status| (child, status))
    });
    wait.await.map_err(std::io::Error::other)?
}

fn read_all(stdout: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = stdout.take(OUTPUT).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
