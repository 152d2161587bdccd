//! A model comes from a hub whole, or not at all.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fs_err as fs;
use knytt_hub::{Error, Hub, HubSettings, Progress, Reference, Repository, Snapshot};
use knytt_models::convert::{Layout, convert};
use knytt_models::{Bundle, Encoder, Options, SafetyClassifier};

use crate::server::{COMMIT, Server};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden").join(name)
}

fn repository() -> Repository {
    match Reference::parse("hf:shop/model").unwrap() {
        Reference::Hub(repository) => repository,
        Reference::Folder(_) => unreachable!("it is no folder"),
    }
}

fn hub(server: &Server, cache: &Path) -> Hub {
    hub_with(&server.endpoint(), cache, None, false)
}

fn hub_with(endpoint: &str, cache: &Path, token: Option<&str>, offline: bool) -> Hub {
    let settings = HubSettings {
        endpoint: endpoint.parse().unwrap(),
        token: token.map(str::to_owned),
        offline,
        cache: cache.into(),
        first_wait: Duration::from_millis(1),
    };
    Hub::new(settings).unwrap()
}

async fn get(hub: &Hub) -> Result<Snapshot, Error> {
    let listing = hub.list(&repository()).await?;
    hub.fetch(&repository(), &listing, &|_| ()).await
}

#[tokio::test]
async fn every_layout_comes_converts_and_embeds() {
    for (files, layout) in [
        ("gelu", Layout::Transformers),
        ("archive", Layout::Transformers),
        ("open-clip", Layout::OpenClip),
        ("safety", Layout::Safety),
    ] {
        let (server, cache) = (Server::start(&golden(files)).await, tempfile::tempdir().unwrap());
        server.repository.redirects.store(true, Ordering::Relaxed);
        let snapshot = get(&hub(&server, cache.path())).await.unwrap();
        let converted = convert(&snapshot.folder, &cache.path().join("bundle")).unwrap();
        assert_eq!(converted.layout, layout, "{files}");
        if layout == Layout::Safety {
            SafetyClassifier::open(&converted.bundle).unwrap();
        } else {
            let bundle = Bundle::open(&converted.bundle).unwrap();
            Encoder::start_with(bundle, &Options::default()).unwrap().embed_text("a red dress").unwrap();
        }
        // What is there is not fetched again.
        let sent = server.repository.sent.load(Ordering::Relaxed);
        assert_eq!(get(&hub(&server, cache.path())).await.unwrap().fetched_bytes, 0);
        assert_eq!(server.repository.sent.load(Ordering::Relaxed), sent);
    }
}

#[tokio::test]
async fn the_cache_has_the_layout_that_other_programs_read() {
    let (server, cache) = (Server::start(&golden("gelu")).await, tempfile::tempdir().unwrap());
    let snapshot = get(&hub(&server, cache.path())).await.unwrap();
    let folder = cache.path().join("models--shop--model");
    assert_eq!(fs::read_to_string(folder.join("refs/main")).unwrap(), COMMIT);
    assert_eq!(snapshot.folder, folder.join("snapshots").join(COMMIT));
    let weights = snapshot.folder.join("model.safetensors");
    assert_eq!(fs::read(&weights).unwrap(), fs::read(golden("gelu/model.safetensors")).unwrap());
    #[cfg(unix)]
    assert!(fs::read_link(&weights).unwrap().starts_with("../../blobs"));
    // The reference's own numbers are no part of a model.
    assert!(!snapshot.folder.join("golden.safetensors").exists());
}

