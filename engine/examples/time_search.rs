//! Times searches on request, so that a script can alternate between this engine and another one.
//!
//!     time_search FOLDER DIMENSION [arroy]
//!
//! Puts FOLDER/vectors.f16 (rows of little-endian f16; FOLDER/tags.u8 has a byte for each, 1 for those
//! that `material=near` finds) into the catalogue FOLDER/catalog unless it is there, prints what that
//! took, and then reads jobs from standard input, one per line, and answers each with a line of JSON:
//!
//!     time KIND QUERIES K FILTER N     CPU (of all threads) and wall milliseconds of N whole engine calls, which go
//!                                      on with the queries where the last job of this kind ended
//!     recall KIND QUERIES K FILTER N   the share of the exact hits that are found
//!     threads T KIND QUERIES K N       CPU (of all threads) and wall milliseconds of a query, where T threads ask N each
//!     index                            CPU seconds to make the index of all products anew
//!     update N                         a batch of N operations until it can be searched
//!
//! KIND is exact, segments, arroy or auto; QUERIES names a file of rows; FILTER is `-` or a condition:
//! category=half, brand=twentieth, color=rare (0.5 %), size=odd (0.05 %), material=near.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use half::f16;
use knytt_engine::{Catalog, CatalogSpec, Filter, Product, Snapshot, Strategy, VectorQuery};
use knytt_models::{Embedding, Fingerprint};
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Products per commit.
const BATCH: usize = 10_000;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, dimension, arroy) = match &arguments[..] {
        [folder, dimension] => (folder, dimension, false),
        [folder, dimension, arroy] if arroy == "arroy" => (folder, dimension, true),
        _ => return Err("give FOLDER and DIMENSION".into()),
    };
    let (folder, dimension) = (Path::new(folder), dimension.parse()?);
    let catalog = open_or_build(folder, dimension, arroy)?;
    let mut turns = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        println!("{}", answer(&catalog, folder, &line?, &mut turns)?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn answer(
    catalog: &Catalog,
    folder: &Path,
    line: &str,
    turns: &mut HashMap<String, usize>,
) -> Outcome<serde_json::Value> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if let ["update", count] = words[..] {
        let turn = turns.entry("update".into()).or_insert(0);
        *turn += 1;
        return update(catalog, folder, count.parse()?, *turn);
    }
    if words == ["index"] {
        return index(catalog);
    }
    if let ["threads", threads, kind, queries, k, count] = words[..] {
        let queries = read(&folder.join(format!("{queries}.f16")), catalog.dimension())?;
        let ask = Ask { catalog, filter: Filter::default(), k: k.parse()?, strategy: strategy(kind)? };
        return ask.side_by_side(&queries, threads.parse()?, count.parse()?);
    }
    let [job, kind, queries, k, filter, count] = words[..] else {
        return Err(format!("not a job: {line}").into());
    };
    let queries = read(&folder.join(format!("{queries}.f16")), catalog.dimension())?;
    let filter = if filter == "-" { Filter::default() } else { Filter::parse(&[filter])? };
    let ask = Ask { catalog, filter, k: k.parse()?, strategy: strategy(kind)? };
    let count: usize = count.parse()?;
    let turn = if job == "time" { turns.entry(kind.into()).or_insert(0) } else { &mut 0 };
    let queries: Vec<_> = queries.iter().cycle().skip(*turn % queries.len()).take(count).collect();
    match job {
        "time" => {
            *turn += count;
            let times = queries.into_iter().map(|query| ask.time(query)).collect::<Outcome<Vec<_>>>()?;
            let (cpu, wall): (Vec<f64>, Vec<f64>) = times.into_iter().unzip();
            Ok(json!({ "cpu": cpu, "wall": wall }))
        }
        "recall" => Ok(json!(ask.recall(&queries)?)),
        unknown => Err(format!("unknown job {unknown}").into()),
    }
}

fn strategy(kind: &str) -> Outcome<Strategy> {
    match kind {
        "auto" => Ok(Strategy::Auto),
        "exact" => Ok(Strategy::Exact),
        "segments" => Ok(Strategy::IvfRabitq),
        "arroy" => Ok(Strategy::Arroy),
        unknown => Err(format!("unknown kind {unknown}").into()),
    }
}

fn model() -> Fingerprint {
    Fingerprint::of(&[b"vectors from a file"])
}

fn open_or_build(folder: &Path, dimension: usize, arroy: bool) -> Outcome<Catalog> {
    let home = folder.join("catalog");
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let built = !home.exists();
    let catalog = if built { build(folder, &home, dimension)? } else { Catalog::open(&home)? };
    let (wall_s, cpu_s) = (wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    let cpu = ProcessTime::now();
    if arroy {
        let mut writer = catalog.write();
        writer.keep_arroy_from(Some(0));
        writer.commit()?;
    }
    let arroy_cpu_s = cpu.elapsed().as_secs_f64();
    let info = catalog.info()?;
    println!(
        "{}",
        json!({ "built": built, "wall_s": wall_s, "cpu_s": cpu_s, "arroy_cpu_s": arroy_cpu_s, "info": info })
    );
    std::io::stdout().flush()?;
    Ok(catalog)
}

fn build(folder: &Path, home: &Path, dimension: usize) -> Outcome<Catalog> {
    let spec = CatalogSpec { id: "bench".into(), model: model(), model_name: "file".into(), dimension };
    let catalog = Catalog::create(home, &spec)?;
    let tags = fs_err::read(folder.join("tags.u8")).unwrap_or_default();
    let mut writer = catalog.write();
    for (n, vector) in rows(&folder.join("vectors.f16"), dimension)?.enumerate() {
        writer.upsert(&product(n, tags.get(n) == Some(&1)), &vector?, None)?;
        if writer.len() >= BATCH {
            writer.commit()?;
        }
    }
    writer.commit()?;
    Ok(catalog)
}

fn product(n: usize, is_near: bool) -> Product {
    let every = |of: usize, value: &str| if n.is_multiple_of(of) { value.into() } else { "other".into() };
    let material = if is_near { "near" } else { "far" };
    Product {
        id: n.to_string(),
        category: every(2, "half"),
        brand: every(20, "twentieth"),
        colors: vec![every(200, "rare")],
        sizes: vec![every(2_000, "odd")],
        attributes: [("material".to_owned(), material.to_owned())].into(),
        ..Product::default()
    }
}

fn rows(file: &Path, dimension: usize) -> Outcome<impl Iterator<Item = Outcome<Embedding>>> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(file)?);
    let mut row = vec![0; dimension * 2];
    Ok(std::iter::from_fn(move || match file.read_exact(&mut row) {
        Ok(()) => {
            let values = row.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect();
            Some(Embedding::new(values, model()).map_err(Into::into))
        }
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => None,
        Err(error) => Some(Err(error.into())),
    }))
}

