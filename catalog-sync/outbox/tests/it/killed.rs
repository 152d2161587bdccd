//! Killed at any instant between action, event, request and acknowledgement, nothing is lost and nothing
//! counts twice.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use knytt_outbox::{Backoff, DeliveryTiming};
use knytt_wire::Uuid;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use crate::backend::{Act, Backend};
use crate::device::{Device, event};

/// Where the child keeps its environment, and where it sends to.
const FOLDER: &str = "KNYTT_TEST_FOLDER";
const EVENTS: &str = "KNYTT_TEST_EVENTS";

/// How often it is killed.
const KILLS: &str = "KNYTT_KILLS";

const MAP_BYTES: usize = 64 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_nothing_and_double_nothing() {
    let kills: usize = std::env::var(KILLS).map_or(10, |kills| kills.parse().unwrap());
    let (dir, backend) = (tempfile::tempdir().unwrap(), Backend::start(&[]).await);
    let (mut tried, mut committed) = (HashSet::new(), HashSet::new());
    for _ in 0..kills {
        trouble(&backend);
        let mut child = start(dir.path(), &backend);
        let told = BufReader::new(child.stdout.take().unwrap());
        // Some die while they start, some amid hundreds of actions.
        let patience = Duration::from_millis(rand::rng().random_range(1..600));
        let reading = tokio::task::spawn_blocking(move || read(told));
        tokio::time::sleep(patience).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let (begun, done) = reading.await.unwrap();
        tried.extend(begun);
        committed.extend(done);
    }
    backend.see(|seen| seen.script.clear());
    let device = Device::at(dir.path(), MAP_BYTES);
    let actions: HashSet<_> = device.actions().into_iter().collect();
    device.deliver_all(&device.delivery(&backend.url)).await;
    let stored = backend.stored();
    println!("{kills} kills, {} events, {} requests", stored.len(), backend.keys().len());
    assert!(committed.is_subset(&actions) && actions.is_subset(&tried), "an action was lost");
    assert_eq!(stored, actions, "an event was lost, or made up");
    assert!(kills < 5 || stored.len() > 20, "nothing happened: {} events", stored.len());
    assert_eq!((device.counts().dead, device.counts().crowded_out), (0, 0));
}

/// What the next requests meet.
fn trouble(backend: &Backend) {
    let all = [Act::Take, Act::Take, Act::LoseAnswer, Act::TakeAndClose, Act::Close, Act::Status(503)];
    let mut random = rand::rng();
    let script = (0..20).map(|_| *all.choose(&mut random).unwrap()).collect();
    backend.see(|seen| seen.script = script);
}

fn start(folder: &Path, backend: &Backend) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["killed::shopper", "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    child.env(FOLDER, folder).env(EVENTS, backend.url.as_str());
    child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Ids of actions that were begun, and of those that were committed. A last line may be cut off.
fn read(told: impl BufRead) -> (Vec<Uuid>, Vec<Uuid>) {
    let (mut begun, mut done) = (Vec::new(), Vec::new());
    for line in told.lines().map_while(Result::ok) {
        match line.split_once(' ').map(|(what, id)| (what, id.parse())) {
            Some(("begun", Ok(id))) => begun.push(id),
            Some(("done", Ok(id))) => done.push(id),
            _ => {}
        }
    }
    (begun, done)
}

/// The child: acts and delivers until it is killed.
#[test]
#[ignore = "runs only as the child that is killed"]
fn shopper() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let to: url::Url = std::env::var(EVENTS).unwrap().parse().unwrap();
    let device = Device::at(Path::new(&folder), MAP_BYTES);
    let backoff = Backoff { first: Duration::from_millis(5), longest: Duration::from_millis(40) };
    let pace =
        DeliveryTiming { events: 7, age: Duration::from_millis(20), backoff, ..DeliveryTiming::default() };
    let delivery = device.delivery_by(Arc::new(move |_| Some(to.clone().into())), Arc::new(|| false), pace);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.spawn(delivery.run());
    // After what the harness wrote on this line.
    println!();
    for i in 0.. {
        let event = event("shop", i);
        println!("begun {}", event.id);
        device.act(&event).unwrap();
        println!("done {}", event.id);
        device.delivery.wake();
        std::thread::sleep(Duration::from_millis(rand::rng().random_range(0..8)));
    }
}
