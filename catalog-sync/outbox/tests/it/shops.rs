//! Two shops that call their catalogues the same.

use std::sync::Arc;

use knytt_outbox::{DeliveryTiming, Destination};
use knytt_wire::{CatalogIdentity, LogHead};

use crate::backend::Backend;
use crate::device::{Device, event};

fn shop(root: &str) -> CatalogIdentity {
    CatalogIdentity::published(root, "shop")
}

#[tokio::test]
async fn events_of_two_shops_of_one_name_go_each_to_its_own_address() {
    let (device, one, two) = (Device::new(), Backend::start(&[]).await, Backend::start(&[]).await);
    let (first, second) = (event("shop", 1), event("shop", 2));
    device.act_in("aa", &first);
    device.act_in("bb", &second);
    let (to_one, to_two) = (one.url.clone(), two.url.clone());
    let seen_by_one = LogHead { number: 7, hash: "0f".repeat(32) };
    let told = seen_by_one.to_string();
    let route = move |of: &CatalogIdentity| match of.root.as_deref() {
        Some("aa") => Some(Destination {
            url: to_one.clone(),
            ingest_key: Some("key of one".into()),
            seen: Some(seen_by_one.clone()),
        }),
        Some("bb") => Some(to_two.clone().into()),
        _ => None,
    };
    let delivery = device.delivery_by(Arc::new(route), Arc::new(|| false), DeliveryTiming::default());
    assert_eq!(device.deliver_all(&delivery).await.events, 2);
    assert_eq!(one.stored(), [first.id].into());
    assert_eq!(two.stored(), [second.id].into());
    assert_eq!(one.see(|seen| seen.ingest_keys.clone()), [Some("key of one".into())]);
    assert_eq!(two.see(|seen| seen.ingest_keys.clone()), [None]);
    assert_eq!(one.see(|seen| seen.log_heads.clone()), [Some(told)]);
    assert_eq!(two.see(|seen| seen.log_heads.clone()), [None]);
}

#[tokio::test]
async fn what_an_older_version_wrote_has_no_publisher_and_is_routed_as_such() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    let old = device.act_times(1);
    let to = backend.url.clone();
    let route = move |of: &CatalogIdentity| of.root.is_none().then(|| to.clone().into());
    let delivery = device.delivery_by(Arc::new(route), Arc::new(|| false), DeliveryTiming::default());
    device.deliver_all(&delivery).await;
    assert_eq!(backend.stored(), [old[0].id].into());
}

#[tokio::test]
async fn an_address_that_is_not_encrypted_gets_nothing() {
    let device = Device::new();
    device.act_times(3);
    let delivery = device.delivery(&"http://shop.example/v1/events".parse().unwrap());
    let done = delivery.deliver_once(true).await.unwrap();
    assert_eq!((done.failures, done.next, device.counts().waiting), (0, None, 3));
}

#[tokio::test]
async fn consent_taken_back_for_one_shop_leaves_what_waits_for_the_other() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    device.act_in("aa", &event("shop", 1));
    device.act_in("bb", &event("shop", 2));
    let bytes = device.counts().waiting_bytes;
    device.change(|outbox, txn| outbox.purge_catalog(txn, &shop("aa")));
    let counts = device.counts();
    assert_eq!((counts.waiting, counts.waiting_bytes * 2), (1, bytes));
    let to = backend.url.clone();
    let route = Arc::new(move |of: &CatalogIdentity| (*of == shop("bb")).then(|| to.clone().into()));
    let delivery = device.delivery_by(route, Arc::new(|| false), DeliveryTiming::default());
    assert_eq!(device.deliver_all(&delivery).await.events, 1);
}

#[tokio::test]
async fn what_compresses_too_well_to_be_believed_is_sent_as_it_is() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    let mut long = event("shop", 1);
    long.action = knytt_wire::Action::Search {
        kind: knytt_wire::QueryKind::Words,
        search_term: Some("e".repeat(500)),
        results: 0,
        good_match: None,
        confidence: None,
    };
    for _ in 0..200 {
        device.act(&knytt_wire::Event { id: knytt_wire::Uuid::now_v7(), ..long.clone() }).unwrap();
    }
    device.deliver_all(&device.delivery(&backend.url)).await;
    assert_eq!((backend.stored().len(), backend.see(|seen| seen.packed)), (200, 0));
}
