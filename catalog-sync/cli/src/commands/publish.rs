//! `knytt publish`: a new release of a catalogue.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use knytt_engine::Catalog;
use knytt_publisher::{
    ApiKey, Collected, Depot, Keys, ModelFiles, Outcome, Popularity, Progress, PublishOptions, Refreshed,
    Summary, collect, open_depot, publish, refresh,
};
#[cfg(feature = "serve")]
use knytt_server::{Address, Database};
use serde::Serialize;
use url::Url;

use crate::catalog;
use crate::commands::key;
use crate::failure::Failure;
use crate::output::{self, bytes, counted};
use crate::progress::Transfer;

/// `knytt publish`
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Folder of the catalogue
    #[arg(long, value_name = "DIR", required_unless_present_any = ["refresh", "collect"])]
    pub catalog: Option<PathBuf>,

    /// Folder of the keys; see knytt key init
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,

    #[command(flatten)]
    pub passphrase: key::PassphraseArgs,

    /// Where releases are put: a folder, file://…, s3://bucket/prefix (with the usual AWS_… variables), or
    /// https://server/v1/catalogs/ID (with KNYTT_API_KEY or KNYTT_API_KEY_FILE)
    #[arg(long, value_name = "URL")]
    pub to: String,

    /// Send only what changed: for every few minutes, with a full release each night
    #[arg(long)]
    pub incremental: bool,

    /// How many releases back devices can go on from step by step
    #[arg(long, value_name = "K", default_value_t = 30)]
    pub keep: u64,

    /// Another address with the same files; again for more
    #[arg(long = "mirror", value_name = "URL")]
    pub mirrors: Vec<Url>,

    /// Where devices send feedback: https, or an address of this machine
    #[arg(long, value_name = "URL")]
    pub events: Option<Url>,

    /// What devices send with their feedback, so that the backend knows it; no secret, and replaced with any
    /// release
    #[arg(long, value_name = "KEY", env = "KNYTT_INGEST_KEY")]
    pub ingest_key: Option<String>,

    /// The catalogue's name for shoppers [default: that of the last release, or the catalogue's id]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,

    /// Folder of the model bundle [default: the one that made the catalogue]
    #[arg(long, value_name = "BUNDLE", conflicts_with = "without_model")]
    pub model: Option<PathBuf>,

    /// Leave the model's files out: the apps have it
    #[arg(long)]
    pub without_model: bool,

    /// Publish a popularity for each product: a file of lines with an id, a tab and a number
    #[arg(long, value_name = "TSV")]
    pub popularity: Option<PathBuf>,

    /// Publish a popularity for each product, from the feedback in the backend's database
    #[cfg(feature = "serve")]
    #[arg(
        long,
        value_name = "DATABASE",
        conflicts_with = "popularity",
        env = "KNYTT_POPULARITY_FROM",
        hide_env_values = true
    )]
    pub popularity_from: Option<Address>,

    /// After how many days feedback counts half, in --popularity-from
    #[cfg(feature = "serve")]
    #[arg(long, value_name = "DAYS", default_value_t = 14.0)]
    pub half_life: f64,

    /// Send everything again and build on nothing that is there: for a store that was damaged
    #[arg(long)]
    pub rebuild: bool,

    /// Only sign again what is published: run this more often than the timestamp lasts
    #[arg(long, conflicts_with_all = ["incremental", "rebuild"])]
    pub refresh: bool,

    /// Afterwards, remove what no release needs any more
    #[arg(long)]
    pub collect: bool,

    /// Hours for which --collect leaves alone what a device may still be fetching
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    pub grace: u64,

    /// Run for another program: progress as lines of JSON on standard error
    #[arg(long)]
    pub attended: bool,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// The JSON of `knytt publish --json`. Names here are a promise.
#[derive(Serialize)]
struct PublishReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Summary>,
    /// Nothing had changed, or only signatures were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    refreshed: Option<Refreshed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collected: Option<Collected>,
}

/// Publishes, signs again, or removes what is not needed.
///
/// # Errors
/// No catalogue or no keys, the place cannot be reached or trusted, or another publisher was faster.
pub fn run(args: &PublishArgs) -> Result<()> {
    let keys = key::open(&args.keys)?.with_passphrase(args.passphrase.read()?);
    let depot = open_depot(&address(&args.to)?, ApiKey::from_env()?).map_err(key::explain)?;
    let mut report = PublishReport { published: None, refreshed: None, collected: None };
    if args.refresh {
        report.refreshed = Some(refresh(&keys, &depot).map_err(key::explain)?);
    } else if args.catalog.is_some() {
        match release(args, &keys, &depot)? {
            Outcome::Published(summary) => report.published = Some(*summary),
            Outcome::Unchanged(refreshed) => report.refreshed = Some(refreshed),
        }
    }
    if args.collect {
        let grace = Duration::from_secs(args.grace.saturating_mul(3600));
        report.collected = Some(collect(&keys, &depot, grace).map_err(key::explain)?);
    }
    if args.json { output::json(&report) } else { output::text(&report.text(args.refresh)?) }
}

