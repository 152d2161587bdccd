//! Connections that ask nothing, or do not read what they asked for.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use knytt_server::{Scope, Settings};
use sha2::{Digest, Sha256};

use crate::fixture::{Backend, Kind, Records, client, settings, until};

/// Deadlines that a test can wait for.
fn impatient(records: &Records, data: &tempfile::TempDir) -> Settings {
    Settings {
        header_timeout_secs: Some(1),
        idle_timeout_secs: Some(1),
        stall_timeout_secs: Some(1),
        ..settings(records, data.path())
    }
}

fn address(backend: &Backend) -> SocketAddr {
    backend.url.split("//").nth(1).unwrap().parse().unwrap()
}

fn connect(backend: &Backend, said: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address(backend)).unwrap();
    stream.write_all(said).unwrap();
    stream
}

/// Whether the other side has ended the connection. What it sent before is read.
fn is_closed(mut stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let mut piece = vec![0; 1 << 16];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

async fn all_closed(streams: Vec<TcpStream>) {
    for stream in streams {
        until("the connection is closed", async || is_closed(&stream)).await;
    }
}

/// A number among the metrics, 0 if it is not there.
async fn metric(backend: &Backend, name: &str) -> u64 {
    let page = String::from_utf8(backend.get("/metrics").await.body).unwrap();
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
    line.map_or(0, |value| value.parse().unwrap())
}

/// Publishes a file that no buffer between server and client holds. Returns its path.
async fn publish_large(backend: &Backend, records: &Records) -> String {
    let body = vec![7; 24 << 20];
    let hash: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let path = format!("/v1/catalogs/shop/targets/{hash}.pack.parquet");
    let key = records.key("shop", Scope::Publish).await;
    let put = backend.request("PUT", &path).bearer_auth(key).body(body).send().await.unwrap();
    assert_eq!(put.status(), 201);
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_without_a_request_are_closed_while_others_are_served() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(impatient(&records, &data)).await;
    // Nothing; the beginning of a header; the preface of HTTP/2 without a request.
    let said =
        [&b""[..], b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Half:", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"];
    let silent: Vec<_> = (0..200).map(|i| connect(&backend, said[i % said.len()])).collect();
    assert_eq!(backend.get("/health/live").await.status, 200);
    all_closed(silent).await;
    assert_eq!(backend.get("/health/live").await.status, 200);
    assert_eq!(metric(&backend, "knytt_connections_closed_total{reason=\"silent\"}").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_stops_in_or_after_the_handshake_of_tls_is_closed() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (cert, key) = (data.path().join("cert.pem"), data.path().join("key.pem"));
    fs_err::write(&cert, made.cert.pem()).unwrap();
    fs_err::write(&key, made.signing_key.serialize_pem()).unwrap();
    let secure = Settings { tls_cert: Some(cert), tls_key: Some(key), ..impatient(&records, &data) };
    let backend = Backend::start(secure).await;
    // A record of a handshake that says it is 512 bytes long.
    let before = vec![connect(&backend, b""), connect(&backend, &[22, 3, 1, 2, 0, 1])];
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = std::sync::Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let name = "127.0.0.1".to_owned().try_into().unwrap();
    let mut tls = rustls::ClientConnection::new(config, name).unwrap();
    let after = tokio::task::block_in_place(|| {
        let mut stream = connect(&backend, b"");
        while tls.is_handshaking() {
            tls.complete_io(&mut stream).unwrap();
        }
        stream
    });
    all_closed(before).await;
    all_closed(vec![after]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_has_asked_is_closed_when_it_asks_no_more() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(impatient(&records, &data)).await;
    all_closed(vec![connect(&backend, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")]).await;
    assert_eq!(metric(&backend, "knytt_connections_closed_total{reason=\"idle\"}").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_that_nobody_reads_are_given_up() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(impatient(&records, &data)).await;
    let path = publish_large(&backend, &records).await;
    let asked = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let deaf: Vec<_> = (0..20).map(|_| connect(&backend, asked.as_bytes())).collect();
    // Over HTTP/2 the socket is read and pings are answered, but the stream's window stays shut.
    let http2 = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let shut = http2.get(format!("{}{path}", backend.url)).send().await.unwrap();
    until("all are given up", async || {
        metric(&backend, "knytt_connections_closed_total{reason=\"stalled\"}").await == 21
    })
    .await;
    assert!(shut.bytes().await.is_err());
    drop(deaf);
    assert_eq!(backend.get(&path).await.body.len(), 24 << 20);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_take_all_connections() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let capped = Settings {
        max_connections_per_ip: Some(8),
        idle_timeout_secs: Some(1),
        header_timeout_secs: Some(60),
        ..settings(&records, data.path())
    };
    let backend = Backend::start(capped).await;
    let greedy: Vec<_> = (0..40).map(|_| connect(&backend, b"")).collect();
    let elsewhere = reqwest::Client::builder().no_proxy().local_address(Some([127, 0, 0, 2].into()));
    let elsewhere = elsewhere.build().unwrap();
    let live = elsewhere.get(format!("{}/health/live", backend.url)).send().await.unwrap();
    assert_eq!(live.status(), 200);
    until("those beyond the limit are closed", async || {
        greedy.iter().filter(|stream| !is_closed(stream)).count() <= 8
    })
    .await;
    let page = elsewhere.get(format!("{}/metrics", backend.url)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("knytt_connections_refused_total{limit=\"address\"}"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_make_room_when_all_are_taken() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let capped = Settings {
        max_connections: Some(10),
        header_timeout_secs: Some(600),
        ..settings(&records, data.path())
    };
    let backend = Backend::start(capped).await;
    let silent: Vec<_> = (0..50).map(|_| connect(&backend, b"")).collect();
    for _ in 0..20 {
        // A new connection for each request.
        let live = client().get(format!("{}/health/live", backend.url)).send().await.unwrap();
        assert_eq!(live.status(), 200);
    }
    until("only so many are open", async || silent.iter().filter(|stream| !is_closed(stream)).count() <= 10)
        .await;
    assert!(metric(&backend, "knytt_connections_closed_total{reason=\"displaced\"}").await >= 40);
}
