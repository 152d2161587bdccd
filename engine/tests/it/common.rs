//! Catalogues and vectors to test with.

use std::path::Path;

use half::f16;
use knytt_engine::{
    Catalog, CatalogSpec, Filter, Fingerprint, Nearby, OpenOptions, Product, Snapshot, Strategy, VectorQuery,
};
use knytt_models::Embedding;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

pub fn model() -> Fingerprint {
    Fingerprint::of(&[b"the model of these tests"])
}

pub fn spec(dimension: usize) -> CatalogSpec {
    CatalogSpec { id: "test".into(), model: model(), model_name: "test model".into(), dimension }
}

/// A catalogue whose map begins as small as it can.
pub fn tiny_map(dir: &Path, dimension: usize) -> Catalog {
    let options = OpenOptions { initial_map_bytes: 1, ..OpenOptions::default() };
    Catalog::open_or_create_with(dir, &spec(dimension), options).unwrap()
}

pub fn embedding(values: Vec<f32>) -> Embedding {
    Embedding::new(values, model()).unwrap()
}

pub fn random_embedding(rng: &mut impl Rng, dimension: usize) -> Embedding {
    embedding((0..dimension).map(|_| rng.random_range(-1.0..1.0)).collect())
}

/// Embeddings around a few centres, as those of pictures are.
pub fn clustered(rng: &mut impl Rng, count: usize, dimension: usize, clusters: usize) -> Vec<Embedding> {
    let centres: Vec<Embedding> = (0..clusters).map(|_| random_embedding(rng, dimension)).collect();
    (0..count)
        .map(|_| {
            let centre = &centres[rng.random_range(0..clusters)];
            let noise = random_embedding(rng, dimension);
            Embedding::fuse(&[(centre, 1.0), (&noise, 0.6)]).unwrap()
        })
        .collect()
}

pub fn product(id: impl ToString) -> Product {
    Product { id: id.to_string(), ..Product::default() }
}

/// The dot product with a vector as it is stored.
pub fn stored_score(query: &Embedding, vector: &Embedding) -> f32 {
    let pairs = query.as_slice().iter().zip(vector.as_slice());
    pairs.map(|(q, v)| f64::from(*q) * f64::from(f16::from_f32(*v).to_f32())).sum::<f64>() as f32
}

pub fn search(
    snapshot: &Snapshot,
    embedding: &Embedding,
    filter: &Filter,
    k: usize,
    strategy: Strategy,
) -> Nearby {
    snapshot.search(&VectorQuery { embedding, filter, k, strategy, except: None }).unwrap()
}

pub fn ids(nearby: &Nearby) -> Vec<&str> {
    nearby.products.iter().map(|p| p.product.id.as_str()).collect()
}

pub fn assert_sound(snapshot: &Snapshot) {
    let report = snapshot.check().unwrap();
    assert!(report.is_sound(), "{report}");
}
