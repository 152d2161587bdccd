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
    /// Copy the records while they are served
    ///
    /// An SQLite database, or what `pg_dump --format=custom` writes: PostgreSQL's client programs must be installed.
    Backup {
        /// The new file
        #[arg(long, value_name = "FILE")]
        to: PathBuf,

        #[command(flatten)]
        records: RecordsArgs,
    },
    /// Put a copy of the records in their place, while no backend serves them
    Restore {
        /// The copy that `knytt serve backup` wrote
        #[arg(long, value_name = "FILE")]
        from: PathBuf,

        /// Replace records that are there
        #[arg(long)]
        replace: bool,

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
            block_on(async { knytt_server::backup(&records.address()?, to).await })?;
            println!("{}", to.display());
        }
        Some(Upkeep::Restore { from, replace, records }) => {
            let address = records.address()?;
            block_on(async { knytt_server::restore(&address, from, *replace).await })?;
            println!("{address} has the records of {}", from.display());
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
