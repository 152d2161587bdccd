//! Answers that say: it is elsewhere.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use axum::Router;
use axum::response::Redirect;
use axum_server::tls_rustls::RustlsConfig;
use knytt_client::Error;

use super::Scene;
use crate::server::Fault;
use crate::shop::{Device, Shop, assert_same};

#[tokio::test(flavor = "multi_thread")]
async fn redirects_in_a_circle_end() {
    let mut scene = Scene::new().await;
    scene.next();
    for (file, late) in [("timestamp.json", false), (".parquet", true)] {
        let to = format!("{}metadata/circle{file}", scene.server.url);
        scene.server.fault(file, Fault::Redirect(to));
        scene.server.seen();
        let error = if late { scene.refused_late("refused").await } else { scene.refused("refused").await };
        assert!(matches!(error, Error::Refused { status: 302, .. }), "{error}");
        assert!(scene.server.seen().len() < 30);
        scene.server.behave();
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_that_leads_to_the_file_is_followed() {
    let mut scene = Scene::new().await;
    scene.next();
    let elsewhere = scene.shop.serve().await;
    scene
        .server
        .fault("timestamp.json", Fault::Redirect(format!("{}metadata/timestamp.json", elsewhere.url)));
    scene.device.sync().await.unwrap();
    assert_same(&scene.device, &scene.shop);
    assert_eq!(elsewhere.seen().len(), 1);
}

const FROM: &str = "KNYTT_TEST_SYNC_FROM";

/// Run by the test below in a process of its own, which believes its certificate.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a part of an_encrypted_address_leads_to_no_open_one"]
async fn sync_from_an_encrypted_address() {
    let Ok(from) = std::env::var(FROM) else { return };
    match Device::new(&from.parse().unwrap()).sync().await {
        Ok(synced) => println!("synced {}", synced.release),
        Err(error) => println!("code {}: {error}", error.code()),
    }
}

async fn sync_elsewhere(from: &str, certificate: &Path) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["threats::redirects::sync_from_an_encrypted_address", "--exact", "--ignored", "--nocapture"]);
    child.env(FROM, from).env("SSL_CERT_FILE", certificate).env_remove("SSL_CERT_DIR");
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn encrypted(router: Router, certificate: &Path) -> (SocketAddr, axum_server::Handle<SocketAddr>) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs_err::write(certificate, made.cert.pem()).unwrap();
    let key = made.signing_key.serialize_pem();
    let tls = RustlsConfig::from_pem(made.cert.pem().into_bytes(), key.into_bytes()).await.unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let handle = axum_server::Handle::new();
    let server = axum_server::from_tcp_rustls(listener, tls).unwrap().handle(handle.clone());
    tokio::spawn(server.serve(router.into_make_service()));
    (address, handle)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_address_leads_to_no_open_one() {
    let shop = Shop::new(20);
    shop.publish();
    let open = shop.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("certificate.pem");
    let to = open.url.clone();
    let router = Router::new().fallback(move |uri: axum::http::Uri| async move {
        Redirect::temporary(&format!("{to}{}", uri.path().trim_start_matches('/')))
    });
    let (address, handle) = encrypted(router, &certificate).await;
    let said = sync_elsewhere(&format!("https://{address}/"), &certificate).await;
    assert!(said.contains("code refused") && said.contains("307"), "{said}");
    assert!(open.seen().is_empty(), "the open address was asked");
    handle.shutdown();

    // The same server without redirects, to see that it is they that were refused.
    let place = shop.place();
    let router = Router::new().fallback(move |uri: axum::http::Uri| {
        let file = fs_err::read(place.join(uri.path().trim_start_matches('/')));
        async move { file.map_err(|_| axum::http::StatusCode::NOT_FOUND) }
    });
    let (address, handle) = encrypted(router, &certificate).await;
    let said = sync_elsewhere(&format!("https://{address}/"), &certificate).await;
    assert!(said.contains("synced 1"), "{said}");
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs_err::write(&certificate, other.cert.pem()).unwrap();
    let stranger = sync_elsewhere(&format!("https://{address}/"), &certificate).await;
    assert!(stranger.contains("code offline"), "a certificate that nobody vouches for: {stranger}");
    handle.shutdown();
}