#[tokio::test]
async fn a_line_that_breaks_costs_nothing_twice() {
    let (server, cache) = (Server::start(&golden("gelu")).await, tempfile::tempdir().unwrap());
    server.repository.cut_after.store(100_000, Ordering::Relaxed);
    server.repository.busy.store(2, Ordering::Relaxed);
    let seen = Mutex::new(Vec::new());
    let hub = hub(&server, cache.path());
    let listing = hub.list(&repository()).await.unwrap();
    let snapshot = hub
        .fetch(&repository(), &listing, &|progress: Progress| seen.lock().unwrap().push(progress))
        .await
        .unwrap();
    let seen = seen.into_inner().unwrap();
    let total = seen[0].total_bytes;
    assert_eq!(server.repository.sent.load(Ordering::Relaxed), total);
    assert_eq!(snapshot.fetched_bytes, total);
    assert!(seen.is_sorted_by_key(|progress| progress.done_bytes));
    assert_eq!(seen.last().unwrap().done_bytes, total);
}

#[tokio::test]
async fn a_fetch_that_is_stopped_anywhere_goes_on_from_there() {
    let (server, cache) = (Server::start(&golden("gelu")).await, tempfile::tempdir().unwrap());
    let hub = hub(&server, cache.path());
    let mut stopped = 0;
    for round in 0..50 {
        let time = Duration::from_micros(700 + 137 * (round * 31 % 50));
        if tokio::time::timeout(time, get(&hub)).await.is_err() {
            stopped += 1;
            assert!(hub.cached(&repository()).is_none(), "half a model is none");
        } else {
            break;
        }
    }
    assert!(stopped > 0, "none was stopped");
    let snapshot = get(&hub).await.unwrap();
    assert_eq!(
        fs::read(snapshot.folder.join("model.safetensors")).unwrap(),
        fs::read(golden("gelu/model.safetensors")).unwrap()
    );
}

#[tokio::test]
async fn what_was_not_listed_does_not_stay() {
    let (server, cache) = (Server::start(&golden("gelu")).await, tempfile::tempdir().unwrap());
    server.repository.damaged.store(true, Ordering::Relaxed);
    let hub = hub(&server, cache.path());
    assert!(matches!(get(&hub).await.unwrap_err(), Error::Damaged { .. }));
    assert!(hub.cached(&repository()).is_none());
    server.repository.damaged.store(false, Ordering::Relaxed);
    get(&hub).await.unwrap();
}

#[tokio::test]
async fn without_a_network_what_was_fetched_is_there() {
    let (server, cache) = (Server::start(&golden("gelu")).await, tempfile::tempdir().unwrap());
    let offline = hub_with(&server.endpoint(), cache.path(), None, true);
    assert!(offline.cached(&repository()).is_none());
    assert!(matches!(get(&offline).await.unwrap_err(), Error::Offline(_)));
    let fetched = get(&hub(&server, cache.path())).await.unwrap();
    let requests = server.repository.requests.load(Ordering::Relaxed);
    assert_eq!(offline.cached(&repository()).unwrap().folder, fetched.folder);
    assert_eq!(server.repository.requests.load(Ordering::Relaxed), requests);
}

#[tokio::test]
async fn a_closed_repository_says_what_opens_it() {
    let (server, cache) = (Server::start(&golden("gelu")).await, tempfile::tempdir().unwrap());
    *server.repository.token.lock().unwrap() = Some("hf_open".into());
    let error = get(&hub(&server, cache.path())).await.unwrap_err();
    assert!(matches!(error, Error::Gated(_)) && error.to_string().contains("HF_TOKEN"), "{error}");
    get(&hub_with(&server.endpoint(), cache.path(), Some("hf_open"), false)).await.unwrap();
}

#[tokio::test]
async fn what_is_not_there_and_who_does_not_answer_are_told_apart() {
    let (server, cache) = (Server::start(&golden("gelu")).await, tempfile::tempdir().unwrap());
    let missing = Repository { revision: "v9".into(), ..repository() };
    let error = hub(&server, cache.path()).list(&missing).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("README.txt"), "x").unwrap();
    let other = Server::start(empty.path()).await;
    let error = get(&hub(&other, cache.path())).await.unwrap_err();
    assert!(matches!(error, Error::Layout { .. }), "{error}");
    // Nobody listens at a port that was just given back.
    let gone = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let nobody = hub_with(&format!("http://{gone}"), cache.path(), None, false);
    let error = nobody.list(&repository()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}
