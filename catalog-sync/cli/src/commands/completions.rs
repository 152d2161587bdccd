//! `knytt completions`

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::output;

/// Prints the script that makes a shell complete `knytt`'s arguments.
///
/// # Errors
/// Standard output is closed.
pub fn run(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "knytt", &mut script);
    output::text(&String::from_utf8(script)?)
}
