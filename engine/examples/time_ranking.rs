//! Measures what filters and ranking add to the search for candidates: `time_ranking [PRODUCTS] [ROUNDS]`. Prints
//! milliseconds on one thread. Vectors are random; attributes, words and facets resemble those of a shop.
#![expect(clippy::unwrap_used, reason = "a failed measurement stops the program")]

use std::sync::Arc;

use image::{Rgb, RgbImage};
use knytt_engine::{
    Catalog, CatalogSpec, Filter, Guess, ImageTemplate, InstanceEmbedding, Look, OpenOptions, Product, Query,
    QueryImage, SearchSession, SeenColor, Signal, Taste, Weights,
};
use knytt_models::{Bundle, Device, Embedding, Encoder};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn main() {
    let argument = |at, usual| std::env::args().nth(at).map_or(usual, |text| text.parse().unwrap());
    let (products, rounds): (usize, usize) = (argument(1, 50_000), argument(2, 101));
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let session = shop(dir.path(), &encoder, products, &mut rng);
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap()
        .install(|| measure(&session, rounds, &mut rng));
}

fn measure(session: &SearchSession, rounds: usize, rng: &mut ChaCha8Rng) {
    let (taste, look) = (taste(session), Some(look(session.encoder(), rng)));
    let weights = Some(Weights { diversity: 0.1, ..Weights::default() });
    let filter = |text: &[&str]| Filter::parse(text).unwrap();
    let image = Some(QueryImage::Embedded(embedding(session.encoder(), rng)));
    let words = |text: &str| Query { text: Some(text.into()), weights, ..Query::default() };
    let pixels = Some(Arc::new(noise(rng)));
    let picture = Query { image, pixels, weights, look, ..Query::default() };
    // The index alone: its candidates are the hits.
    let bare = Query { weights: Some(Weights::VISUAL), ..picture.clone() };
    for (name, query) in [
        ("picture, nearness alone", bare.clone()),
        ("picture, whole ranking", picture.clone()),
        ("with a taste", Query { taste: Some(Arc::new(taste)), ..picture.clone() }),
        (
            "category and price",
            Query { filter: filter(&["category=kind 3", "price=20..60"]), ..picture.clone() },
        ),
        ("price alone", Query { filter: filter(&["price=20..60"]), ..picture.clone() }),
        ("three common words", words("soft cotton shirt")),
        ("a rare word", words("model 4711")),
        ("a misspelt word", words("coton")),
    ] {
        let mut added = Vec::new();
        let mut index = Vec::new();
        for _ in 0..rounds {
            let candidates = session.search(&bare).unwrap().timings.search_ms;
            let timings = session.search(&query).unwrap().timings;
            index.push(candidates);
            added.push(timings.search_ms + timings.rank_ms - candidates);
        }
        println!("{name}: {:+.2} ms beside the {:.2} ms of the candidates", median(added), median(index));
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn shop(dir: &std::path::Path, encoder: &Encoder, products: usize, rng: &mut ChaCha8Rng) -> SearchSession {
    let spec = CatalogSpec {
        id: "shop".into(),
        model: encoder.fingerprint().clone(),
        model_name: encoder.model_name().into(),
        dimension: encoder.dimension(),
    };
    let options = OpenOptions { durable: false, ..OpenOptions::default() };
    let catalog = Catalog::open_or_create_with(dir, &spec, options).unwrap();
    let mut writer = catalog.write();
    for number in 0..products {
        writer.upsert(&product(number, encoder, rng), &embedding(encoder, rng), None).unwrap();
        if number % 50_000 == 49_999 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
    SearchSession::new(catalog, encoder.clone()).unwrap()
}

const WORDS: [&str; 16] = [
    "cotton", "linen", "wool", "soft", "warm", "light", "slim", "loose", "long", "short", "shirt", "dress",
    "coat", "summer", "winter", "classic",
];

fn product(number: usize, encoder: &Encoder, rng: &mut ChaCha8Rng) -> Product {
    let mut words = |count| (0..count).map(|_| WORDS[rng.random_range(0..16)]).collect::<Vec<_>>().join(" ");
    let (title, description) = (words(4), words(30));
    Product {
        id: format!("p{number}"),
        title: format!("{title} model {number}"),
        description,
        brand: format!("brand {}", rng.random_range(0..200)),
        category: format!("kind {}", rng.random_range(0..40)),
        price: format!("{}.90 EUR", rng.random_range(5..200)).parse().ok(),
        sizes: ["S", "M", "L"].map(String::from).into(),
        look: look(encoder, rng),
        ..Product::default()
    }
}

/// A look with a template and an instance embedding, which a search compares.
fn look(encoder: &Encoder, rng: &mut ChaCha8Rng) -> Look {
    let rgb = std::array::from_fn(|_| rng.random());
    Look {
        template: Some(ImageTemplate::from_picture(&noise(rng))),
        instance_embedding: InstanceEmbedding::from_embedding(&embedding(encoder, rng)),
        colors: vec![SeenColor { name: "red".into(), rgb, percent: 80 }],
        pattern: Some(Guess { value: "striped".into(), percent: 80 }),
        ..Look::default()
    }
}

fn embedding(encoder: &Encoder, rng: &mut ChaCha8Rng) -> Embedding {
    let mut values = |count| (0..count).map(|_| rng.random_range(-1.0..1.0)).collect::<Vec<f32>>();
    let embedding = Embedding::new(values(encoder.dimension()), encoder.fingerprint().clone()).unwrap();
    embedding.with_instance_embedding(&values(encoder.bundle().instance_embedding_dimension()))
}

fn noise(rng: &mut ChaCha8Rng) -> RgbImage {
    RgbImage::from_fn(24, 24, |_, _| Rgb(rng.random()))
}

fn taste(session: &SearchSession) -> Taste {
    let snapshot = session.catalog().read().unwrap();
    let mut taste = Taste::default();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    for id in ["p1", "p2", "p3"] {
        let (product, vector) =
            (snapshot.product(id).unwrap().unwrap(), snapshot.vector(id).unwrap().unwrap());
        taste.learn(&product, vector.as_slice(), session.catalog().fingerprint(), Signal::Kept, now);
    }
    taste
}
