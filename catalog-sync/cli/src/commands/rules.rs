//! `knytt catalog rules`: the rules and synonyms that searches of a catalogue obey.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use knytt_engine::Merchandising;

use crate::catalog::{self, explain};
use crate::failure::Failure;
use crate::output::{self, counted};

/// `knytt catalog rules`
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Folder of the catalogue
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Obey the rules and synonyms of this JSON document from now on; see docs/merchandising.md
    #[arg(long, value_name = "FILE", conflicts_with = "remove")]
    set: Option<PathBuf>,

    /// Obey no rules and synonyms any more
    #[arg(long)]
    remove: bool,
}

/// Sets or removes them, or prints the document as JSON.
///
/// # Errors
/// No catalogue, or a document that cannot be read or is out of its bounds.
pub fn run(args: &RulesArgs) -> Result<()> {
    let catalog = catalog::open(&args.folder)?;
    let document = match &args.set {
        Some(file) => {
            let read = Merchandising::read(&fs_err::read(file)?);
            Some(read.map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?)
        }
        None if args.remove => None,
        None => return output::json(&catalog.read()?.merchandising().map_err(explain)?.unwrap_or_default()),
    };
    let said = match &document {
        Some(document) => said(document),
        None => "no rules, synonyms and replacements".to_owned(),
    };
    let mut writer = catalog.write();
    writer.set_merchandising(document);
    writer.commit().map_err(explain)?;
    output::text(&format!("{} has {said}\n", args.folder.display()))
}

fn said(document: &Merchandising) -> String {
    let counts = [document.rules.len(), document.synonyms.len(), document.replacements.len()];
    let [rules, synonyms, replacements] = counts.map(|count| count as u64);
    let said = [counted(rules, "rule"), counted(synonyms, "synonym"), counted(replacements, "replacement")];
    let [rules, synonyms, replacements] = said;
    format!("{rules}, {synonyms} and {replacements}")
}
