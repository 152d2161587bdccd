//! How good the model's nearness is, told by labels over the full ranking of the catalogue.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use knytt_engine::{Catalog, Filter, Snapshot, Strategy, VectorQuery};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Embedding, Encoder, Pending};

use super::EvalArgs;
use super::gallery::Gallery;
use super::report::{self, LabelledReport, Skipped};
use crate::catalog::{self, explain};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::metrics::{Percentiles, Ranked, Tally, recall};
use crate::model;
use crate::pipeline;
use crate::progress::Progress;
use crate::source::{self, Feed, Options, Rejection, Row, Selection, Source, read_picture};

/// How many answers the index is held to.
const RECALL_AT: usize = 10;

/// Embeds every query, ranks the catalogue for it, and prints the measures.
///
/// # Errors
/// No catalogue, no feed, or no label on either side.
pub fn run(args: &EvalArgs) -> Result<()> {
    let ignored: BTreeSet<&str> = args.ignore.iter().map(String::as_str).collect();
    let feed = feed(args)?;
    let catalog = catalog::open(&args.catalog)?;
    let gallery = Gallery::read(&catalog, &args.label, &ignored)?;
    let encoder = encoder(&catalog, args)?;
    let queries = queries(args, &feed, &ignored)?;
    let mut run = Run::new(args, &catalog, &gallery)?;
    let mut progress = Progress::new("queries", queries.len(), false);
    let started = Instant::now();
    let whole = pipeline::run(
        queries.into_iter().map(Ok),
        |row| Ok(submit(args, &feed, &encoder, &row)),
        &Interrupt::listen()?,
        |query| {
            progress.step();
            run.take(query)
        },
    );
    progress.finish();
    if !whole? {
        return Err(Failure::interrupted("interrupted").into());
    }
    run.report(started.elapsed())?.print(args)
}

/// The feed with the labels.
///
/// # Errors
/// It cannot be read, or has no such column.
pub fn feed(args: &EvalArgs) -> Result<Feed> {
    let path = args.queries.as_deref().unwrap_or(Path::new(""));
    let options = Options {
        selection: Selection::new(args.only.clone()),
        image_column: args.image_column.clone(),
        ..Options::default()
    };
    let Source::Feed(feed) = source::open(path, options)? else {
        return Err(Failure::usage("--queries takes a feed with labels, and this is a folder").into());
    };
    if feed.columns().contain(&args.label) {
        return Ok(*feed);
    }
    Err(Failure::usage(format!("{} has no column {} for --label", path.display(), args.label))
        .hint(format!("it has: {}", feed.columns().names().join(", ")))
        .into())
}

fn encoder(catalog: &Catalog, args: &EvalArgs) -> Result<Encoder> {
    let encoder =
        model::of_catalog(catalog, &args.catalog, args.model.model.as_deref(), &args.model.options())?;
    model::tell_of_its_device(&encoder);
    Ok(encoder)
}

/// The rows that have a label that counts. Rows that cannot be read at all have none.
///
/// # Errors
/// There is none.
pub fn queries(args: &EvalArgs, feed: &Feed, ignored: &BTreeSet<&str>) -> Result<Vec<Row>> {
    let counts = |row: &Row| row.get(&args.label).is_some_and(|label| !ignored.contains(label.trim()));
    let mut queries = Vec::new();
    for row in feed.rows()? {
        queries.extend(row?.ok().filter(counts));
    }
    if queries.is_empty() {
        let path = args.queries.as_deref().unwrap_or(Path::new(""));
        let message = format!("no row of {} has a label that counts", path.display());
        return Err(Failure::unusable(message).into());
    }
    Ok(queries)
}

/// What is known of a query besides its picture.
struct Query {
    place: String,
    label: String,
    /// The id that its own product would have.
    id: String,
}

/// A query with its picture on its way through the model.
type Labelled = (Query, Pending);

fn submit(args: &EvalArgs, feed: &Feed, encoder: &Encoder, row: &Row) -> Result<Labelled, Rejection> {
    let item = feed.item(row)?;
    let refuse = |code, reason: String| Rejection::new(item.place.clone(), code, reason);
    let limits = Limits::default();
    let bytes = read_picture(&item.picture, &limits).map_err(|(code, reason)| refuse(code, reason))?;
    let picture =
        decode(&bytes, &limits, Some(encoder.target_side())).map_err(|e| refuse(e.code(), e.to_string()))?;
    let embedding = encoder.submit_image(&picture).map_err(|e| refuse("no-embedding", e.to_string()))?;
    let label = row.get(&args.label).unwrap_or_default().trim().to_owned();
    Ok((Query { place: item.place, label, id: item.product.id }, embedding))
}

