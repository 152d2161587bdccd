//! A place that sends just quickly enough not to be given up, and holds the sync and its lock for hours.

use std::time::{Duration, Instant};

use knytt_client::Patience;
use knytt_publisher::PublishOptions;

use crate::server::{Fault, Server};
use crate::shop::{Device, Shop, assert_same};

/// What drips sends 50 bytes a second: the floor is far below, what is worth staying for far above.
fn patience() -> Patience {
    Patience {
        slow_after: Duration::from_millis(300),
        slowest_bytes_per_sec: 5.0,
        switch_after: Duration::from_millis(300),
        switch_below_bytes_per_sec: 5_000.0,
        ..Patience::default()
    }
}

/// A shop with a mirror, and a device that has nothing yet.
async fn scene() -> (Shop, Server, Server, Device) {
    let shop = Shop::new(20);
    fs_err::create_dir_all(shop.place()).unwrap();
    let (home, mirror) = (shop.serve().await, shop.serve().await);
    let mirrors = vec![mirror.url.clone()];
    shop.publish_with(&PublishOptions { mirrors, ..PublishOptions::default() });
    let mut device = Device::new(&home.url);
    device.options.patience = patience();
    (shop, home, mirror, device)
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_that_drip_above_the_floor_come_from_the_next_place() {
    let (shop, home, mirror, device) = scene().await;
    home.fault(".parquet", Fault::Trickle);
    device.sync().await.unwrap();
    assert_same(&device, &shop);
    assert!(mirror.seen().iter().any(|seen| seen.path.ends_with(".parquet")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_on_which_every_place_is_slow_is_not_given_up() {
    let (shop, home, mirror, mut device) = scene().await;
    device.options.patience.switch_below_bytes_per_sec = f64::MAX;
    for server in [&home, &mirror] {
        server.fault(".parquet", Fault::Slow);
    }
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quick_beginning_buys_no_slow_end() {
    let shop = Shop::new(60);
    shop.publish();
    let server = shop.serve().await;
    let mut device = Device::new(&server.url);
    device.options.patience = Patience { slowest_bytes_per_sec: 500.0, ..patience() };
    server.fault(".parquet", Fault::BurstThenTrickle);
    let start = Instant::now();
    assert_eq!(device.sync().await.unwrap_err().code(), "too_slow");
    // On average over all of it, some 80 kB at once would be quick enough for minutes.
    assert!(start.elapsed() < Duration::from_secs(60));
    server.behave();
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}
