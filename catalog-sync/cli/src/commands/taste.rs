//! `knytt taste`: what a shopper likes, in a file that only they have.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use knytt_engine::{Affinity, Known, Signal, Taste};

use crate::catalog;
use crate::failure::Failure;
use crate::output;

/// `knytt taste`
#[derive(Debug, Args)]
pub struct TasteArgs {
    /// The taste's file
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,

    #[command(subcommand)]
    pub action: Action,
}

/// What to do with it.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Learn from what was done with products; makes the file if it is not there
    Learn {
        /// Folder of the catalogue
        #[arg(long, value_name = "DIR")]
        catalog: PathBuf,
        /// What was done with them
        #[arg(long, value_enum)]
        did: ShopperAction,
        /// The products' ids
        #[arg(required = true, value_name = "ID")]
        products: Vec<String>,
    },
    /// Show what it knows
    Show {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget everything: removes the file
    Forget,
}

/// What a shopper did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShopperAction {
    /// Looked at it
    Viewed,
    /// Put it among the favourites
    Kept,
    /// Took it from the favourites
    Dropped,
    /// Bought it
    Bought,
    /// Wants no such
    Dismissed,
}

impl From<ShopperAction> for Signal {
    fn from(did: ShopperAction) -> Self {
        match did {
            ShopperAction::Viewed => Self::Viewed,
            ShopperAction::Kept => Self::Kept,
            ShopperAction::Dropped => Self::Dropped,
            ShopperAction::Bought => Self::Bought,
            ShopperAction::Dismissed => Self::Dismissed,
        }
    }
}

/// # Errors
/// The file or the catalogue cannot be read, or there is no such product.
pub fn run(args: &TasteArgs) -> Result<()> {
    match &args.action {
        Action::Learn { catalog, did, products } => learn(&args.file, catalog, (*did).into(), products),
        Action::Show { json } => show(&read(&args.file)?.known(), *json),
        Action::Forget => match fs_err::remove_file(&args.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        },
    }
}

/// The taste in a file.
///
/// # Errors
/// It is not there, or is none.
pub fn read(file: &Path) -> Result<Taste> {
    let bytes = fs_err::read(file)?;
    Ok(serde_json::from_slice(&bytes)
        .map_err(|e| Failure::new(format!("{} is not a taste: {e}", file.display())))?)
}

fn learn(file: &Path, dir: &Path, signal: Signal, products: &[String]) -> Result<()> {
    let mut taste = if file.try_exists()? { read(file)? } else { Taste::default() };
    let catalog = catalog::open(dir)?;
    let snapshot = catalog.read()?;
    let now_secs = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    for id in products {
        let unknown = || Failure::usage(format!("the catalogue has no product {id}"));
        let product = snapshot.product(id)?.ok_or_else(unknown)?;
        let vector = snapshot.vector(id)?.ok_or_else(unknown)?;
        taste.learn(&product, vector.as_slice(), catalog.fingerprint(), signal, now_secs);
    }
    // Beside it first: a full disk leaves the old one.
    let beside = file.with_extension("tmp");
    fs_err::write(&beside, serde_json::to_vec_pretty(&taste)?)?;
    fs_err::rename(&beside, file)?;
    Ok(())
}

fn show(known: &Known, json: bool) -> Result<()> {
    if json {
        return output::json(known);
    }
    if known.signals == 0.0 {
        return output::text("Nothing is known yet.\n");
    }
    let mut text = String::new();
    for (name, affinities) in
        [("categories", &known.categories), ("brands", &known.brands), ("sizes", &known.sizes)]
    {
        if !affinities.is_empty() {
            let said: Vec<String> = affinities.iter().map(said).collect();
            text.push_str(&format!("{name:<12}{}\n", said.join(", ")));
        }
    }
    if let Some(price) = known.usual_price {
        text.push_str(&format!("{:<12}{price:.2}\n", "pays about"));
    }
    output::text(&text)
}

fn said(affinity: &Affinity) -> String {
    format!("{} {:+.2}", output::plain(&affinity.name), affinity.liking)
}
