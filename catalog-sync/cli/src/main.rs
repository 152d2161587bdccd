//! `knytt`: visual product search on one machine.

mod args;
mod catalog;
mod commands;
mod failure;
mod html;
mod interrupt;
mod metrics;
mod model;
mod output;
mod pipeline;
mod progress;
mod safety;
mod source;
mod thumbnail;
mod weight;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, ModelCommand};

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Build(args) => commands::build::run(&args),
        Command::Search(args) => commands::search::run(args),
        Command::Taste(args) => commands::taste::run(&args),
        Command::Eval(args) => commands::eval::run(&args),
        Command::Inspect(args) => commands::inspect::run(&args),
        Command::Catalog(args) => commands::catalog::run(&args),
        Command::Key(args) => commands::key::run(&args),
        Command::Publish(args) => commands::publish::run(&args),
        Command::Release(args) => commands::release::run(&args),
        Command::Sync(args) => commands::sync::run(&args),
        Command::Serve(args) => commands::serve::run(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::Kiosk(args) => commands::kiosk::run(&args),
        Command::ApiKey(args) => commands::api_key::run(&args),
        Command::Admin(args) => commands::admin::run(&args),
        Command::Model(ModelCommand::List(args)) => commands::models::list(&args),
        Command::Model(ModelCommand::Get(args)) => commands::models::get(&args),
        Command::Model(ModelCommand::Convert(args)) => commands::models::convert(&args),
        Command::Model(ModelCommand::Remove(args)) => commands::models::remove(&args),
        Command::Model(ModelCommand::Info(args)) => commands::model::info(&args),
        Command::Model(ModelCommand::Verify(args)) => commands::model::verify(&args),
        Command::Model(ModelCommand::Compare(args)) => commands::compare::run(&args),
        Command::Model(ModelCommand::Prove(args)) => commands::model::prove(&args),
        Command::Model(ModelCommand::Judge(args)) => commands::judge::run(&args),
        Command::Completions { shell } => commands::completions::run(shell),
    }
}