fn read(file: &Path, dimension: usize) -> Outcome<Vec<Embedding>> {
    rows(file, dimension)?.collect()
}

struct Ask<'a> {
    catalog: &'a Catalog,
    filter: Filter,
    k: usize,
    strategy: Strategy,
}

impl Ask<'_> {
    fn ids(&self, embedding: &Embedding, strategy: Strategy) -> Outcome<Vec<String>> {
        let snapshot: Snapshot = self.catalog.read()?;
        let query = VectorQuery { embedding, filter: &self.filter, k: self.k, strategy, except: None };
        Ok(snapshot.search(&query)?.products.into_iter().map(|p| p.product.id).collect())
    }

    /// CPU and wall milliseconds.
    fn time(&self, embedding: &Embedding) -> Outcome<(f64, f64)> {
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        std::hint::black_box(self.ids(embedding, self.strategy)?);
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        Ok((ms(cpu.elapsed()), ms(wall.elapsed())))
    }

    /// The time of a query while this many threads run `count` queries each.
    fn side_by_side(
        &self,
        queries: &[Embedding],
        threads: usize,
        count: usize,
    ) -> Outcome<serde_json::Value> {
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        let ask_all = |first: usize| {
            let mut queries = queries.iter().cycle().skip(first).take(count);
            queries.try_for_each(|query| self.ids(query, self.strategy).map(drop)).map_err(|e| e.to_string())
        };
        std::thread::scope(|scope| -> Outcome<()> {
            let asking: Vec<_> = (0..threads).map(|n| scope.spawn(move || ask_all(n * 37))).collect();
            for thread in asking {
                thread.join().map_err(|_| "a thread panicked")??;
            }
            Ok(())
        })?;
        let each = |time: Duration| time.as_secs_f64() * 1e3 / (threads * count) as f64;
        Ok(json!({ "cpu": each(cpu.elapsed()), "wall": each(wall.elapsed()) }))
    }

    fn recall(&self, queries: &[&Embedding]) -> Outcome<f64> {
        let (mut found, mut wanted) = (0, 0);
        for query in queries {
            let truth = self.ids(query, Strategy::Exact)?;
            let answer = self.ids(query, self.strategy)?;
            found += answer.iter().filter(|id| truth.contains(id)).count();
            wanted += truth.len();
        }
        Ok(found as f64 / wanted as f64)
    }
}

/// A third each of new products, changed vectors and deletes, spread over the catalogue.
/// Each turn takes others.
fn update(catalog: &Catalog, folder: &Path, count: usize, turn: usize) -> Outcome<serde_json::Value> {
    let vectors = read(&folder.join("pictures.f16"), catalog.dimension())?;
    let products = usize::try_from(catalog.info()?.products)?;
    let step = (products / count).max(1);
    let before = written_bytes();
    let mut writer = catalog.write();
    let mut payload = 0;
    for n in 0..count {
        let vector = &vectors[n % vectors.len()];
        let spread = n * step + turn % step;
        match n % 3 {
            0 => writer.upsert(&product((10 + turn) * products + n, false), vector, None)?,
            1 => writer.upsert(&product(spread, false), vector, None)?,
            _ => writer.delete(&spread.to_string()),
        }
        payload += if n % 3 == 2 { 0 } else { vector.dimension() * 2 };
    }
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    writer.commit()?;
    let commit_cpu_s = cpu.elapsed().as_secs_f64();
    let ask = Ask { catalog, filter: Filter::default(), k: 10, strategy: Strategy::Auto };
    ask.ids(&vectors[0], Strategy::Auto)?;
    let (wall_s, cpu_s) = (wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    let written_bytes = written_bytes() - before;
    Ok(json!({
        "wall_s": wall_s, "commit_cpu_s": commit_cpu_s, "cpu_s": cpu_s, "vector_bytes": payload,
        "written_bytes": written_bytes,
    }))
}

/// One transaction leaves the index out, the next one makes it.
fn index(catalog: &Catalog) -> Outcome<serde_json::Value> {
    let transact = |leave: bool| {
        catalog.transact(|change| -> knytt_engine::Result<()> {
            if leave {
                change.leave_index();
            }
            Ok(())
        })
    };
    transact(true)?;
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    transact(false)?;
    Ok(json!({ "cpu_s": cpu.elapsed().as_secs_f64(), "wall_s": wall.elapsed().as_secs_f64() }))
}

/// What this process has written so far, where the system tells it.
fn written_bytes() -> u64 {
    let io = fs_err::read_to_string("/proc/self/io").unwrap_or_default();
    let value = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    value.and_then(|v| v.parse().ok()).unwrap_or(0)
}
