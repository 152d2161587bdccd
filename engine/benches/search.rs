//! Times searches with all kinds of index, with and without filters, updates, and what rules add.
//!
//!     cargo bench -p knytt-engine
//!     KNYTT_BENCH_SIZES=5000,50000 cargo bench -p knytt-engine -- filtered
//!     KNYTT_BENCH_SIZES= cargo bench -p knytt-engine --bench search -- rules
//!
//! `KNYTT_BENCH_SIZES` names the numbers of products (5000, 50000 and 200000 if it is not set),
//! `KNYTT_BENCH_DIMENSION` the dimension (512). Vectors are synthetic: unit vectors around 1,000
//! centres. Recall@10 of the approximate ones against the exact scan is printed beside the times, since one means
//! nothing without the other.
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to say")]
#![allow(missing_docs, reason = "criterion makes public items")]

use std::cell::Cell;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use knytt_engine::{
    Catalog, CatalogSpec, CompiledRules, Filter, Fingerprint, Merchandising, MerchandisingRule, Product,
    Query, Replacement, RuleAction, RuleCondition, RuleQuery, SearchSession, Selection, Snapshot, Strategy,
    Synonym, VectorQuery,
};
use knytt_models::{Bundle, Device, Embedding, Encoder};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CENTRES: usize = 1_000;
const QUERIES: usize = 100;
const HITS: usize = 10;

fn model() -> Fingerprint {
    Fingerprint::of(&[b"the model of this bench"])
}

fn setting<T: std::str::FromStr>(name: &str, default: &str) -> Vec<T> {
    let text = std::env::var(name).unwrap_or_else(|_| default.into());
    text.split(',').filter_map(|part| part.trim().parse().ok()).collect()
}

struct Vectors {
    rng: ChaCha8Rng,
    centres: Vec<Embedding>,
}

impl Vectors {
    fn new(dimension: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let centres = (0..CENTRES).map(|_| random(&mut rng, dimension)).collect();
        Self { rng, centres }
    }

    fn next(&mut self) -> Embedding {
        let centre = &self.centres[self.rng.random_range(0..CENTRES)];
        let noise = random(&mut self.rng, centre.dimension());
        Embedding::fuse(&[(centre, 1.0), (&noise, 0.8)]).unwrap()
    }
}

fn random(rng: &mut ChaCha8Rng, dimension: usize) -> Embedding {
    // The sum of a few uniform values is close enough to a normal one.
    let normal = |rng: &mut ChaCha8Rng| (0..4).map(|_| rng.random_range(-1.0_f32..1.0)).sum();
    Embedding::new((0..dimension).map(|_| normal(rng)).collect(), model()).unwrap()
}

fn product(number: usize) -> Product {
    let every = |n: usize, value: &str| if number.is_multiple_of(n) { value.into() } else { "other".into() };
    Product {
        id: number.to_string(),
        title: format!("Product {number}"),
        category: every(2, "half"),
        brand: every(20, "twentieth"),
        colors: vec![every(200, "rare")],
        ..Product::default()
    }
}

