//! `knytt model list | get | convert | remove`: published models become bundles of the user's.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use clap::Args;
use fs_err as fs;
use knytt_hub::{
    FetchedModel, Hub, HubSettings, KNOWN, KnownModel, Listing, LocalModels, ModelOrigin, Progress,
    Reference, Repository,
};
use knytt_models::convert::{Converted, convert as convert_model};
use knytt_models::{Bundle, SafetyClassifier, SafetyDescription, user_models};
use serde::Serialize;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{self, Column};
use crate::progress::Transfer;

/// `knytt model list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `knytt model get`
#[derive(Debug, Args)]
pub struct GetArgs {
    /// A name of `knytt model list`, `hf:owner/name@revision`, the address of a repository's page, or a folder
    #[arg(value_name = "MODEL")]
    pub model: String,

    /// Folder of the bundle [default: the model's name among the user's models]
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,

    /// Fetch a model whose licence limits its use, or is not stated
    #[arg(long)]
    pub accept_license: bool,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `knytt model convert`
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// Folder of the model
    #[arg(value_name = "PATH")]
    pub from: PathBuf,

    /// Folder of the bundle
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `knytt model remove`
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The name of a model that `knytt model list` shows as here
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// The JSON of `knytt model list --json`; names here are a promise.
#[derive(Serialize)]
struct Listed {
    known: Vec<KnownRow>,
    folder: Option<PathBuf>,
    here: Vec<String>,
    safety: Vec<ClassifierRow>,
}

/// A safety classifier that is here.
#[derive(Serialize)]
struct ClassifierRow {
    name: String,
    license: String,
    source: String,
    judges: String,
    threshold: f32,
}

#[derive(Serialize)]
struct KnownRow {
    #[serde(flatten)]
    model: KnownModel,
    quality: String,
}

/// The JSON of `knytt model get --json` and `convert --json`.
#[derive(Serialize)]
struct Got {
    bundle: PathBuf,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<ModelOrigin>,
    fetched_bytes: u64,
}

/// Prints the models that are known and those that are here.
///
/// # Errors
/// Standard output is closed.
pub fn list(args: &ListArgs) -> Result<()> {
    let here = names_here();
    if args.json {
        let row = |model: &KnownModel| KnownRow { model: *model, quality: model.quality() };
        let known = KNOWN.iter().map(row).collect();
        return output::json(&Listed { known, folder: user_models(), here, safety: classifiers() });
    }
    let column = |head, widest, right| Column { head, widest, right };
    let columns = [
        column("name", 24, false),
        column("for", 28, false),
        column("words", 8, false),
        column("licence", 12, false),
        column("parameters", 10, true),
        column("dim", 5, true),
        column("here", 4, false),
        column("measured by others", 70, false),
    ];
    let row = |model: &KnownModel| {
        let is_here = here.iter().any(|name| name == model.name);
        [
            model.name.to_owned(),
            model.purpose.to_string(),
            model.languages.to_owned(),
            model.license.to_owned(),
            format!("{} M", model.parameters_millions),
            model.dimension.to_string(),
            if is_here { "yes" } else { "" }.to_owned(),
            model.quality(),
        ]
        .to_vec()
    };
    let rows: Vec<_> = KNOWN.iter().map(row).collect();
    let others = here.iter().filter(|name| KNOWN.iter().all(|known| known.name != **name));
    let others: Vec<&str> = others.map(String::as_str).collect();
    let mut text = output::table(&columns, &rows);
    if !others.is_empty() {
        text.push_str(&format!("also here: {}\n", others.join(", ")));
    }
    for ClassifierRow { name, license, judges, threshold, .. } in classifiers() {
        let said =
            format!("safety classifier here: {name} ({license}), {judges}; refuses from {threshold} on");
        text.push_str(&format!("{}\n", output::plain(&said)));
    }
    text.push_str(&output::quiet(
        "`knytt model get NAME` fetches one; `--model NAME` uses one; `starter` is always here",
    ));
    text.push('\n');
    output::text(&text)
}

/// Fetches a model and converts it.
///
/// # Errors
/// The model is not known or cannot be reached, its licence was not accepted, or it cannot be converted.
pub fn get(args: &GetArgs) -> Result<()> {
    let reference = Reference::parse(&args.model).map_err(|error| Failure::usage(error.to_string()))?;
    let to = match &args.to {
        Some(folder) => folder.clone(),
        None => models_folder()?.join(reference.short_name()),
    };
    let repository = match reference {
        Reference::Folder(folder) => return print(args.json, &convert_model(&folder, &to)?, None, 0),
        Reference::Hub(repository) => repository,
    };
    let interrupt = Interrupt::listen()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    let fetched = runtime.block_on(async {
        let watch = async {
            while !interrupt.is_asked() {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            fetched = fetch(args, &repository, &to) => fetched,
            () = watch => Err(Failure::interrupted("stopped; what has come is kept, and the next `get` goes on from there").into()),
        }
    })?;
    let Some(fetched) = fetched else {
        eprintln!("{} is here already", to.display());
        return print_bundle(args.json, &to, ModelOrigin::read(&to), 0);
    };
    let converted = fetched.convert(&to)?;
    print(args.json, &converted, Some(fetched.origin), fetched.snapshot.fetched_bytes)
}

/// The files of a model; `None` if the bundle of this very commit is in its place.
async fn fetch(args: &GetArgs, repository: &Repository, to: &Path) -> Result<Option<FetchedModel>> {
    let hub = Hub::new(HubSettings::from_environment()?)?;
    let transfer = Mutex::new(Transfer::new());
    let lock = || transfer.lock().unwrap_or_else(PoisonError::into_inner);
    let report = |Progress { done_bytes, total_bytes }| lock().bytes("download", done_bytes, total_bytes);
    let agree = |listing: &Listing| {
        let license = listing.license.as_deref().unwrap_or("not stated");
        eprintln!("{} is licensed: {license}", repository.id());
        listing.is_free() || args.accept_license
    };
    let fetched = hub.fetch_model(repository, to, &agree, &report).await;
    lock().finish();
    fetched.map_err(explain)
}

/// Says what to do, where there is something.
fn explain(error: knytt_hub::Error) -> anyhow::Error {
    match error {
        knytt_hub::Error::License { repository, .. } => {
            Failure::new(format!("the licence of {repository} may limit its use"))
                .hint("read it on the repository's page; --accept-license fetches the model all the same")
                .into()
        }
        knytt_hub::Error::Occupied { .. } => Failure::new(error.to_string())
            .hint("`knytt model remove` deletes it; --to names another folder")
            .into(),
        other => other.into(),
    }
}

/// Converts a model on this machine.
///
/// # Errors
/// It has no known layout, or the target is not empty.
pub fn convert(args: &ConvertArgs) -> Result<()> {
    print(args.json, &convert_model(&args.from, &args.to)?, None, 0)
}

/// Deletes one of the user's bundles.
///
/// # Errors
/// There is none of this name.
pub fn remove(args: &RemoveArgs) -> Result<()> {
    let removed = LocalModels::of_user().map(|models| models.remove(&args.name)).transpose()?.flatten();
    let Some(folder) = removed else {
        return Err(Failure::usage(format!("no model {:?} is here", args.name))
            .hint("see `knytt model list`")
            .into());
    };
    output::text(&format!(
        "{} is deleted; the files that it was made of stay in the hub's cache\n",
        folder.display()
    ))
}

/// The names of the bundles among the user's models.
fn names_here() -> Vec<String> {
    LocalModels::of_user().map(|models| models.names()).unwrap_or_default()
}

/// The safety classifiers among the user's models.
fn classifiers() -> Vec<ClassifierRow> {
    let Some(models) = LocalModels::of_user() else { return Vec::new() };
    let row = |name: String| {
        let about = SafetyDescription::read(&models.place(&name)).ok()?;
        let SafetyDescription { license, source, judges, threshold, .. } = about;
        Some(ClassifierRow { name, license, source, judges, threshold })
    };
    models.classifiers().into_iter().filter_map(row).collect()
}

fn models_folder() -> Result<PathBuf> {
    let folder = user_models().ok_or_else(|| {
        Failure::new("the environment names no home for models").hint("set KNYTT_MODELS, or give --to FOLDER")
    })?;
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn print(json: bool, converted: &Converted, origin: Option<ModelOrigin>, fetched_bytes: u64) -> Result<()> {
    print_bundle(json, &converted.bundle, origin, fetched_bytes)
}

fn print_bundle(json: bool, bundle: &Path, origin: Option<ModelOrigin>, fetched_bytes: u64) -> Result<()> {
    if SafetyClassifier::is_in(bundle) {
        return print_classifier(json, bundle, origin, fetched_bytes);
    }
    let opened = Bundle::open(bundle)?;
    let fingerprint = opened.fingerprint().as_str().to_owned();
    if json {
        return output::json(&Got { bundle: bundle.into(), fingerprint, origin, fetched_bytes });
    }
    let is_kept = bundle.parent() == user_models().as_deref();
    let named = if is_kept { opened.name().to_owned() } else { bundle.display().to_string() };
    output::text(&format!(
        "{} ({} dimensions, {})\n{}\n",
        bundle.display(),
        opened.dimension(),
        &fingerprint[..12],
        output::quiet(&format!("knytt build SOURCE --catalog FOLDER --model {named}"))
    ))
}

fn print_classifier(
    json: bool,
    folder: &Path,
    origin: Option<ModelOrigin>,
    fetched_bytes: u64,
) -> Result<()> {
    let classifier = SafetyClassifier::open(folder)?;
    let fingerprint = classifier.fingerprint().as_str().to_owned();
    if json {
        return output::json(&Got { bundle: folder.into(), fingerprint, origin, fetched_bytes });
    }
    let SafetyDescription { license, source, judges, threshold, .. } = classifier.description();
    let from = output::plain(&format!("{license}: {source}"));
    let about = output::plain(&format!("judges {judges}; refuses from a score of {threshold} on"));
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    output::text(&format!(
        "{} (safety classifier, {})\n{from}\n{about}\n{}\n",
        folder.display(),
        &fingerprint[..12],
        output::quiet(&format!("knytt build SOURCE --catalog FOLDER --safety {name}"))
    ))
}
