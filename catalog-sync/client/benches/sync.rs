//! What releases weigh and how long they take, from a retailer's catalogue to a device that searches.
//!
//! `cargo bench -p knytt-client --bench sync` draws a catalogue of 200,000 products with vectors of 512
//! values and pictures of about 4 kB, publishes it, and lets a device follow: the first release, a day's
//! change, a sale. `KNYTT_PRODUCTS` makes it smaller. It prints a table of measured values.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use half::f16;
use knytt_client::{Cancel, Progress, SyncOptions, sync};
use knytt_engine::{Catalog, CatalogSpec, Error, Filter, Product, Strategy, VectorQuery};
use knytt_models::{Bundle, Embedding};
use knytt_publisher::{KeyOptions, Keys, Outcome, PublishOptions, Summary, init, open_depot, publish};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DIMENSION: usize = 512;
const SEARCHERS: usize = 4;

type AnyError = Box<dyn std::error::Error>;

fn main() -> Result<(), AnyError> {
    let products = std::env::var("KNYTT_PRODUCTS").map_or(Ok(200_000), |text| text.parse())?;
    let dir = tempfile::tempdir()?;
    let mut retailer = Retailer::new(dir.path(), products)?;
    let device = Device::new(dir.path())?;
    row("", &["value"]);

    let first = retailer.publish()?;
    row("snapshot, bytes", &[&first.snapshot_bytes.to_string()]);
    let followed = device.follow()?;
    row("snapshot: fetched in, s", &[&secs(followed.fetched)]);
    row("snapshot: applied and searched after that, s", &[&secs(followed.applied)]);
    row("snapshot: all of that, CPU s", &[&secs(followed.cpu)]);

    let delta = |summary: &Summary| summary.delta_bytes.unwrap_or(0);
    let share = |bytes: u64| format!("{bytes} = {:.3} %", 100.0 * bytes as f64 / first.snapshot_bytes as f64);
    retailer.day(products / 100)?;
    let (day, took) = timed(|| retailer.publish())?;
    row("1 % changed: delta, bytes", &[&share(delta(&day))]);
    row("1 % changed: published in, s", &[&secs(took)]);
    let at_rest = device.search_while(|| {
        std::thread::sleep(Duration::from_secs(8));
        Ok(())
    })?;
    let busy = device.search_while(|| device.follow().map(drop))?;
    row("search at rest: p50, p99 ms", &[&at_rest.to_string()]);
    row("search while it is applied: p50, p99 ms", &[&busy.to_string()]);
    row("p99, times that at rest", &[&format!("{:.2}", busy.p99 / at_rest.p99)]);

    retailer.sale(products / 10)?;
    let sale = retailer.publish()?;
    row("10 % of prices changed: delta, bytes", &[&share(delta(&sale))]);
    let followed = device.follow()?;
    row("10 % of prices changed: applied in, s", &[&secs(followed.applied)]);
    retailer.day(products / 1000)?;
    let (_, took) = timed(|| retailer.publish_incremental())?;
    row("0.1 % changed, incremental: published in, s", &[&secs(took)]);
    device.follow()?;
    if retailer.content()? != content(&device.catalog()?)? {
        return Err("the device has something else than the retailer".into());
    }
    Ok(())
}

struct Retailer {
    catalog: Catalog,
    keys: Keys,
    place: knytt_wire::Url,
    ids: Vec<String>,
    random: ChaCha8Rng,
}

impl Retailer {
    fn new(dir: &Path, products: usize) -> Result<Self, AnyError> {
        let starter = Bundle::starter()?;
        let model = starter.fingerprint().clone();
        let spec =
            CatalogSpec { id: "shop".into(), model, model_name: "random".into(), dimension: DIMENSION };
        let catalog = Catalog::create(dir.join("retailer"), &spec)?;
        let keys = init(&dir.join("keys"), &KeyOptions::default())?;
        let place = knytt_wire::Url::from_directory_path(dir.join("public")).map_err(|()| "no address")?;
        let ids: Vec<String> = (0..products).map(|n| format!("sku-{n:07}")).collect();
        let mut retailer = Self { catalog, keys, place, ids, random: ChaCha8Rng::seed_from_u64(1) };
        for chunk in retailer.ids.clone().chunks(5000) {
            retailer.put(chunk)?;
        }
        Ok(retailer)
    }

