//! The discrepancy against the exact one, against samples of one population, and against a planted change.

use std::sync::Arc;

use knytt_models::{Embedding, Fingerprint};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

use super::discrepancy::Discrepancy;
use super::features::{Features, Vector, width};
use super::keep::{AskedEmbedding, EmbeddingSums, LEAST};
use super::kernel;
use super::read::{Days, of_all_catalogs, of_catalog};
use super::releases;
use super::sums::Sums;
use crate::db::Database;
use crate::jobs::tests::postgres::Postgres;

const DIMENSION: usize = 64;

/// Kinds of goods; queries are about one of them.
const KINDS: usize = 12;

struct Population {
    random: ChaCha8Rng,
}

impl Population {
    fn new(seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed) }
    }

    fn below(&mut self, most: usize) -> usize {
        self.random.next_u32() as usize % most
    }

    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.random.next_u32() as f32 / 4_294_967_296.0).sum::<f32>() - 6.0
    }

    /// The embedding of a query about a kind of goods: all have a direction in common, as those of a model do.
    fn query(&mut self, kind: usize) -> Vec<f32> {
        let mut values: Vec<f32> = (0..DIMENSION).map(|_| 0.06 * self.normal()).collect();
        (values[0], values[1 + kind]) = (1.0, values[1 + kind] + 0.6);
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        values.iter().map(|value| value / norm).collect()
    }

    fn queries(&mut self, count: usize, kinds: std::ops::Range<usize>) -> Vec<Vec<f32>> {
        let kinds: Vec<usize> = (0..count).map(|_| kinds.start + self.below(kinds.len())).collect();
        kinds.into_iter().map(|kind| self.query(kind)).collect()
    }
}

fn features_of(embeddings: &[Vec<f32>]) -> Features {
    Features::new(DIMENSION, width(&embeddings[..100]).unwrap())
}

fn sums(features: &Features, embeddings: &[Vec<f32>]) -> Sums {
    let mut sums = Sums::default();
    embeddings.iter().for_each(|embedding| sums.add(&features.of(embedding).unwrap()));
    sums
}

/// The unbiased estimate with the kernel itself, over all pairs.
fn exact(a: &[Vec<f32>], b: &[Vec<f32>], width: f64) -> f64 {
    let kernel = |x: &[f32], y: &[f32]| {
        let squared: f32 = x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum();
        (-f64::from(squared) / (2.0 * width * width)).exp()
    };
    let within = |all: &[Vec<f32>]| {
        let pairs =
            all.iter().enumerate().flat_map(|(at, x)| all[at + 1..].iter().map(move |y| kernel(x, y)));
        2.0 * pairs.sum::<f64>() / (all.len() * (all.len() - 1)) as f64
    };
    let between: f64 = a.iter().flat_map(|x| b.iter().map(|y| kernel(x, y))).sum();
    within(a) + within(b) - 2.0 * between / (a.len() * b.len()) as f64
}

#[test]
fn sums_give_the_exact_discrepancy_within_a_tenth_of_it() {
    let mut population = Population::new(5);
    for (of, now) in [(0..12, 0..12), (0..12, 3..12), (0..6, 6..12)] {
        let (a, b) = (population.queries(400, of), population.queries(300, now));
        let width = width(&a[..100]).unwrap();
        let expected = exact(&a, &b, width);
        let features = Features::new(DIMENSION, width);
        let found = Discrepancy::of(&[sums(&features, &a)], &[sums(&features, &b)]).unwrap();
        println!("exact {expected:.5}, found {:.5}, by chance {:.5}", found.squared, found.by_chance);
        assert!((found.squared - expected).abs() < 0.1 * expected + 0.002, "{found:?} for {expected}");
    }
}

/// Features of many queries, by what they are about, from which days draw: to compute them again takes long.
struct Drawn {
    population: Population,
    kinds: Vec<Vec<Vector>>,
}

impl Drawn {
    fn new(seed: u64) -> Self {
        let mut population = Population::new(seed);
        let features = features_of(&population.queries(100, 0..KINDS));
        let kinds = (0..KINDS).map(|kind| {
            let queries = population.queries(100, kind..kind + 1);
            queries.iter().map(|query| features.of(query).unwrap()).collect()
        });
        let kinds = kinds.collect();
        Self { population, kinds }
    }

