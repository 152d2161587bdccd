//! Somebody has a key of the targets, which says what a release is.

use knytt_client::{Error, Role};
use knytt_publisher::{KeyOptions, PublishOptions};
use knytt_wire::Hosts;
use serde_json::json;

use super::Scene;
use crate::forge::Forge;
use crate::shop::{Device, Shop, assert_same};

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_keys_is_not_enough() {
    let keys = KeyOptions { targets_keys: 2, targets_threshold: 2, ..KeyOptions::default() };
    let mut scene = Scene::of(Shop::with(20, "shop", &keys)).await;
    let mut forge = Forge::of(&scene.shop);
    forge.ring.keep("targets", 1);
    let forge = forge.with_release(|release| release["title"] = "a thief's".into());
    scene.serve(&forge);
    let error = scene.refused("wrong_key").await;
    assert!(matches!(error, Error::Signature { role: Role::Targets, .. }), "{error}");
    scene.server.behave();
    scene.next();
    scene.recovers().await;
    // Nor after one of the two was replaced.
    scene.shop.keys.rotate(knytt_publisher::Role::Targets, None, &[]).unwrap();
    scene.next();
    scene.recovers().await;
    let mut forge = Forge::of(&scene.shop);
    forge.ring.keep("targets", 1);
    let forge = forge.with_release(|release| release["title"] = "a thief's".into());
    scene.serve(&forge);
    scene.refused("wrong_key").await;
}

/// A shop whose root names its host.
async fn scene() -> Scene {
    let hosts = Hosts::new(&["shop.example"]).unwrap();
    let mut shop = Shop::with(20, "shop", &KeyOptions { hosts, ..KeyOptions::default() });
    shop.edit("p0002", |product| link(product, "https://www.shop.example/p2"));
    Scene::of(shop).await
}

fn link(product: &mut knytt_engine::Product, link: &str) {
    product.attributes.insert("link".into(), link.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_goes_to_no_host_that_the_root_does_not_name() {
    let mut scene = scene().await;
    let forge = Forge::of(&scene.shop)
        .with_release(|release| release["events"] = json!("https://evil.test/v1/events"));
    scene.serve(&forge);
    let error = scene.refused("foreign_host").await;
    assert!(error.to_string().contains("evil.test") && error.to_string().contains("shop.example"), "{error}");
    let fresh = Device::new(&scene.server.url);
    assert_eq!(fresh.sync().await.unwrap_err().code(), "foreign_host");
    scene.server.behave();
    scene.next();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rule_leads_to_a_host_that_the_root_does_not_name() {
    let mut scene = scene().await;
    let rules = |address: &str| {
        let then = json!([{ "kind": "redirect", "address": address }]);
        json!({ "version": 1, "rules": [{ "id": "a", "then": then }] })
    };
    let foreign = rules("https://evil.test/sale");
    let forge = Forge::of(&scene.shop).with_release(|release| release["rules"] = foreign);
    scene.serve(&forge);
    let error = scene.refused("foreign_host").await;
    assert!(matches!(&error, Error::ForeignHost { what, .. } if what == "a rule"), "{error}");
    scene.server.behave();
    scene.next();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_product_leads_to_a_host_that_the_root_does_not_name() {
    let mut scene = scene().await;
    // The thief publishes as the retailer would, without the retailer's checks: into another place, with keys
    // whose root names no hosts, signed again with the stolen ones.
    let mut other = Shop::new(20);
    other.edit("p0002", |product| link(product, "https://evil.test/p2"));
    other.publish();
    other.publish_again();
    let mut forge = Forge::from(&other.place(), crate::forge::Ring::of(&scene.shop.keys));
    fs_err::copy(scene.shop.place().join("metadata/1.root.json"), forge.metadata("1.root.json")).unwrap();
    forge.release["log"]["previous"] = Forge::of(&scene.shop).head().hash.into();
    forge.sign();
    scene.serve(&forge);
    let error = scene.refused_late("foreign_host").await;
    assert!(matches!(&error, Error::ForeignHost { what, .. } if what.contains("p0002")), "{error}");
    let fresh = Device::new(&scene.server.url);
    assert_eq!(fresh.sync().await.unwrap_err().code(), "foreign_host");
    scene.server.behave();
    (0..4).for_each(|_| scene.next());
    scene.recovers().await;
}

#[test]
fn the_publisher_signs_no_release_that_devices_would_refuse() {
    let hosts = Hosts::new(&["shop.example"]).unwrap();
    let mut shop = Shop::with(5, "shop", &KeyOptions { hosts, ..KeyOptions::default() });
    let events = Some("https://elsewhere.test/v1/events".parse().unwrap());
    let error = shop.try_publish(&PublishOptions { events, ..PublishOptions::default() }).unwrap_err();
    assert!(error.to_string().contains("elsewhere.test"), "{error}");
    shop.edit("p0002", |product| link(product, "https://elsewhere.test/p2"));
    let error = shop.try_publish(&PublishOptions::default()).unwrap_err();
    assert!(error.to_string().contains("p0002"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_can_be_named_later_with_the_roots_keys() {
    let mut scene = Scene::of(Shop::new(20)).await;
    scene.shop.keys.set_hosts(&Hosts::new(&["shop.example"]).unwrap(), None).unwrap();
    scene.next();
    scene.recovers().await;
    let forge = Forge::of(&scene.shop)
        .with_release(|release| release["events"] = json!("https://evil.test/v1/events"));
    scene.serve(&forge);
    scene.refused("foreign_host").await;
    scene.server.behave();
    let fresh = Device::new(&scene.server.url);
    fresh.sync().await.unwrap();
    assert_same(&fresh, &scene.shop);
}
