//! A backend and a network that fail.

use std::sync::Arc;
use std::time::Duration;

use knytt_outbox::{Backoff, DeliveryTiming};
use knytt_wire::CatalogIdentity;
use knytt_wire::Uuid;

use crate::backend::{Act, Backend};
use crate::device::{Device, event};

fn ids(events: &[knytt_wire::Event]) -> Vec<Uuid> {
    events.iter().map(|event| event.id).collect()
}

#[tokio::test]
async fn what_waits_arrives_once_in_order_and_packed() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    let events = device.act_times(250);
    let done = device.delivery(&backend.url).deliver_once(false).await.unwrap();
    assert_eq!((done.events, done.next), (250, None));
    assert_eq!(
        (device.counts().waiting, device.counts().waiting_bytes, device.counts().delivered),
        (0, 0, 250)
    );
    assert_eq!(backend.stored().len(), 250);
    let sent: knytt_wire::Batch =
        backend.see(|seen| serde_json::from_slice(seen.batches.values().next().unwrap()).unwrap());
    assert_eq!(sent.events, events);
    assert_eq!(backend.see(|seen| (seen.packed, seen.requests.len())), (1, 1));
}

#[tokio::test]
async fn a_few_new_events_wait_for_more_and_a_flush_does_not() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    device.act_times(99);
    let delivery = device.delivery(&backend.url);
    let done = delivery.deliver_once(false).await.unwrap();
    assert_eq!((done.events, device.counts().waiting), (0, 99));
    assert!(done.next.is_some_and(|next| next <= Duration::from_secs(60)));
    device.act_times(1);
    assert_eq!(delivery.deliver_once(false).await.unwrap().events, 100);
    device.act_times(1);
    assert_eq!(delivery.deliver_once(true).await.unwrap().events, 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_under_the_same_key() {
    for lost in [Act::LoseAnswer, Act::TakeAndClose] {
        let (device, backend) = (Device::new(), Backend::start(&[lost]).await);
        let events = device.act_times(20);
        let delivery = device.delivery(&backend.url);
        assert_eq!(device.deliver_all(&delivery).await.failures, 1, "{lost:?}");
        let keys = backend.keys();
        assert_eq!((keys.len(), keys[0]), (2, keys[1]), "{lost:?}");
        assert!(ids(&events).iter().all(|id| backend.stored().contains(id)));
    }
}

#[tokio::test]
async fn what_happens_meanwhile_does_not_change_a_batch_that_may_have_arrived() {
    let (device, backend) = (Device::new(), Backend::start(&[Act::TakeAndClose]).await);
    let first = device.act_times(20);
    let delivery = device.delivery(&backend.url);
    delivery.deliver_once(true).await.unwrap();
    device.act_times(20);
    assert_eq!(device.change(|outbox, txn| outbox.retract(txn, &ids(&first))), 0, "they may be there");
    device.deliver_all(&delivery).await;
    let sizes: Vec<_> = backend.see(|seen| seen.requests.iter().map(|(_, events)| *events).collect());
    assert_eq!(sizes, [20, 20, 20]);
    assert_eq!(backend.stored().len(), 40);
}

#[tokio::test]
async fn trouble_that_passes_is_waited_out() {
    let trouble =
        [Act::Status(500), Act::Status(503), Act::Close, Act::Portal, Act::Status(302), Act::Status(408)];
    for trouble in trouble {
        let (device, backend) = (Device::new(), Backend::start(&[trouble]).await);
        device.act_times(3);
        let done = device.deliver_all(&device.delivery(&backend.url)).await;
        assert_eq!((done.events, done.failures, device.counts().dead), (3, 1, 0), "{trouble:?}");
        assert_eq!(backend.stored().len(), 3);
    }
}

#[tokio::test]
async fn a_backend_that_hangs_is_given_up() {
    let (device, backend) = (Device::new(), Backend::start(&[Act::Hang]).await);
    device.act_times(3);
    let (to, pace) = (
        backend.url.clone(),
        DeliveryTiming { timeout: Some(Duration::from_millis(300)), ..DeliveryTiming::default() },
    );
    let delivery = device.delivery_by(Arc::new(move |_| Some(to.clone().into())), Arc::new(|| false), pace);
    assert_eq!(device.deliver_all(&delivery).await.failures, 1);
    assert_eq!(backend.stored().len(), 3);
}

#[tokio::test]
async fn nobody_there_costs_nothing_and_the_wait_outlives_a_restart() {
    let device = Device::new();
    let backend = Backend::start(&[]).await;
    let address = backend.url.socket_addrs(|| None).unwrap()[0];
    let url = backend.url.clone();
    drop(backend);
    device.act_times(5);
    for _ in 0..4 {
        device.delivery(&url).deliver_once(true).await.unwrap();
    }
    assert_eq!((device.counts().waiting, device.counts().dead), (5, 0));
    let backend = Backend::start_on(address, &[]).await;
    device.deliver_all(&device.delivery(&url)).await;
    assert_eq!(backend.stored().len(), 5);
}

#[tokio::test]
async fn a_backend_that_asks_for_time_gets_it_also_after_a_restart() {
    let (device, backend) = (Device::new(), Backend::start(&[Act::Busy(3600)]).await);
    device.act_times(100);
    device.delivery(&backend.url).deliver_once(true).await.unwrap();
    let again = device.delivery(&backend.url).deliver_once(true).await.unwrap();
    assert_eq!((backend.keys().len(), again.events), (1, 0));
    assert!(again.next.is_some_and(|next| next > Duration::from_secs(3500)));
}

#[tokio::test]
async fn one_poisoned_event_dies_alone() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    let events = device.act_times(300);
    backend.see(|seen| seen.poison.insert(events[123].id));
    let done = device.deliver_all(&device.delivery(&backend.url)).await;
    assert_eq!((done.events, done.dead), (299, 1));
    assert_eq!(backend.stored().len(), 299);
    let dead = device.outbox.dead_letters(&device.env.read_txn().unwrap()).unwrap();
    assert_eq!((dead.len(), &dead[0].event), (1, &events[123]));
    assert_eq!((dead[0].status, dead[0].reason.as_str()), (Some(422), "bad_event: one of them is wrong"));
}

