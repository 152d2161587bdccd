//! `knytt eval`: how good search is.

mod args;
mod gallery;
mod judged;
mod labelled;
mod report;

use anyhow::Result;

pub use self::args::EvalArgs;

/// Measures what was asked for and prints it.
///
/// # Errors
/// No catalogue, no queries, or no judgment on either side.
pub fn run(args: &EvalArgs) -> Result<()> {
    if args.is_ranked() { judged::run(args) } else { labelled::run(args) }
}
