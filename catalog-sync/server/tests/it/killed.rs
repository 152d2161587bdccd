//! The backend in a process of its own, killed in the middle of uploads.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use clap::Parser;
use knytt_server::{Config, Scope, Settings};
use sha2::{Digest, Sha256};

use crate::fixture::{Backend, Kind, Records, client, free_port, settings, until};

/// Names a program, `knytt`, that is killed and besieged in the place of this very binary.
const PROGRAM: &str = "KNYTT_KILLED_PROGRAM";

/// What `knytt serve` is told, here by the environment alone.
#[derive(Parser)]
struct Serve {
    #[command(flatten)]
    settings: Settings,
}

/// The process that is killed, unless another program is named.
#[test]
#[ignore = "is started by the tests that kill it"]
fn server() {
    knytt_server::serve(Config::new(Serve::parse_from(["serve"]).settings).unwrap()).unwrap();
}

/// The file that the process writes its log into, in its data folder.
const LOG: &str = "log";

/// A backend that dies at once when it is dropped.
pub struct Process {
    child: Child,
    pub port: u16,
}

impl Process {
    pub async fn start(records: &Records, data: &Path) -> Self {
        Self::logged(records, data, "error").await
    }

    /// One that writes its log into `data`.
    pub async fn logged(records: &Records, data: &Path, filter: &str) -> Self {
        Self::told(records, data, filter, free_port(), &[]).await
    }

    /// One at a port, again and again.
    pub async fn start_on(records: &Records, data: &Path, port: u16) -> Self {
        Self::told(records, data, "error", port, &[]).await
    }

    /// One that follows the catalogue of this name in `objects`.
    pub async fn following(records: &Records, data: &Path, objects: &str, name: &str) -> Self {
        let more = [("KNYTT_OBJECTS", objects), ("KNYTT_FOLLOW", name)];
        Self::told(records, data, "error", free_port(), &more).await
    }

