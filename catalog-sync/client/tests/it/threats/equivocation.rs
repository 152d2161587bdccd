//! A publisher, or a thief of its keys, signs two releases of one number for different devices.

use knytt_client::{Error, status};
use knytt_wire::{LogHead, LogPage, MAX_LOG_PAGE_BYTES};
use serde_json::{Value, json};

use super::Scene;
use crate::forge::Forge;
use crate::shop::{Device, Shop, assert_same};

/// A device at the second release, and the same shop with another second release.
async fn scene() -> (Scene, Shop) {
    let mut scene = Scene::of(Shop::new(20)).await;
    let mut other = scene.shop.branch();
    scene.next();
    scene.device.sync().await.unwrap();
    other.edit("p0002", |product| product.title = "for others only".into());
    other.publish();
    (scene, other)
}

/// What is published at a place, signed again with higher versions, after a change.
fn signed_again(shop: &Shop, change: impl FnOnce(&mut Forge)) -> Forge {
    let mut forge = Forge::of(shop);
    change(&mut forge);
    forge.sign_metadata();
    forge
}

/// A page of the log, changed and signed.
fn with_page(shop: &Shop, change: impl FnOnce(&mut LogPage)) -> Forge {
    signed_again(shop, |forge| {
        let mut page: LogPage = serde_json::from_slice(&forge.read("log-1.json")).unwrap();
        change(&mut page);
        forge.put("log-1.json", &serde_json::to_vec(&page).unwrap());
    })
}

fn reason(error: &Error) -> &str {
    match error {
        Error::Equivocation { reason } => reason,
        other => panic!("{other}"),
    }
}

