//! A job that publishes a build, or an older one again.

use std::ffi::OsString;

use knytt_wire::takes_feedback;
use serde_json::{Value, json};
use url::Url;

use super::child::{self, Call, Ended};
use super::made::{self, Made};
use super::publish_input::PublishInput;
use super::{Console, build, releases, signatures};
use crate::accounts::{self, now_ms};
use crate::jobs::{Context, Failure};
use crate::{experiments, merchandising};

/// Does the job.
pub async fn run(console: &Console, context: Context) -> Result<Value, Failure> {
    let id = context.claim.job.catalog.clone();
    let input: PublishInput = serde_json::from_value(context.claim.job.input.clone()).unwrap_or_default();
    let gone = || Failure::Final("no_catalog", "the catalogue is not here any more".into());
    let made = made::by_id(&console.db, &id).await?.ok_or_else(gone)?;
    let passphrase = console.recall(&context.claim.job.id);
    if input.has_passphrase && passphrase.is_none() {
        let reason = "the server was started anew and has forgotten the passphrase; publish again";
        return Err(Failure::Final("passphrase_forgotten", reason.into()));
    }
    let feedback = Feedback::of(console, &id).await?;
    let call = Call {
        program: console.program().map_err(|error| Failure::Later("not_started", error.to_string()))?,
        args: arguments(console, &made, &input, passphrase.is_none(), &feedback)?,
        env: passphrase.into_iter().map(|text| ("KNYTT_KEY_PASSPHRASE", text)).collect(),
    };
    let folder = console.folders(&id).build(&input.build);
    let carried = merchandising::carry(&console.db, &id, folder.clone()).await;
    carried.map_err(|error| Failure::Later("rules_not_written", error))?;
    let carried = experiments::carry(&console.db, &id, folder).await;
    carried.map_err(|error| Failure::Later("weights_not_written", error))?;
    let ended = child::run(call, &context).await?;
    let (number, summary) = judge(&ended)?;
    let output = note(console, &context, &made, &input, number, &summary).await?;
    crate::objects::learn(&console.db, &console.objects, &console.seen_releases, &id).await;
    signatures::look_at(console, &made).await;
    if input.of_release.is_some()
        && let Err(error) = console.search_built(&id).await
    {
        tracing::error!(catalog = id, error, "the older build is not searched");
    }
    build::clean(console, &id).await;
    Ok(output)
}

fn arguments(
    console: &Console,
    made: &Made,
    input: &PublishInput,
    with_file: bool,
    feedback: &Feedback,
) -> Result<Vec<OsString>, Failure> {
    let folders = console.folders(&made.id);
    if !folders.keys().join("public").exists() && !folders.keys().exists() {
        return Err(Failure::Final("no_keys", "no signing keys lie here".into()));
    }
    let catalog = folders.build(&input.build);
    if input.build.is_empty() || !catalog.exists() {
        return Err(Failure::Final("no_build", "what was to be published is not here any more".into()));
    }
    let to = place(console, &made.id).map_err(|error| Failure::Final("no_place", error))?;
    let mut args: Vec<OsString> = vec!["publish".into(), "--catalog".into(), catalog.into()];
    args.extend(["--keys".into(), folders.keys().into(), "--to".into(), to.into(), "--json".into()]);
    args.push("--attended".into());
    args.push(format!("--ingest-key={}", feedback.key).into());
    args.extend(feedback.address.iter().map(|address| format!("--events={address}").into()));
    if !made.title.is_empty() {
        args.push(format!("--title={}", made.title).into());
    }
    if let Some(file) = console.config.console.passphrase_file.as_ref().filter(|_| with_file) {
        args.extend(["--passphrase-file".into(), file.into()]);
    }
    Ok(args)
}

/// What a release says of where feedback goes.
struct Feedback {
    /// What devices send with it, so that the server knows it.
    key: String,
    /// This server, where its address is known and devices may send to it.
    address: Option<Url>,
}

impl Feedback {
    /// The key stays the same from release to release; the first one gets a new one.
    async fn of(console: &Console, catalog: &str) -> Result<Self, sqlx::Error> {
        let known = sqlx::query_scalar(
            "SELECT ingest_key FROM ingest_keys WHERE catalog = $1 AND until_ms IS NULL ORDER BY created_ms DESC LIMIT 1",
        );
        let known = known.bind(catalog.to_owned()).fetch_optional(console.db.pool()).await?;
        let address = console.config.public_url.as_ref();
        let address = address.and_then(|url| Url::parse(&format!("{url}/v1/events")).ok());
        let key = known.unwrap_or_else(accounts::secret::random);
        Ok(Self { key, address: address.filter(takes_feedback) })
    }
}

/// Where this server has the catalogue's releases.
pub fn place(console: &Console, id: &str) -> Result<String, String> {
    let mut url = Url::parse(console.config.objects.reveal()).map_err(|error| error.to_string())?;
    let mut path =
        url.path_segments_mut().map_err(|()| "the object store's address has no path".to_owned())?;
    path.pop_if_empty().push(id);
    drop(path);
    Ok(url.into())
}

/// The number of the release, and it in numbers.
pub fn judge(ended: &Ended) -> Result<(i64, Value), Failure> {
    let report: Value = serde_json::from_str(&ended.output).unwrap_or_default();
    let said = if ended.error.is_empty() { "publishing failed" } else { &ended.error };
    match ended.code {
        Some(0) => {}
        Some(130) => return Err(Failure::Stopped),
        Some(_) => return Err(Failure::Final("not_published", said.into())),
        None => return Err(Failure::Later("publish_killed", "the system ended the publication".into())),
    }
    // A job that is done a second time finds its release there: then nothing has changed.
    let summary = if report["published"].is_object() { &report["published"] } else { &report["refreshed"] };
    let number = summary["release"].as_i64();
    let number =
        number.ok_or_else(|| Failure::Final("not_published", "the report names no release".into()))?;
    Ok((number, summary.clone()))
}

/// Notes the release while nobody else can claim the job; what a rollback goes back to is active from here on.
async fn note(
    console: &Console,
    context: &Context,
    made: &Made,
    input: &PublishInput,
    number: i64,
    summary: &Value,
) -> Result<Value, Failure> {
    let (now, actor) = (now_ms(), context.claim.job.actor.clone());
    let mut tx = context.claim.hold().await?;
    releases::note(&mut tx, &made.id, number, &input.build, &actor, summary, now).await?;
    if input.of_release.is_some() {
        made::set_build(&mut tx, &made.id, &input.build, now).await?;
        let activated = console.folders(&made.id).activate(&input.build);
        activated.map_err(|error| Failure::Later("not_activated", error.to_string()))?;
    }
    let output = json!({ "release": number, "summary": summary, "ofRelease": input.of_release });
    tx.commit().await?;
    let detail = input.of_release.map_or_else(|| number.to_string(), |of| format!("{number}, as {of} was"));
    if let Err(error) = accounts::note(&console.db, &actor, "release.publish", &made.id, &detail).await {
        tracing::warn!(%error, catalog = made.id, "a release is not in the audit log");
    }
    Ok(output)
}
