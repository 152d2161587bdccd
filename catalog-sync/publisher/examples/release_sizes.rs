//! What releases of a large catalogue weigh and how long they take: a snapshot, a day on which one product
//! of a hundred changes, and a change of prices alone.
//!
//! `cargo run --release -p knytt-publisher --example release_sizes [PRODUCTS [DIMENSION]]`

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use half::f16;
use knytt_engine::{Availability, Catalog, CatalogSpec, Fingerprint, Product, Transaction};
use knytt_publisher::{
    Depot, KeyOptions, Keys, ModelFiles, Outcome, PublishOptions, Summary, init, open_depot, publish,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use url::Url;

/// What a thumbnail takes, in bytes, give or take a quarter.
const PICTURE_BYTES: usize = 4000;

/// Products that are written in one transaction.
const BATCH: u32 = 5000;

struct Bench {
    catalog: Catalog,
    keys: Keys,
    depot: Arc<dyn Depot>,
    dimension: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let products: u32 = arguments.next().map_or(Ok(200_000), |text| text.parse())?;
    let dimension: usize = arguments.next().map_or(Ok(512), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let bench = Bench::new(folder.path(), dimension)?;
    let started = Instant::now();
    for start in (0..products).step_by(BATCH as usize) {
        bench.change(|change| {
            (start..products.min(start + BATCH)).try_for_each(|n| bench.upsert(change, n, n.into()))
        })?;
    }
    println!("{products} products x {dimension}, generated in {:.1} s\n", started.elapsed().as_secs_f64());
    println!("| release | bytes | of the snapshot | time | sent |");
    println!("|---|---:|---:|---:|---:|");
    let first = bench.release("snapshot", None, false)?;
    let whole = first.snapshot_bytes;
    bench.one_day(products, 1)?;
    bench.release("1 % of the products, incremental", Some(whole), true)?;
    bench.reprice(products)?;
    bench.release("prices of 10 % of the products, incremental", Some(whole), true)?;
    bench.one_day(products, 2)?;
    bench.release("1 % of the products, full", Some(whole), false)?;
    Ok(())
}

impl Bench {
    fn new(folder: &Path, dimension: usize) -> Result<Self, Box<dyn Error>> {
        let model = Fingerprint::of(&[b"random vectors"]);
        let spec = CatalogSpec { id: "bench".into(), model, model_name: "random".into(), dimension };
        let catalog = Catalog::create(folder.join("catalog"), &spec)?;
        // An index is not what is measured here.
        let mut writer = catalog.write();
        writer.keep_arroy_from(None);
        writer.commit()?;
        let keys = init(&folder.join("keys"), &KeyOptions::default())?;
        let site = Url::from_directory_path(folder.join("site")).map_err(|()| "the folder has no address")?;
        Ok(Self { catalog, keys, depot: open_depot(&site, None)?, dimension })
    }

    fn change(
        &self,
        change: impl FnMut(&mut Transaction<'_, '_>) -> knytt_engine::Result<()>,
    ) -> knytt_engine::Result<()> {
        self.catalog.transact(change)
    }

    /// Half of a hundredth of the products are gone and as many are new; as many get other pictures, and
    /// with them other vectors and titles.
    fn one_day(&self, products: u32, day: u32) -> knytt_engine::Result<()> {
        let changed = products / 200;
        self.change(|change| {
            for n in 0..changed {
                let (old, other) = (n * 199 + day, n * 198 + 100 + day);
                change.delete(&id(old))?;
                self.upsert(change, products + day * changed + n, u64::from(n))?;
                self.upsert(change, other, (u64::from(day) << 32) + u64::from(other))?;
            }
            Ok(())
        })
    }

    fn reprice(&self, products: u32) -> knytt_engine::Result<()> {
        self.change(|change| {
            for n in (0..products).step_by(10) {
                if let Some(mut product) = change.product(&id(n))? {
                    let cents = n.wrapping_mul(2_654_435_761) % 40_000;
                    product.price = format!("{}.{:02} EUR", 5 + cents / 100, cents % 100).parse().ok();
                    change.revise(&product, None, None)?;
                }
            }
            Ok(())
        })
    }

    fn upsert(&self, change: &mut Transaction<'_, '_>, n: u32, seed: u64) -> knytt_engine::Result<()> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let vector: Vec<f32> = (0..self.dimension).map(|_| rng.random_range(-1.0..1.0)).collect();
        let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
        let vector: Vec<u8> = vector.iter().flat_map(|v| f16::from_f32(v / length).to_le_bytes()).collect();
        let mut picture = vec![0; rng.random_range(PICTURE_BYTES * 3 / 4..PICTURE_BYTES * 5 / 4)];
        rng.fill(picture.as_mut_slice());
        change.upsert(&product(n, &mut rng), &vector, Some(&picture))
    }

    fn release(&self, name: &str, whole: Option<u64>, incremental: bool) -> Result<Summary, Box<dyn Error>> {
        let options = PublishOptions { incremental, model: ModelFiles::Omitted, ..PublishOptions::default() };
        let started = Instant::now();
        let outcome = publish(&self.catalog, &self.keys, &self.depot, &options, &|_| {})?;
        let seconds = started.elapsed().as_secs_f64();
        let Outcome::Published(summary) = outcome else { return Err("nothing had changed".into()) };
        let bytes = summary.delta_bytes.unwrap_or(summary.snapshot_bytes);
        let share =
            whole.map_or("100 %".into(), |whole| format!("{:.3} %", 100.0 * bytes as f64 / whole as f64));
        println!("| {name} | {bytes} | {share} | {seconds:.1} s | {} |", summary.uploaded_bytes);
        Ok(*summary)
    }
}

fn id(n: u32) -> String {
    format!("sku-{n:07}")
}

fn product(n: u32, rng: &mut ChaCha8Rng) -> Product {
    const WORDS: [&str; 16] = [
        "linen", "cotton", "wool", "summer", "winter", "slim", "loose", "striped", "plain", "soft", "short",
        "long", "classic", "light", "warm", "daily",
    ];
    const COLORS: [&str; 6] = ["red", "navy", "black", "white", "green", "beige"];
    let mut words = |count| (0..count).map(|_| WORDS[rng.random_range(0..16)]).collect::<Vec<_>>().join(" ");
    let (title, description) = (words(4), words(30));
    Product {
        id: id(n),
        title,
        brand: format!("brand {}", n % 200),
        category: format!("category {}", n % 40),
        description,
        price: format!("{}.{:02} EUR", rng.random_range(5..400), rng.random_range(0..100)).parse().ok(),
        colors: vec![COLORS[rng.random_range(0..6)].into()],
        sizes: ["S", "M", "L"].map(String::from).into(),
        availability: Availability::InStock,
        image: format!("https://shop.example/images/{n}.jpg"),
        attributes: BTreeMap::from([("material".into(), WORDS[rng.random_range(0..3)].into())]),
        ..Product::default()
    }
}
