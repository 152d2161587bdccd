//! `knytt sync`: brings a catalogue to its newest release.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use anyhow::{Context, Result};
use clap::Args;
use knytt_client::{Cancel, Progress, Status, SyncOptions, Synced};
use knytt_models::user_models;
use knytt_wire::{CatalogLink, LogHead};
use serde::Serialize;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::Transfer;

/// `knytt sync`
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// Folder of the catalogue: made when it is not there
    #[arg(long, value_name = "DIR")]
    pub catalog: PathBuf,

    /// Where it comes from: an address, or a link knytt://catalog?… with the publisher's fingerprint
    /// [default: where it came from last time]
    #[arg(long, value_name = "URL")]
    pub from: Option<CatalogLink>,

    /// SHA-256 of the publisher's first root [default: that of the link, else whatever is found there
    /// first is trusted from then on]
    #[arg(long, value_name = "HEX")]
    pub root: Option<String>,

    /// The network costs money: fetch small updates only
    #[arg(long)]
    pub metered: bool,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &SyncArgs) -> Result<()> {
    let interrupt = Interrupt::listen()?;
    let cancel = Cancel::default();
    let link = args.from.as_ref();
    let options = SyncOptions {
        models: user_models(),
        from: link.map(|link| link.url.clone()),
        root: args.root.clone().or_else(|| link.and_then(|link| link.root.clone())),
        newest: link.and_then(|link| link.newest.clone()),
        metered: args.metered,
        ..SyncOptions::default()
    };
    let transfer = Mutex::new(Transfer::new());
    let report = |progress: Progress| {
        if interrupt.is_asked() {
            cancel.cancel();
        }
        tell(&mut transfer.lock().unwrap_or_else(PoisonError::into_inner), progress);
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    let synced = runtime.block_on(async {
        let watch = async {
            // A download that stands still reports nothing, and must be interruptible too.
            while !interrupt.is_asked() {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            cancel.cancel();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            synced = knytt_client::sync(&args.catalog, &options, &report, &cancel) => synced,
            () = watch => Err(knytt_client::Error::Cancelled),
        }
    });
    transfer.lock().unwrap_or_else(PoisonError::into_inner).finish();
    print(args, synced.map_err(explain)?)
}

fn tell(transfer: &mut Transfer, progress: Progress) {
    match progress {
        Progress::Checking => transfer.say("checking"),
        Progress::Downloading { done_bytes, total_bytes } => {
            transfer.bytes("download", done_bytes, total_bytes)
        }
        Progress::Applying { done, total } => transfer.count("apply", done, total),
    }
}

fn print(args: &SyncArgs, synced: Synced) -> Result<()> {
    let status = knytt_client::status(&args.catalog).ok().flatten();
    if args.json {
        println!(
            "{}",
            serde_json::to_string(&Printed {
                synced,
                keys: status.as_ref().map(TrustedKeys::from),
                log: status.as_ref().and_then(|status| status.log.clone())
            })?
        );
        return Ok(());
    }
    if let Some(status) = &status {
        warn_of_root(status);
    }
    if synced.changed {
        let bytes = indicatif::HumanBytes(synced.downloaded_bytes);
        println!("release {} (was {}), {bytes} fetched", synced.release, synced.from_release);
    } else {
        println!("release {} is the newest", synced.release);
    }
    Ok(())
}

/// The JSON of `knytt sync --json`. Names here are a promise.
#[derive(Serialize)]
struct Printed {
    #[serde(flatten)]
    synced: Synced,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<TrustedKeys>,
    /// The release in the log of releases: every device that has it has this hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<LogHead>,
}

/// Which keys are trusted, and until when. Somebody who has stolen them and withholds the root that replaces
/// them is believed for no longer.
#[derive(Serialize)]
struct TrustedKeys {
    root_version: u64,
    root_expires_ms: Option<i64>,
}

impl From<&Status> for TrustedKeys {
    fn from(status: &Status) -> Self {
        Self { root_version: status.root_version, root_expires_ms: status.root_expires_ms }
    }
}

/// From how many days before its end on a root is worth a word.
const ROOT_WARNING_DAYS: i64 = 30;

fn warn_of_root(status: &Status) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now_ms = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    let days_left = status.root_expires_ms.map(|expires| (expires - now_ms) / (24 * 3600 * 1000));
    if let Some(days) = days_left.filter(|days| *days < ROOT_WARNING_DAYS) {
        eprintln!(
            "the publisher's keys (root {}) are trusted for {days} more days: a newer root is due, or withheld",
            status.root_version
        );
    }
}

/// What a person can do about it.
fn explain(error: knytt_client::Error) -> anyhow::Error {
    let hint = match error.code() {
        "offline" | "too_slow" | "refused" => {
            "the catalogue is as it was and can be searched; try again later"
        }
        "not_found" => "check the address: it is the folder that has metadata/ and targets/ in it",
        "wrong_root" | "wrong_key" | "tampered" | "rollback" | "foreign_host" | "equivocation" => {
            "nothing was changed. If the publisher did not announce new keys, somebody may be in between"
        }
        "unencrypted" => {
            "use https, or the link with the publisher's fingerprint that `knytt key link` prints"
        }
        "expired" => {
            "the catalogue can still be searched; its publisher has to publish again, or this clock is wrong"
        }
        "newer_format" => "take a newer version of knytt",
        "busy" => "wait until the other one is done",
        "disk_full" => "make room and run the command again; what was fetched is kept",
        "not_synced" => "choose another folder for --catalog, or give --from",
        "cancelled" => return Failure::interrupted("interrupted; what was fetched is kept").into(),
        _ => return error.into(),
    };
    Failure::new(error.to_string()).hint(hint).into()
}
