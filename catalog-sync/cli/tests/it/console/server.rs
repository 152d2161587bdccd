//! `knytt serve` in a process of its own, with an admin who is signed in.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::postgres::Postgres;
use super::{free_port, signal};

const PASSWORD: &str = "correct horse battery";

/// The longest that a test waits for something.
const PATIENCE: Duration = Duration::from_secs(120);

/// The server, and everything that it keeps.
pub struct Server {
    child: Child,
    http: reqwest::Client,
    pub url: String,
    token: String,
    pub folder: tempfile::TempDir,
    database: String,
    _postgres: Option<Postgres>,
}

impl Server {
    /// On an empty folder.
    pub async fn start(on_postgres: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let postgres = on_postgres.then(|| Postgres::start(false));
        let database = postgres
            .as_ref()
            .map_or_else(|| format!("sqlite:{}", folder.path().join("knytt.db").display()), Postgres::url);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (child, url) = spawn(folder.path(), &database);
        let mut server =
            Self { child, http, url, token: String::new(), folder, database, _postgres: postgres };
        server.answers().await;
        let admin = super::super::knytt_with(
            &["admin", "create", "--email", "you@shop.example", "--database", &server.database],
            &[("KNYTT_ADMIN_PASSWORD", PASSWORD)],
        );
        assert!(admin.status.success(), "{admin:?}");
        server.sign_in().await;
        server
    }

    async fn sign_in(&mut self) {
        let asked = json!({ "email": "you@shop.example", "password": PASSWORD, "tokens": true });
        let (status, answer) = self.send("POST", "/api/v1/auth/login", &asked).await;
        assert_eq!(status, 200, "{answer}");
        self.token = answer["tokens"]["accessToken"].as_str().unwrap().to_owned();
    }

    async fn answers(&self) {
        let live = format!("{}/health/live", self.url);
        self.until("the server answers", async || self.http.get(&live).send().await.is_ok().then_some(()))
            .await;
    }

    /// Kills it as a power cut does, and starts it anew on what is left.
    pub async fn kill_and_start(&mut self) {
        signal(&self.child, "KILL");
        self.child.wait().unwrap();
        (self.child, self.url) = spawn(self.folder.path(), &self.database);
        self.answers().await;
        self.sign_in().await;
    }

    /// The folder of a catalogue of the console.
    pub fn catalog(&self, id: &str) -> PathBuf {
        self.folder.path().join("data/console/catalogs").join(id)
    }

    /// Sends JSON; returns the status and the JSON of the answer.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// The answer to a `GET`, which must be well.
    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send("GET", path, &Value::Null).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Uploads a feed; returns the job's id.
    pub async fn upload(&self, catalog: &str, query: &str, feed: String) -> String {
        let url = format!("{}/api/v1/admin/catalogs/{catalog}/feed{query}", self.url);
        let response = self.http.post(url).bearer_auth(&self.token).body(feed).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        assert_eq!(status, 202, "{text}");
        job_of(&serde_json::from_str(&text).unwrap())
    }

    /// Waits until a job has ended.
    pub async fn ended(&self, job: &str) -> Value {
        let path = format!("/api/v1/admin/jobs/{job}");
        let ended = async || {
            let job = self.get(&path).await;
            (!matches!(job["state"].as_str().unwrap(), "waiting" | "running")).then_some(job)
        };
        self.until("the job ends", ended).await
    }

    /// Waits until something is there.
    pub async fn until<T>(&self, what: &str, check: impl AsyncFn() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = check().await {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "{what}: not in time; {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn log(&self) -> String {
        fs_err::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}

fn spawn(folder: &Path, database: &str) -> (Child, String) {
    let address = format!("127.0.0.1:{}", free_port());
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_knytt"))
        .args(["serve", "--listen", &address, "--database", database, "--rate-per-ip", "0"])
        .args([
            "--searches-per-minute",
            "0",
            "--log",
            "text",
            "--log-filter",
            "warn,knytt_server=info",
            "--data",
        ])
        .arg(folder.join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    (child, format!("http://{address}"))
}

/// The id of the job in an answer.
pub fn job_of(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}