    /// A day of queries; each kind weighs about as much as another, more or less by up to `uneven`.
    fn day(&mut self, count: usize, kinds: std::ops::Range<usize>, uneven: f32) -> Sums {
        let weights: Vec<f32> = kinds.clone().map(|_| (uneven * self.population.normal()).exp()).collect();
        let all: f32 = weights.iter().sum();
        let mut sums = Sums::default();
        for _ in 0..count {
            let mut left = all * self.population.random.next_u32() as f32 / 4_294_967_296.0;
            let chosen = weights.iter().position(|weight| {
                left -= weight;
                left <= 0.0
            });
            let kind = &self.kinds[kinds.start + chosen.unwrap_or(0)];
            sums.add(&kind[self.population.below(kind.len())]);
        }
        sums
    }

    fn days(&mut self, days: usize, count: usize, kinds: &std::ops::Range<usize>, uneven: f32) -> Vec<Sums> {
        (0..days).map(|_| self.day(count, kinds.clone(), uneven)).collect()
    }
}

/// Weeks of one population after another that have drifted.
fn false_alarms(weeks: usize, days: usize, count: usize, uneven: f32) -> usize {
    let mut drawn = Drawn::new(17);
    let all = 0..KINDS;
    let alarms = (0..weeks).filter(|_| {
        let before = drawn.days(7, count, &all, uneven);
        Discrepancy::of(&before, &drawn.days(days, count, &all, uneven)).unwrap().has_drifted(0.0)
    });
    alarms.count()
}

#[test]
fn weeks_of_one_population_have_not_drifted() {
    for (days, count, uneven) in [(7, 60, 0.0), (2, 60, 0.0), (7, 120, 0.2), (2, 120, 0.2)] {
        let alarms = false_alarms(200, days, count, uneven);
        println!("{days} days of {count}, uneven by {uneven}: {alarms} of 200 weeks");
        assert!(alarms <= 10, "{days} days of {count}, uneven by {uneven}: {alarms} of 200 weeks");
    }
}

#[test]
fn a_week_that_asks_for_other_goods_has_drifted() {
    let mut drawn = Drawn::new(29);
    let dresses = drawn.days(7, 60, &(0..6), 0.2);
    let shoes = Discrepancy::of(&dresses, &drawn.days(2, 60, &(6..12), 0.2)).unwrap();
    assert!(shoes.squared > 0.04 && shoes.has_drifted(0.02), "{shoes:?}");
    // A quarter of the searches of a week are about something new.
    let mut partly = drawn.days(7, 45, &(0..6), 0.2);
    partly.iter_mut().for_each(|day| day.merge(&drawn.day(15, 6..12, 0.2)));
    let partly = Discrepancy::of(&dresses, &partly).unwrap();
    println!("all new {shoes:?}, a quarter new {partly:?}");
    assert!(partly.has_drifted(0.0), "{partly:?}");
}

#[test]
fn what_is_stored_is_what_was_summed() {
    let mut population = Population::new(3);
    let queries = population.queries(120, 0..KINDS);
    let features = features_of(&queries);
    let (whole, [first, rest]) =
        (sums(&features, &queries), [&queries[..40], &queries[40..]].map(|part| sums(&features, part)));
    let both = Sums::of_all([&first, &rest]);
    assert_eq!((both.count, both.spreads), (whole.count, whole.spreads));
    assert!(both.mean().iter().zip(whole.mean()).all(|(a, b)| (a - b).abs() < 1e-12));
    let stored = Sums::of_stored(whole.count, &whole.bytes(), whole.spread, whole.spreads).unwrap();
    assert_eq!((stored.features, stored.count), (whole.features.clone(), whole.count));
    assert!(Sums::of_stored(1, &[0; 7], 0.0, 0).is_none());
    assert_eq!(Discrepancy::of(&[], &[whole]), None);
}

/// A week in which a catalogue is asked for dresses in words and pictures, and then two days, of which the last is `today`,
/// in which the words ask for shoes.
pub async fn a_changed_week(db: &Database, today: i64) {
    let mut population = Population::new(41);
    let model = Fingerprint::of(&[b"m"]);
    let width = width(&population.queries(100, 0..KINDS)).unwrap();
    kernel::note(db, "shop", &model.to_string(), DIMENSION, width).await.unwrap();
    // Two replicas, each with a part of the queries.
    let replicas = [EmbeddingSums::new(db), EmbeddingSums::new(db)];
    for day in today - 8..=today {
        for (kind, goods) in [("words", if day < today - 1 { 0..6 } else { 6..12 }), ("image", 0..6)] {
            for replica in &replicas {
                let asked = population.queries(150, goods.clone()).into_iter().map(|values| AskedEmbedding {
                    catalog: "shop".into(),
                    kind,
                    embedding: Arc::new(Embedding::new(values, model.clone()).unwrap()),
                });
                replica.add(asked.collect(), day).await.unwrap();
            }
        }
    }
}

