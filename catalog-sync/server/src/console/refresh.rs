//! A job that signs anew what is published, so that devices go on accepting it.

use std::ffi::OsString;

use serde_json::{Value, json};

use super::child::{self, Call};
use super::publish;
use super::publish_input::PublishInput;
use super::{Console, made, signatures};
use crate::accounts;
use crate::jobs::{Context, Failure};

/// Does the job.
pub async fn run(console: &Console, context: Context) -> Result<Value, Failure> {
    let id = context.claim.job.catalog.clone();
    let input: PublishInput = serde_json::from_value(context.claim.job.input.clone()).unwrap_or_default();
    let gone = || Failure::Final("no_catalog", "the catalogue is not here any more".into());
    let made = made::by_id(&console.db, &id).await?.ok_or_else(gone)?;
    let passphrase = console.recall(&context.claim.job.id);
    if input.has_passphrase && passphrase.is_none() {
        let reason = "the server was started anew and has forgotten the passphrase; sign anew again";
        return Err(Failure::Final("passphrase_forgotten", reason.into()));
    }
    let call = Call {
        program: console.program().map_err(|error| Failure::Later("not_started", error.to_string()))?,
        args: arguments(console, &id, passphrase.is_none())?,
        env: passphrase.into_iter().map(|text| ("KNYTT_KEY_PASSPHRASE", text)).collect(),
    };
    let ended = child::run(call, &context).await?;
    let (release, summary) = publish::judge(&ended)?;
    signatures::look_at(console, &made).await;
    let actor = &context.claim.job.actor;
    if let Err(error) = accounts::note(&console.db, actor, "release.refresh", &id, &release.to_string()).await
    {
        tracing::warn!(%error, catalog = id, "new signatures are not in the audit log");
    }
    Ok(json!({ "release": release, "summary": summary }))
}

fn arguments(console: &Console, id: &str, with_file: bool) -> Result<Vec<OsString>, Failure> {
    let keys = console.folders(id).keys();
    if !keys.exists() {
        return Err(Failure::Final("no_keys", "no signing keys lie here".into()));
    }
    let to = publish::place(console, id).map_err(|error| Failure::Final("no_place", error))?;
    let mut args: Vec<OsString> = vec!["publish".into(), "--refresh".into(), "--keys".into(), keys.into()];
    args.extend(["--to".into(), to.into(), "--json".into(), "--attended".into()]);
    if let Some(file) = console.config.console.passphrase_file.as_ref().filter(|_| with_file) {
        args.extend(["--passphrase-file".into(), file.into()]);
    }
    Ok(args)
}
