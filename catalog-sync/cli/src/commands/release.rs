//! `knytt release number`: which release is published, and after which the next one counts.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use knytt_publisher::{ApiKey, open_depot, release_number, set_release_number};

use crate::commands::{key, publish};
use crate::output;

/// `knytt release …`
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    #[command(subcommand)]
    pub command: ReleaseCommand,
}

/// What to do with releases.
#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// Show the number of the published release, or say after which the next one counts
    Number(NumberArgs),
}

/// `knytt release number`
#[derive(Debug, Args)]
pub struct NumberArgs {
    /// Folder of the keys
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,

    /// Where releases are put, as in knytt publish
    #[arg(long, value_name = "URL")]
    pub to: String,

    /// After a restore from a backup: the highest number that devices may have seen. The next release counts
    /// from there
    #[arg(long, value_name = "N")]
    pub set: Option<u64>,

    /// Folder of the root's keys, which --set needs where the releases have a log. Default: root/ in the folder of the
    /// keys
    #[arg(long, value_name = "DIR")]
    pub root_dir: Option<PathBuf>,

    #[command(flatten)]
    pub passphrase: key::PassphraseArgs,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Shows or sets the number.
///
/// # Errors
/// What is published cannot be read or trusted, or the number is not higher than the present one.
pub fn run(args: &ReleaseArgs) -> Result<()> {
    let ReleaseCommand::Number(args) = &args.command;
    let mut keys = key::open(&args.keys)?.with_passphrase(args.passphrase.read()?);
    let depot = open_depot(&publish::address(&args.to)?, ApiKey::from_env()?).map_err(key::explain)?;
    let number = match args.set {
        Some(number) => set_release_number(&mut keys, args.root_dir.as_deref(), &depot, number),
        None => release_number(&keys, &depot),
    };
    let number = number.map_err(key::explain)?;
    if args.json {
        return output::json(&number);
    }
    let published = number.published.map_or_else(|| "none".into(), |number| number.to_string());
    output::text(&format!("published {published}, the next release is {}\n", number.last.saturating_add(1)))
}