#[tokio::test]
async fn what_the_backend_singles_out_dies_with_its_reason() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    let events = device.act_times(10);
    backend.see(|seen| seen.unwanted.extend([events[3].id, events[7].id]));
    let done = device.deliver_all(&device.delivery(&backend.url)).await;
    assert_eq!((done.events, done.dead, backend.keys().len()), (8, 2, 1));
    let dead = device.outbox.dead_letters(&device.env.read_txn().unwrap()).unwrap();
    assert!(dead.iter().all(|letter| letter.reason == "nobody wants it" && letter.status.is_none()));
}

#[tokio::test]
async fn a_batch_that_is_too_large_goes_in_parts() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    backend.see(|seen| seen.most_events = Some(40));
    device.act_times(200);
    let done = device.deliver_all(&device.delivery(&backend.url)).await;
    assert_eq!((done.events, done.dead, backend.stored().len()), (200, 0, 200));
}

#[tokio::test]
async fn a_place_that_is_closed_to_us_takes_one_batch_and_then_rest() {
    let (device, backend) = (Device::new(), Backend::start(&[Act::Status(403); 3]).await);
    device.act_times(700);
    // The rest begins anywhere from now to its longest: of an hour, nothing is over at once.
    let hour = Duration::from_secs(3600);
    let timing =
        DeliveryTiming { backoff: Backoff { first: hour, longest: hour }, ..DeliveryTiming::default() };
    let to = backend.url.clone();
    let delivery = device.delivery_by(Arc::new(move |_| Some(to.clone().into())), Arc::new(|| false), timing);
    delivery.deliver_once(true).await.unwrap();
    assert_eq!((device.counts().dead, device.counts().waiting), (500, 200));
    let dead = device.outbox.dead_letters(&device.env.read_txn().unwrap()).unwrap();
    assert_eq!((dead[0].status, dead[0].reason.as_str()), (Some(403), "refused: as the test says"));
}

#[tokio::test]
async fn a_backend_that_cannot_unpack_is_written_to_plainly() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    backend.see(|seen| seen.plain_only = true);
    let delivery = device.delivery(&backend.url);
    for _ in 0..2 {
        device.act_times(100);
        let done = delivery.deliver_once(false).await.unwrap();
        assert_eq!((done.events, done.dead), (100, 0));
    }
    assert_eq!(backend.see(|seen| seen.packed), 1, "it was learnt");
}

#[tokio::test]
async fn each_catalogue_has_its_own_place_and_its_own_trouble() {
    let (device, one) = (Device::new(), Backend::start(&[Act::Busy(3600)]).await);
    let two = Backend::start(&[]).await;
    for (i, shop) in ["one", "two", "nowhere"].into_iter().cycle().take(30).enumerate() {
        device.act(&event(shop, i)).unwrap();
    }
    let places = [("one", one.url.clone()), ("two", two.url.clone())];
    let route = Arc::new(move |shop: &CatalogIdentity| {
        places.iter().find(|p| p.0 == shop.catalog).map(|p| p.1.clone().into())
    });
    let delivery = device.delivery_by(route, Arc::new(|| false), DeliveryTiming::default());
    let done = delivery.deliver_once(true).await.unwrap();
    assert_eq!((done.events, done.failures, device.counts().waiting), (10, 1, 20));
    assert_eq!((one.stored().len(), two.stored().len()), (0, 10));
}

#[tokio::test]
async fn nothing_is_sent_while_held_nor_twice_at_once() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    device.act_times(100);
    let to = backend.url.clone();
    let offline = device.delivery_by(
        Arc::new(move |_| Some(to.clone().into())),
        Arc::new(|| true),
        DeliveryTiming::default(),
    );
    assert!(offline.deliver_once(true).await.unwrap().held);
    assert!(backend.keys().is_empty());

    backend.see(|seen| seen.script.push_back(Act::Hang));
    let (first, second) = (device.delivery(&backend.url), device.delivery(&backend.url));
    let first = tokio::spawn(async move { first.deliver_once(true).await });
    while backend.keys().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(second.deliver_once(true).await.unwrap().held);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    device.deliver_all(&second).await;
    let keys = backend.keys();
    assert_eq!((keys.len(), keys[0], backend.stored().len()), (2, keys[1], 100));
}
