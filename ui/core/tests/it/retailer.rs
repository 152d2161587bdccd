//! A retailer: a catalogue, its keys, and a file server for what is published.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use knytt_engine::Catalog;
use knytt_publisher::{KeyOptions, Keys, PublishOptions, init, open_depot, publish};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::shop::build;

/// A catalogue that is published, and the server that devices ask. Both end with it.
pub struct Retailer {
    pub runtime: Runtime,
    pub catalog: Catalog,
    pub server: Arc<Server>,
    keys: Keys,
    folder: TempDir,
    address: SocketAddr,
}

/// What the server does with what it is asked.
pub struct Server {
    files: PathBuf,
    /// Packs wait while this holds.
    pub held: AtomicBool,
    /// Packs have one bit changed while this holds.
    pub damaging: AtomicBool,
    /// Nothing is there while this holds.
    pub away: AtomicBool,
    /// How many packs have waited.
    pub waited: AtomicU64,
}

impl Retailer {
    /// The first release of the drawn shop, with that many of its products.
    pub fn open(products: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        build(&place("catalog"), products);
        fs_err::create_dir(place("public")).unwrap();
        let server = Arc::new(Server::new(place("public")));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&server));
        runtime.spawn(async move { axum::serve(listener, router).await });
        let keys = init(&place("keys"), &KeyOptions::default()).unwrap();
        let catalog = Catalog::open(place("catalog")).unwrap();
        let retailer = Self { runtime, catalog, server, keys, folder, address };
        retailer.publish(&PublishOptions::default());
        retailer
    }

    pub fn publish(&self, options: &PublishOptions) {
        let address = format!("file://{}", self.folder.path().join("public").display());
        let depot = open_depot(&address.parse().unwrap(), None).unwrap();
        let options = PublishOptions { title: Some("Drawn shop".into()), ..options.clone() };
        publish(&self.catalog, &self.keys, &depot, &options, &|_| ()).unwrap();
    }

    /// From now on this catalogue is published.
    pub fn turn_to(&mut self, catalog: Catalog) {
        self.catalog = catalog;
    }

    /// The address alone: what is there first is trusted.
    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The link with the key, as a code says it.
    pub fn link(&self) -> String {
        self.link_with(&self.keys.fingerprint())
    }

    pub fn link_with(&self, root: &str) -> String {
        let (url, root) = (self.address().parse().unwrap(), Some(root.into()));
        let link = knytt_wire::CatalogLink { url, root, newest: None };
        link.to_string()
    }

    pub fn fingerprint(&self) -> String {
        self.keys.fingerprint()
    }
}

impl Server {
    fn new(files: PathBuf) -> Self {
        let (held, damaging, away) = (AtomicBool::new(false), AtomicBool::new(false), AtomicBool::new(false));
        Self { files, held, damaging, away, waited: AtomicU64::new(0) }
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let inside = !path.contains("..") && !self.away.load(Ordering::Relaxed);
        fs_err::read(inside.then(|| self.files.join(Path::new(path.trim_start_matches('/'))))?).ok()
    }
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let is_pack = path.ends_with(".parquet");
    if is_pack && server.held.load(Ordering::Relaxed) {
        server.waited.fetch_add(1, Ordering::Relaxed);
    }
    while is_pack && server.held.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    match server.read(&path) {
        Some(mut bytes) => {
            if is_pack && server.damaging.load(Ordering::Relaxed) {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
            }
            bytes.into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