    async fn told(records: &Records, data: &Path, filter: &str, port: u16, more: &[(&str, &str)]) -> Self {
        let log = std::fs::File::create(data.join(LOG)).unwrap();
        let named = std::env::var_os(PROGRAM);
        let arguments: &[&str] = match named {
            Some(_) => &["serve"],
            None => &["--exact", "killed::server", "--ignored", "--nocapture"],
        };
        let program = named.map_or_else(|| std::env::current_exe().unwrap(), Into::into);
        let child = Command::new(program)
            .args(arguments)
            .env("KNYTT_LISTEN", format!("127.0.0.1:{port}"))
            .env("KNYTT_DATA", data)
            .env("KNYTT_DATABASE", records.url())
            .env("KNYTT_LOG_FILTER", filter)
            .env("KNYTT_RATE_PER_IP", "0")
            .env("KNYTT_SEARCHES_PER_MINUTE", "0")
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let process = Self { child, port };
        let live = format!("{}/health/live", process.url());
        until("the process answers", async || client().get(&live).send().await.is_ok()).await;
        process
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The most memory that it has had, in bytes.
    pub fn peak_bytes(&self) -> u64 {
        let status = fs_err::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() << 10
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends the first `sent` bytes of an upload of `body`. The connection stays open.
pub fn begin_upload(port: u16, key: &str, body: &[u8], sent: usize) -> TcpStream {
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = body.len();
    let head = format!(
        "PUT /v1/catalogs/shop/targets/{hash}.pack HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..sent]).unwrap();
    stream
}

/// Files of uploads that are not whole.
pub fn partial(data: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs_err::read_dir(data.join("objects/shop/targets")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.to_string_lossy().contains('#')).collect()
}

/// Makes a file as old as one that was left long ago.
pub fn age(path: &Path) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(2 * 3_600)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_upload_left_is_removed_at_the_next_start() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let key = records.key("shop", Scope::Publish).await;
    let process = Process::start(&records, data.path()).await;
    let body = vec![1; 24 << 20];
    let mut uploads: Vec<_> =
        [0, 1].iter().map(|i| begin_upload(process.port, &key, &body[*i..], 20 << 20)).collect();
    until("both are being written", async || partial(data.path()).len() == 2).await;
    drop(process);
    let mut answer = Vec::new();
    assert!(uploads[0].read_to_end(&mut answer).is_err() || answer.is_empty());
    let left = partial(data.path());
    assert_eq!(left.len(), 2, "kill -9 leaves what was written");
    age(&left[0]);
    let _backend = Backend::start(settings(&records, data.path())).await;
    until("the old one is removed", async || partial(data.path()).len() == 1).await;
    assert_eq!(partial(data.path()), left[1..], "another process may be writing the young one");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_keys_and_no_addresses_of_events() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let db = records.open().await;
    let scopes = [Scope::Publish, Scope::Delete];
    let key = knytt_server::create_key(&db, "press", "shop", &scopes).await.unwrap();
    let process = Process::logged(&records, data.path(), "info").await;
    let send = async |method: &str, path: &str, body: &'static [u8]| {
        let request = client().request(method.parse().unwrap(), format!("{}{path}", process.url()));
        let request = request.bearer_auth(&key.token).header("Idempotency-Key", "k").body(body);
        request.send().await.unwrap().status().as_u16()
    };
    let hash: String = Sha256::digest(b"a pack").iter().map(|byte| format!("{byte:02x}")).collect();
    let path = format!("/v1/catalogs/shop/targets/{hash}.pack");
    assert_eq!(send("PUT", &path, b"a pack").await, 201);
    assert_eq!(send("DELETE", &path, b"").await, 202);
    assert_eq!(send("POST", "/v1/events", b"{\"events\":[]}").await, 200);
    let lines = || -> Vec<serde_json::Value> {
        let text = fs_err::read_to_string(data.path().join(LOG)).unwrap();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    let requests = |lines: &[serde_json::Value], path: &str| -> Vec<serde_json::Value> {
        let is_it = |line: &&serde_json::Value| line["message"] == "request" && line["path"] == path;
        lines.iter().filter(is_it).cloned().collect()
    };
    until("the log is written", async || !requests(&lines(), "/v1/events").is_empty()).await;
    let lines = lines();
    for line in requests(&lines, "/v1/events") {
        assert!(!line.to_string().contains("127.0.0.1"), "{line}");
    }
    assert!(requests(&lines, &path).iter().all(|line| line["ip"] == "127.0.0.1"));
    for (method, status) in [("PUT", 201), ("DELETE", 202)] {
        let done = lines.iter().find(|line| line["message"] == "release file" && line["method"] == method);
        let done = done.unwrap_or_else(|| panic!("no line of {method}"));
        assert_eq!((&done["key"], &done["status"]), (&key.key.id.clone().into(), &status.into()));
    }
    assert!(!fs_err::read_to_string(data.path().join(LOG)).unwrap().contains(&key.token));
}

/// What was acknowledged is there, whole; what was not is there whole or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_of_a_killed_server_are_whole_or_gone() {
    let kills = std::env::var("KNYTT_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3u32);
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let key = records.key("shop", Scope::Publish).await;
    let mut acknowledged: Vec<(String, usize)> = Vec::new();
    for round in 0..kills {
        let process = Process::start(&records, data.path()).await;
        let mut uploads = tokio::task::JoinSet::new();
        for upload in 0..6usize {
            let size = (1 + 4 * upload) << 20;
            let mut body = vec![upload as u8; size];
            body[..4].copy_from_slice(&round.to_le_bytes());
            let hash: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
            let path = format!("/v1/catalogs/shop/targets/{hash}.pack");
            let request = client().put(format!("{}{path}", process.url())).bearer_auth(&key).body(body);
            uploads.spawn(async move {
                let done = request.send().await;
                done.is_ok_and(|answer| answer.status() == 201).then_some((path, size))
            });
        }
        // Some are whole by then, some are not.
        let first = uploads.join_next().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_millis(u64::from(round * 37 % 120))).await;
        drop(process);
        acknowledged.extend(first);
        acknowledged.extend(uploads.join_all().await.into_iter().flatten());
    }
    partial(data.path()).iter().for_each(|path| age(path));
    let backend = Backend::start(settings(&records, data.path())).await;
    until("nothing is left over", async || partial(data.path()).is_empty()).await;
    for (path, size) in &acknowledged {
        assert_eq!(backend.get(path).await.body.len(), *size, "{path} was acknowledged");
    }
    for entry in fs_err::read_dir(data.path().join("objects/shop/targets")).unwrap() {
        let path = entry.unwrap().path();
        let found: String =
            Sha256::digest(fs_err::read(&path).unwrap()).iter().map(|b| format!("{b:02x}")).collect();
        assert!(path.file_name().unwrap().to_str().unwrap().starts_with(&found), "{}", path.display());
    }
    assert!(!acknowledged.is_empty());
    println!("{kills} kills: {} uploads acknowledged, none lost, none in part", acknowledged.len());
}
