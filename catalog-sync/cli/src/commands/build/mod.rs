//! `knytt build`: a catalogue that mirrors its source.

mod deletes;
mod further;
mod gate;
mod prepare;
mod report;
mod store;

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use knytt_engine::{
    Catalog, CatalogSpec, CategoryPrompts, Origin, Reviewed, SearchSession, benchmark_precisions,
};
use knytt_feed::{FetchOptions, Fetcher, Mapping, Patience};
use knytt_models::decode::Limits;
use knytt_models::{Bundle, Device, Options as ModelOptions, Precision, PrecisionBenchmark};

use self::prepare::Preparer;
use self::report::BuildReport;
use self::store::Store;
use crate::args::BuildArgs;
use crate::catalog::{self, explain};
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::model::{self, Location};
use crate::output;
use crate::pipeline;
use crate::progress::{self, Progress};
use crate::source::{
    self, Item, LeftAside, Options, Picture, Rejection, Selection, Source, explain as explain_source,
};
use crate::weight;

/// Where downloaded pictures are kept, in the catalogue's folder.
const PICTURES: &str = "images";

/// Refused rows that are shown while building; `inspect` shows all.
const SHOWN_REJECTIONS: u64 = 10;

/// Builds or updates the catalogue and prints what was done.
///
/// # Errors
/// The source, the model or the catalogue cannot be used. What was committed before stays.
pub fn run(args: &BuildArgs) -> Result<()> {
    if catalog::is_synced(&args.catalog) {
        let message = format!("{} follows a publisher and cannot be built in", args.catalog.display());
        return Err(Failure::usage(message)
            .hint("build in another folder; `knytt sync` updates this one")
            .into());
    }
    let interrupt = Interrupt::listen()?;
    if args.attended {
        interrupt.follow_input();
        progress::tell("reading", 0, 0);
    }
    let source = source::open(&args.source, options(args)?)?;
    let _lock = catalog::lock(&args.catalog)?;
    let note = Origin::read(&args.catalog);
    let location = location(args, &note);
    let bundle = location.open()?;
    refuse_words(args, &bundle)?;
    if args.rebuild {
        catalog::clear(&args.catalog)?;
    }
    let catalog = open(args, &bundle)?;
    tell_of_another_source(args, &note);
    tell_of_left_aside(&source);
    deletes::check(args, &source, &catalog, &note)?;
    let kind = Some(source.kind().as_str().to_owned());
    Origin { model: Some(location.remembered()), source: Some(full_path(args)), kind }
        .write(&args.catalog)?;
    build(args, &source, &catalog, bundle, &interrupt)
}

/// Refuses what compares pictures with words, where the model knows pictures only.
fn refuse_words(args: &BuildArgs, bundle: &Bundle) -> Result<()> {
    let gate = args.safety.as_ref().is_some_and(|safety| safety.0.threshold.is_some());
    if bundle.embeds_words() || args.kinds.is_empty() && !gate {
        return Ok(());
    }
    let message = format!(
        "--kind and --safety compare pictures with words, and the model {} knows pictures only",
        bundle.name()
    );
    Err(Failure::usage(message).hint("leave them out, or build with a model that embeds words").into())
}

fn build(
    args: &BuildArgs,
    source: &Source,
    catalog: &Catalog,
    bundle: Bundle,
    interrupt: &Interrupt,
) -> Result<()> {
    let started = Instant::now();
    let info = catalog.info()?;
    let safety = args.safety.as_ref().map(|safety| safety.0.clone()).or(info.safety).unwrap_or_default();
    let preparer = Preparer::new(catalog, interrupt, bundle, args, safety.clone());
    let fetcher = fetcher(args);
    let mut store = Store::new(catalog.clone());
    if let Some(kept) = args.index {
        store.keep_index(kept);
    }
    if let Some(weights) = weight::weights(info.weights, &args.weights) {
        store.rank_by(weights);
    }
    if args.safety.is_some() {
        store.refuse_unsafe(&safety);
    }
    let mut progress = Progress::new("pictures", source.len(), args.attended);
    let outcome = pipeline::run(
        fetcher
            .prefetch(source.entries().map_err(explain_source)?.map(|entry| confined(args, source, entry)))
            .map(|sourced| sourced.map_err(explain_source)),
        |sourced| preparer.take(sourced),
        interrupt,
        |prepared| {
            let rejected = store.accept(prepared)?;
            progress.step();
            rejected.iter().try_for_each(|rejection| refuse(args, &store, &progress, rejection))
        },
    );
    progress.finish();
    let mut outcome = stopped(outcome);
    if matches!(outcome, Ok(true)) {
        let gone = store.gone()?;
        match deletes::check_used(args, &gone, store.products_before()) {
            Ok(()) => {
                store.sweep()?;
                fetcher.sweep().map_err(explain_source)?;
            }
            Err(refused) => outcome = Err(refused),
        }
    }
    // Whatever ended the loop, what was embedded until then is kept; a disk that is full says so again.
    let kept = store.commit();
    let whole = outcome?;
    kept?;
    let mut reviewed = None;
    if whole {
        reviewed = review(args, catalog, &preparer, &store)?;
        let calibrated = calibrate(args, catalog, &preparer, &store)?;
        // The measurement loads one model after the other, and the one that embedded is not needed any more.
        drop(preparer);
        if let Some(bundle) = calibrated {
            prove(catalog, &bundle, &args.model.options());
        }
    }
    let report = BuildReport::new(args, source, catalog, &store, reviewed, started.elapsed())?;
    report.print(args)?;
    if !whole {
        return Err(Failure::interrupted("interrupted").hint("the same command goes on from here").into());
    }
    report.check()
}