fn seen(device: &Device) -> LogHead {
    status(&device.folder()).unwrap().unwrap().log.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_release_of_the_same_number_is_refused() {
    let (scene, other) = scene().await;
    let second = signed_again(&other, |_| {});
    scene.serve(&second);
    let error = scene.refused("equivocation").await;
    assert!(reason(&error).contains("release 2"), "{error}");
    scene.server.behave();
    scene.shop.publish_again();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_another_release_is_refused_however_many_are_in_between() {
    let (scene, mut other) = scene().await;
    for number in 3..6 {
        other.put("p0007");
        assert_eq!(other.publish().release, number);
        let served = signed_again(&other, |_| {});
        scene.serve(&served);
        let error = scene.refused("equivocation").await;
        assert!(reason(&error).contains("release 2 was"), "{error}");
    }
    // Two devices that tell what they have seen contradict each other.
    scene.server.serve(&other.place());
    let victim = Device::new(&scene.server.url);
    victim.sync().await.unwrap();
    let fresh = Device::new(&scene.server.url);
    scene.server.serve(&scene.shop.place());
    fresh.sync().await.unwrap();
    assert_eq!((seen(&fresh), seen(&fresh).number), (seen(&scene.device), 2));
    assert_ne!(seen(&victim).hash, seen(&fresh).hash);
}

#[tokio::test(flavor = "multi_thread")]
async fn skipped_releases_are_looked_up_in_the_log() {
    let mut scene = Scene::of(Shop::new(20)).await;
    (0..5).for_each(|_| scene.next());
    scene.recovers().await;
    assert_eq!(seen(&scene.device).number, 6);
    let pages = |scene: &Scene| scene.server.seen().iter().filter(|seen| seen.path.contains(".log-")).count();
    assert_eq!(pages(&scene), 1);
    scene.next();
    scene.recovers().await;
    assert_eq!(pages(&scene), 0, "the next release names the one before");
    scene.shop.publish_again();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_changed_cut_or_left_out_is_refused() {
    let mut scene = Scene::of(Shop::new(20)).await;
    (0..3).for_each(|_| scene.next());
    // The device saw release 1; what is published is release 4.
    let rewritten = with_page(&scene.shop, |page| page.entries[1].content = "another".into());
    let cut = with_page(&scene.shop, |page| drop(page.entries.remove(0)));
    let short = with_page(&scene.shop, |page| drop(page.entries.pop()));
    let gone = signed_again(&scene.shop, |forge| {
        forge.targets["targets"].as_object_mut().unwrap().remove("log-1.json");
    });
    let without = Forge::of(&scene.shop).with_release(|release| drop(remove(release, "log")));
    let anew = Forge::of(&scene.shop).with_release(|release| release["log"] = json!({}));
    for forge in [rewritten, cut, short, gone, without, anew] {
        scene.serve(&forge);
        scene.refused("equivocation").await;
    }
    let long = signed_again(&scene.shop, |forge| {
        forge.put("log-1.json", &vec![b' '; MAX_LOG_PAGE_BYTES as usize + 1]);
    });
    scene.serve(&long);
    scene.refused("too_large").await;
    let nonsense = signed_again(&scene.shop, |forge| forge.put("log-1.json", b"[]"));
    scene.serve(&nonsense);
    scene.refused("malformed").await;
    scene.recovers().await;
}

fn remove(release: &mut Value, field: &str) -> Value {
    release.as_object_mut().unwrap().remove(field).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_who_continues_the_log_is_found_out_by_the_next_release_and_new_keys_end_it() {
    let mut scene = Scene::of(Shop::new(20)).await;
    // The thief has the keys and what is published, and goes on as the retailer would.
    let mut thief = scene.shop.branch();
    thief.edit("p0003", |product| product.title = "a thief's".into());
    thief.publish();
    scene.server.serve(&thief.place());
    scene.device.sync().await.unwrap();
    assert_eq!(scene.device.release(), 2);
    scene.server.behave();
    (0..3).for_each(|_| scene.next());
    let error = scene.refused("equivocation").await;
    assert!(reason(&error).contains("release 2 was"), "{error}");
    scene.shop.keys.rotate(knytt_publisher::Role::Targets, None, &[]).unwrap();
    scene.next();
    scene.recovers().await;
    scene.next();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_root_lets_the_log_begin_anew() {
    let (scene, _) = scene().await;
    // The place and the records beside the keys are lost; the keys are there.
    let mut bare = scene.shop.branch();
    for lost in ["public", "keys/state"] {
        fs_err::remove_dir_all(bare.dir.path().join(lost)).unwrap();
    }
    for number in 1..=3 {
        assert_eq!(bare.publish_again().release, number);
    }
    scene.server.serve(&bare.place());
    scene.refused("equivocation").await;
    let to = bare.depot();
    std::thread::scope(|scope| {
        let set = || knytt_publisher::set_release_number(&mut bare.keys, None, &to, 9).unwrap();
        scope.spawn(set).join().unwrap();
    });
    bare.put("p0004");
    assert_eq!(bare.publish().release, 10);
    scene.device.sync().await.unwrap();
    assert_same(&scene.device, &bare);
    // From there on, what came before is no excuse any more.
    let mut again = bare.branch();
    bare.put("p0005");
    bare.publish();
    scene.device.sync().await.unwrap();
    again.put("p0006");
    again.publish();
    again.put("p0006");
    again.publish();
    scene.server.serve(&again.place());
    scene.refused("equivocation").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn releases_without_a_log_are_followed_until_one_has_it() {
    let mut scene = Scene::of(Shop::new(20)).await;
    let old = Forge::of(&scene.shop).with_release(|release| drop(remove(release, "log")));
    scene.serve(&old);
    let device = Device::new(&scene.server.url);
    device.sync().await.unwrap();
    assert_eq!(status(&device.folder()).unwrap().unwrap().log, None);
    scene.server.behave();
    (0..3).for_each(|_| scene.next());
    device.sync().await.unwrap();
    assert_eq!(seen(&device).number, 4);
    let ended = Forge::of(&scene.shop).with_release(|release| drop(remove(release, "log")));
    scene.serve(&ended);
    assert_eq!(device.sync().await.unwrap_err().code(), "equivocation");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_could_not_be_applied_was_not_seen() {
    let mut scene = Scene::of(Shop::new(20)).await;
    scene.next();
    let broken = Forge::of(&scene.shop).with_release(|release| {
        release["model"]["fingerprint"] = "0f".repeat(32).into();
        release["deltas"] = json!([]);
    });
    scene.serve(&broken);
    scene.refused_late("wrong_model").await;
    scene.server.behave();
    scene.next();
    scene.recovers().await;
}
