//! The program under load: a process of its own, as an operator runs it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use reqwest::Client;

use crate::AnyError;

/// A running `knytt serve`; killed when it is dropped.
pub struct Program {
    process: Child,
    pub url: String,
    pub started: Instant,
}

impl Program {
    /// Starts it on a free port, with its limits of requests off and more arguments.
    pub fn start(data: &Path, arguments: &[&str]) -> Result<Self, AnyError> {
        // The port is free again before the program takes it.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let binary = binary();
        let mut command = Command::new(&binary);
        command.args(["serve", "--listen", &address, "--data"]).arg(data);
        command.args(["--rate-per-ip=0", "--searches-per-minute=0", "--max-connections-per-ip=10000"]);
        command.args(["--log-filter=error"]).args(arguments);
        let started = Instant::now();
        let process = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        Ok(Self { process, url: format!("http://{address}"), started })
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&mut self, http: &Client) -> Result<Duration, AnyError> {
        let url = format!("{}/health/ready", self.url);
        loop {
            let answer = http.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(self.started.elapsed());
            }
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("knytt ended: {status}").into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Memory in use, in megabytes: all, and what is no page of a file.
    pub fn memory_mb(&self) -> Result<(u64, u64), AnyError> {
        let status = fs_err::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let kilobytes = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        let (all, own) = kilobytes("VmRSS:").zip(kilobytes("RssAnon:")).ok_or("no figures of memory")?;
        Ok((all / 1000, own / 1000))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has nothing to save: the folder goes, too.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `KNYTT_PROGRAM`, else the release build of this workspace.
fn binary() -> PathBuf {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/release/knytt");
    std::env::var_os("KNYTT_PROGRAM").map_or_else(built, PathBuf::from)
}