/// Keeps as many pictures of a product as were asked for, and sets aside what names a file of this machine, where the feed is not from here. Files that came with the feed in a
/// zip file are its own.
fn confined(
    args: &BuildArgs,
    source: &Source,
    entry: Result<Result<Item, Rejection>, knytt_feed::Error>,
) -> Result<Result<Item, Rejection>, knytt_feed::Error> {
    let is_refused = |picture: &Picture| matches!(picture, Picture::File(path) if args.confined && !source.has_packed(path));
    let (code, reason) =
        ("local-image", "the picture is not at an address of the internet, and files are not read here");
    entry.map(|sourced| {
        let mut item = sourced?;
        if is_refused(&item.picture) {
            return Err(item.rejected(code, reason));
        }
        item.further.truncate(usize::from(args.pictures) - 1);
        for further in item.further.iter_mut().filter(|further| is_refused(further)) {
            *further = Picture::Missing(code, reason.into());
        }
        Ok(item)
    })
}

/// Somebody who stops the build while a picture is on its way stops it as at any other time.
fn stopped(outcome: Result<bool>) -> Result<bool> {
    let is_stop =
        |error: &anyhow::Error| error.downcast_ref().is_some_and(|f: &Failure| f.kind() == Kind::Interrupted);
    outcome.or_else(|error| if is_stop(&error) { Ok(false) } else { Err(error) })
}

fn fetcher(args: &BuildArgs) -> Fetcher {
    Fetcher::new(FetchOptions {
        folder: args.catalog.join(PICTURES),
        offline: args.offline,
        public_only: args.confined,
        max_bytes: Limits::default().max_file_bytes,
        patience: Patience::default(),
    })
}

/// Looks at the products side by side, if any of them is new.
fn review(
    args: &BuildArgs,
    catalog: &Catalog,
    preparer: &Preparer<'_>,
    store: &Store,
) -> Result<Option<Reviewed>> {
    if !store.has_changed() {
        return Ok(None);
    }
    if args.attended {
        progress::tell("comparing", 0, 0);
    }
    let kinds = if args.kinds.is_empty() {
        None
    } else {
        Some(CategoryPrompts::embed(preparer.encoder()?, &args.kinds).map_err(explain)?)
    };
    Ok(Some(catalog.review(kinds.as_ref()).map_err(explain)?))
}

/// What scores mean has to be measured again when the pictures are others than before. The bundle that measured it, if
/// it was.
fn calibrate(
    args: &BuildArgs,
    catalog: &Catalog,
    preparer: &Preparer<'_>,
    store: &Store,
) -> Result<Option<Arc<Bundle>>> {
    let counts = store.counts();
    let moved = counts.added + counts.reembedded + counts.deleted > 0;
    if !moved && catalog.info()?.calibration.is_some() {
        return Ok(None);
    }
    let session = SearchSession::new(catalog.clone(), preparer.encoder()?.clone())?;
    match args.attended {
        true => progress::tell("calibrating", 0, 0),
        false => eprintln!("measuring what scores mean in this catalogue"),
    }
    session.calibrate()?;
    model::tell_of_its_device(session.encoder());
    Ok(Some(session.encoder().shared_bundle()))
}

/// Once on a machine for a model: which arithmetic finds the same in less time. The catalogue is whole
/// without, so what goes wrong is said and no more.
fn prove(catalog: &Catalog, bundle: &Bundle, options: &ModelOptions) {
    let is_asked = options.device == Device::Cpu && options.precision == Precision::Auto;
    let Some(folder) = options.cache.as_deref().filter(|_| is_asked) else { return };
    if PrecisionBenchmark::read(folder, bundle.fingerprint()).is_some() {
        return;
    }
    eprintln!("measuring which precision is fastest on this machine, once");
    if let Err(error) = benchmark_precisions(catalog, bundle, options) {
        eprintln!("note: which precision is fastest could not be measured: {error}");
    }
}

