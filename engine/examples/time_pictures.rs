//! Times a catalogue whose products have several pictures: `time_pictures FOLDER PRODUCTS PICTURES CENTRES`.
//!
//! Makes the catalogue FOLDER unless it is there: PRODUCTS products with PICTURES pictures each, of generated unit
//! vectors of the starter's dimension around CENTRES centres; the pictures of a product are near each other. Prints what
//! that took and the memory of the process, then the median time of searches with ranking and the memory after them,
//! then the median time of searches by vector alone and how many of the exact hits the index finds. A second run, which
//! only searches, tells the memory of a search. The file's pages that it has read count as memory, and the system takes
//! them back when it needs room.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use image::{Rgb, RgbImage};
use knytt_engine::{
    Catalog, CatalogSpec, Filter, FurtherPicture, PictureSource, Product, Query, QueryImage, SearchSession,
    Snapshot, Strategy, VectorQuery,
};
use knytt_models::{Bundle, Device, Embedding, Encoder, Fingerprint};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Which share of the products passes, and the conditions.
const FILTERS: [(&str, &[&str]); 4] = [
    ("all", &[]),
    ("half", &["category=half"]),
    ("half of the centres", &["color=even"]),
    ("one in 50", &["brand=fiftieth"]),
];
const QUERIES: usize = 200;
const BATCH: usize = 2_000;

/// How far a product is from its centre, and a picture from its product.
const OF_PRODUCT: f32 = 0.7;
const OF_PICTURE: f32 = 0.5;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, products, pictures, centres] = &arguments[..] else {
        return Err("give FOLDER, PRODUCTS, PICTURES and CENTRES".into());
    };
    let (folder, products, pictures): (_, usize, usize) =
        (Path::new(folder), products.parse()?, pictures.parse()?);
    let bundle = Bundle::starter()?;
    let mut vectors = Vectors::new(bundle.fingerprint().clone(), bundle.dimension(), centres.parse()?)?;
    let queries: Vec<Embedding> = (0..QUERIES).map(|_| Ok(vectors.product()?.1)).collect::<Outcome<_>>()?;
    if !folder.exists() {
        let spec = CatalogSpec {
            id: "time".into(),
            model: bundle.fingerprint().clone(),
            model_name: bundle.name().into(),
            dimension: bundle.dimension(),
        };
        build(folder, &spec, &mut vectors, products, pictures)?;
    }
    let catalog = Catalog::open(folder)?;
    println!("{:.1} MB on the disk", catalog.info()?.disk_bytes as f64 / 1e6);
    let session = SearchSession::new(catalog.clone(), Encoder::start(bundle, Device::Cpu)?)?;
    for (name, filter) in FILTERS {
        let filter = Filter::parse(filter)?;
        let ask = |query: &Embedding| {
            let image = Some(QueryImage::Embedded(query.clone()));
            let query = Query { image, filter: filter.clone(), k: 20, ..Query::default() };
            timed(|| Ok(session.search(&query)?.hits.len()))
        };
        let times = queries.iter().chain(&queries).map(ask).skip(QUERIES);
        println!("with ranking, {name}, 20 hits: {:.3} ms of CPU", median(times.collect::<Outcome<_>>()?));
    }
    time_whole(&session, &mut vectors.rng)?;
    print_memory();
    for (name, filter) in FILTERS {
        let filter = Filter::parse(filter)?;
        let snapshot = catalog.read()?;
        for k in [10, 500] {
            let times =
                queries.iter().map(|query| timed(|| nearest(&snapshot, query, &filter, k, Strategy::Auto)));
            let median = median(times.collect::<Outcome<_>>()?);
            let found = recall(&snapshot, &queries[..60], &filter, k)?;
            println!("vectors, {name}, {k} hits: {median:.3} ms of CPU, recall {found:.4}");
        }
    }
    Ok(())
}

/// Times what a shopper waits for: the model, the search and the ranking.
fn time_whole(session: &SearchSession, rng: &mut ChaCha8Rng) -> Outcome<()> {
    let pictures: Vec<RgbImage> = (0..QUERIES / 4).map(|_| photograph(rng)).collect();
    let ask = |query: Query| timed(|| Ok(session.search(&Query { k: 20, ..query })?.hits.len()));
    let of_picture =
        |pixels: &RgbImage| Query { image: Some(QueryImage::Decoded(pixels.clone())), ..Query::default() };
    let times = pictures.iter().map(|pixels| ask(of_picture(pixels)));
    println!("a photograph, 20 hits: {:.3} ms of CPU", median(times.collect::<Outcome<_>>()?));
    let words = |number| Query { text: Some(format!("shirt number {number}")), ..Query::default() };
    let times = (0..QUERIES / 4).map(|number| ask(words(number)));
    println!("words, 20 hits: {:.3} ms of CPU", median(times.collect::<Outcome<_>>()?));
    Ok(())
}

/// Squares of random colours, 512 x 512 pixels.
fn photograph(rng: &mut ChaCha8Rng) -> RgbImage {
    let colors: [[u8; 3]; 64] = rng.random();
    RgbImage::from_fn(512, 512, |x, y| Rgb(colors[(x / 64 + 8 * (y / 64)) as usize]))
}

