//! Three replicas in processes of their own, on one PostgreSQL, a cluster of three NATS nodes and one folder;
//! one replica and one node are killed under load.
//!
//! `KNYTT_SOAK_SECS=60 KNYTT_SOAK_SENDERS=8 cargo test -p knytt-server --test it campaign -- --ignored
//! --nocapture three_replicas`

use std::collections::HashSet;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use knytt_server::{Address, Config, Scope, Settings, create_key};
use knytt_wire::Uuid;
use sha2::{Digest, Sha256};

use crate::fixture::{Nats, Postgres, Publisher, Shopper, batch_json, client, free_port, program, until};

const VISITS_OF_BATCH: usize = 20;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// The process of a replica: this very binary, told by its environment.
#[test]
#[ignore = "is started by the campaign"]
fn replica() {
    let var = |name: &str| std::env::var(format!("REPLICA_{name}")).expect("is started by the campaign");
    let settings = Settings {
        listen: Some(var("LISTEN").parse().unwrap()),
        database: Some(var("DATABASE").into()),
        objects: Some(var("OBJECTS").into()),
        events: Some(var("EVENTS").split(',').map(Address::from).collect()),
        events_replicas: Some(3),
        rate_per_ip: Some(0),
        event_catalogs: Some(vec!["shop".into()]),
        log_filter: Some("error".into()),
        ..Settings::default()
    };
    knytt_server::serve(Config::new(settings).unwrap()).unwrap();
}

struct Replica {
    child: Child,
    port: u16,
}

impl Replica {
    fn start(port: u16, postgres: &Postgres, nats: &Nats, objects: &str) -> Self {
        let events: Vec<String> = nats.urls().iter().map(|url| url.reveal().to_owned()).collect();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "campaign::replica", "--ignored", "--nocapture"])
            .env("REPLICA_LISTEN", format!("127.0.0.1:{port}"))
            .env("REPLICA_DATABASE", postgres.url())
            .env("REPLICA_OBJECTS", objects)
            .env("REPLICA_EVENTS", events.join(","))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, port }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What senders and pullers share.
#[derive(Default)]
struct Load {
    over: AtomicBool,
    acknowledged: Mutex<HashSet<Uuid>>,
    retries: AtomicU64,
    pulls: AtomicU64,
    worst_pull: Mutex<Duration>,
}

impl Load {
    fn note_pull(&self, time: Duration) {
        self.pulls.fetch_add(1, Ordering::Relaxed);
        let mut worst = self.worst_pull.lock().unwrap();
        *worst = (*worst).max(time);
    }
}