/// A catalogue of `count` products with both indexes.
fn build(dir: &Path, count: usize, vectors: &mut Vectors) -> Catalog {
    let dimension = vectors.centres[0].dimension();
    let spec = CatalogSpec { id: "bench".into(), model: model(), model_name: "bench".into(), dimension };
    let catalog = Catalog::create(dir, &spec).unwrap();
    let start = Instant::now();
    let mut writer = catalog.write();
    writer.keep_arroy_from(None);
    for number in 0..count {
        writer.upsert(&product(number), &vectors.next(), None).unwrap();
        if writer.len() >= 1_000 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
    let stored = start.elapsed();
    let start = Instant::now();
    writer.keep_arroy_from(Some(1));
    writer.commit().unwrap();
    let info = catalog.info().unwrap();
    println!(
        "{count} x {dimension}: stored in {stored:.1?} ({:.0} MB), arroy built in {:.1?} ({:.0} MB), kernel {}",
        info.index.exact_bytes as f64 / 1e6,
        start.elapsed(),
        info.index.arroy_bytes as f64 / 1e6,
        info.index.exact_kernel,
    );
    catalog
}

fn search(snapshot: &Snapshot, embedding: &Embedding, filter: &Filter, strategy: Strategy) -> Vec<String> {
    let query = VectorQuery { embedding, filter, k: HITS, strategy, except: None };
    snapshot.search(&query).unwrap().products.into_iter().map(|hit| hit.product.id).collect()
}

fn recall(snapshot: &Snapshot, queries: &[Embedding], filter: &Filter, strategy: Strategy) -> f64 {
    let found = |query| {
        let exact = search(snapshot, query, filter, Strategy::Exact);
        search(snapshot, query, filter, strategy).iter().filter(|id| exact.contains(id)).count()
    };
    queries.iter().map(found).sum::<usize>() as f64 / (queries.len() * HITS) as f64
}

fn bench(criterion: &mut Criterion) {
    let dimension = setting("KNYTT_BENCH_DIMENSION", "512")[0];
    for count in setting("KNYTT_BENCH_SIZES", "5000,50000,200000") {
        let dir = tempfile::tempdir().unwrap();
        let mut vectors = Vectors::new(dimension);
        let catalog = build(dir.path(), count, &mut vectors);
        let queries: Vec<_> = (0..QUERIES).map(|_| vectors.next()).collect();
        searches(criterion, &catalog, &queries, count);
        updates(criterion, &catalog, &mut vectors, count);
    }
}

fn searches(criterion: &mut Criterion, catalog: &Catalog, queries: &[Embedding], count: usize) {
    let filters = [
        ("search", "all", vec![]),
        ("filtered", "50 %", vec!["category=half"]),
        ("filtered", "5 %", vec!["brand=twentieth"]),
        ("filtered", "0.5 %", vec!["color=rare"]),
    ];
    for (group, share, conditions) in filters {
        let filter = Filter::parse(&conditions).unwrap();
        let snapshot = catalog.read().unwrap();
        for strategy in [Strategy::IvfRabitq, Strategy::Arroy] {
            let recall = recall(&snapshot, queries, &filter, strategy);
            println!("{count}, {share}: recall@10 of {strategy:?} {recall:.3}");
        }
        let mut group = criterion.benchmark_group(group);
        group.sample_size(20);
        for strategy in [Strategy::Auto, Strategy::Exact, Strategy::IvfRabitq, Strategy::Arroy] {
            let name = format!("{strategy:?}, {share}").to_lowercase();
            let next = Cell::new(0);
            group.bench_function(BenchmarkId::new(name, count), |b| {
                b.iter(|| {
                    next.set((next.get() + 1) % QUERIES);
                    black_box(search(&snapshot, &queries[next.get()], &filter, strategy))
                });
            });
        }
    }
}

/// One changed product until it can be found, without arroy (which walks everything in each build).
fn updates(criterion: &mut Criterion, catalog: &Catalog, vectors: &mut Vectors, count: usize) {
    let mut writer = catalog.write();
    writer.keep_arroy_from(None);
    writer.commit().unwrap();
    let mut group = criterion.benchmark_group("update");
    group.sample_size(20);
    group.bench_function(BenchmarkId::new("one product", count), |b| {
        b.iter(|| {
            writer.upsert(&product(count / 3), &vectors.next(), None).unwrap();
            writer.commit().unwrap();
        });
    });
}

/// What 1,000 rules, 1,000 synonyms and 1,000 replacements add to a search whose words some of the rules name, and what
/// reading the chains of replacements takes once for each state of the catalogue.
fn rules(criterion: &mut Criterion) {
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let spec = CatalogSpec {
        id: "bench".into(),
        model: encoder.fingerprint().clone(),
        model_name: "starter".into(),
        dimension: encoder.dimension(),
    };
    let catalog = Catalog::create(dir.path(), &spec).unwrap();
    let mut writer = catalog.write();
    let vector = Embedding::new(vec![1.0; encoder.dimension()], encoder.fingerprint().clone()).unwrap();
    (0..5_000).for_each(|number| writer.upsert(&product(number), &vector, None).unwrap());
    writer.set_merchandising(Some(document()));
    writer.commit().unwrap();
    let session = SearchSession::new(catalog, encoder).unwrap();
    let snapshot = session.catalog().read().unwrap();
    let mut group = criterion.benchmark_group("rules");
    for text in ["a dress for summer 7", "nothing that a rule names"] {
        let query = Query { text: Some(text.into()), ..Query::default() };
        let guide = || session.guide(&snapshot, &query, &query.filter).unwrap();
        println!("{text}: {} of 1,000 rules apply", guide().shown.rules.len());
        group.bench_function(BenchmarkId::new("1,000", text), |b| b.iter(|| black_box(guide())));
    }
    // Each of 1,000 products is replaced; of eighty, eight lead through each other.
    let replaced = Merchandising { replacements: replacements(), ..document() };
    let compiled = || Arc::new(CompiledRules::new(replaced.clone()).unwrap());
    session.replace_rules(Some(compiled()));
    for text in ["a dress for summer 7", "nothing that a rule names"] {
        let query = Query { text: Some(text.into()), ..Query::default() };
        let guide = || session.guide(&snapshot, &query, &query.filter).unwrap();
        guide();
        group.bench_function(BenchmarkId::new("1,000 and 1,000 replaced", text), |b| {
            b.iter(|| black_box(guide()))
        });
    }
    let query = Query { text: Some("nothing that a rule names".into()), ..Query::default() };
    group.bench_function(BenchmarkId::new("1,000 replaced", "the first search of a state"), |b| {
        b.iter_batched(
            || session.replace_rules(Some(compiled())),
            |()| black_box(session.guide(&snapshot, &query, &query.filter).unwrap()),
            BatchSize::PerIteration,
        );
    });
}

/// 1,000 replacements of the bench's products.
fn replacements() -> Vec<Replacement> {
    let replacement = |number: usize| {
        // Seven of eighty lead to the next one, so that chains have up to eight links.
        let by = if number % 80 < 7 { number + 1 } else { number + 1_000 };
        Replacement { product: number.to_string(), by: by.to_string(), always: true }
    };
    (0..1_000).map(replacement).collect()
}

/// Ten rules for each of 100 words; of those of one word, each needs another second word.
fn document() -> Merchandising {
    let what = || Selection { products: Vec::new(), conditions: vec!["brand=twentieth".into()] };
    let rule = |number: usize| MerchandisingRule {
        id: format!("r{number}"),
        when: RuleCondition {
            query: Some(RuleQuery::Contains {
                words: match number {
                    0..10 => "dress".into(),
                    _ => format!("summer{} {number}", number / 10),
                },
            }),
            ..RuleCondition::default()
        },
        then: vec![
            RuleAction::Pin { product: number.to_string(), place: 1 + (number % 10) as u32 },
            RuleAction::Boost { what: what(), by: 0.2 },
            RuleAction::Hide { what: Selection { products: vec!["17".into()], ..Selection::default() } },
        ],
        ..MerchandisingRule::default()
    };
    let synonym = |number: usize| Synonym::Both {
        language: None,
        words: vec![format!("word{number}"), format!("other{number}")],
    };
    Merchandising {
        rules: (0..1_000).map(rule).collect(),
        synonyms: (0..1_000).map(synonym).collect(),
        ..Merchandising::default()
    }
}

criterion_group!(benches, bench, rules);
criterion_main!(benches);