/// The most memory that the process had, and what it has now, apart by what the system can take back.
fn print_memory() {
    let read = |file| fs_err::read_to_string(file).unwrap_or_default();
    let lines = read("/proc/self/status") + &read("/proc/self/smaps_rollup");
    let named = |line: &&str| ["VmHWM:", "Rss:", "Anonymous:"].iter().any(|name| line.starts_with(name));
    lines.lines().filter(named).for_each(|line| println!("{line}"));
}

struct Vectors {
    rng: ChaCha8Rng,
    centres: Vec<Embedding>,
    model: Fingerprint,
    dimension: usize,
}

impl Vectors {
    fn new(model: Fingerprint, dimension: usize, centres: usize) -> Outcome<Self> {
        let mut vectors = Self { rng: ChaCha8Rng::seed_from_u64(1), centres: Vec::new(), model, dimension };
        vectors.centres = (0..centres).map(|_| vectors.random()).collect::<Outcome<_>>()?;
        Ok(vectors)
    }

    fn random(&mut self) -> Outcome<Embedding> {
        // The sum of a few uniform values is close enough to a normal one.
        let mut normal = || (0..4).map(|_| self.rng.random_range(-1.0_f32..1.0)).sum();
        Ok(Embedding::new((0..self.dimension).map(|_| normal()).collect(), self.model.clone())?)
    }

    /// The number of its centre and its own picture.
    fn product(&mut self) -> Outcome<(usize, Embedding)> {
        let noise = self.random()?;
        let centre = self.rng.random_range(0..self.centres.len());
        Ok((centre, Embedding::fuse(&[(&self.centres[centre], 1.0), (&noise, OF_PRODUCT)])?))
    }

    fn picture(&mut self, product: &Embedding) -> Outcome<Embedding> {
        let noise = self.random()?;
        Ok(Embedding::fuse(&[(product, 1.0), (&noise, OF_PICTURE)])?)
    }
}

fn build(
    folder: &Path,
    spec: &CatalogSpec,
    vectors: &mut Vectors,
    products: usize,
    pictures: usize,
) -> Outcome<()> {
    let catalog = Catalog::create(folder, spec)?;
    let mut writer = catalog.write();
    let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
    for first in (0..products).step_by(BATCH) {
        let batch = (first..products.min(first + BATCH)).map(|number| {
            let (centre, own) = vectors.product()?;
            let further = (1..pictures).map(|_| vectors.picture(&own)).collect::<Outcome<Vec<_>>>()?;
            Ok((product(number, centre), own, further))
        });
        let batch = batch.collect::<Outcome<Vec<_>>>()?;
        // Making vectors is no part of a build.
        let (start, process) = (Instant::now(), ProcessTime::now());
        for (product, own, further) in batch {
            writer.upsert(&product, &own, Some(&[7; 4_000]))?;
            let new = |embedding| PictureSource::New {
                picture: FurtherPicture {
                    address: format!("{}.jpg", product.id),
                    ..FurtherPicture::default()
                },
                embedding,
                thumbnail: Some(vec![7; 4_000]),
            };
            writer.set_further_pictures(&product.id, further.into_iter().map(new).collect())?;
        }
        writer.commit()?;
        (wall, cpu) = (wall + start.elapsed(), cpu + process.elapsed());
    }
    let (wall, cpu) = (wall.as_secs_f64(), cpu.as_secs_f64());
    println!("{products} products x {pictures} pictures: stored in {wall:.1} s, {cpu:.1} s of CPU");
    print_memory();
    Ok(())
}

fn product(number: usize, centre: usize) -> Product {
    let every = |n: usize, value: &str| if number.is_multiple_of(n) { value.into() } else { "other".into() };
    Product {
        id: number.to_string(),
        title: format!("Product {number}"),
        category: every(2, "half"),
        brand: every(50, "fiftieth"),
        colors: vec![["even", "odd"][centre % 2].into()],
        ..Product::default()
    }
}

fn nearest(
    snapshot: &Snapshot,
    embedding: &Embedding,
    filter: &Filter,
    k: usize,
    strategy: Strategy,
) -> Outcome<Vec<String>> {
    let found = snapshot.search(&VectorQuery { embedding, filter, k, strategy, except: None })?;
    Ok(found.products.into_iter().map(|near| near.product.id).collect())
}

fn recall(snapshot: &Snapshot, queries: &[Embedding], filter: &Filter, k: usize) -> Outcome<f64> {
    let (mut found, mut all) = (0, 0);
    for query in queries {
        let exact = nearest(snapshot, query, filter, k, Strategy::Exact)?;
        let auto = nearest(snapshot, query, filter, k, Strategy::Auto)?;
        all += exact.len();
        found += auto.iter().filter(|id| exact.contains(id)).count();
    }
    Ok(found as f64 / all as f64)
}

/// CPU milliseconds of all threads.
fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<f64> {
    let start = ProcessTime::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
