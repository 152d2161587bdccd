//! `knytt api-key`: who may publish and read reports.

use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};
use knytt_server::{ApiKey, Database, KeySpec, RecordsArgs, Scope, block_on};

use crate::output::{self, Column};

/// `knytt api-key`
#[derive(Debug, Args)]
pub struct ApiKeyArgs {
    #[command(subcommand)]
    command: ApiKeyCommand,
}

#[derive(Debug, Subcommand)]
enum ApiKeyCommand {
    /// Make a key and show it, this once
    Create(CreateArgs),
    /// Show the keys there are, without their secrets
    List(ListArgs),
    /// Make a key useless, at once and for good
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// The catalogue that the key is for, or * for all
    #[arg(long, value_name = "ID")]
    catalog: String,

    /// What the key is for: publish, delete, report, orders, search, admin, joined by commas; the last is for all
    /// catalogues
    #[arg(long, value_name = "SCOPE,…", value_delimiter = ',', required = true)]
    scope: Vec<Scope>,

    /// Days after which it ends by itself [default: never]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    expires_days: Option<u32>,

    /// Origins whose pages may show it, such as `https://shop.example`: such a key only searches
    #[arg(long, value_name = "ORIGIN,…", value_delimiter = ',')]
    origins: Vec<String>,

    /// Requests a minute that it may send [default: no limit of its own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rate_per_minute: Option<u32>,

    /// A name to know it by
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    records: RecordsArgs,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    records: RecordsArgs,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    /// The key's id, as `knytt api-key list` shows it
    id: String,

    #[command(flatten)]
    records: RecordsArgs,
}

const KEYS: &[Column] = &[
    Column { head: "id", widest: 20, right: false },
    Column { head: "name", widest: 30, right: false },
    Column { head: "catalogue", widest: 30, right: false },
    Column { head: "for", widest: 20, right: false },
    Column { head: "state", widest: 10, right: false },
    Column { head: "ends", widest: 10, right: false },
    Column { head: "last used", widest: 17, right: false },
];

/// Makes, lists or revokes keys.
///
/// # Errors
/// The database cannot be had, or there is no such key.
pub fn run(args: &ApiKeyArgs) -> Result<()> {
    match &args.command {
        ApiKeyCommand::Create(args) => create(args),
        ApiKeyCommand::List(args) => list(args),
        ApiKeyCommand::Revoke(args) => revoke(args),
    }
}

fn create(args: &CreateArgs) -> Result<()> {
    let made = block_on(async {
        let db = Database::open(&args.records.address()?, 1).await?;
        let lasts = args.expires_days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
        let spec = KeySpec {
            name: args.name.clone(),
            catalog: args.catalog.clone(),
            scopes: args.scope.clone(),
            lasts,
            origins: args.origins.clone(),
            rate_per_minute: args.rate_per_minute,
        };
        let made = knytt_server::create_key_of(&db, spec).await?;
        let scopes: Vec<String> = made.key.scopes.iter().map(Scope::to_string).collect();
        knytt_server::note_command(&db, "key.create", &made.key.id, &scopes.join(",")).await?;
        Ok(made)
    })?;
    if args.json {
        return output::json(&made);
    }
    let note = output::quiet(&format!("key {} is shown this once: keep it now", made.key.id));
    output::text(&format!("{}\n{note}\n", made.token))
}

fn list(args: &ListArgs) -> Result<()> {
    let keys = block_on(async {
        let db = Database::open(&args.records.address()?, 1).await?;
        knytt_server::list_keys(&db).await
    })?;
    if args.json {
        return output::json(&keys);
    }
    let row = |key: &ApiKey| {
        let scopes: Vec<String> = key.scopes.iter().map(Scope::to_string).collect();
        let state = match key.revoked_ms {
            Some(_) => "revoked",
            None if key.is_valid() => "valid",
            None => "ended",
        };
        vec![
            key.id.clone(),
            key.name.clone(),
            key.catalog.clone(),
            scopes.join(", "),
            state.to_owned(),
            utc(key.expires_ms, "%Y-%m-%d"),
            utc(key.last_used_ms, "%Y-%m-%d %H:%MZ"),
        ]
    };
    output::text(&output::table(KEYS, &keys.iter().map(row).collect::<Vec<_>>()))
}

/// A moment in UTC; nothing for none.
fn utc(at_ms: Option<i64>, format: &str) -> String {
    let at = at_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    at.map_or_else(String::new, |at| at.strftime(format).to_string())
}

fn revoke(args: &RevokeArgs) -> Result<()> {
    block_on(async {
        let db = Database::open(&args.records.address()?, 1).await?;
        knytt_server::revoke_key(&db, &args.id).await?;
        knytt_server::note_command(&db, "key.revoke", &args.id, "").await
    })?;
    output::text(&format!("key {} is revoked\n", args.id))
}
