//! A device whose clock is wrong.

use jiff::{SignedDuration, Timestamp};
use knytt_client::{Clock, Error, Role};

use super::Scene;
use crate::forge::Forge;
use crate::shop::assert_same;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn clock(off_by_days: i32) -> Clock {
    Clock::new(move || Timestamp::now() + DAY * off_by_days)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_far_ahead_is_told_so_and_nothing_of_it_stays() {
    let mut scene = Scene::new().await;
    scene.next();
    scene.device.options.clock = clock(3000);
    let error = scene.refused("expired").await;
    assert!(matches!(&error, Error::Expired { role: Role::Root, clock: Some(_), .. }), "{error}");
    assert!(error.to_string().contains("this device's clock may be wrong: the server says it is"), "{error}");
    scene.device.options.clock = Clock::default();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_far_behind_stops_nothing() {
    let mut scene = Scene::new().await;
    scene.device.options.clock = clock(-3000);
    scene.next();
    scene.recovers().await;
    // Up to date, and asked again: the answer is a 304.
    assert!(!scene.device.sync().await.unwrap().changed);
    let fresh = crate::shop::Device::new(&scene.server.url);
    fresh.sync().await.unwrap();
    assert_same(&fresh, &scene.shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_metadata_is_noticed_by_the_servers_clock_where_the_devices_is_behind() {
    let mut scene = Scene::new().await;
    scene.device.options.clock = clock(-3000);
    scene.server.say_date(&http_date(40));
    // The 304 says what time it is too.
    let error = scene.refused("expired").await;
    assert!(matches!(error, Error::Expired { role: Role::Timestamp, expired_days: 32 | 33, .. }), "{error}");
    scene.next();
    let error = scene.refused("expired").await;
    assert!(matches!(error, Error::Expired { role: Role::Timestamp, expired_days: 32 | 33, .. }), "{error}");
    scene.recovers().await;
}

/// Whoever holds back newer metadata cannot lengthen its life by a clock that goes backwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_cannot_make_metadata_younger_than_it_is() {
    let mut scene = Scene::new().await;
    scene.next();
    let mut forge = Forge::of(&scene.shop);
    let past = Timestamp::now() - DAY * 2;
    forge.timestamp["expires"] = Timestamp::from_second(past.as_second()).unwrap().to_string().into();
    forge.sign();
    scene.serve(&forge);
    scene.server.say_date(&http_date(-3000));
    scene.refused("expired").await;
    scene.device.options.clock = clock(-3000);
    scene.refused("expired").await;
    scene.device.options.clock = Clock::default();
    scene.recovers().await;
}

fn http_date(in_days: i32) -> String {
    let at = (Timestamp::now() + DAY * in_days).to_zoned(jiff::tz::TimeZone::UTC);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