fn release(args: &PublishArgs, keys: &Keys, depot: &Arc<dyn Depot>) -> Result<Outcome> {
    let folder = args.catalog.as_deref().ok_or_else(|| Failure::usage("--catalog is missing"))?;
    let catalog = catalog::open(folder)?;
    let options = PublishOptions {
        title: args.title.clone(),
        incremental: args.incremental,
        keep: args.keep,
        mirrors: args.mirrors.clone(),
        events: args.events.clone(),
        ingest_key: args.ingest_key.clone(),
        model: match (&args.model, args.without_model) {
            (_, true) => ModelFiles::Omitted,
            (Some(folder), _) => ModelFiles::Folder(folder.clone()),
            (None, _) => ModelFiles::Remembered,
        },
        popularity: popularity(args, &catalog)?,
        rebuild: args.rebuild,
    };
    let transfer = RefCell::new(if args.attended { Transfer::attended() } else { Transfer::new() });
    let progress = |progress| show(&mut transfer.borrow_mut(), progress);
    let outcome = publish(&catalog, keys, depot, &options, &progress).map_err(key::explain);
    transfer.borrow().finish();
    outcome
}

/// How much each product is wanted, from a file or from what the backend has counted.
fn popularity(args: &PublishArgs, catalog: &Catalog) -> Result<Option<Popularity>> {
    if let Some(file) = &args.popularity {
        return Ok(Some(Popularity::read(file).map_err(key::explain)?));
    }
    popularity_of_feedback(args, catalog)
}

#[cfg(feature = "serve")]
fn popularity_of_feedback(args: &PublishArgs, catalog: &Catalog) -> Result<Option<Popularity>> {
    let Some(address) = &args.popularity_from else { return Ok(None) };
    let id = catalog.info()?.catalog_id;
    let counted = knytt_server::block_on(async {
        let database = Database::open(address, 1).await?;
        knytt_server::popularity(&database, &id, args.half_life).await
    })?;
    Ok(Some(counted.into_iter().map(|product| (product.item_id, product.score)).collect()))
}

#[cfg(not(feature = "serve"))]
fn popularity_of_feedback(_: &PublishArgs, _: &Catalog) -> Result<Option<Popularity>> {
    Ok(None)
}

fn show(transfer: &mut Transfer, progress: Progress) {
    match progress {
        Progress::Reading => transfer.say("reading the last release"),
        Progress::Comparing { done, total } => transfer.count("comparing shard", done as u64, total as u64),
        Progress::Packing { done, total } => transfer.count("writing shard", done as u64, total as u64),
        Progress::Signing => transfer.say("sending and signing"),
    }
}

/// A folder may be given as a path.
pub fn address(text: &str) -> Result<Url> {
    if let Ok(url) = text.parse::<Url>()
        // C:\… is no scheme.
        && url.scheme().len() > 1
    {
        return Ok(url);
    }
    let folder = std::path::absolute(text)?;
    Url::from_directory_path(&folder)
        .map_err(|()| Failure::usage(format!("{text} is neither an address nor a folder")).into())
}

impl PublishReport {
    fn text(&self, asked_to_refresh: bool) -> Result<String> {
        let mut text = String::new();
        if let Some(summary) = &self.published {
            write_summary(&mut text, summary)?;
        }
        if let Some(refreshed) = &self.refreshed {
            if !asked_to_refresh {
                writeln!(text, "nothing has changed since release {}", refreshed.release)?;
            }
            writeln!(text, "release {}: signatures are fresh", refreshed.release)?;
        }
        if let Some(collected) = &self.collected {
            let (removed, size) = (counted(collected.removed_files, "file"), bytes(collected.removed_bytes));
            writeln!(text, "removed {removed} ({size}), kept {}", counted(collected.kept_files, "file"))?;
        }
        Ok(text)
    }
}

fn write_summary(text: &mut String, summary: &Summary) -> Result<()> {
    let kind = if summary.full { "full" } else { "incremental" };
    let products = counted(summary.products, "product");
    writeln!(text, "release {} ({kind}): {products}", summary.release)?;
    if let (Some(previous), Some(delta)) = (summary.previous, summary.delta_bytes) {
        let changes = [
            (summary.upserts, "new or changed"),
            (summary.deletes, "gone"),
            (summary.vectors, "with another vector"),
            (summary.pictures, "with another picture"),
            (summary.further, "further pictures of products"),
        ];
        let changes: Vec<String> = changes
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{} {what}", output::number(*n)))
            .collect();
        let changes = if changes.is_empty() { "no product differs".into() } else { changes.join(", ") };
        writeln!(text, "since release {previous}: {changes}; {} for a device that has it", bytes(delta))?;
    }
    writeln!(text, "snapshot {} for a new device", bytes(summary.snapshot_bytes))?;
    let (sent, there) = (counted(summary.uploaded_files, "file"), counted(summary.skipped_files, "file"));
    writeln!(text, "sent {sent} ({}), {there} were there already", bytes(summary.uploaded_bytes))?;
    Ok(())
}
