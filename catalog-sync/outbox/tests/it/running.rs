//! The loop in the background.

use std::sync::Arc;
use std::time::Duration;

use knytt_outbox::{Delivery, DeliveryTiming};

use crate::backend::{Act, Backend};
use crate::device::Device;

fn running(device: &Device, backend: &Backend, pace: DeliveryTiming) -> Delivery {
    let to = backend.url.clone();
    device.delivery_by(Arc::new(move |_| Some(to.clone().into())), Arc::new(|| false), pace)
}

async fn soon(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_when_a_batch_is_full_or_old_or_asked_for_and_flushes_at_the_end() {
    let (device, backend) = (Device::new(), Backend::start(&[]).await);
    let pace = DeliveryTiming { events: 10, age: Duration::from_secs(3600), ..DeliveryTiming::default() };
    let task = tokio::spawn(running(&device, &backend, pace).run());
    device.act_times(10);
    device.delivery.wake();
    soon("a full batch", || backend.stored().len() == 10).await;
    device.act_times(2);
    device.delivery.wake();
    device.delivery.flush();
    soon("a flush", || backend.stored().len() == 12).await;
    device.act_times(3);
    device.delivery.stop();
    task.await.unwrap();
    assert_eq!(backend.stored().len(), 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_what_grew_old_and_tries_again_by_itself() {
    let trouble = [Act::Status(500), Act::Close, Act::LoseAnswer];
    let (device, backend) = (Device::new(), Backend::start(&trouble).await);
    let pace = DeliveryTiming { events: 1000, age: Duration::from_millis(100), ..DeliveryTiming::default() };
    let task = tokio::spawn(running(&device, &backend, pace).run());
    device.act_times(3);
    device.delivery.wake();
    soon("all of it", || device.counts().waiting == 0).await;
    assert_eq!((backend.stored().len(), backend.keys().len()), (3, 4));
    device.delivery.stop();
    task.await.unwrap();
}
