//! Copies of a PostgreSQL database, by PostgreSQL's own programs.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sqlx::{AnyConnection, Connection as _};
use url::Url;

use super::sqlite::new_private_file;
use crate::config::Address;
use crate::{Error, Result};

/// Parameters of an address, and the variables by which libpq's programs take them.
const VARIABLES: [(&str, &str); 7] = [
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("dbname", "PGDATABASE"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
];

/// How often, and after what pause, connections of others are counted.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(300);

/// Writes an archive of `pg_dump`.
pub async fn backup(records: &Address, file: &Path) -> Result<()> {
    new_private_file(file)?;
    let mut dump = program("pg_dump", records)?;
    dump.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(file);
    let written = done("pg_dump", dump).await;
    if written.is_err() {
        let _ = fs_err::remove_file(file);
    }
    written
}

/// Brings an archive back in one transaction.
pub async fn restore(records: &Address, file: &Path, replace: bool) -> Result<()> {
    if !file.is_file() {
        return Err(setting(format!("{}: there is no such file", file.display())));
    }
    check_place(records, replace).await?;
    let mut restore = program("pg_restore", records)?;
    let how = [
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
    ];
    let database = restored_name(records)?;
    restore.args(how).args(["--dbname", &database]).arg(file);
    done("pg_restore", restore).await
}

/// Refuses a database that has records, and one that somebody uses.
async fn check_place(records: &Address, replace: bool) -> Result<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(records.reveal()).await?;
    let others = others(&mut connection).await?;
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()")
            .fetch_one(&mut connection)
            .await?;
    connection.close().await?;
    if tables > 0 && !replace {
        return Err(setting(format!(
            "{records}: there are records already; --replace puts the copy in their place"
        )));
    }
    match others {
        0 => Ok(()),
        others => Err(setting(format!("{records}: {others} connections use it; stop the backend first"))),
    }
}

/// Connections of others. One that was just closed may be counted for a moment.
async fn others(connection: &mut AnyConnection) -> Result<i64> {
    let mut tries = TRIES;
    loop {
        let others: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND backend_type = 'client backend'",
        )
        .fetch_one(&mut *connection)
        .await?;
        tries -= 1;
        if others == 0 || tries == 0 {
            return Ok(others);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One of PostgreSQL's programs, told where the database is by variables: a list of processes shows none of them.
fn program(name: &str, records: &Address) -> Result<Command> {
    let mut command = Command::new(name);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.envs(variables(records)?);
    Ok(command)
}

fn variables(records: &Address) -> Result<Vec<(&'static str, String)>> {
    let url = Url::parse(records.reveal()).map_err(|error| setting(format!("{records}: {error}")))?;
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut said = vec![
        ("host", url.host_str().map(plain)),
        ("port", url.port().map(|port| port.to_string())),
        ("user", Some(plain(url.username()))),
        ("password", url.password().map(plain)),
        ("dbname", Some(plain(url.path().trim_start_matches('/')))),
    ];
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    said.extend(parameters.iter().map(|(name, value)| {
        let name = if name == "ssl-mode" { "sslmode" } else { name.as_str() };
        (name, Some(value.clone()))
    }));
    let value =
        |name: &str| said.iter().rev().find(|(said, _)| *said == name).and_then(|(_, value)| value.clone());
    let filled = VARIABLES.iter().filter_map(|(name, variable)| value(name).map(|value| (*variable, value)));
    Ok(filled.filter(|(_, value)| !value.is_empty()).collect())
}

/// The name of the database to restore to: that of the user where the address names none, as everywhere.
fn restored_name(records: &Address) -> Result<String> {
    let variables = variables(records)?;
    let value =
        |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
    value("PGDATABASE")
        .or_else(|| value("PGUSER"))
        .ok_or_else(|| setting(format!("{records}: no database is named")))
}

async fn done(name: &str, mut command: Command) -> Result<()> {
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.map_err(std::io::Error::other)?;
    let output = output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => setting(format!(
            "{name} is not installed: it comes with PostgreSQL's client programs (Debian: postgresql-client)"
        )),
        _ => error.into(),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    let hint = match said.contains("row-level security") {
        true => {
            "; rows of people are kept apart: copy with the database's superuser or a role with BYPASSRLS"
        }
        false => "",
    };
    Err(setting(format!("{name}: {said}{hint}")))
}

fn setting(text: impl Into<String>) -> Error {
    Error::Setting(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(address: &str) -> Vec<(&'static str, String)> {
        variables(&address.into()).unwrap()
    }

    #[test]
    fn an_address_is_told_by_variables() {
        let told_of = |address: &str| {
            told(address)
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            told_of("postgres://knytt:h%40sh@db:5433/shop?sslmode=require"),
            "PGHOST=db PGPORT=5433 PGUSER=knytt PGPASSWORD=h@sh PGDATABASE=shop PGSSLMODE=require"
        );
        assert_eq!(
            told_of("postgres:///shop?host=/run/postgresql"),
            "PGHOST=/run/postgresql PGDATABASE=shop"
        );
    }
}
