//! The same against an S3-compatible store, which runs in this process.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use knytt_publisher::{Error, collect, open_depot, publish, refresh};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use url::Url;

use crate::device::{Device, Seen, run};
use crate::shop::{Shop, full, incremental, items, items_of, noise, published};

const KEY: &str = "AKEYFORTHETEST";
const SECRET: &str = "asecretforthetest";

/// Set in the process that runs the test proper: the store's address is read from the environment.
const INSIDE: &str = "KNYTT_TEST_S3_FOLDER";

/// Serves buckets, which are folders, until the process ends.
fn serve(folder: &Path) -> SocketAddr {
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let service = builder.build();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        run(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let server = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
            while let Ok((socket, _)) = listener.accept().await {
                let connection = server
                    .serve_connection(hyper_util::rt::TokioIo::new(socket), service.clone())
                    .into_owned();
                tokio::spawn(connection);
            }
        });
    });
    address
}

/// Environment variables are a process's own: so is the store of this test.
#[test]
fn a_bucket_is_published_to_like_a_folder() {
    if let Some(folder) = std::env::var_os(INSIDE) {
        return publish_to_bucket(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let address = serve(folder.path());
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "s3::a_bucket_is_published_to_like_a_folder", "--nocapture"])
        .env(INSIDE, folder.path())
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_ALLOW_HTTP", "true")
        .env("AWS_REGION", "us-east-1")
        .status();
    assert!(status.unwrap().success());
}

fn publish_to_bucket(folder: &Path) {
    fs_err::create_dir(folder.join("releases")).unwrap();
    let address: Url = "s3://releases/shops/one".parse().unwrap();
    let depot = open_depot(&address, None).unwrap();
    let site = folder.join("releases/shops/one");
    let shop = Shop::new();
    let root = fs_err::read(shop.folder.path().join("keys/1.root.json")).unwrap();
    let mut device = Device::default();
    for n in 0..3 {
        let mut held = items(n, 60);
        // One picture is large enough to go up in parts.
        held.get_mut("product 9").unwrap().picture = Some(noise(9, 18 << 20));
        shop.set(&held);
        let options = if n == 1 { incremental() } else { full() };
        let summary = published(publish(&shop.catalog, &shop.keys, &depot, &options, &|_| {}).unwrap());
        assert_eq!(summary.release, u64::from(n) + 1);
        let seen = run(Seen::at(&site, &root)).unwrap();
        if n == 0 {
            run(device.install(&seen));
        }
        assert!(run(device.follow(&seen)));
        assert_eq!(device.items, items_of(&shop.catalog));
        run(seen.verify_all());
    }
    refresh(&shop.keys, &depot).unwrap();
    run(async {
        let before = depot.get("metadata/timestamp.json").await.unwrap().unwrap();
        let stale = knytt_publisher::Found { tag: Some("\"0123\"".into()), ..before.clone() };
        for wrong in [Some(&stale), None] {
            let raced = depot.swap("metadata/timestamp.json", "x".into(), wrong).await;
            assert!(matches!(raced, Err(Error::Raced)), "{raced:?}");
        }
        assert!(!depot.create("metadata/1.root.json", "x".into()).await.unwrap());
        depot.swap("metadata/timestamp.json", before.bytes.clone(), Some(&before)).await.unwrap();
    });
    collect(&shop.keys, &depot, std::time::Duration::ZERO).unwrap();
    let seen = run(Seen::at(&site, &root)).unwrap();
    run(seen.verify_all());
}