/// Shows the first few refused rows, and stops at the first under `--strict`.
fn refuse(args: &BuildArgs, store: &Store, progress: &Progress, rejection: &Rejection) -> Result<()> {
    let product =
        rejection.product().map_or_else(String::new, |product| format!(" ({})", output::plain(&product)));
    let line = format!("{}{product}: {}", output::plain(&rejection.place), output::plain(&rejection.reason));
    if args.strict {
        return Err(Failure::unusable(line).hint("leave --strict out to set it aside and go on").into());
    }
    match store.counts().quarantined {
        count if count <= SHOWN_REJECTIONS => progress.say(&format!("set aside: {line}")),
        count if count == SHOWN_REJECTIONS + 1 => progress.say("set aside: more; knytt inspect shows all"),
        _ => {}
    }
    Ok(())
}

fn options(args: &BuildArgs) -> Result<Options> {
    let currency = args.currency.as_deref().map(str::parse::<knytt_engine::Currency>).transpose();
    Ok(Options {
        selection: Selection::new(args.only.clone()),
        image_column: args.image_column.clone(),
        currency: currency.map_err(Failure::usage)?.map(|c| c.to_string()),
        mapping: args.map.as_deref().map(Mapping::read).transpose().map_err(explain_source)?,
        format: args.format,
        unpublished: args.unpublished,
        keep_pictureless: args.keep_pictureless,
        each_picture: args.each_picture,
    })
}

/// The bundle asked for, else the one of the last build, else the starter.
fn location(args: &BuildArgs, note: &Origin) -> Location {
    match (&args.model.model, &note.model) {
        (Some(asked), _) => Location::of(asked),
        (None, Some(remembered)) if catalog::exists(&args.catalog) => Location::of(remembered.as_ref()),
        (None, _) => Location::Starter,
    }
}

fn open(args: &BuildArgs, bundle: &Bundle) -> Result<Catalog> {
    let spec = CatalogSpec {
        id: name(args),
        model: bundle.fingerprint().clone(),
        model_name: bundle.name().into(),
        dimension: bundle.dimension(),
    };
    Catalog::open_or_create(&args.catalog, &spec).map_err(|error| match error {
        knytt_engine::Error::FingerprintMismatch { .. } => another_model(args, bundle),
        other => explain(other),
    })
}

fn another_model(args: &BuildArgs, bundle: &Bundle) -> anyhow::Error {
    let made_by = Catalog::open(&args.catalog).and_then(|catalog| catalog.info()).map_or_else(
        |_| "another model".into(),
        |i| format!("the model {} ({})", i.model_name, i.fingerprint.short()),
    );
    Failure::new(format!(
        "the catalogue {} was made by {made_by}, and this is {} ({})",
        args.catalog.display(),
        bundle.name(),
        bundle.fingerprint().short()
    ))
    .hint("say --model with that model's folder, build into another folder, or say --rebuild to embed all again")
    .into()
}

/// A catalogue is named after its folder.
fn name(args: &BuildArgs) -> String {
    let path = std::path::absolute(&args.catalog).unwrap_or_else(|_| args.catalog.clone());
    path.file_name().map_or_else(|| "catalogue".into(), |name| name.to_string_lossy().into_owned())
}

fn full_path(args: &BuildArgs) -> String {
    std::path::absolute(&args.source).unwrap_or_else(|_| args.source.clone()).to_string_lossy().into_owned()
}

/// What is in a folder and is none of its products.
fn tell_of_left_aside(source: &Source) {
    let Source::Folder(folder) = source else { return };
    let views = folder.further_views();
    if views > 0 {
        let views = output::counted(views as u64, "picture");
        eprintln!(
            "note: by their names, {views} show products that others show, too; --each-picture makes each a product"
        );
    }
    for (why, what) in folder.left_aside() {
        let first = what.first().map(|name| output::plain(name)).unwrap_or_default();
        let first = if what.len() > 1 { format!("{first}, …") } else { first };
        let hint = match why {
            LeftAside::Page => "; --format json-ld reads pages instead of pictures",
            LeftAside::Table => {
                "; build from the table itself to have its names and prices with the pictures"
            }
            _ => "",
        };
        eprintln!("note: left aside: {} ({first}){hint}", why.counted(what.len()));
    }
}

/// Products of the old source will be deleted; better said than found out.
fn tell_of_another_source(args: &BuildArgs, note: &Origin) {
    if let Some(before) = note.source.as_ref().filter(|before| **before != full_path(args)) {
        eprintln!("note: this catalogue was built from {before}; from now on it mirrors {}", full_path(args));
    }
}
