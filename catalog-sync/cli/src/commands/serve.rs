//! `knytt serve`: the backend, and what is done to its records.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use knytt_server::{Config, Database, RecordsArgs, Settings, block_on};
use knytt_wire::Uuid;

/// `knytt serve`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ServeArgs {
    #[command(subcommand)]
    upkeep: Option<Upkeep>,

    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Upkeep {
    /// Copy an SQLite database while it is served (for PostgreSQL, use pg_dump)
    Backup {
        /// The new file
        #[arg(long, value_name = "FILE")]
        to: PathBuf,

        #[command(flatten)]
        records: RecordsArgs,
    },
    /// Forget events that are older than some days; counts stay
    Retain {
        /// Whole days to keep besides today
        #[arg(long, value_name = "DAYS")]
        days: u32,

        #[command(flatten)]
        records: RecordsArgs,
    },
    /// Forget all events of one visit; counts stay
    Erase {
        /// The visit's id
        #[arg(long, value_name = "UUID")]
        visit: Uuid,

        #[command(flatten)]
        records: RecordsArgs,
    },
}

/// Serves releases and takes events until it is told to stop, or does what is asked of the records.
///
/// # Errors
/// A setting is wrong, or the database, the object store or the address cannot be had.
pub fn run(args: &ServeArgs) -> Result<()> {
    match &args.upkeep {
        None => knytt_server::serve(Config::new(args.settings.clone())?)?,
        Some(Upkeep::Backup { to, records }) => {
            block_on(async { knytt_server::backup(&open(records).await?, to).await })?;
            println!("{}", to.display());
        }
        Some(Upkeep::Retain { days, records }) => {
            let events = block_on(async { knytt_server::retain(&open(records).await?, *days).await })?;
            println!("{events} events forgotten");
        }
        Some(Upkeep::Erase { visit, records }) => {
            let events = block_on(async { knytt_server::erase(&open(records).await?, *visit).await })?;
            println!("{events} events forgotten");
        }
    }
    Ok(())
}

async fn open(records: &RecordsArgs) -> knytt_server::Result<Database> {
    Database::open(&records.address()?, 2).await
}
