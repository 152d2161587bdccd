//! Answers that come so slowly that they never end.

use std::time::Duration;

use knytt_client::{Error, Patience};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Scene;
use crate::server::Fault;

/// Gives up what comes with fewer than 500 bytes a second, or not at all for `read_ms`.
fn patience(read_ms: u64) -> Patience {
    Patience {
        answer: Duration::from_millis(300),
        read: Duration::from_millis(read_ms),
        slow_after: Duration::from_millis(150),
        slowest_bytes_per_sec: 500.0,
        ..Patience::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_and_packs_that_trickle_are_given_up() {
    let mut scene = Scene::new().await;
    scene.next();
    scene.device.options.patience = Patience { answer: Duration::from_secs(9), ..patience(9_000) };
    for file in ["timestamp.json", "2.snapshot.json"] {
        scene.server.fault(file, Fault::Trickle);
        let error = scene.refused("too_slow").await;
        assert!(matches!(&error, Error::TooSlow { url } if url.path().ends_with(file)), "{error}");
        scene.server.behave();
    }
    scene.server.fault(".parquet", Fault::Trickle);
    let error = scene.refused_late("too_slow").await;
    assert!(matches!(&error, Error::TooSlow { url } if url.path().ends_with(".parquet")), "{error}");
    scene.device.options.patience = Patience::default();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_within_an_answer_is_given_up() {
    let mut scene = Scene::new().await;
    scene.next();
    scene.device.options.patience = patience(150);
    scene.server.fault("timestamp.json", Fault::Drip);
    let error = scene.refused("offline").await;
    assert!(matches!(error, Error::Offline { .. }), "{error}");
    scene.device.options.patience = Patience::default();
    scene.recovers().await;
}

/// Each byte of the head comes in time, and so no time-out between bytes ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_trickles_is_given_up() {
    let mut scene = Scene::new().await;
    scene.next();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = format!("http://{}/", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Pad: ").await;
                while stream.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        }
    });
    let honest = scene.device.options.from.replace(slow.parse().unwrap());
    scene.device.options.patience = patience(9_000);
    let error = scene.device.sync().await.unwrap_err();
    assert_eq!(error.code(), "too_slow", "{error}");
    task.abort();
    scene.device.options.from = honest;
    scene.device.options.patience = Patience::default();
    scene.recovers().await;
}