async fn words_have_moved_and_pictures_have_not(db: &Database) {
    a_changed_week(db, 20_000).await;
    let days = Days { before: 19_992, from: 19_999, to: 20_000 };
    let all = of_all_catalogs(db, days).await.unwrap();
    let found: Vec<_> = all.iter().map(|(_, row)| (&*row.of, row.before, row.count, row.drifted)).collect();
    assert_eq!(found, [("image", 7 * 300, 600, false), ("words", 7 * 300, 600, true)], "{all:?}");
    assert_eq!(of_catalog(db, "other", days).await.unwrap(), []);
    // What is sold: two states of which the second has other goods.
    let mut population = Population::new(43);
    let features = features_of(&population.queries(100, 0..KINDS));
    for (state, kinds) in [("a", 0..6), ("b", 3..9)] {
        let sums = sums(&features, &population.queries(300, kinds));
        releases::note(db, ("shop", "m", state), i64::from(state == "b"), &sums).await.unwrap();
    }
    let rows = of_catalog(db, "shop", days).await.unwrap();
    let sold = rows.last().unwrap();
    assert_eq!(
        (&*sold.of, sold.release, sold.release_before, sold.drifted),
        ("catalog", Some(1), Some(0), true)
    );
    assert_eq!(rows.len(), 3, "{rows:?}");
}

#[tokio::test]
async fn words_have_moved_on_both_databases() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
    let postgres = Postgres::start(false);
    for url in [url, postgres.url()] {
        let db = Database::open(&url.as_str().into(), 2).await.unwrap();
        words_have_moved_and_pictures_have_not(&db).await;
    }
}

#[tokio::test]
async fn what_could_not_be_written_is_written_later_and_once() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
    let db = Database::open(&url.as_str().into(), 2).await.unwrap();
    let model = Fingerprint::of(&[b"m"]);
    let (mut population, kept) = (Population::new(7), EmbeddingSums::new(&db));
    let mut asked = async |count: usize| {
        let one = |values: Vec<f32>| AskedEmbedding {
            catalog: "shop".into(),
            kind: "words",
            embedding: Arc::new(Embedding::new(values, model.clone()).unwrap()),
        };
        kept.add(population.queries(count, 0..KINDS).into_iter().map(one).collect(), 20_000).await
    };
    let stored = async || {
        let sql = "SELECT CAST(COALESCE(SUM(searches), 0) AS BIGINT) FROM embedding_days";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(db.pool()).await.unwrap()
    };
    asked(60).await.unwrap();
    assert_eq!(stored().await, 0, "the catalogue was not measured yet");
    kernel::note(&db, "shop", &model.to_string(), DIMENSION, 0.8).await.unwrap();
    let few = usize::try_from(LEAST).unwrap() - 1;
    asked(few).await.unwrap();
    assert_eq!(stored().await, 0, "too few");
    sqlx::query("ALTER TABLE embedding_days RENAME TO gone").execute(db.pool()).await.unwrap();
    assert!(asked(1).await.is_err());
    sqlx::query("ALTER TABLE gone RENAME TO embedding_days").execute(db.pool()).await.unwrap();
    asked(0).await.unwrap();
    asked(few).await.unwrap();
    assert_eq!(stored().await, LEAST, "what is stored changes by as many");
    asked(1).await.unwrap();
    assert_eq!(stored().await, 2 * LEAST);
}

/// `cargo test -p knytt-server --lib what_an_embedding_costs -- --ignored --nocapture` says what the features of one take.
#[test]
#[ignore = "a measurement"]
fn what_an_embedding_costs() {
    for dimension in [256, 512, 768] {
        let features = Features::new(dimension, 0.8);
        let embedding = vec![(dimension as f32).sqrt().recip(); dimension];
        let mut sums = Sums::default();
        let round = |_| {
            let start = std::time::Instant::now();
            (0..500).for_each(|_| sums.add(&features.of(std::hint::black_box(&embedding)).unwrap()));
            start.elapsed().as_secs_f64() * 1e6 / 500.0
        };
        let least = (0..20).map(round).fold(f64::MAX, f64::min);
        println!("{dimension} dimensions: {least:.1} µs an embedding at least ({} summed)", sums.count);
    }
}