/// Sends batches to one replica after the other; a batch that fails goes to the next with its key.
async fn send(load: Arc<Load>, urls: Vec<String>, sender: usize) {
    let http = client();
    let mut turn = sender;
    while !load.over.load(Ordering::Relaxed) {
        let events: Vec<_> = (0..VISITS_OF_BATCH)
            .flat_map(|i| Shopper::at("shop", 1).visits(turn * VISITS_OF_BATCH + i))
            .collect();
        let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
        let (key, body) = (Uuid::new_v4().to_string(), batch_json(events));
        loop {
            turn += 1;
            let request =
                http.post(format!("{}/v1/events", urls[turn % urls.len()])).header("Idempotency-Key", &key);
            let answer = request.timeout(Duration::from_secs(20)).body(body.clone()).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
            load.retries.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        load.acknowledged.lock().unwrap().extend(ids);
    }
}

/// Pulls the timestamp and a pack, from whichever replica answers.
async fn pull(load: Arc<Load>, urls: Vec<String>, pack: String, sha256: String) {
    let http = client();
    let mut turn = 0;
    while !load.over.load(Ordering::Relaxed) {
        let started = Instant::now();
        for path in ["/v1/catalogs/shop/metadata/timestamp.json", &pack] {
            loop {
                turn += 1;
                let request =
                    http.get(format!("{}{path}", urls[turn % urls.len()])).timeout(Duration::from_secs(5));
                let Ok(answer) = request.send().await else { continue };
                assert_eq!(answer.status(), 200, "{path}");
                let Ok(bytes) = answer.bytes().await else { continue };
                let whole = path != pack || hex(&bytes) == sha256;
                assert!(whole, "a pack that is not the one published");
                break;
            }
        }
        load.note_pull(started.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A release: a pack and a timestamp. Returns the pack's path and hash.
async fn publish(url: &str, postgres: &Postgres) -> (String, String) {
    let db = knytt_server::Database::open(&postgres.url().into(), 2).await.unwrap();
    let key = create_key(&db, "soak", "shop", &[Scope::Publish]).await.unwrap().token;
    let pack: Vec<u8> = (0..300_000u32).map(|i| ((i * 31) >> 3) as u8).collect();
    let sha256 = hex(&pack);
    let path = format!("/v1/catalogs/shop/targets/{sha256}.pack.parquet");
    let put = async |path: &str, body: Vec<u8>| {
        let request = client().put(format!("{url}{path}")).bearer_auth(&key).header("If-None-Match", "*");
        assert_eq!(request.body(body).send().await.unwrap().status(), 201);
    };
    put(&path, pack).await;
    let publisher = Publisher::new();
    let targets = publisher.targets(1, &[]);
    let snapshot = publisher.snapshot(1, &targets);
    let metadata = |name: &str| format!("/v1/catalogs/shop/metadata/{name}");
    put(&metadata("1.root.json"), publisher.root(1, &[])).await;
    put(&metadata("1.targets.json"), targets.bytes).await;
    put(&metadata("1.snapshot.json"), snapshot.bytes.clone()).await;
    put(&metadata("timestamp.json"), publisher.timestamp(1, &snapshot)).await;
    (path, sha256)
}

/// The ids of all events in the database, as `psql` sees them.
fn stored(postgres: &Postgres) -> Vec<Uuid> {
    let psql = program("psql", "postgresql-client-15", &["/usr/lib/postgresql/15/bin"]);
    let sql = "SELECT encode(id, 'hex') FROM events";
    let output = Command::new(psql).arg(postgres.url()).args(["-At", "-c", sql]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| Uuid::try_parse(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask soak"]
async fn three_replicas_lose_nothing_when_one_and_a_nats_node_are_killed() {
    let secs = number("KNYTT_SOAK_SECS", 60);
    let (postgres, mut nats) = (Postgres::start(true), Nats::start(3));
    let data = tempfile::tempdir().unwrap();
    let objects = format!("file://{}", data.path().display());
    let start = |port, nats: &Nats| Replica::start(port, &postgres, nats, &objects);
    let mut replicas: Vec<Replica> = (0..3).map(|_| start(free_port(), &nats)).collect();
    let urls: Vec<String> = replicas.iter().map(|r| format!("http://127.0.0.1:{}", r.port)).collect();
    let http = client();
    for url in &urls {
        let ready = format!("{url}/health/ready");
        let is_ready = async || match http.get(&ready).send().await {
            Ok(answer) => answer.text().await.unwrap_or_default().contains("\"status\":\"ready\""),
            Err(_) => false,
        };
        until("a replica is ready", is_ready).await;
    }
    let (pack, sha256) = publish(&urls[0], &postgres).await;

    let load = Arc::new(Load::default());
    let mut tasks = tokio::task::JoinSet::new();
    for sender in 0..usize::try_from(number("KNYTT_SOAK_SENDERS", 8)).unwrap() {
        tasks.spawn(send(load.clone(), urls.clone(), sender));
    }
    for _ in 0..2 {
        tasks.spawn(pull(load.clone(), urls.clone(), pack.clone(), sha256.clone()));
    }
    let quarter = Duration::from_secs(secs) / 4;
    let started = Instant::now();
    tokio::time::sleep(quarter).await;
    replicas[1].kill();
    tokio::time::sleep(quarter).await;
    nats.kill_node(1);
    tokio::time::sleep(quarter).await;
    nats.start_node(1);
    replicas[1] = start(replicas[1].port, &nats);
    tokio::time::sleep(quarter).await;
    load.over.store(true, Ordering::Relaxed);
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let elapsed = started.elapsed();

    let acknowledged = load.acknowledged.lock().unwrap().clone();
    let stored = stored(&postgres);
    let kept: HashSet<Uuid> = stored.iter().copied().collect();
    assert_eq!(kept.len(), stored.len(), "the database has an event twice");
    let lost = acknowledged.difference(&kept).count();
    assert_eq!(lost, 0, "acknowledged and not in the database");
    let drained = Instant::now();
    let goal = kept.len() as u64;
    while nats.count().await < goal {
        assert!(
            drained.elapsed() < Duration::from_secs(300),
            "the stream has {} of {goal}",
            nats.count().await
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let drained = drained.elapsed();
    let messages = nats.messages().await;
    let streamed: HashSet<Uuid> = messages.iter().map(|(_, id)| id.parse().unwrap()).collect();
    assert_eq!(streamed.len(), messages.len(), "the stream has an event twice");
    assert_eq!(acknowledged.difference(&streamed).count(), 0, "acknowledged and not in the stream");
    assert_eq!(streamed, kept);
    println!(
        "{} events acknowledged in {:.0} s ({:.0}/s) with a replica and a NATS node killed; {} requests sent \
         again; {} in the database, {} in the stream, none lost, none twice; stream complete {:.1} s after the \
         end; {} pulls, the slowest {:.2} s",
        acknowledged.len(),
        elapsed.as_secs_f64(),
        acknowledged.len() as f64 / elapsed.as_secs_f64(),
        load.retries.load(Ordering::Relaxed),
        kept.len(),
        streamed.len(),
        drained.as_secs_f64(),
        load.pulls.load(Ordering::Relaxed),
        load.worst_pull.lock().unwrap().as_secs_f64(),
    );
    assert!(load.pulls.load(Ordering::Relaxed) > secs, "pulls went on");
}
