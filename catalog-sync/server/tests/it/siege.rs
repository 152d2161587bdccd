//! Thousands of clients that ask nothing or read nothing, beside honest ones.
//!
//! `KNYTT_SOAK_SECS=60 cargo test -p knytt-server --test it siege -- --ignored --nocapture`

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use knytt_server::Scope;
use knytt_wire::Action;
use reqwest::Client;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::fixture::{Backend, Kind, Records, Shopper, batch_json, client, item, settings};
use crate::killed::Process;

const IDLE: usize = 2_000;
const DEAF: usize = 500;
const HONEST: usize = 8;

/// Clients whose batches store many times what they sent.
const AMPLIFYING: usize = 50;

/// The catalogue that half of them tell of, from the address of the honest ones.
const LOUD: &str = "loud";

/// The address of the other half, which tell of the honest ones' catalogue.
const LOUD_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 2, 1);

/// Batches that they have ready for each second: what takes time here takes it from the backend too.
const LOUD_A_SECOND: u64 = 3;

/// How many bytes a byte of gzip may come to on disk, as docs/server.md says.
const MOST_STORED: u64 = 200;

/// How much memory the backend may take beside the batches that it holds at once, in bytes.
const MOST_MEMORY: u64 = 512 << 20;

/// Clients of one address, below what one address may have.
const OF_ADDRESS: usize = 100;

/// How long a deaf client holds on before it comes again.
const HOLD: Duration = Duration::from_secs(45);

/// How much slower the slowest of a hundred requests may be where that is less than the machine's own noise.
const NOISE: Duration = Duration::from_millis(20);

fn seconds() -> u64 {
    std::env::var("KNYTT_SOAK_SECS").ok().and_then(|secs| secs.parse().ok()).unwrap_or(60)
}

/// A connection from the address of the `number`th client, with a small buffer.
async fn connect(port: u16, number: usize) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(16 << 10)?;
    let address = Ipv4Addr::new(127, 0, 1, u8::try_from(1 + number / OF_ADDRESS).unwrap());
    socket.bind(SocketAddr::from((address, 0)))?;
    socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await
}

