//! `knytt catalog`: copies a catalogue that is in use, checks one, copies what is readable of a damaged one, and sets
//! its rules.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use knytt_engine::{Catalog, Error, Origin, PageReport};
use serde::Serialize;

use crate::catalog::{self, explain};
use crate::commands::rules::{self, RulesArgs};
use crate::failure::Failure;
use crate::output::{self, bytes, counted};

/// `knytt catalog …`
#[derive(Debug, Args)]
pub struct CatalogArgs {
    #[command(subcommand)]
    command: CatalogCommand,
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Copy a catalogue into a new folder, compactly, while others search and change it. A copy of its files by cp or
    /// rsync can be torn if something writes meanwhile
    Backup(CopyArgs),
    /// Read every page and every product of a catalogue and say what is broken; exit code 1 if anything is
    Check(CheckArgs),
    /// Copy what is readable of a damaged catalogue into a new folder. Nothing may write into FROM meanwhile; FROM
    /// stays as it is
    Repair(CopyArgs),
    /// Show, set or remove the rules and synonyms that searches of a catalogue obey. The next release has them
    Rules(RulesArgs),
}

#[derive(Debug, Args)]
struct CopyArgs {
    /// Folder of the catalogue
    #[arg(value_name = "FROM")]
    from: PathBuf,

    /// Folder of the copy; must hold no catalogue yet
    #[arg(value_name = "TO")]
    to: PathBuf,

    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Folder of the catalogue
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// What stood in the way, or `check` found a fault.
pub fn run(args: &CatalogArgs) -> Result<()> {
    match &args.command {
        CatalogCommand::Backup(args) => backup(args),
        CatalogCommand::Check(args) => check(args),
        CatalogCommand::Repair(args) => repair(args),
        CatalogCommand::Rules(args) => rules::run(args),
    }
}

/// The JSON of `knytt catalog backup --json`.
#[derive(Serialize)]
struct Backup {
    path: String,
    products: u64,
    bytes: u64,
}

fn backup(args: &CopyArgs) -> Result<()> {
    let catalog = catalog::open(&args.from)?;
    expect_new(&args.to)?;
    fs_err::create_dir_all(&args.to)?;
    let data = args.to.join("data.mdb");
    // Under its own name only once it is whole.
    let part = args.to.join("data.mdb.part");
    // A backup that was killed has left it.
    let _ = fs_err::remove_file(&part);
    catalog.copy_to(&part).map_err(explain)?;
    fs_err::rename(&part, &data)?;
    Origin::read(&args.from).write(&args.to).map_err(explain)?;
    let info = Catalog::open(&args.to).and_then(|copy| copy.info()).map_err(explain)?;
    let done =
        Backup { path: args.to.display().to_string(), products: info.products, bytes: info.disk_bytes };
    if args.json {
        return output::json(&done);
    }
    output::text(&format!(
        "copied {} to {}, {}\n",
        counted(done.products, "product"),
        args.to.display(),
        bytes(done.bytes)
    ))
}

/// The JSON of `knytt catalog check --json`; see docs/json.md.
#[derive(Default, Serialize)]
struct Checked {
    path: String,
    sound: bool,
    pages: u64,
    products: u64,
    faults: u64,
    described: Vec<String>,
}

fn check(args: &CheckArgs) -> Result<()> {
    let checked = examine(&args.folder)?;
    if args.json {
        output::json(&checked)?;
    } else {
        output::text(&checked.text()?)?;
    }
    if checked.sound {
        return Ok(());
    }
    Err(Failure::new(format!("the catalogue has {}", counted(checked.faults, "fault")))
        .hint("restore a backup, or copy what is readable: knytt catalog repair FOLDER NEW")
        .into())
}

/// The pages first: only if those are sound, the products can be read.
fn examine(folder: &Path) -> Result<Checked> {
    if !catalog::exists(folder) {
        return Err(Failure::new(format!("there is no catalogue in {}", folder.display())).into());
    }
    let path = folder.display().to_string();
    let pages = match Catalog::check_pages(folder) {
        Ok(pages) => pages,
        Err(error @ (Error::NotACatalog { .. } | Error::Damaged(_))) => unreadable(&error),
        Err(error) => return Err(explain(error)),
    };
    let mut checked = Checked { path, pages: pages.pages, ..Checked::default() };
    if !pages.is_sound() {
        return Ok(Checked { faults: pages.faults, described: pages.described, ..checked });
    }
    let report = catalog::open(folder).and_then(|catalog| Ok(catalog.read()?.check()?));
    match report {
        Ok(report) => {
            checked.sound = report.is_sound();
            (checked.products, checked.faults) = (report.products, report.faults);
            checked.described = report.described;
        }
        // A record that contradicts its database ends the check.
        Err(error) => (checked.faults, checked.described) = (1, vec![error.to_string()]),
    }
    Ok(checked)
}

fn unreadable(error: &Error) -> PageReport {
    PageReport { faults: 1, described: vec![error.to_string()], ..PageReport::default() }
}

impl Checked {
    fn text(&self) -> Result<String> {
        let mut text = String::new();
        let verdict = if self.sound { "sound" } else { "damaged" };
        let (pages, products) = (counted(self.pages, "page"), counted(self.products, "product"));
        writeln!(text, "{}: {pages}, {products}: {verdict}", self.path)?;
        self.described.iter().try_for_each(|fault| writeln!(text, "  {}", output::plain(fault)))?;
        Ok(text)
    }
}

fn repair(args: &CopyArgs) -> Result<()> {
    if !catalog::exists(&args.from) {
        return Err(Failure::new(format!("there is no catalogue in {}", args.from.display())).into());
    }
    expect_new(&args.to)?;
    let done = Catalog::repair(&args.from, &args.to).map_err(explain)?;
    Origin::read(&args.from).write(&args.to).map_err(explain)?;
    if args.json {
        return output::json(&done);
    }
    let mut text = format!("copied {} to {}", counted(done.products, "product"), args.to.display());
    if done.is_complete {
        text.push_str(": nothing was lost\n");
    } else {
        writeln!(text, "; {} could not be read", counted(done.lost, "product"))?;
        done.found.described.iter().try_for_each(|fault| writeln!(text, "  {}", output::plain(fault)))?;
        text.push_str("build from the source again, or sync, to get back what is missing\n");
    }
    output::text(&text)
}

/// # Errors
/// There is a catalogue already, or part of one.
fn expect_new(folder: &Path) -> Result<()> {
    if !catalog::exists(folder) {
        return Ok(());
    }
    Err(Failure::new(format!("{} already holds a catalogue", folder.display()))
        .hint("name a new folder")
        .into())
}
