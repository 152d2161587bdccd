//! `knytt-garments`: training pictures, the sample catalogue, contact sheets.

mod catalogue;
mod judge;
mod sheet;
mod train;
mod views;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Draws garments.
#[derive(Parser)]
#[command(version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write pictures with captions to train on: `images.bin` and `captions.jsonl`.
    Train {
        /// How many pictures.
        #[arg(long, default_value_t = 20_000)]
        count: usize,
        /// The same seed gives the same pictures.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Pixels per side.
        #[arg(long, default_value_t = 160)]
        size: u32,
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write pictures that show every garment from several sides, with captions, to train on.
    Views {
        /// How many products; each has a near-duplicate that differs in a detail, and six pictures are written of the two.
        #[arg(long, default_value_t = 12_000)]
        count: usize,
        /// The same seed gives the same pictures.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Pixels per side.
        #[arg(long, default_value_t = 112)]
        size: u32,
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write the sample catalogue: `products.csv` and `images/*.jpg`.
    Sample {
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
        /// How many products.
        #[arg(long, default_value_t = 360)]
        count: usize,
        /// The same seed gives the same catalogue.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Pixels per side.
        #[arg(long, default_value_t = 480)]
        size: u32,
    },
    /// Write a catalogue with judged queries: `products.csv`, `images/*.jpg`, `queries.jsonl`, `photos/*.jpg`.
    Judge {
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
        /// How many products.
        #[arg(long, default_value_t = 2000)]
        count: usize,
        /// How many queries of each kind.
        #[arg(long, default_value_t = 200)]
        each: usize,
        /// The same seed gives the same shop and queries.
        #[arg(long, default_value_t = 11)]
        seed: u64,
        /// The feed says neither colours nor patterns: they have to be seen.
        #[arg(long)]
        unsaid: bool,
    },
    /// Write one PNG with a row of garments per category.
    Sheet {
        /// The PNG to write.
        #[arg(long)]
        out: PathBuf,
        /// How the garments are looked at.
        #[arg(long, value_enum, default_value_t = Mode::Studio)]
        mode: Mode,
        /// Pixels per garment.
        #[arg(long, default_value_t = 160)]
        size: u32,
        /// Garments per category.
        #[arg(long, default_value_t = 6)]
        each: u32,
        /// The same seed gives the same garments.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Only these categories, by name.
        #[arg(long)]
        only: Vec<String>,
    },
}

/// How the garments of a sheet are looked at.
#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    Studio,
    Wild,
}

fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Train { count, seed, size, out } => train::write(count, seed, size, &out),
        Command::Views { count, seed, size, out } => views::write(count, seed, size, &out),
        Command::Sample { out, count, seed, size } => catalogue::write(&out, count, seed, size),
        Command::Judge { out, count, each, seed, unsaid } => judge::write(&out, count, each, seed, unsaid),
        Command::Sheet { out, mode, size, each, seed, only } => {
            sheet::write(&out, mode, size, each, seed, &only)
        }
    }
}
