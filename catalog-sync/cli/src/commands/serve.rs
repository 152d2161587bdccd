//! `knytt serve`: the backend.

use anyhow::Result;
use clap::Args;
use knytt_server::{Config, Settings};

/// `knytt serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    settings: Settings,
}

/// Serves releases and takes events until it is told to stop.
///
/// # Errors
/// A setting is wrong, or the database, the object store or the address cannot be had.
pub fn run(args: &ServeArgs) -> Result<()> {
    Ok(knytt_server::serve(Config::new(args.settings.clone())?)?)
}
