//! What a sync does when all is well, and when the line is not.

use std::sync::Mutex;

use knytt_client::{Cancel, Error, Progress, status, sync};
use knytt_engine::{
    Experiment, ExperimentArm, Merchandising, MerchandisingRule, RuleAction, Selection, Weights,
};
use knytt_publisher::PublishOptions;

use crate::server::{Fault, Server};
use crate::shop::{Device, Shop, assert_same};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_gets_the_whole_release_and_then_what_changes() {
    let mut shop = Shop::new(300);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    let first = device.sync().await.unwrap();
    assert!(first.swapped && first.changed);
    assert_eq!((first.from_release, first.release), (0, 1));
    assert_same(&device, &shop);

    shop.edit("p0003", |product| product.price = Some("9.99 EUR".parse().unwrap()));
    shop.put("p0004");
    shop.put("new");
    shop.delete("p0005");
    let summary = shop.publish();
    let second = device.sync().await.unwrap();
    assert!(second.changed && !second.swapped);
    assert_eq!((second.from_release, second.release), (1, 2));
    assert!(second.downloaded_bytes <= summary.delta_bytes.unwrap_or(0), "{second:?} {summary:?}");
    assert_same(&device, &shop);
    let status = status(&device.folder()).unwrap().unwrap();
    assert_eq!((status.release, status.catalog.as_str()), (2, "shop"));
    assert!(status.stale_days.is_none() && status.last_error.is_none() && status.checked_ms.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_up_to_date_asks_for_one_file_and_fetches_none() {
    let shop = Shop::new(20);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    server.seen();
    let again = device.sync().await.unwrap();
    assert!(!again.changed && again.release == 1);
    let seen = server.seen();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(seen[0].path.ends_with("timestamp.json") && seen[0].status == 304);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_releases_are_caught_up_step_by_step() {
    let mut shop = Shop::new(300);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    for n in 0..4 {
        shop.put(&format!("p{n:04}"));
        shop.edit("p0100", |product| product.title = format!("title {n}"));
        shop.publish_incremental();
    }
    let synced = device.sync().await.unwrap();
    assert_eq!((synced.from_release, synced.release, synced.swapped), (1, 5, false));
    assert_same(&device, &shop);
    let fresh = Device::new(&server.url);
    assert!(fresh.sync().await.unwrap().swapped);
    assert_same(&fresh, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_that_share_a_pack_fetch_it_once() {
    let mut shop = Shop::new(60);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    server.seen();
    // The same product again and again: of its attributes, each step says the same nothing.
    for _ in 0..5 {
        shop.put("p0001");
        shop.publish_incremental();
    }
    device.sync().await.unwrap();
    let mut packs: Vec<_> = server.seen().into_iter().map(|seen| seen.path).collect();
    packs.retain(|path| path.ends_with(".parquet"));
    let distinct: std::collections::HashSet<_> = packs.iter().collect();
    assert!(packs.len() < 15 && distinct.len() == packs.len(), "{packs:?}");
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nearly_all_changed_the_whole_release_is_the_cheaper_way() {
    let mut shop = Shop::new(60);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    for _ in 0..3 {
        (0..60).for_each(|n| shop.put(&format!("p{n:04}")));
        shop.publish();
    }
    assert!(device.sync().await.unwrap().swapped);
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_fetched_is_not_fetched_again_after_the_line_broke() {
    let shop = Shop::new(300);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    server.fault(".parquet", Fault::CutAfter(100_000));
    let mut tries = 0;
    while device.sync().await.is_err() {
        tries += 1;
        assert!(tries < 20);
    }
    let ranges = server.seen().into_iter().filter(|seen| seen.range.is_some()).count();
    assert!(ranges > 3, "only {ranges} requests went on where the last one ended");
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_ranges_is_served_from_the_beginning() {
    let shop = Shop::new(100);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    server.fault(".parquet", Fault::CutAfter(50_000));
    let cancel = Cancel::default();
    let stop = |progress| {
        if let Progress::Downloading { done_bytes, .. } = progress
            && done_bytes > 40_000
        {
            cancel.cancel();
        }
    };
    assert!(matches!(sync(&device.folder(), &device.options, &stop, &cancel).await, Err(Error::Cancelled)));
    server.behave();
    server.fault(".parquet", Fault::NoRange);
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_answers_when_the_first_place_does_not() {
    let shop = Shop::new(100);
    let place = shop.place();
    fs_err::create_dir_all(&place).unwrap();
    let mirror = Server::start(&place).await;
    shop.publish_with(&PublishOptions { mirrors: vec![mirror.url.clone()], ..PublishOptions::default() });
    let server = shop.serve().await;
    server.fault(".parquet", Fault::Status(404));
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    assert_same(&device, &shop);
    assert!(mirror.seen().iter().any(|seen| seen.path.ends_with(".parquet")));
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_only_goes_forwards_and_ends_at_the_whole() {
    let shop = Shop::new(300);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    let told = Mutex::new(Vec::new());
    let report = |progress| told.lock().unwrap().push(progress);
    sync(&device.folder(), &device.options, &report, &Cancel::default()).await.unwrap();
    let told = told.into_inner().unwrap();
    let downloads: Vec<_> = told
        .iter()
        .filter_map(|progress| match progress {
            Progress::Downloading { done_bytes, total_bytes } => Some((*done_bytes, *total_bytes)),
            _ => None,
        })
        .collect();
    assert_eq!(told[0], Progress::Checking);
    assert!(downloads.iter().any(|(done, total)| done == total));
    assert!(downloads.iter().all(|(done, total)| done <= total));
    assert!(told.iter().any(|progress| matches!(progress, Progress::Applying { total: 300, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_syncs_of_one_catalogue_do_not_meet() {
    let shop = Shop::new(20);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    server.fault("1.root.json", Fault::Drip);
    let cancel = Cancel::default();
    let (folder, options, stop) = (device.folder(), device.options.clone(), cancel.clone());
    let first = tokio::spawn(async move { sync(&folder, &options, &|_| {}, &stop).await });
    while server.seen().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(matches!(device.sync().await, Err(Error::Busy { .. })));
    cancel.cancel();
    assert!(matches!(first.await.unwrap(), Err(Error::Cancelled)));
    server.behave();
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_metered_network_is_spared() {
    let mut shop = Shop::new(1200);
    shop.publish();
    let server = shop.serve().await;
    let mut device = Device::new(&server.url);
    device.options.metered = true;
    assert!(matches!(device.sync().await, Err(Error::Metered { bytes }) if bytes > 2 << 20));
    device.options.metered = false;
    device.sync().await.unwrap();
    shop.put("small");
    shop.publish();
    device.options.metered = true;
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_that_was_changed_here_is_replaced() {
    let mut shop = Shop::new(100);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    device.catalog().transact::<_, knytt_engine::Error>(|change| change.delete("p0001")).unwrap();
    shop.put("p0002");
    shop.publish();
    let synced = device.sync().await.unwrap();
    assert!(synced.swapped);
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_another_kind_is_left_alone() {
    let shop = Shop::new(3);
    shop.publish();
    let server = shop.serve().await;
    let mut device = Device::new(&server.url);
    let before = shop.content();
    let refused = sync(shop.catalog.path(), &device.options, &|_| {}, &Cancel::default()).await;
    assert!(matches!(refused, Err(Error::NotSynced { .. })));
    assert_eq!(shop.content(), before);
    device.options.from = None;
    assert!(matches!(device.sync().await, Err(Error::NotSynced { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_searches_goes_on_with_the_old_release_until_it_opens_again() {
    let mut shop = Shop::new(50);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    let open = device.catalog();
    let before = open.read().unwrap();
    for _ in 0..3 {
        (0..50).for_each(|n| shop.put(&format!("p{n:04}")));
        shop.publish();
    }
    assert!(device.sync().await.unwrap().swapped);
    assert_eq!(before.ids().unwrap().len(), 50);
    assert_eq!(before.info().unwrap().release, 1);
    assert_eq!(open.read().unwrap().info().unwrap().release, 1);
    drop((before, open));
    assert_eq!(device.release(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_come_with_a_release_and_go_with_one() {
    let mut shop = Shop::new(20);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    let rules = |device: &Device| device.catalog().read().unwrap().merchandising().unwrap();
    assert_eq!(rules(&device), None);
    let banner = RuleAction::Banner { text: "Sale".into() };
    let boost = RuleAction::Boost {
        what: Selection { products: vec!["p0001".into()], conditions: Vec::new() },
        by: 0.3,
    };
    let rule = MerchandisingRule { id: "sale".into(), then: vec![banner, boost], ..Default::default() };
    let document = Merchandising { rules: vec![rule], ..Merchandising::default() };
    let set = |document: Option<Merchandising>| {
        let mut writer = shop.catalog.write();
        writer.set_merchandising(document);
        writer.commit().unwrap();
    };
    set(Some(document.clone()));
    shop.publish();
    assert!(device.sync().await.unwrap().changed);
    assert_eq!(rules(&device), Some(document.clone()), "by a step that changes no product");
    let fresh = Device::new(&server.url);
    fresh.sync().await.unwrap();
    assert_eq!(rules(&fresh), Some(document), "with the whole release");
    set(None);
    shop.publish();
    for device in [&device, &fresh] {
        device.sync().await.unwrap();
        assert_eq!(rules(device), None);
    }
    shop.put("p0003");
    shop.publish();
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_comes_with_a_release_and_goes_with_one() {
    let shop = Shop::new(20);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    let experiment = |device: &Device| device.catalog().read().unwrap().experiment().unwrap();
    assert_eq!(experiment(&device), None);
    let arm = |weights| ExperimentArm { share: 5_000, weights, rules: None };
    let document = Experiment {
        version: Experiment::VERSION,
        id: "one".into(),
        key: "0f".repeat(32),
        interleaved: false,
        arms: vec![arm(None), arm(Some(Weights { words: 0.25, ..Weights::USUAL }))],
        from_ms: 1,
        until_ms: Some(2),
    };
    let set = |document: Option<Experiment>| {
        let mut writer = shop.catalog.write();
        writer.set_experiment(document);
        writer.commit().unwrap();
    };
    set(Some(document.clone()));
    shop.publish();
    assert!(device.sync().await.unwrap().changed);
    assert_eq!(experiment(&device), Some(document.clone()), "by a step that changes no product");
    let fresh = Device::new(&server.url);
    fresh.sync().await.unwrap();
    assert_eq!(experiment(&fresh), Some(document), "with the whole release");
    set(None);
    shop.publish();
    for device in [&device, &fresh] {
        device.sync().await.unwrap();
        assert_eq!(experiment(device), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_a_later_version_are_not_obeyed_and_stop_no_release() {
    let shop = Shop::new(20);
    shop.publish();
    let server = shop.serve().await;
    let forge = crate::forge::Forge::of(&shop)
        .with_release(|release| release["rules"] = serde_json::json!({ "version": 9, "later": true }));
    server.serve(forge.place());
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    assert_eq!(device.catalog().read().unwrap().merchandising().unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn further_pictures_come_with_the_release_and_then_those_that_change() {
    let mut shop = Shop::new(120);
    for n in 0..40 {
        shop.picture(&format!("p{n:04}"), 1);
        shop.picture(&format!("p{n:04}"), 2);
    }
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    device.sync().await.unwrap();
    assert_same(&device, &shop);
    assert_eq!(device.catalog().info().unwrap().further_pictures, 80);

    shop.picture("p0003", 2);
    shop.picture("p0100", 1);
    shop.remove_picture("p0004", 2);
    shop.delete("p0005");
    let summary = shop.publish();
    assert_eq!((summary.further, summary.deletes), (3, 1));
    let synced = device.sync().await.unwrap();
    assert!(synced.changed && !synced.swapped && synced.downloaded_bytes < 40_000, "{synced:?}");
    assert_same(&device, &shop);

    // A device that was of an earlier version has none of them: it takes the whole release.
    let without: Result<(), knytt_engine::Error> = device.catalog().transact(|change| {
        (0..120).filter(|n| *n != 5).try_for_each(|n| {
            (1..3).try_for_each(|number| change.remove_picture(&format!("p{n:04}"), number))
        })
    });
    without.unwrap();
    shop.edit("p0001", |product| product.title = "another".into());
    shop.publish();
    assert!(device.sync().await.unwrap().swapped);
    assert_same(&device, &shop);
}