    /// New vectors and pictures for these.
    fn put(&mut self, ids: &[String]) -> Result<(), AnyError> {
        let random = &mut self.random;
        let rows: Vec<_> =
            ids.iter().map(|id| (product(id, random), vector(random), picture(random))).collect();
        self.catalog.transact::<_, Error>(|change| {
            rows.iter()
                .try_for_each(|(product, vector, picture)| change.upsert(product, vector, Some(picture)))
        })?;
        Ok(())
    }

    fn some(&mut self, count: usize) -> Vec<String> {
        self.ids.partial_shuffle(&mut self.random, count).0.to_vec()
    }

    /// A day's change: most of it new pictures, some of it new products for old ones.
    fn day(&mut self, count: usize) -> Result<(), AnyError> {
        let changed = self.some(count);
        self.put(&changed)
    }

    fn sale(&mut self, count: usize) -> Result<(), AnyError> {
        let changed = self.some(count);
        let price = format!("{}.49 EUR", self.random.random_range(5..200)).parse().ok();
        self.catalog.transact::<_, Error>(|change| {
            for id in &changed {
                if let Some(mut product) = change.product(id)? {
                    product.price.clone_from(&price);
                    change.revise(&product, None, None)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn publish(&self) -> Result<Summary, AnyError> {
        self.publish_with(&PublishOptions::default())
    }

    fn publish_incremental(&self) -> Result<Summary, AnyError> {
        self.publish_with(&PublishOptions { incremental: true, ..PublishOptions::default() })
    }

    fn publish_with(&self, options: &PublishOptions) -> Result<Summary, AnyError> {
        let depot = open_depot(&self.place, None)?;
        match publish(&self.catalog, &self.keys, &depot, options, &|_| {})? {
            Outcome::Published(summary) => Ok(*summary),
            Outcome::Unchanged(_) => Err("nothing changed".into()),
        }
    }

    fn content(&self) -> Result<String, AnyError> {
        content(&self.catalog)
    }
}

struct Device {
    folder: std::path::PathBuf,
    options: SyncOptions,
    runtime: tokio::runtime::Runtime,
}

struct Followed {
    fetched: Duration,
    applied: Duration,
    /// Of all threads, from the start.
    cpu: Duration,
}

impl Device {
    fn new(dir: &Path) -> Result<Self, AnyError> {
        let from = knytt_wire::Url::from_directory_path(dir.join("public")).ok();
        let options = SyncOptions { from, state: Some(dir.join("state")), ..SyncOptions::default() };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { folder: dir.join("device"), options, runtime })
    }

    fn catalog(&self) -> Result<Catalog, AnyError> {
        Ok(Catalog::open(&self.folder)?)
    }

    /// Syncs, opens and searches once.
    fn follow(&self) -> Result<Followed, AnyError> {
        let (start, cpu) = (Instant::now(), ProcessTime::now());
        let fetched = Mutex::new(start);
        let report = |progress| {
            if let Progress::Downloading { .. } = progress
                && let Ok(mut fetched) = fetched.lock()
            {
                *fetched = Instant::now();
            }
        };
        self.runtime.block_on(sync(&self.folder, &self.options, &report, &Cancel::default()))?;
        let mut random = ChaCha8Rng::seed_from_u64(3);
        search(&self.catalog()?, &mut random)?;
        let fetched = fetched.into_inner().unwrap_or(start);
        Ok(Followed { fetched: fetched - start, applied: fetched.elapsed(), cpu: cpu.elapsed() })
    }

    /// How long searches of several threads take while `work` goes on.
    fn search_while(&self, work: impl FnOnce() -> Result<(), AnyError>) -> Result<Percentiles, AnyError> {
        let catalog = self.catalog()?;
        let (stop, times) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let done = std::thread::scope(|scope| {
            for seed in 0..SEARCHERS {
                let (catalog, stop, times) = (&catalog, &stop, &times);
                scope.spawn(move || {
                    let mut random = ChaCha8Rng::seed_from_u64(seed as u64);
                    let mut mine = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let start = Instant::now();
                        if search(catalog, &mut random).is_err() {
                            break;
                        }
                        mine.push(start.elapsed());
                    }
                    if let Ok(mut times) = times.lock() {
                        times.append(&mut mine);
                    }
                });
            }
            let done = work();
            stop.store(true, Ordering::Relaxed);
            done
        });
        done?;
        Percentiles::of(times.into_inner().unwrap_or_default())
    }
}

struct Percentiles {
    p50: f64,
    p99: f64,
    searches: usize,
}

impl Percentiles {
    fn of(mut times: Vec<Duration>) -> Result<Self, AnyError> {
        times.sort_unstable();
        let at = |share: f64| {
            times.get((times.len() as f64 * share) as usize).map(|time| time.as_secs_f64() * 1e3)
        };
        let (p50, p99) = at(0.5).zip(at(0.99)).ok_or("no search was done")?;
        Ok(Self { p50, p99, searches: times.len() })
    }
}

impl std::fmt::Display for Percentiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1}, {:.1} ({} searches, {SEARCHERS} threads)", self.p50, self.p99, self.searches)
    }
}

