//! `knytt admin`: the first person who decides who may do what.

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use knytt_server::{Database, RecordsArgs, block_on};

use crate::output;

/// The environment variable that has the password.
const VARIABLE: &str = "KNYTT_ADMIN_PASSWORD";

/// `knytt admin`
#[derive(Debug, Args)]
pub struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Make an admin; an account that the address has becomes one, with this password
    ///
    /// The password comes from --password-file, from KNYTT_ADMIN_PASSWORD, from what is typed at the terminal (unseen), or
    /// from the first line of the standard input. It is never on the command line, which other users of the machine can read.
    Create(CreateArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// The address to sign in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,

    /// What to be called
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,

    /// File whose first line is the password
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,

    #[command(flatten)]
    records: RecordsArgs,
}

/// Makes an admin.
///
/// # Errors
/// There is no password, it cannot be taken, or the database cannot be had.
pub fn run(args: &AdminArgs) -> Result<()> {
    let AdminCommand::Create(args) = &args.command;
    let password = password(args)?;
    let id = block_on(async {
        let db = Database::open(&args.records.address()?, 1).await?;
        knytt_server::create_admin(&db, &args.email, &args.name, &password).await
    })?;
    output::text(&format!("{} is an admin ({id})\n", args.email.trim()))
}

fn password(args: &CreateArgs) -> Result<String> {
    if let Some(file) = &args.password_file {
        return first_line(&fs_err::read_to_string(file)?, &file.display().to_string());
    }
    match std::env::var(VARIABLE) {
        Ok(password) => return first_line(&password, VARIABLE),
        Err(std::env::VarError::NotUnicode(_)) => bail!("{VARIABLE}: it is not UTF-8"),
        Err(std::env::VarError::NotPresent) => {}
    }
    if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ").context("the terminal")?;
        let again = rpassword::prompt_password("Once more: ").context("the terminal")?;
        if password != again {
            bail!("the two passwords differ");
        }
        return first_line(&password, "the terminal");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("standard input")?;
    first_line(&line, "standard input")
}

fn first_line(text: &str, of: &str) -> Result<String> {
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned()),
        None => bail!("{of}: there is no password in it"),
    }
}