async fn idle(port: u16, number: usize, over: Arc<AtomicBool>, closed: Arc<AtomicU64>) {
    while !over.load(Ordering::Relaxed) {
        if let Ok(mut stream) = connect(port, number).await {
            let _ = stream.read(&mut [0; 16]).await;
            closed.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn deaf(port: u16, number: usize, over: Arc<AtomicBool>, path: String) {
    while !over.load(Ordering::Relaxed) {
        let Ok(mut stream) = connect(port, number).await else { continue };
        let asked = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        let _ = stream.write_all(asked.as_bytes()).await;
        tokio::time::sleep(HOLD).await;
    }
}

/// A batch as large as it may be, whose gzip is as small as the backend takes: long names, each another one.
fn amplifying(catalog: &str, number: u64) -> Vec<u8> {
    let shopper = Shopper::at(catalog, 1);
    let event = |n: u64| {
        let name = |kind: &str| {
            let own: String =
                Sha256::digest(format!("{kind} {number} {n}")).iter().map(|b| format!("{b:02x}")).collect();
            format!("{}{}", &own[..32], "x".repeat(468))
        };
        match n % 2 {
            0 => Shopper::at(catalog, n).searches(&name("words"), 1, true),
            _ => shopper.does(Action::ViewItem(item(&name("item"), None))),
        }
    };
    let body = batch_json((0..500).map(event).collect());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&body).unwrap();
    gzip.finish().unwrap()
}

/// A client that sends such batches.
struct Loud {
    http: Client,
    bodies: Vec<Vec<u8>>,
    number: u64,
}

/// What became of the batches: the bytes of those that were stored, how many were not, and how many were left.
#[derive(Default)]
struct Heard {
    stored: u64,
    refused: u64,
    left: usize,
}

impl Loud {
    fn new(number: u64) -> Self {
        let http = Client::builder().no_proxy();
        let (catalog, http) = match number % 2 {
            0 => (LOUD, http),
            _ => ("shop", http.local_address(IpAddr::from(LOUD_ADDRESS))),
        };
        let bodies = (0..LOUD_A_SECOND * seconds()).map(|turn| amplifying(catalog, number << 32 | turn));
        Self { http: http.build().unwrap(), bodies: bodies.collect(), number }
    }

    /// Sends the batches one after the other.
    async fn send(self, url: String, over: Arc<AtomicBool>) -> Heard {
        let (mut heard, mut bodies) = (Heard::default(), self.bodies.into_iter().enumerate());
        for (turn, body) in bodies.by_ref() {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let bytes = body.len() as u64;
            let request = self.http.post(format!("{url}/v1/events")).header("Content-Encoding", "gzip");
            let key = format!("loud {} {turn}", self.number);
            match request.header("Idempotency-Key", key).body(body).send().await.map(|answer| answer.status())
            {
                Ok(status) if status == 200 => heard.stored += bytes,
                _ => heard.refused += 1,
            }
        }
        heard.left = bodies.count();
        heard
    }
}

/// The bytes of the database's files.
fn database_bytes(records: &Records) -> u64 {
    let file = records.url().trim_start_matches("sqlite:").to_owned();
    let size = |end: &str| fs_err::metadata(format!("{file}{end}")).map_or(0, |meta| meta.len());
    size("") + size("-wal")
}

/// Sends events and asks for the health, over new connections and kept ones. Returns how long each took.
async fn honest(url: String, time: Duration, number: usize) -> Vec<Duration> {
    let (mut times, started, mut http) = (Vec::new(), Instant::now(), client());
    for turn in 0.. {
        if started.elapsed() > time {
            break;
        }
        if turn % 10 == 0 {
            http = client();
        }
        let body = batch_json(Shopper::at("shop", 1).visits(number * 1_000_000 + turn).to_vec());
        let key = format!("{number}-{turn}-{}", started.elapsed().as_nanos());
        let asked = Instant::now();
        let posted = http.post(format!("{url}/v1/events")).header("Idempotency-Key", key).body(body).send();
        assert_eq!(posted.await.unwrap().status(), 200);
        assert_eq!(http.get(format!("{url}/health/live")).send().await.unwrap().status(), 200);
        times.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times
}

/// The time within which 99 of 100 honest requests are answered, and how many there were.
async fn measured(url: &str, time: Duration) -> (Duration, usize) {
    let mut tasks = JoinSet::new();
    for number in 0..HONEST {
        tasks.spawn(honest(url.to_owned(), time, number));
    }
    let mut times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    times.sort_unstable();
    (times[times.len() * 99 / 100], times.len())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask soak"]
async fn honest_clients_are_served_beside_thousands_that_are_not() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    // A backend raises the limit of open files of its process: this one needs it for its clients.
    Backend::start(settings(&Records::start(Kind::Sqlite), data.path())).await.stop().await;
    let process = Process::start(&records, data.path()).await;
    let (url, port) = (process.url(), process.port);
    let pack = vec![7; 8 << 20];
    let hash: String = Sha256::digest(&pack).iter().map(|byte| format!("{byte:02x}")).collect();
    let path = format!("/v1/catalogs/shop/targets/{hash}.pack");
    let key = records.key("shop", Scope::Publish).await;
    // A catalogue that has a key is one whose events are taken.
    records.key(LOUD, Scope::Publish).await;
    let put = client().put(format!("{url}{path}")).bearer_auth(key).body(pack).send().await.unwrap();
    assert_eq!(put.status(), 201);

    let loud: Vec<Loud> = (0..AMPLIFYING as u64).map(Loud::new).collect();
    let (rest, _) = measured(&url, Duration::from_secs(10)).await;
    let (over, closed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut siege = JoinSet::new();
    for number in 0..IDLE {
        siege.spawn(idle(port, number, over.clone(), closed.clone()));
    }
    for number in IDLE..IDLE + DEAF {
        siege.spawn(deaf(port, number, over.clone(), path.clone()));
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (besieged, requests) = measured(&url, Duration::from_secs(seconds())).await;
    let (peak_before, stored_before) = (process.peak_bytes(), database_bytes(&records));
    let mut amplifiers = JoinSet::new();
    for client in loud {
        amplifiers.spawn(client.send(url.clone(), over.clone()));
    }
    let (amplified, answered) = measured(&url, Duration::from_secs(seconds())).await;
    over.store(true, Ordering::Relaxed);
    let heard = amplifiers.join_all().await;
    let (sent, refused) =
        heard.iter().fold((0, 0), |(sent, no), heard| (sent + heard.stored, no + heard.refused));
    let left: usize = heard.iter().map(|heard| heard.left).sum();
    let (peak, grown) = (process.peak_bytes(), database_bytes(&records) - stored_before);
    let page = client().get(format!("{url}/metrics")).send().await.unwrap().text().await.unwrap();
    siege.shutdown().await;
    let lines = page.lines().filter(|line| line.starts_with("knytt_connections"));
    println!(
        "p99 at rest {rest:.1?}, besieged {besieged:.1?} of {requests} honest requests; {} silent connections \
         closed; {}",
        closed.load(Ordering::Relaxed),
        lines.collect::<Vec<_>>().join(", ")
    );
    println!(
        "beside {AMPLIFYING} amplifying clients: p99 {amplified:.1?} of {answered} honest requests, each answered; {sent} \
         bytes of gzip came to {grown} on disk ({:.0} times), {refused} batches refused, {left} not sent; memory {} MiB before, {} MiB at most",
        grown as f64 / sent.max(1) as f64,
        peak_before >> 20,
        peak >> 20
    );
    assert!(sent > 0 && grown <= sent * MOST_STORED, "{sent} bytes came to {grown}");
    assert!(peak <= peak_before + MOST_MEMORY, "memory {peak_before}, then {peak}");
    assert!(closed.load(Ordering::Relaxed) > 0, "silent connections are closed");
    for (who, p99) in [("besieged", besieged), ("beside amplifying clients", amplified)] {
        assert!(p99 <= rest * 2 + NOISE, "p99 at rest {rest:?}, {who} {p99:?}");
    }
}