fn search(catalog: &Catalog, random: &mut ChaCha8Rng) -> Result<(), AnyError> {
    let values = (0..DIMENSION).map(|_| random.random_range(-1.0..1.0)).collect();
    let embedding = Embedding::new(values, catalog.fingerprint().clone())?;
    let filter = Filter::default();
    let query =
        VectorQuery { embedding: &embedding, filter: &filter, k: 20, strategy: Strategy::Auto, except: None };
    let hits = catalog.read()?.search(&query)?;
    if hits.products.len() == 20 { Ok(()) } else { Err("too few hits".into()) }
}

fn product(id: &str, random: &mut ChaCha8Rng) -> Product {
    let pick = |from: &[&str], random: &mut ChaCha8Rng| from[random.random_range(0..from.len())].to_owned();
    let color = pick(&["red", "blue", "black", "white", "green", "beige"], random);
    let category = pick(&["dress", "shirt", "trousers", "coat", "shoes", "skirt", "hat"], random);
    Product {
        id: id.into(),
        title: format!("{color} {category} number {id}"),
        brand: format!("brand {}", random.random_range(0..200)),
        price: format!("{}.{:02} EUR", random.random_range(5..300), random.random_range(0..100)).parse().ok(),
        description: format!("A {category} in {color}, made for those who like a {category} in {color}."),
        image: format!("https://shop.example/pictures/{id}.jpg"),
        colors: vec![color],
        category,
        ..Product::default()
    }
}

fn vector(random: &mut ChaCha8Rng) -> Vec<u8> {
    let values: Vec<f32> = (0..DIMENSION).map(|_| random.random_range(-1.0..1.0)).collect();
    let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
    values.iter().flat_map(|v| f16::from_f32(v / length).to_le_bytes()).collect()
}

/// Bytes that compress as little as an encoded picture does.
fn picture(random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = vec![0; random.random_range(3000..5000)];
    random.fill(&mut bytes[..]);
    bytes
}

fn content(catalog: &Catalog) -> Result<String, AnyError> {
    Ok(catalog.read()?.content_hash()?.to_string())
}

fn timed<T>(work: impl FnOnce() -> Result<T, AnyError>) -> Result<(T, Duration), AnyError> {
    let start = Instant::now();
    Ok((work()?, start.elapsed()))
}

fn secs(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64())
}

fn row(name: &str, values: &[&str]) {
    println!("{name:48} {}", values.join("  "));
}
