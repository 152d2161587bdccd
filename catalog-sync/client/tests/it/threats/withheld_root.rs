//! Somebody has stolen keys and withholds the root that replaces them. A device cannot know of a root that it
//! is not shown, but it believes the old one no longer than that says, and people see until when.

use jiff::{SignedDuration, Timestamp};
use knytt_client::{Clock, Error, Role, status};
use knytt_publisher::Role as KeyRole;

use super::{Scene, assert_searchable};
use crate::forge::{Forge, Ring};

const DAY_MS: i64 = 24 * 3600 * 1000;

#[tokio::test(flavor = "multi_thread")]
async fn stolen_keys_are_believed_until_the_root_that_names_them_expires() {
    let mut scene = Scene::new().await;
    let stolen = Ring::of(&scene.shop.keys);
    for role in [KeyRole::Timestamp, KeyRole::Snapshot, KeyRole::Targets] {
        scene.shop.keys.rotate(role, None, &[]).unwrap();
    }
    let mut forge = Forge::from(&scene.shop.place(), stolen);
    let far = Timestamp::now() + SignedDuration::from_hours(24 * 3000);
    let far = Timestamp::from_second(far.as_second()).unwrap().to_string();
    for signed in [&mut forge.targets, &mut forge.snapshot, &mut forge.timestamp] {
        signed["expires"] = far.clone().into();
    }
    forge.release["title"] = "a thief's".into();
    forge.follow(&forge.head(), 2);
    forge.sign();
    scene.serve(&forge);
    scene.device.sync().await.unwrap();
    // What people are shown: which root, and until when it is trusted.
    let told = status(&scene.device.folder()).unwrap().unwrap();
    let days = (told.root_expires_ms.unwrap() - Timestamp::now().as_millisecond()) / DAY_MS;
    assert_eq!(told.root_version, 1);
    assert!((360..=365).contains(&days), "{days}");
    assert_eq!(told.title, "a thief's", "nobody can tell yet");

    let in_days = |days: i64| move || Timestamp::now() + SignedDuration::from_hours(24 * days);
    forge.timestamp["version"] = 1000.into();
    forge.sign_timestamp();
    scene.device.options.clock = Clock::new(in_days(366));
    let error = scene.refused("expired").await;
    assert!(matches!(error, Error::Expired { role: Role::Root, .. }), "{error}");
    assert_searchable(&scene.device);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_told_of_nothing_new_notices_that_its_root_expired() {
    let mut scene = Scene::new().await;
    let mut forge = Forge::of(&scene.shop);
    let far = Timestamp::now() + SignedDuration::from_hours(24 * 3000);
    let far = Timestamp::from_second(far.as_second()).unwrap().to_string();
    for signed in [&mut forge.targets, &mut forge.snapshot, &mut forge.timestamp] {
        signed["expires"] = far.clone().into();
    }
    forge.sign_metadata();
    scene.serve(&forge);
    scene.device.sync().await.unwrap();
    scene.server.seen();
    scene.device.options.clock = Clock::new(|| Timestamp::now() + SignedDuration::from_hours(24 * 366));
    let error = scene.refused("expired").await;
    assert!(scene.server.seen().iter().all(|seen| seen.status == 304), "{error}");
}
