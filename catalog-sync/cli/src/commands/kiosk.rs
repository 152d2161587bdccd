//! `knytt kiosk`: signed orders for the kiosks of a shop.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use knytt_publisher::KioskKey;
use knytt_server::{Database, RecordsArgs, block_on, list_kiosks, order_kiosk};
use knytt_wire::{KioskOrder, KioskTask, SignedKioskOrder};

use super::key::PassphraseArgs;
use crate::failure::Failure;
use crate::output;

/// `knytt kiosk`
#[derive(Debug, Args)]
pub struct KioskArgs {
    #[command(subcommand)]
    command: KioskCommand,
}

#[derive(Debug, Subcommand)]
enum KioskCommand {
    /// Make the key that orders are signed with, and print what the kiosks' settings have as `orders`
    Key(KeyArgs),
    /// Have a kiosk start again, as soon as nobody stands before it
    Restart(OrderArgs),
    /// Have a kiosk take these settings over those of its own document, and start again
    Settings(SettingsArgs),
}

#[derive(Debug, Args)]
struct KeyArgs {
    /// File for the key, which is not there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Debug, Args)]
struct OrderArgs {
    /// The kiosk's name, as `knytt report kiosks` shows it
    #[arg(value_name = "NAME")]
    kiosk: String,

    /// File of the key that `knytt kiosk key` made
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// Hours in which the kiosk may obey
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=720))]
    hours: u32,

    /// Only sign, and print the order, for PUT /api/v1/admin/kiosks/NAME/order
    #[arg(long)]
    print: bool,

    #[command(flatten)]
    passphrase: PassphraseArgs,

    #[command(flatten)]
    records: RecordsArgs,
}

#[derive(Debug, Args)]
struct SettingsArgs {
    #[command(flatten)]
    order: OrderArgs,

    /// The settings: a TOML document with some keys of a kiosk's. An empty one takes back what was sent before
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,
}

/// Makes a key, or signs an order and has it wait for its kiosk.
///
/// # Errors
/// A file cannot be read or written, the key is none, or the server knows no such kiosk.
pub fn run(args: &KioskArgs) -> Result<()> {
    match &args.command {
        KioskCommand::Key(args) => {
            let key = KioskKey::generate(&args.file, args.passphrase.read()?.as_ref())?;
            output::text(&format!("orders = \"{}\"\n", key.public()))
        }
        KioskCommand::Restart(args) => give(args, KioskTask::Restart),
        KioskCommand::Settings(args) => {
            give(&args.order, KioskTask::Settings(fs_err::read_to_string(&args.document)?))
        }
    }
}

fn give(args: &OrderArgs, task: KioskTask) -> Result<()> {
    let key = KioskKey::read(&args.key, args.passphrase.read()?.as_ref())?;
    let issued_ms = jiff::Timestamp::now().as_millisecond();
    let until_ms = issued_ms + i64::from(args.hours) * 3_600_000;
    let order = key.sign(&KioskOrder { kiosk: args.kiosk.clone(), issued_ms, until_ms, task })?;
    if args.print {
        return output::json(&order);
    }
    send(args, &order)?;
    output::text(&format!("{} gets the order with its next heartbeat\n", args.kiosk))
}

fn send(args: &OrderArgs, order: &SignedKioskOrder) -> Result<()> {
    let address = args.records.address()?;
    let (is_known, kiosks) = block_on(async {
        let db = Database::open(&address, 1).await?;
        Ok((order_kiosk(&db, &args.kiosk, order).await?, list_kiosks(&db).await?))
    })?;
    if is_known {
        return Ok(());
    }
    let names: Vec<_> = kiosks.into_iter().map(|kiosk| kiosk.name).collect();
    let known = if names.is_empty() { "none has sent a heartbeat".into() } else { names.join(", ") };
    Err(Failure::new(format!("no kiosk {:?} has sent a heartbeat", args.kiosk))
        .hint(format!("known: {known}"))
        .into())
}
