//! The same state for ever: whoever holds back newer releases, or a publisher that has stopped.

use jiff::{SignedDuration, Timestamp};
use knytt_client::{Clock, Error, Role, status};

use super::{Scene, assert_searchable};
use crate::forge::Forge;

fn days_ago(days: i64) -> Timestamp {
    let ago = Timestamp::now() - SignedDuration::from_hours(24 * days + 1);
    Timestamp::from_second(ago.as_second()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_past_its_date_is_refused_whichever_it_is() {
    let mut scene = Scene::new().await;
    scene.next();
    for role in [Role::Timestamp, Role::Snapshot, Role::Targets] {
        let mut forge = Forge::of(&scene.shop);
        let signed = match role {
            Role::Targets => &mut forge.targets,
            Role::Snapshot => &mut forge.snapshot,
            _ => &mut forge.timestamp,
        };
        signed["expires"] = days_ago(3).to_string().into();
        forge.sign_metadata();
        scene.serve(&forge);
        let error = scene.refused("expired").await;
        assert!(matches!(error, Error::Expired { role: of, expired_days: 3, .. } if of == role), "{error}");
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_catalogue_says_how_old_it_is_and_is_searched_on() {
    let mut scene = Scene::new().await;
    let mut forge = Forge::of(&scene.shop);
    forge.release["published_ms"] = days_ago(30).as_millisecond().into();
    // Of a publisher that kept no log yet: what it publishes later has one without this release.
    forge.release.as_object_mut().unwrap().remove("log");
    forge.timestamp["expires"] = days_ago(20).to_string().into();
    forge.sign();
    scene.serve(&forge);
    // It was good when the device saw it.
    scene.device = crate::shop::Device::new(&scene.server.url);
    scene.device.options.clock = Clock::new(|| days_ago(25));
    scene.device.sync().await.unwrap();
    // Since then the server has nothing new: it says so with a 304.
    scene.device.options.clock = Clock::default();
    scene.server.seen();
    let error = scene.refused("expired").await;
    assert!(matches!(error, Error::Expired { role: Role::Timestamp, expired_days: 20, .. }), "{error}");
    let seen = scene.server.seen();
    assert!(seen.len() == 1 && seen[0].status == 304, "{seen:?}");
    let told = status(&scene.device.folder()).unwrap().unwrap();
    assert_eq!((told.stale_days, told.release), (Some(20), 1));
    assert_searchable(&scene.device);
    scene.shop.put("p0001");
    scene.shop.publish();
    // Versions went on by one in the forged state: the retailer is ahead of it again.
    scene.shop.put("p0001");
    scene.shop.publish();
    scene.recovers().await;
    assert_eq!(status(&scene.device.folder()).unwrap().unwrap().stale_days, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_304_that_nobody_asked_for_is_no_answer() {
    let mut scene = Scene::new().await;
    scene.next();
    scene.server.fault("timestamp.json", crate::server::Fault::Status(304));
    let fresh = crate::shop::Device::new(&scene.server.url);
    let error = fresh.sync().await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 304, .. }), "{error}");
    scene.recovers().await;
}
