//! The whole ranking, held against judgments.

mod again;
mod bootstrap;
mod labels;
mod measure;
mod report;
mod set;
mod stage;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use knytt_engine::{Catalog, Filter, Look, Query, QueryImage, SearchSession, Signal, Taste, Weights};
use knytt_models::decode::{Limits, decode};

use self::measure::Measures;
use self::report::JudgedReport;
use self::set::JudgedQuery;
use self::stage::Stage;
use super::EvalArgs;
use crate::catalog::{self, explain};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::model;
use crate::progress::Progress;
use crate::source;
use crate::weight;

/// How deep each answer is read.
const DEPTH: usize = 50;

/// Asks every query by every stage, and prints the measures.
///
/// # Errors
/// No catalogue, no queries, or a query that cannot be asked.
pub fn run(args: &EvalArgs) -> Result<()> {
    let catalog = catalog::open(&args.catalog)?;
    let session = session(&catalog, args)?;
    let queries = queries(args, &catalog)?;
    let stages = stages(args, catalog.info()?.weights);
    let mut progress = Progress::new("queries", queries.len(), false);
    let interrupt = Interrupt::listen()?;
    let mut rows = Vec::new();
    for judged in &queries {
        if interrupt.is_asked() {
            return Err(Failure::interrupted("interrupted").into());
        }
        rows.push(ask(&session, judged, &stages)?);
        progress.step();
    }
    progress.finish();
    JudgedReport::new(args, &catalog, &queries, &stages, &rows)?.print(args)
}

fn stages(args: &EvalArgs, of_catalog: Option<Weights>) -> Vec<Stage> {
    if args.ablation {
        return Stage::LADDER.to_vec();
    }
    let whole = Stage { weights: of_catalog.unwrap_or_default(), ..Stage::WHOLE };
    let others = weight::weights(of_catalog, &args.weights);
    let changed = others.map(|weights| Stage { name: "with other weights", weights, ..whole.clone() });
    [whole].into_iter().chain(changed).collect()
}

fn session(catalog: &Catalog, args: &EvalArgs) -> Result<SearchSession> {
    let encoder =
        model::of_catalog(catalog, &args.catalog, args.model.model.as_deref(), &args.model.options())?;
    model::tell_of_its_device(&encoder);
    SearchSession::new(catalog.clone(), encoder).map_err(explain)
}

fn queries(args: &EvalArgs, catalog: &Catalog) -> Result<Vec<JudgedQuery>> {
    let queries = match (&args.judged, args.again) {
        _ if args.out_of_domain.is_some() => out_of_domain(args)?,
        (Some(file), _) => set::read(file)?,
        (None, Some(count)) => again::photographs(catalog, &args.catalog, count, args.seed)?,
        (None, None) => labels::queries(args, catalog)?,
    };
    if queries.is_empty() {
        return Err(Failure::unusable("there is no query").into());
    }
    Ok(queries)
}

/// A query for every picture of a folder; no product is a right answer to any of them.
fn out_of_domain(args: &EvalArgs) -> Result<Vec<JudgedQuery>> {
    let folder = args.out_of_domain.as_deref().unwrap_or(Path::new(""));
    let mut queries = Vec::new();
    for entry in source::open(folder, source::Options::default())?.entries().map_err(source::explain)? {
        let Ok(item) = entry.map_err(source::explain)? else { continue };
        queries.push(JudgedQuery {
            kind: item.product.category.clone(),
            picture: Some(set::Picture::At(item.picture)),
            ..JudgedQuery::default()
        });
    }
    Ok(queries)
}

/// What one stage made of one query.
#[derive(Clone, Copy)]
struct Outcome {
    measures: Measures,
    took_ms: f64,
    /// Whether the answer was said to be no good match.
    refused: bool,
}

/// One query's outcome by each stage.
type Row = Vec<Outcome>;

fn ask(session: &SearchSession, judged: &JudgedQuery, stages: &[Stage]) -> Result<Row> {
    let embedded = embedded(session, judged)?;
    let taste = taste(session.catalog(), judged)?;
    let mut row = Vec::new();
    for stage in stages {
        let query = Query {
            k: DEPTH,
            weights: Some(stage.weights),
            literal: !stage.reads_words,
            taste: taste.clone().filter(|_| stage.weights.personal > 0.0),
            ..embedded.clone()
        };
        let start = Instant::now();
        let result = session.search(&query).map_err(explain)?;
        let took_ms =
            start.elapsed().as_secs_f64() * 1e3 - result.timings.embed_ms - result.timings.decode_ms;
        let measures = Measures::of(&result.hits, &judged.relevance);
        row.push(Outcome { measures, took_ms, refused: !result.is_good() });
    }
    Ok(row)
}

/// The query with its picture embedded once for all stages.
fn embedded(session: &SearchSession, judged: &JudgedQuery) -> Result<Query> {
    let filter = Filter::parse(&judged.filters).map_err(|e| Failure::usage(e.to_string()))?;
    let mut query = Query {
        text: judged.text.clone(),
        product: judged.like.clone(),
        without: judged.without.clone(),
        filter,
        ..Query::default()
    };
    if let Some(picture) = &judged.picture {
        let bytes = picture.bytes()?;
        let pixels = decode(&bytes, &Limits::default(), Some(session.encoder().target_side()))?;
        query.look = Some(Look::from_pixels(&pixels));
        query.image = Some(QueryImage::Embedded(session.encoder().embed_image(&pixels)?));
        query.pixels = Some(Arc::new(pixels));
    }
    Ok(query)
}

/// What the shopper of this query did before.
fn taste(catalog: &Catalog, judged: &JudgedQuery) -> Result<Option<Arc<Taste>>> {
    let snapshot = catalog.read()?;
    let mut taste = Taste::default();
    let now_secs = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs_f64();
    for (ids, signal) in [(&judged.kept, Signal::Kept), (&judged.dismissed, Signal::Dismissed)] {
        for id in ids {
            let known = snapshot.product(id)?.zip(snapshot.vector(id)?);
            let unknown = || Failure::usage(format!("the catalogue has no product {id}"));
            let (product, vector) = known.ok_or_else(unknown)?;
            taste.learn(&product, vector.as_slice(), catalog.fingerprint(), signal, now_secs);
        }
    }
    Ok((!taste.is_empty()).then(|| Arc::new(taste)))
}
