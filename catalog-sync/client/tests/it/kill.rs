//! `kill -9` at any instant of a pull and apply leaves the old release or the new one, whole, and the
//! next sync completes.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use knytt_client::{Cancel, SyncOptions, sync};
use rand::Rng;

use crate::server::Server;
use crate::shop::{Device, Shop, assert_same, copy_dir};
use crate::threats::assert_searchable;

const FOLDER: &str = "KNYTT_TEST_PULL_INTO";
const FROM: &str = "KNYTT_TEST_PULL_FROM";

/// A short sample; `KNYTT_KILLS` asks for a campaign.
pub fn kills() -> Option<usize> {
    std::env::var("KNYTT_KILLS").ok().map(|count| count.parse().unwrap())
}

/// Run by the tests below in a process of its own: waits for a word, then syncs until it is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the child that is killed"]
async fn puller() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let from = Some(std::env::var(FROM).unwrap().parse().unwrap());
    let state = Some(Path::new(&folder).join("state"));
    let options = SyncOptions { from, state, ..SyncOptions::default() };
    sync(&Path::new(&folder).join("catalog"), &options, &|_| {}, &Cancel::default()).await.unwrap();
}

/// A device at the first release, and two ways on from it.
pub struct Course {
    pub device: Device,
    pub server: Server,
    ways: [Way; 2],
    /// The device's folder at the first release.
    before: tempfile::TempDir,
}

/// A release, and the place that shows it.
struct Way {
    shop: Shop,
    place: tempfile::TempDir,
}

impl Course {
    pub async fn new(products: usize) -> Self {
        let mut shop = Shop::new(products);
        shop.publish();
        let server = shop.serve().await;
        let device = Device::new(&server.url);
        device.sync().await.unwrap();
        let before = tempfile::tempdir().unwrap();
        copy_dir(device.dir.path(), before.path());
        (0..products / 5).for_each(|n| shop.put(&format!("p{n:04}")));
        shop.delete("p0007");
        shop.publish();
        let step = shop.branch();
        for _ in 0..3 {
            (0..products).for_each(|n| shop.put(&format!("p{n:04}")));
            shop.publish();
        }
        let ways = [step, shop].map(|shop| {
            let place = tempfile::tempdir().unwrap();
            copy_dir(&shop.place(), place.path());
            Way { shop, place }
        });
        Self { device, server, ways, before }
    }

    /// From now on the server has a step for the device, or a whole release.
    pub fn take(&self, way: usize) {
        self.server.serve(self.ways[way].place.path());
    }

    /// Sets the device back to the first release.
    pub fn reset(&self) {
        fs_err::remove_dir_all(self.device.dir.path()).unwrap();
        copy_dir(self.before.path(), self.device.dir.path());
    }

    /// A child that waits for a word to sync.
    pub fn child(&self) -> Child {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["kill::puller", "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
        child.env(FOLDER, self.device.dir.path()).env(FROM, self.server.url.as_str());
        child.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Whether the device has the new release; it has that or the old one, whole.
    pub fn is_new(&self, way: usize) -> bool {
        assert_searchable(&self.device);
        let content = self.device.content();
        let old = crate::shop::content(&self.ways[1 - way].shop.catalog);
        assert_ne!(content, old, "the release of the other way");
        let is_new = content == self.ways[way].shop.content();
        assert!(is_new || self.device.release() == 1);
        is_new
    }

    /// The next sync completes, and nothing is left over.
    pub async fn completes(&self, way: usize) {
        self.device.sync().await.unwrap();
        assert_same(&self.device, &self.ways[way].shop);
        let names = fs_err::read_dir(self.device.folder()).unwrap().map(|entry| entry.unwrap().file_name());
        let environments = names.filter(|name| name.to_string_lossy().starts_with('r')).count();
        assert_eq!(environments, 1);
    }
}

/// Says the word, and how long a sync takes that nobody kills.
fn whole(course: &Course) -> Duration {
    let mut child = course.child();
    let start = Instant::now();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    start.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_sync_leaves_the_old_release_or_the_new_one() {
    let course = Course::new(300).await;
    let mut took = [Duration::ZERO; 2];
    for (way, took) in took.iter_mut().enumerate() {
        course.take(way);
        *took = whole(&course);
        course.completes(way).await;
        course.reset();
    }
    let (wanted, mut random, mut killed, mut new) = (kills().unwrap_or(10), rand::rng(), 0, 0);
    for way in [0, 1].into_iter().cycle() {
        if killed >= wanted {
            break;
        }
        course.take(way);
        // Some are killed again before they come to an end.
        for _ in 0..random.random_range(1..=2) {
            let mut child = course.child();
            drop(child.stdin.take());
            let patience = took[way].mul_f64(random.random_range(0.0..1.1));
            tokio::time::sleep(patience).await;
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            new += usize::from(course.is_new(way));
        }
        course.completes(way).await;
        course.reset();
    }
    let [step, whole] = took;
    println!(
        "{killed} kills (a step takes {step:?}, a whole release {whole:?}), {new} times at the new release"
    );
}
