//! Times one search at a time on request, so that a script can take turns between us and a peer.
//!
//!     time_search FOLDER DIMENSION
//!
//! Puts FOLDER/vectors.f32 into a catalogue, then reads lines such as `exact 10 5` (kind, k,
//! repetitions) from standard input. Answers with the milliseconds of every repetition, in JSON, each
//! with the next query of FOLDER/queries.f32; `recall 10 1` answers with the recall of arroy.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use knytt_engine::{Catalog, CatalogSpec, Filter, Product, Snapshot, Strategy, VectorQuery};
use knytt_models::{Embedding, Fingerprint};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Products per commit.
const BATCH: usize = 10_000;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, dimension] = &arguments[..] else { return Err("give FOLDER and DIMENSION".into()) };
    let (folder, dimension) = (Path::new(folder), dimension.parse()?);
    let catalog = build(folder, dimension)?;
    let queries = read(&folder.join("queries.f32"), dimension)?;
    let snapshot = catalog.read()?;
    let mut turn = queries.iter().cycle();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [job, k, repetitions] = words[..] else { return Err(format!("not a job: {line}").into()) };
        let k = k.parse()?;
        let answers: Vec<f64> = match job {
            "recall" => vec![recall(&snapshot, &queries, k)?],
            kind => (0..repetitions.parse()?)
                .map(|_| time(&snapshot, turn.next().ok_or("no query")?, k, strategy(kind)?))
                .collect::<Outcome<_>>()?,
        };
        println!("{}", serde_json::to_string(&answers)?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn strategy(kind: &str) -> Outcome<Strategy> {
    match kind {
        "exact" => Ok(Strategy::Exact),
        "arroy" => Ok(Strategy::Arroy),
        unknown => Err(format!("unknown job {unknown}").into()),
    }
}

fn build(folder: &Path, dimension: usize) -> Outcome<Catalog> {
    let model = Fingerprint::of(&[b"vectors from a file"]);
    let spec = CatalogSpec { id: "bench".into(), model, model_name: "file".into(), dimension };
    let catalog = Catalog::create(folder.join("catalog"), &spec)?;
    let mut writer = catalog.write();
    writer.keep_arroy_from(Some(0));
    for (n, vector) in read(&folder.join("vectors.f32"), dimension)?.iter().enumerate() {
        writer.upsert(&Product { id: n.to_string(), ..Product::default() }, vector, None)?;
        // The index is built in each commit; one at the end is enough for a bench.
        if writer.len() >= BATCH {
            writer.keep_arroy_from(None);
            writer.commit()?;
        }
    }
    writer.keep_arroy_from(Some(0));
    writer.commit()?;
    Ok(catalog)
}

fn read(file: &Path, dimension: usize) -> Outcome<Vec<Embedding>> {
    let model = Fingerprint::of(&[b"vectors from a file"]);
    let bytes = std::fs::read(file)?;
    let values: Vec<f32> =
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    values.chunks_exact(dimension).map(|v| Ok(Embedding::new(v.to_vec(), model.clone())?)).collect()
}

fn ids(snapshot: &Snapshot, embedding: &Embedding, k: usize, strategy: Strategy) -> Outcome<Vec<String>> {
    let query = VectorQuery { embedding, filter: &Filter::default(), k, strategy, except: None };
    Ok(snapshot.search(&query)?.products.into_iter().map(|p| p.product.id).collect())
}

fn time(snapshot: &Snapshot, embedding: &Embedding, k: usize, strategy: Strategy) -> Outcome<f64> {
    let start = Instant::now();
    ids(snapshot, embedding, k, strategy)?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

/// How many of the exact k nearest arroy finds, on average.
fn recall(snapshot: &Snapshot, queries: &[Embedding], k: usize) -> Outcome<f64> {
    let mut found = 0;
    for query in queries {
        let truth = ids(snapshot, query, k, Strategy::Exact)?;
        let answer = ids(snapshot, query, k, Strategy::Arroy)?;
        found += answer.iter().filter(|id| truth.contains(id)).count();
    }
    Ok(found as f64 / (queries.len() * k) as f64)
}