/// A picture without a direction in the model's space is the picture's fault; all else ends the run.
fn embedded((query, pending): Labelled) -> Result<Result<(Query, Embedding), Rejection>> {
    match pending.wait() {
        Ok(embedding) => Ok(Ok((query, embedding))),
        Err(error @ knytt_models::Error::DegenerateEmbedding(_)) => {
            Ok(Err(Rejection::new(query.place, "no-embedding", error.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is summed up over the queries.
struct Run<'a> {
    args: &'a EvalArgs,
    catalog: &'a Catalog,
    snapshot: Snapshot,
    gallery: &'a Gallery,
    tally: Tally,
    queries: usize,
    skipped: Vec<Skipped>,
    recall: f64,
    /// Which kind answered when `--index` was asked.
    index: String,
    exact_ms: Vec<f64>,
    index_ms: Vec<f64>,
}

impl<'a> Run<'a> {
    fn new(args: &'a EvalArgs, catalog: &'a Catalog, gallery: &'a Gallery) -> Result<Self> {
        Ok(Self {
            args,
            catalog,
            snapshot: catalog.read()?,
            gallery,
            tally: Tally::default(),
            queries: 0,
            skipped: Vec::new(),
            recall: 0.0,
            index: String::new(),
            exact_ms: Vec::new(),
            index_ms: Vec::new(),
        })
    }

    fn take(&mut self, query: Result<Labelled, Rejection>) -> Result<()> {
        match query.map_or_else(|rejection| Ok(Err(rejection)), embedded)? {
            Ok((query, embedding)) => self.count(&query, &embedding),
            Err(rejection) => {
                self.skipped.push(rejection.into());
                Ok(())
            }
        }
    }

    fn count(&mut self, query: &Query, embedding: &Embedding) -> Result<()> {
        let right = self.gallery.rank(embedding, &query.id, &query.label);
        self.tally.add(&Ranked { label: &query.label, right: &right });
        self.queries += 1;
        self.hold_index_to_exact(embedding, &query.id)
    }

    fn hold_index_to_exact(&mut self, embedding: &Embedding, id: &str) -> Result<()> {
        let own = self.snapshot.contains(id)?.then_some(id);
        let (truth, _, exact_ms) = self.ask(embedding, own, Strategy::Exact)?;
        let (answer, index, index_ms) = self.ask(embedding, own, self.args.index.into())?;
        self.recall += recall(&answer, &truth);
        self.index = index;
        self.exact_ms.push(exact_ms);
        self.index_ms.push(index_ms);
        Ok(())
    }

    /// The ids of the nearest products, which kind of index answered, and how long it took.
    fn ask(
        &self,
        embedding: &Embedding,
        except: Option<&str>,
        strategy: Strategy,
    ) -> Result<(Vec<String>, String, f64)> {
        let started = Instant::now();
        let query = VectorQuery { embedding, filter: &Filter::default(), k: RECALL_AT, strategy, except };
        let found = self.snapshot.search(&query).map_err(explain)?;
        let took_ms = started.elapsed().as_secs_f64() * 1e3;
        Ok((found.products.into_iter().map(|p| p.product.id).collect(), found.index.to_string(), took_ms))
    }

    fn report(self, elapsed: std::time::Duration) -> Result<LabelledReport> {
        if self.queries == 0 {
            let first =
                self.skipped.first().map_or_else(String::new, |s| format!(": {}: {}", s.source, s.reason));
            return Err(Failure::unusable(format!("no query could be used{first}")).into());
        }
        let info = self.catalog.info()?;
        Ok(LabelledReport {
            quality: self.tally.quality(),
            index_recall_at_10: self.recall / self.queries as f64,
            index: self.index,
            queries: self.queries,
            gallery: self.gallery.len(),
            label: self.args.label.clone(),
            per_label: self.tally.per_label(&self.gallery.counts()),
            skipped: self.skipped,
            timings_ms: report::Timings {
                index: Percentiles::of(self.index_ms),
                exact: Percentiles::of(self.exact_ms),
            },
            queries_per_second: self.queries as f64 / elapsed.as_secs_f64().max(1e-9),
            model: report::EvalModel { name: info.model_name, fingerprint: info.fingerprint.as_str().into() },
        })
    }
}
