//! A job that brings a feed into the catalogue and has it searched.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use knytt_engine::{ActiveEnvironment, Catalog};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::child::{self, Call, Ended};
use super::fetch::{self, Fetched};
use super::made::{self, Made};
use super::{Console, folders::Folders, releases};
use crate::accounts::now_ms;
use crate::jobs::{Context, Failure, FoundProblem};

/// How long the build before may take to end, whose process is gone.
const LOCK_TRIES: u32 = 240;

/// Between two looks whether it has ended.
const LOCK_PAUSE: Duration = Duration::from_millis(250);

/// What a job of the kind `feed` is to do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FeedInput {
    /// Whether the feed is fetched from the catalogue's address; else it was uploaded.
    pub from_address: bool,
    /// Whether it is read even if its server says that it is as before.
    pub again: bool,
    /// Whether much may be deleted.
    pub allow_deletes: bool,
}

/// Does the job.
pub async fn run(console: &Console, context: Context) -> Result<Value, Failure> {
    let id = context.claim.job.catalog.clone();
    let input: FeedInput = serde_json::from_value(context.claim.job.input.clone()).unwrap_or_default();
    let gone = || Failure::Final("no_catalog", "the catalogue is not here any more".into());
    let made = made::by_id(&console.db, &id).await?.ok_or_else(gone)?;
    let folders = console.folders(&id);
    let mut seen = None;
    if input.from_address {
        match fetch::feed(console, &context, &made, &folders, input.again).await? {
            Fetched::Unchanged => return Ok(json!({ "unchanged": true })),
            Fetched::New { etag, modified } => seen = Some((etag, modified)),
        }
    }
    let ended = build(console, &context, &made, &folders, &input).await?;
    let problems = note_problems(&context, &folders).await?;
    let report = judge(&ended)?;
    let name = format!("b{}-{}", context.claim.token, context.claim.job.id);
    context.claim.progress("copying", 0, 0, now_ms()).await?;
    copy(&folders, &name).await?;
    if context.is_stopped() {
        return Err(Failure::Stopped);
    }
    swap(&context, &made, &folders, &name, seen).await?;
    // Who sees that the job is done may search at once.
    context.claim.progress("opening", 0, 0, now_ms()).await?;
    if let Err(error) = console.search_built(&id).await {
        tracing::error!(catalog = id, error, "a new build is not searched");
    }
    if let Err(error) = crate::feedback::know(&console.db, std::iter::once(id.as_str())).await {
        tracing::warn!(catalog = id, %error, "events of a new catalogue are not taken yet");
    }
    clean(console, &id).await;
    Ok(json!({ "report": report, "problems": problems }))
}

async fn build(
    console: &Console,
    context: &Context,
    made: &Made,
    folders: &Folders,
    input: &FeedInput,
) -> Result<Ended, Failure> {
    let feed = folders.place_feed(&context.claim.job.id);
    let feed =
        feed.map_err(|error| Failure::Final("no_feed", format!("the feed is not here any more: {error}")))?;
    await_lock(folders.work(), context).await?;
    let (place, job, build) = (folders.clone(), context.claim.job.id.clone(), made.build.clone());
    let begun = spawn_blocking(move || place.begin_work(&job, &build)).await;
    begun
        .map_err(|error| error.to_string())
        .and_then(|begun| begun.map_err(|error| error.to_string()))
        .map_err(|error| Failure::Later("not_begun", error))?;
    let call = Call {
        program: console.program().map_err(|error| Failure::Later("not_started", error.to_string()))?,
        args: arguments(console, made, folders, feed, input),
        env: Vec::new(),
    };
    child::run(call, context).await
}

fn arguments(
    console: &Console,
    made: &Made,
    folders: &Folders,
    feed: PathBuf,
    input: &FeedInput,
) -> Vec<OsString> {
    let mut args: Vec<OsString> =
        vec!["build".into(), feed.into(), "--catalog".into(), folders.work().into()];
    args.extend(["--json", "--attended"].map(OsString::from));
    if !console.config.console.local_network {
        args.push("--confined".into());
    }
    // With `=`, whatever a text begins with, it is a value.
    args.extend(made.options.format.iter().map(|format| format!("--format={format}").into()));
    args.extend(made.options.currency.iter().map(|currency| format!("--currency={currency}").into()));
    let flags = [
        (made.options.unpublished, "--unpublished"),
        (made.options.keep_pictureless, "--keep-pictureless"),
        (input.allow_deletes, "--allow-deletes"),
    ];
    args.extend(flags.into_iter().filter(|(said, _)| *said).map(|(_, flag)| OsString::from(flag)));
    args
}

/// Waits until no build writes into the folder: one whose server was killed ends a moment after it.
async fn await_lock(work: PathBuf, context: &Context) -> Result<(), Failure> {
    let file = work.join("build.lock");
    for _ in 0..LOCK_TRIES {
        let is_free = std::fs::OpenOptions::new()
            .write(true)
            .open(&file)
            .map_or(true, |lock| !matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)));
        if is_free {
            return Ok(());
        }
        if context.is_stopped() {
            return Err(Failure::Stopped);
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Err(Failure::Later("folder_in_use", "another build is writing into the catalogue's folder".into()))
}

