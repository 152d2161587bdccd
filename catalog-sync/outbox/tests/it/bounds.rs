//! What may wait, and what may not.

use std::time::Duration;

use knytt_outbox::Limits;
use knytt_wire::{Action, Uuid};

use crate::backend::{Act, Backend};
use crate::device::{Device, event};

#[test]
fn without_consent_nothing_is_written() {
    let device = Device::new();
    device.change(|outbox, txn| outbox.set_consent(txn, false));
    assert!(!device.change(|outbox, txn| outbox.push(txn, &event("shop", 1).into())));
    assert_eq!(device.counts(), knytt_outbox::Counts::default());
}

#[test]
fn an_event_is_there_if_and_only_if_its_action_is() {
    let device = Device::new();
    let (done, undone) = (event("shop", 1), event("shop", 2));
    device.act(&done).unwrap();
    let mut txn = device.env.write_txn().unwrap();
    device.outbox.push(&mut txn, &undone.into()).unwrap();
    txn.abort();
    assert_eq!((device.waiting(), device.actions()), (vec![done.clone()], vec![done.id]));
}

#[test]
fn the_oldest_give_way_by_count_and_by_bytes() {
    let device = Device::new().limited(Limits { events: 50, ..Limits::default() });
    let events = device.act_times(80);
    assert_eq!(device.waiting(), events[30..]);
    assert_eq!(device.counts().crowded_out, 30);

    let device = Device::new().limited(Limits { bytes: 10_000, ..Limits::default() });
    let events = device.act_times(80);
    let counts = device.counts();
    let kept = usize::try_from(counts.waiting).unwrap();
    assert!(counts.waiting_bytes <= 10_000 && counts.waiting_bytes > 9_000 && kept < 80);
    assert_eq!(device.waiting(), events[80 - kept..]);
    assert_eq!(counts.crowded_out as usize, 80 - kept);
}

#[test]
fn what_is_too_old_goes() {
    let device = Device::new().limited(Limits { age: Duration::from_secs(60), ..Limits::default() });
    let old = event("shop", 1);
    device.act(&old).unwrap();
    let hour = 3_600_000;
    let mut new = event("shop", 2);
    new.id = Uuid::from_u128(new.id.as_u128() + (u128::from(hour as u32) << 80));
    new.at_ms += hour;
    device.act(&new).unwrap();
    assert_eq!((device.counts().waiting, device.counts().outlived), (1, 1));
}

#[tokio::test]
async fn a_begun_batch_is_not_crowded_out() {
    let device = Device::new().limited(Limits { events: 30, ..Limits::default() });
    let backend = Backend::start(&[Act::TakeAndClose]).await;
    let first = device.act_times(20);
    let delivery = device.delivery(&backend.url);
    delivery.deliver_once(true).await.unwrap();
    device.act_times(30);
    assert_eq!(device.counts().waiting, 30);
    device.deliver_all(&delivery).await;
    assert!(first.iter().all(|event| backend.stored().contains(&event.id)));
    assert_eq!((backend.stored().len(), device.counts().delivered), (30, 30));
}

#[test]
fn an_event_that_could_never_be_taken_is_set_aside() {
    let device = Device::new();
    let mut wrong = event("shop", 1);
    wrong.action = Action::Search {
        kind: knytt_wire::QueryKind::Words,
        search_term: Some("x".repeat(501)),
        results: 0,
        good_match: None,
        confidence: None,
    };
    device.act(&wrong).unwrap();
    assert_eq!((device.counts().waiting, device.counts().dead), (0, 1));
}

#[test]
fn what_was_overtaken_is_taken_back() {
    let device = Device::new();
    let events = device.act_times(5);
    let ids: Vec<_> = events[..2].iter().map(|event| event.id).collect();
    assert_eq!(device.change(|outbox, txn| outbox.retract(txn, &ids)), 2);
    assert_eq!((device.counts().waiting, device.counts().retracted), (3, 2));
}

#[tokio::test]
async fn consent_taken_back_purges_all_even_what_is_under_way() {
    let (device, backend) = (Device::new(), Backend::start(&[Act::Status(422), Act::Hang]).await);
    device.act_times(1);
    device.delivery(&backend.url).deliver_once(true).await.unwrap();
    assert_eq!(device.counts().dead, 1);
    device.act_times(10);
    let delivery = device.delivery(&backend.url);
    let under_way = tokio::spawn(async move { delivery.deliver_once(true).await });
    while backend.keys().len() < 2 {
        tokio::task::yield_now().await;
    }
    device.change(|outbox, txn| outbox.set_consent(txn, false));
    device.delivery.interrupt();
    assert_eq!(under_way.await.unwrap().unwrap().events, 0);
    assert_eq!(device.counts(), knytt_outbox::Counts::default());
    device.change(|outbox, txn| outbox.set_consent(txn, true));
    device.delivery(&backend.url).deliver_once(true).await.unwrap();
    assert_eq!((backend.keys().len(), backend.stored().len()), (2, 0));
}
