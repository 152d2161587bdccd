//! Copies of an SQLite database.

use std::path::{Path, PathBuf};

use sqlx::{AnyConnection, Connection as _, Executor as _};

use crate::config::Address;
use crate::db::{Database, newest_version};
use crate::{Error, Result};

/// Writes a copy, which is a database that `knytt serve --database sqlite:FILE` opens.
pub async fn backup(records: &Address, file: &Path) -> Result<()> {
    let text = text(file)?;
    let db = Database::open(records, 2).await?;
    new_private_file(file)?;
    let copied = sqlx::query("VACUUM INTO $1").bind(text).execute(db.pool()).await;
    db.close().await;
    if copied.is_err() {
        let _ = fs_err::remove_file(file);
    }
    copied?;
    fs_err::File::open(file)?.sync_all()?;
    Ok(())
}

/// Puts a copy in the place of the database. One that was there stays beside it, as `….replaced`.
pub async fn restore(records: &Address, file: &Path, replace: bool) -> Result<()> {
    let target =
        records.sqlite_file().ok_or_else(|| setting("--database names no file that can be written"))?;
    check(file).await?;
    let is_there = target.metadata().is_ok_and(|there| there.len() > 0);
    if is_there {
        if !replace {
            return Err(setting(format!(
                "{}: there are records already; --replace puts the copy in their place",
                target.display()
            )));
        }
        close_log(records, &target).await?;
    }
    let beside = |ending: &str| {
        let mut name = target.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let arriving = beside(".arriving");
    let _ = fs_err::remove_file(&arriving);
    new_private_file(&arriving)?;
    let copied = fs_err::copy(file, &arriving).and_then(|_| fs_err::File::open(&arriving)?.sync_all());
    if let Err(error) = copied {
        let _ = fs_err::remove_file(&arriving);
        return Err(error.into());
    }
    if is_there {
        fs_err::rename(&target, beside(".replaced"))?;
    }
    fs_err::rename(&arriving, &target)?;
    sync_folder(&target)
}

/// Refuses a file that is no whole copy of records that this program knows.
async fn check(file: &Path) -> Result<()> {
    let no = |why: &str| setting(format!("{}: {why}", file.display()));
    if !file.is_file() {
        return Err(no("there is no such file"));
    }
    sqlx::any::install_default_drivers();
    let url = format!("sqlite:{}?mode=ro&immutable=1", escaped(text(file)?));
    let mut copy = AnyConnection::connect(&url).await.map_err(|_| no("this is no SQLite database"))?;
    let intact: Result<String, _> =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut copy).await;
    let version: Result<Option<i64>, _> =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut copy).await;
    copy.close().await?;
    match (intact, version) {
        (Err(_), _) => Err(no("this is no SQLite database")),
        (Ok(answer), _) if answer != "ok" => Err(no(&format!("the copy is damaged: {answer}"))),
        (_, Ok(Some(version))) if version > newest_version() => {
            Err(no("the copy is of a newer version of this program"))
        }
        (_, Ok(Some(_))) => Ok(()),
        _ => Err(no("this is a database of something else")),
    }
}

/// Brings what stands in the log into the database and ends the log, which only the one process can that has the
/// database open.
async fn close_log(records: &Address, target: &Path) -> Result<()> {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite:{}?mode=rw", escaped(text(target)?));
    let mut connection = AnyConnection::connect(&url).await?;
    let closed = connection.execute("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = DELETE").await;
    connection.close().await?;
    match closed {
        Ok(_) => Ok(()),
        Err(_) => Err(setting(format!(
            "{}: a process has the records {records} open; stop the backend first",
            target.display()
        ))),
    }
}

/// An empty file that only its owner may read. What is in the records is nobody else's.
pub fn new_private_file(file: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    fs_err::OpenOptions::from_options(options).open(file)?;
    Ok(())
}

fn sync_folder(file: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs_err::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F")
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| setting(format!("{}: not UTF-8", path.display())))
}

fn setting(text: impl Into<String>) -> Error {
    Error::Setting(text.into())
}