/// The report of a build that ended well, or why it did not.
fn judge(ended: &Ended) -> Result<Value, Failure> {
    let mut report: Value = serde_json::from_str(&ended.output).unwrap_or_default();
    if let Some(report) = report.as_object_mut() {
        // The path on this machine is not shown.
        report.remove("catalog");
    }
    let said = |otherwise: &str| match ended.error.as_str() {
        "" => otherwise.to_owned(),
        error => error.to_owned(),
    };
    match ended.code {
        Some(0) => Ok(report),
        _ if report["refused"] == "would-delete" => {
            let (gone, of) = (&report["would_delete"], &report["products"]);
            let reason = format!("the feed no longer has {gone} of {of} products; nothing was deleted");
            Err(Failure::Final("would_delete", reason))
        }
        // A feed whose rows were all set aside ends with a report; one that has no rows says so.
        Some(3) if report.is_object() => {
            Err(Failure::Final("nothing_usable", "nothing in the feed could be used".into()))
        }
        Some(3) => Err(Failure::Final("nothing_usable", said("nothing in the feed could be used"))),
        Some(130) => Err(Failure::Stopped),
        Some(_) => Err(Failure::Final("build_failed", said("the build failed"))),
        None => {
            Err(Failure::Later("build_killed", "the system ended the build, perhaps for its memory".into()))
        }
    }
}

/// Stores what was set aside. Returns how much that is.
async fn note_problems(context: &Context, folders: &Folders) -> Result<usize, Failure> {
    let work = folders.work();
    let read = move || Catalog::open(&work).and_then(|catalog| catalog.read()?.quarantined());
    // A build that failed before it made a catalogue has set nothing aside.
    let Ok(Ok(rows)) = spawn_blocking(read).await else { return Ok(0) };
    let problems = rows.into_iter().map(|row| FoundProblem {
        n: 0,
        line: row.source.rsplit_once(':').and_then(|(_, line)| line.parse().ok()).unwrap_or(0),
        place: row.source,
        product: row.id,
        title: row.title,
        code: row.code,
        reason: row.reason,
    });
    let mut problems: Vec<FoundProblem> = problems.collect();
    problems.sort_by(|a, b| (a.line, &a.place).cmp(&(b.line, &b.place)));
    context.claim.set_problems(&problems).await?;
    Ok(problems.len())
}

async fn copy(folders: &Folders, name: &str) -> Result<(), Failure> {
    let (folders, name) = (folders.clone(), name.to_owned());
    let copied = spawn_blocking(move || folders.copy_build(&name)).await;
    copied
        .map_err(|error| error.to_string())
        .and_then(|copied| copied.map_err(|error| error.to_string()))
        .map_err(|error| Failure::Later("not_copied", error))
}

/// Makes the build the searched one, while nobody else can claim the job. A kill before the commit leaves a job that is
/// begun again and makes a build of its own.
async fn swap(
    context: &Context,
    made: &Made,
    folders: &Folders,
    name: &str,
    seen: Option<(String, String)>,
) -> Result<(), Failure> {
    let now = now_ms();
    let mut tx = context.claim.hold().await?;
    made::set_build(&mut tx, &made.id, name, now).await?;
    if let Some((etag, modified)) = seen {
        made::set_seen(&mut tx, &made.id, &made.feed_url, &etag, &modified).await?;
    }
    let failed = |error: knytt_engine::Error| Failure::Later("not_copied", error.to_string());
    folders.activate(name).map_err(failed)?;
    tx.commit().await?;
    folders.mark_work(name).map_err(failed)
}

/// Removes builds that nobody goes back to, and feeds of jobs that have ended.
pub async fn clean(console: &Console, id: &str) {
    let folders = console.folders(id);
    let kept = async {
        let mut builds: Vec<String> =
            made::by_id(&console.db, id).await?.into_iter().map(|made| made.build).collect();
        let releases = releases::list(&console.db, id).await?;
        builds.extend(releases.into_iter().take(releases::KEPT as usize).map(|release| release.build));
        let jobs = crate::jobs::list(&console.db, Some(id), None, 100, now_ms()).await?;
        let open =
            jobs.into_iter().filter(|job| !job.state.has_ended()).map(|job| job.id).collect::<Vec<_>>();
        Ok::<_, sqlx::Error>((builds, open))
    };
    match kept.await {
        Ok((mut builds, jobs)) => {
            let active = ActiveEnvironment::read(&folders.served()).ok().flatten();
            builds.extend(active.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned())));
            let clean = move || {
                folders.keep_builds(&builds);
                folders.keep_uploads(&jobs);
            };
            let _ = spawn_blocking(clean).await;
        }
        Err(error) => tracing::warn!(%error, catalog = id, "old builds were not looked for"),
    }
}
