//! The Knytt server's protocol, spoken by a server that keeps to it in a few lines, and fails now and then.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use knytt_publisher::{ApiKey, Error, collect, open_depot, publish, refresh};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::device::{Device, Seen, run};
use crate::shop::{Shop, full, incremental, items, items_of, published};

const PREFIX: &str = "/v1/catalogs/shop/";

#[derive(Default)]
struct State {
    site: PathBuf,
    /// What was refused once with 503.
    refused: HashSet<String>,
}

struct Request {
    method: String,
    name: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

/// Serves `site` until the process ends, and answers the first attempt at each change with 503.
fn serve(site: PathBuf) -> Url {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let state = Arc::new(Mutex::new(State { site, ..State::default() }));
    std::thread::spawn(move || {
        run(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(socket, Arc::clone(&state)));
            }
        });
    });
    format!("http://{address}{PREFIX}").parse().unwrap()
}

async fn answer(socket: TcpStream, state: Arc<Mutex<State>>) {
    let mut socket = BufReader::new(socket);
    let Some(request) = read(&mut socket).await else { return };
    let (status, headers, body) = reply(&request, &mut state.lock().unwrap());
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    let body = if request.method == "HEAD" { Vec::new() } else { body };
    let _ = socket.get_mut().write_all(&[head.into_bytes(), body].concat()).await;
    let _ = socket.get_mut().shutdown().await;
}

async fn read(socket: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?);
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok()?;
    Some(Request { method, name: path.strip_prefix(PREFIX)?.to_owned(), headers, body })
}

fn reply(request: &Request, state: &mut State) -> (u16, String, Vec<u8>) {
    let path = state.site.join(&request.name);
    let present = fs_err::read(&path).ok();
    let tag = |bytes: &[u8]| {
        format!("\"{:x}\"", bytes.iter().fold(7u64, |h, b| h.wrapping_mul(31) + u64::from(*b)))
    };
    match request.method.as_str() {
        "GET" | "HEAD" => match present {
            None => (404, String::new(), Vec::new()),
            Some(bytes) => {
                let modified = fs_err::metadata(&path).unwrap().modified().unwrap();
                let modified = jiff::Timestamp::try_from(modified).unwrap();
                let modified = modified.strftime("%a, %d %b %Y %H:%M:%S GMT");
                (200, format!("ETag: {}\r\nLast-Modified: {modified}\r\n", tag(&bytes)), bytes)
            }
        },
        _ if request.headers.get("authorization").map(String::as_str) != Some("Bearer right") => {
            let problem = r#"{"title":"Not allowed","status":401,"code":"unauthorized","detail":"the key is not known"}"#;
            (401, String::new(), problem.into())
        }
        _ if state.refused.insert(format!("{} {}", request.method, request.name)) => {
            (503, String::new(), Vec::new())
        }
        "DELETE" => {
            let _ = fs_err::remove_file(&path);
            (204, String::new(), Vec::new())
        }
        _ => {
            let present = present.as_deref();
            let expected = (request.headers.get("if-match"), request.headers.get("if-none-match"));
            let status = match expected {
                _ if request.name.starts_with("targets/") => 201,
                _ if request.name != "metadata/timestamp.json" => match present {
                    Some(bytes) if bytes != request.body => 409,
                    _ => 201,
                },
                (Some(wanted), None) if present.map(tag).as_ref() == Some(wanted) => 200,
                (None, Some(any)) if any == "*" && present.is_none() => 201,
                (None, None) => 428,
                _ => 412,
            };
            if status < 300 {
                fs_err::create_dir_all(path.parent().unwrap()).unwrap();
                fs_err::write(&path, &request.body).unwrap();
            }
            (status, String::new(), Vec::new())
        }
    }
}

#[test]
fn a_server_is_published_to_like_a_folder() {
    let shop = Shop::new();
    let address = serve(shop.site());
    let depot = open_depot(&address, Some(ApiKey::new("right"))).unwrap();
    let root = fs_err::read(shop.folder.path().join("keys/1.root.json")).unwrap();
    let mut device = Device::default();
    for n in 0..3 {
        shop.set(&items(n, 60));
        let options = if n == 1 { incremental() } else { full() };
        published(publish(&shop.catalog, &shop.keys, &depot, &options, &|_| {}).unwrap());
        let seen = run(Seen::at(&shop.site(), &root)).unwrap();
        if n == 0 {
            run(device.install(&seen));
        }
        assert!(run(device.follow(&seen)));
        assert_eq!(device.items, items_of(&shop.catalog));
    }
    refresh(&shop.keys, &depot).unwrap();
    // The server lists nothing: what earlier releases named is found by walking back.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let collected = collect(&shop.keys, &depot, std::time::Duration::ZERO).unwrap();
    assert!(collected.removed_files >= 6, "{collected:?}");
    let seen = run(Seen::at(&shop.site(), &root)).unwrap();
    assert_eq!(run(seen.verify_all()).len(), fs_err::read_dir(shop.site().join("targets")).unwrap().count());
}

#[test]
fn of_two_that_read_the_same_one_is_told() {
    let shop = Shop::new();
    let depot = open_depot(&serve(shop.site()), Some(ApiKey::new("right"))).unwrap();
    shop.set(&items(0, 5));
    published(publish(&shop.catalog, &shop.keys, &depot, &full(), &|_| {}).unwrap());
    run(async {
        let before = depot.get("metadata/timestamp.json").await.unwrap().unwrap();
        depot.swap("metadata/timestamp.json", "{}".into(), Some(&before)).await.unwrap();
        for stale in [Some(&before), None] {
            let raced = depot.swap("metadata/timestamp.json", "{ }".into(), stale).await;
            assert!(matches!(raced, Err(Error::Raced)), "{raced:?}");
        }
        assert!(!depot.create("metadata/1.root.json", "x".into()).await.unwrap());
    });
}

#[test]
fn without_the_key_the_reason_is_told_and_the_key_is_not() {
    let shop = Shop::new();
    let key = ApiKey::new("very-secret");
    assert!(!format!("{key:?}").contains("secret"));
    let depot = open_depot(&serve(shop.site()), Some(key)).unwrap();
    assert!(!format!("{depot:?}").contains("secret"));
    let refused = publish(&shop.catalog, &shop.keys, &depot, &full(), &|_| {}).unwrap_err().to_string();
    assert!(refused.contains("the key is not known") && refused.contains("KNYTT_API_KEY"), "{refused}");
    assert!(!refused.contains("secret"));
}
